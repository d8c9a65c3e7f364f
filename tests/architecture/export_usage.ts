/**
 * Export usage: which exports of the sources nobody asks for.
 *
 * An export is a promise to keep; one that no other file uses is either dead or should be private.
 * Used means: another file imports it, by name, as a namespace, by `import()` or through a
 * `mod.ts` that passes it on and from which it is itself imported. What `src/mod.ts` exports is
 * used by the world. An exported type that another declaration of its file mentions is used too,
 * and so is passing it on: who calls the function must be able to name the type.
 *
 * A test counts as a file that uses: a rule written as a pure function is exported to be tested.
 *
 * @module
 */

import { collect, placeOf, resolvePath, type SourceFile, ts } from "./source_tree.ts";

/** Everything of a module. */
const ALL = "*";

/** The exports of one file. */
interface FileExports {
  /** Place of each name's declaration. */
  readonly places: Map<string, string>;
  /** Where a name is passed on from, `[path, name there]`. */
  readonly origins: Map<string, readonly [path: string, name: string]>;
  /** Names that are passed on as types only. */
  readonly typeNames: Set<string>;
  /** Files passed on whole, by `export *`. */
  readonly stars: string[];
}

/**
 * The exports that no other source file uses.
 *
 * @param sources all source files, `main.ts` and `src/mod.ts` among them when they exist
 * @returns the places with the names
 */
export function unusedExports(sources: readonly SourceFile[]): string[] {
  const exportsByPath = new Map(sources.map((source) => [source.path, exportsOf(source)]));
  const used = new Set<string>();
  const use = (path: string, name: string): void => {
    const file = exportsByPath.get(path);
    if (file === undefined || used.has(`${path} ${name}`)) return;
    used.add(`${path} ${name}`);
    if (name === ALL) { for (const each of file.places.keys()) use(path, each); }
    const origin = file.origins.get(name);
    if (origin !== undefined) use(...origin);
    if (!file.places.has(name)) { for (const star of file.stars) use(star, name); }
  };
  use("src/mod.ts", ALL);
  for (const source of sources) {
    for (const [path, name] of importsOf(source)) use(path, name);
    for (const name of typesMentionedIn(source)) use(source.path, name);
  }
  const isUsed = (path: string, name: string): boolean => {
    if (used.has(`${path} ${name}`)) return true;
    const file = exportsByPath.get(path);
    const origin = file?.typeNames.has(name) ? file.origins.get(name) : undefined;
    return origin !== undefined && isUsed(...origin);
  };
  return [...exportsByPath].filter(([path]) => path.startsWith("src/")).flatMap((
    [path, { places }],
  ) =>
    [...places].filter(([name]) => !isUsed(path, name)).map(([name, place]) => `${place} ${name}`)
  );
}

function exportsOf(source: SourceFile): FileExports {
  const file: FileExports = {
    places: new Map(),
    origins: new Map(),
    typeNames: new Set(),
    stars: [],
  };
  for (const statement of source.tree.statements) {
    if (ts.isExportDeclaration(statement)) {
      addPassedOn(source, statement, file);
    } else if (isExported(statement)) {
      for (const name of declaredNames(statement)) {
        file.places.set(name, placeOf(source, statement));
      }
    }
  }
  return file;
}

function addPassedOn(source: SourceFile, node: ts.ExportDeclaration, file: FileExports): void {
  const { exportClause, moduleSpecifier } = node;
  const path = moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
    ? resolvePath(source.path, moduleSpecifier.text)
    : source.path;
  if (exportClause === undefined) {
    file.stars.push(path);
  } else if (ts.isNamespaceExport(exportClause)) {
    file.places.set(exportClause.name.text, placeOf(source, node));
    file.origins.set(exportClause.name.text, [path, ALL]);
  } else {
    for (const { name, propertyName, isTypeOnly } of exportClause.elements) {
      file.places.set(name.text, placeOf(source, name));
      if (node.isTypeOnly || isTypeOnly) file.typeNames.add(name.text);
      if (path !== source.path) file.origins.set(name.text, [path, (propertyName ?? name).text]);
    }
  }
}

/** The names that a file takes from others, as `[path, name]`. */
function importsOf(source: SourceFile): (readonly [path: string, name: string])[] {
  return collect(source, (node): (readonly [string, string])[] | undefined => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const specifier = node.moduleSpecifier.text;
      if (!specifier.startsWith(".")) return undefined;
      const path = resolvePath(source.path, specifier);
      const bindings = node.importClause?.namedBindings;
      if (bindings === undefined) return undefined;
      if (ts.isNamespaceImport(bindings)) return [[path, ALL]];
      return bindings.elements.map(({ name, propertyName }) => [path, (propertyName ?? name).text]);
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      if (!ts.isStringLiteralLike(specifier)) return undefined;
      return [[resolvePath(source.path, specifier.text), ALL]];
    }
    return undefined;
  }).flat();
}

/** The names that a file's own code mentions as types, but not only within what they name. */
function typesMentionedIn(source: SourceFile): string[] {
  return collect(source, (node) => {
    const name = typeMentionedBy(node);
    if (name === undefined) return undefined;
    let statement = node;
    while (statement.parent !== source.tree) statement = statement.parent;
    return declaredNames(statement as ts.Statement).includes(name) ? undefined : name;
  });
}

function typeMentionedBy(node: ts.Node): string | undefined {
  if (ts.isTypeReferenceNode(node)) {
    return ts.isIdentifier(node.typeName) ? node.typeName.text : undefined;
  }
  const isParent = ts.isExpressionWithTypeArguments(node) && ts.isIdentifier(node.expression);
  return isParent ? (node.expression as ts.Identifier).text : undefined;
}

/**
 * Whether a statement starts with `export`.
 *
 * @param statement a statement of a file
 */
export function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/**
 * The names that a statement declares.
 *
 * @param statement a statement of a file
 * @returns none for statements that declare nothing
 */
export function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name)
        ? [name.text]
        : name.elements.flatMap((element) =>
          ts.isBindingElement(element) && ts.isIdentifier(element.name) ? [element.name.text] : []
        )
    );
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}
