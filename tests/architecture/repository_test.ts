/**
 * Tests of the repository as a whole: what lies at its top, and what README owes its reader.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/commands/mod.ts";
import { assertNoOffenders } from "./offenders.ts";
import { PROJECT_DIRECTORY } from "./source_tree.ts";

/** What may lie at the top: a reader sees the project at a glance. */
const TOP_ENTRIES: ReadonlySet<string> = new Set([
  ".ci",
  ".git",
  ".gitignore",
  "LICENSE",
  "README.md",
  "conf",
  "deno.json",
  "deno.lock",
  "main.ts",
  "src",
  "tests",
]);

/** The text of a file at the top; empty when it is absent. */
function textOf(name: string): string {
  try {
    return Deno.readTextFileSync(new URL(name, PROJECT_DIRECTORY));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

Deno.test("repository: nothing unexpected lies at the top", () => {
  // Entries that .gitignore names there ("/build/") are products, not part of the repository.
  const ignored = textOf(".gitignore").split("\n").map((line) => {
    const pattern = line.trim().replace(/^\/|\/$/g, "");
    return new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^/]*")}$`);
  });
  assertNoOffenders(
    "The top has only the entries listed in this test, and what .gitignore names",
    [...Deno.readDirSync(PROJECT_DIRECTORY)].map(({ name }) => name)
      .filter((name) => !TOP_ENTRIES.has(name) && !ignored.some((pattern) => pattern.test(name))),
  );
});

Deno.test("repository: README tells about each task of deno.json", () => {
  const { tasks = {} } = JSON.parse(textOf("deno.json")) as { tasks?: Record<string, unknown> };
  const readme = textOf("README.md");
  assert(Object.keys(tasks).length > 0, "deno.json has no tasks");
  assertNoOffenders(
    `README says "deno task NAME" for each task`,
    Object.keys(tasks).filter((name) => !new RegExp(`task ${name}\\b`).test(readme)),
  );
});

Deno.test("repository: README lists each command, and no other", () => {
  const readme = textOf("README.md");
  const section = readme.slice(readme.indexOf("\n## Commands"), readme.indexOf("\n## Deviations"));
  // What stands in brackets are subcommands.
  const listed = section.replaceAll(/\([^)]*\)/g, "").match(/\b[A-Z][A-Z_0-9]+\b/g) ?? [];
  assertEquals(listed.toSorted(), COMMANDS.map(({ name }) => name.toUpperCase()).toSorted());
});
