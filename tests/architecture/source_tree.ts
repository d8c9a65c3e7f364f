/**
 * Source tree: the project's TypeScript files, read and parsed, for tests about the code itself.
 *
 * Parsed by the TypeScript compiler and not searched as text: a rule that trips over a word in a
 * comment is soon switched off, and one that misses a line break is no rule.
 *
 * Paths are relative to the project with `/` between, for instance `src/base/clock.ts`.
 *
 * @module
 */

// deno-lint-ignore no-import-prefix -- the compiler is of use to these tests alone
import ts from "npm:typescript@5.9.3";

export { ts };

/** A parsed file. */
export interface SourceFile {
  /** Path relative to the project. */
  readonly path: string;
  /** The text as it is. */
  readonly text: string;
  /** Number of lines. */
  readonly lineCount: number;
  /** The syntax tree, with parents set. */
  readonly tree: ts.SourceFile;
}

/** A mention of another module: `import`, `import type`, `export from` or `import()`. */
export interface ModuleReference {
  /** The specifier as written. */
  readonly specifier: string;
  /** Path of the file meant, relative to the project; `undefined` for a bare specifier. */
  readonly target: string | undefined;
  /** Where, for messages. */
  readonly place: string;
}

/** The directory of the project. */
export const PROJECT_DIRECTORY: URL = new URL("../../", import.meta.url);

/**
 * Reads and parses files of the project.
 *
 * @param roots files or folders relative to the project, for instance `src`; absent ones are empty
 * @returns the files in the order of their paths
 */
export function readSources(roots: readonly string[]): SourceFile[] {
  return roots.flatMap(pathsUnder).sort().map((path) => {
    const text = Deno.readTextFileSync(new URL(path, PROJECT_DIRECTORY));
    return parseSource(path, text);
  });
}

/**
 * Parses one file.
 *
 * @param path relative to the project
 * @param text of the file
 * @returns the parsed file
 */
export function parseSource(path: string, text: string): SourceFile {
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return { path, text, lineCount: text.replace(/\n$/, "").split("\n").length, tree };
}

/**
 * Every node of a file that `visit` returns something for.
 *
 * @param source a parsed file
 * @param visit called for each node, outer ones first
 * @returns what it returned, without `undefined`
 */
export function collect<T>(source: SourceFile, visit: (node: ts.Node) => T | undefined): T[] {
  const found: T[] = [];
  const walk = (node: ts.Node): void => {
    const result = visit(node);
    if (result !== undefined) found.push(result);
    ts.forEachChild(node, walk);
  };
  walk(source.tree);
  return found;
}

/**
 * The place of a node for a message.
 *
 * @param source its file
 * @param node the node
 * @returns for instance `src/base/clock.ts:12`
 */
export function placeOf(source: SourceFile, node: ts.Node): string {
  const { line } = source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree));
  return `${source.path}:${line + 1}`;
}

/**
 * All modules that a file mentions.
 *
 * @param source a parsed file
 * @returns the mentions in their order
 */
export function referencesOf(source: SourceFile): ModuleReference[] {
  return collect(source, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return undefined;
    const target = specifier.startsWith(".") ? resolvePath(source.path, specifier) : undefined;
    return { specifier, target, place: placeOf(source, node) };
  });
}

/**
 * The file that a relative specifier means.
 *
 * @param from path of the file with the specifier
 * @param specifier starts with `.`
 * @returns path relative to the project
 */
export function resolvePath(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** The module that a node mentions, when it is such a node. */
function specifierOf(node: ts.Node): string | undefined {
  let expression: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    expression = node.moduleSpecifier;
  } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    expression = node.arguments[0];
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    expression = node.argument.literal;
  }
  return expression !== undefined && ts.isStringLiteralLike(expression)
    ? expression.text
    : undefined;
}

/** The TypeScript files at or under a path. */
function pathsUnder(root: string): string[] {
  if (root.endsWith(".ts")) return exists(root) ? [root] : [];
  if (!exists(root)) return [];
  return [...Deno.readDirSync(new URL(root, PROJECT_DIRECTORY))].flatMap((entry) => {
    const path = `${root}/${entry.name}`;
    if (entry.isDirectory) return pathsUnder(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, PROJECT_DIRECTORY));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
