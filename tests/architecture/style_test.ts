/**
 * Tests that the code keeps the house style: what can be seen in the text of a file alone.
 *
 * A rule that nobody checks is a wish. Each test names the rule and every place that breaks it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { declaredNames, isExported, unusedExports } from "./export_usage.ts";
import { assertNoOffenders } from "./offenders.ts";
import { collect, parseSource, placeOf, readSources, type SourceFile, ts } from "./source_tree.ts";

const SOURCE_LINES_MAX = 500;
const FUNCTION_LINES_MAX = 70;

/** Names that say nothing about what is inside. */
const EMPTY_NAMES =
  /^(.*_)?(utils?|helpers?|common|types|misc|shared|constants|interfaces|functions)$/;

/** Where the operating system may be named, by the start of the path. */
const SYSTEM_PATHS: readonly string[] = [
  "main.ts",
  "src/net/",
  "src/client/",
  "src/persistence/",
  "src/replication/",
  "src/cluster/",
  "src/admin/",
  "src/server/",
  "src/config/disk_config_files.ts",
  "src/security/acl_file.ts",
];

/** What an error text on the wire starts with. */
const WIRE_ERROR_TEXT =
  /^-?(ERR|WRONGTYPE|NOAUTH|NOPERM|NOPROTO|WRONGPASS|OOM|LOADING|BUSY|BUSYKEY|BUSYGROUP|NOGROUP|NOSCRIPT|UNKILLABLE|NOTBUSY|READONLY|MASTERDOWN|MISCONF|NOREPLICAS|EXECABORT|CROSSSLOT|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|NOMASTERLINK|UNBLOCKED|IOERR|INPROG) /;

const sources = readSources(["main.ts", "src"]);
const tests = readSources(["tests"]);
const CATALOGUE = /^src\/errors\/([a-z]+_)?catalogue\.ts$/;
const everything = [...sources, ...readSources(["tests"])];

/** Places in files where a rule about nodes is broken. */
function places(
  files: readonly SourceFile[],
  offence: (node: ts.Node, source: SourceFile) => string | undefined,
): string[] {
  return files.flatMap((source) =>
    collect(source, (node) => {
      const what = offence(node, source);
      return what === undefined ? undefined : `${placeOf(source, node)} ${what}`;
    })
  );
}

Deno.test("style: every file opens with a block that says what it is", () => {
  assertNoOffenders(
    "A file starts with /** ... @module */, and says more in it than @module",
    everything.filter(({ text }) => {
      const block = /^\/\*\*([\s\S]*?)\*\//.exec(text)?.[1] ?? "";
      return !/^\s*\* @module\s*$/m.test(block) || block.replace(/[\s*]|@module/g, "") === "";
    }).map(({ path }) => path),
  );
});

Deno.test("style: source files have at most 500 lines", () => {
  assertNoOffenders(
    "A longer file becomes a folder with a mod.ts",
    sources.filter(({ lineCount }) => lineCount > SOURCE_LINES_MAX)
      .map(({ path, lineCount }) => `${path} has ${lineCount} lines`),
  );
});

Deno.test("style: files and folders are named after their noun, in snake_case", () => {
  assertNoOffenders(
    "Names are snake_case nouns, never utils, helpers, common, types or the like",
    everything.map(({ path }) => path).filter((path) =>
      path.replace(/\.ts$/, "").split("/").some((part) =>
        EMPTY_NAMES.test(part) || !/^[a-z][a-z0-9_]*$/.test(part)
      )
    ),
  );
});

Deno.test("style: no any, enum, namespace, default export or parameter property", () => {
  assertNoOffenders(
    "These constructs are not used",
    places(everything, (node) => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) return "any";
      if (ts.isEnumDeclaration(node)) return "enum";
      if (ts.isModuleDeclaration(node)) return "namespace";
      if (ts.isExportAssignment(node)) return "default export";
      if (ts.canHaveModifiers(node)) {
        const kinds = (ts.getModifiers(node) ?? []).map(({ kind }) => kind);
        if (kinds.includes(ts.SyntaxKind.DefaultKeyword)) return "default export";
        if (ts.isParameter(node) && kinds.length > 0) return "parameter property";
      }
      return undefined;
    }),
  );
});

Deno.test("style: nothing is left to do", () => {
  // Spelled in two parts, so that this file does not find itself.
  const unfinished = new RegExp(`\\b(${"TO"}DO|${"FIX"}ME|${"X"}XX)\\b`);
  assertNoOffenders(
    "Unfinished work is an issue, not a comment",
    everything.flatMap(({ path, text }) =>
      text.split("\n").flatMap((line, index) =>
        unfinished.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : []
      )
    ),
  );
});

Deno.test("style: sources do not write to the console", () => {
  assertNoOffenders(
    "Only main.ts says something on the console; everything else logs",
    places(
      sources.filter(({ path }) => path !== "main.ts"),
      (node) => isIdentifierOf(node, "console") ? "console" : undefined,
    ),
  );
});

Deno.test("style: the operating system is named only at the edges", () => {
  assertNoOffenders(
    `"Deno" and node: modules occur only in ${SYSTEM_PATHS.join(", ")}`,
    places(
      sources.filter(({ path }) => !SYSTEM_PATHS.some((start) => path.startsWith(start))),
      (node) => {
        if (isIdentifierOf(node, "Deno")) return node.parent.getText().split("\n")[0];
        return ts.isStringLiteral(node) && node.text.startsWith("node:") ? node.text : undefined;
      },
    ),
  );
});

Deno.test("style: error texts are in the catalogue", () => {
  assertNoOffenders(
    "RedisError is made, and texts of the wire are written, in src/errors only",
    places(
      sources.filter(({ path }) => !path.startsWith("src/errors/")),
      (node) => {
        if (ts.isNewExpression(node) && node.expression.getText() === "RedisError") {
          return "new RedisError";
        }
        const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node);
        return isText && WIRE_ERROR_TEXT.test(node.text) ? `"${node.text}"` : undefined;
      },
    ),
  );
});

Deno.test("style: functions have at most 70 lines", () => {
  assertNoOffenders(
    "A longer function is several",
    places(sources, (node, { tree }) => {
      if (!ts.isFunctionLike(node) || !("body" in node) || node.body === undefined) {
        return undefined;
      }
      const first = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line;
      const last = tree.getLineAndCharacterOfPosition(node.getEnd()).line;
      const lineCount = last - first + 1;
      const name = node.name?.getText(tree) ?? "a function";
      return lineCount > FUNCTION_LINES_MAX ? `${name} has ${lineCount} lines` : undefined;
    }),
  );
});

Deno.test("style: every export says what it is", () => {
  assertNoOffenders(
    "An exported declaration has a doc comment",
    sources.flatMap((source) =>
      source.tree.statements
        // In the catalogue of errors a constant's text says what it is.
        .filter((statement) => !CATALOGUE.test(source.path) || !ts.isVariableStatement(statement))
        .filter((statement) => isExported(statement) && !isDocumented(statement))
        .map((statement) => `${placeOf(source, statement)} ${declaredNames(statement).join(", ")}`)
    ),
  );
});

Deno.test("style: every export is used by another file or the public face", () => {
  assertNoOffenders(
    "What only its own file uses is not exported",
    unusedExports([...sources, ...tests]),
  );
});

Deno.test("style: usage of exports is followed through mod.ts", () => {
  const files = Object.entries({
    "src/mod.ts": `export { start } from "./server/mod.ts";`,
    "src/server/mod.ts": `
      export { start, stop } from "./server.ts";
      export type { Alone, Options } from "./server.ts";
      export * from "./more.ts";`,
    "src/server/server.ts": `
      import { one } from "../base/one.ts";
      export interface Options {}
      export interface Alone { next: Alone }
      export function start(options: Options) { return one + stop(); }
      export function stop() {}`,
    "src/server/more.ts": `export const more = 1, less = 2;`,
    "src/base/one.ts": `export const one = 1; export const two = 2;`,
    "main.ts": `import { more } from "./src/server/mod.ts";`,
  }).map(([path, text]) => parseSource(path, text));
  assertEquals(unusedExports(files).sort(), [
    "src/base/one.ts:1 two",
    "src/server/mod.ts:2 stop",
    "src/server/mod.ts:3 Alone",
    "src/server/more.ts:1 less",
    "src/server/server.ts:4 Alone",
    "src/server/server.ts:6 stop",
  ]);
});

/** Whether a node is a name as such, and not that of a property or a key. */
function isIdentifierOf(node: ts.Node, name: string): boolean {
  if (!ts.isIdentifier(node) || node.text !== name) return false;
  const { parent } = node;
  const isProperty = ts.isPropertyAccessExpression(parent) && parent.name === node &&
    parent.expression.getText() !== "globalThis";
  return !isProperty && !(ts.isPropertyAssignment(parent) && parent.name === node);
}

function isDocumented(statement: ts.Statement): boolean {
  // Further signatures of an overloaded function are documented by the first.
  return ts.getJSDocCommentsAndTags(statement).length > 0 ||
    (ts.isFunctionDeclaration(statement) && statement.body !== undefined &&
      hasOverloads(statement));
}

function hasOverloads(implementation: ts.FunctionDeclaration): boolean {
  return implementation.getSourceFile().statements.some((statement) =>
    ts.isFunctionDeclaration(statement) && statement.body === undefined &&
    statement.name?.text === implementation.name?.text
  );
}
