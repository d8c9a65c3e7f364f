/**
 * Tests that the arrows between the parts only go down (see `layering.ts`).
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { importOffence, rankOf } from "./layering.ts";
import { assertNoOffenders } from "./offenders.ts";
import { parseSource, readSources, referencesOf } from "./source_tree.ts";

const MAIN_LINES_MAX = 80;

const sources = readSources(["main.ts", "src"]);

Deno.test("layering: every source file has its place in the house", () => {
  assert(sources.length > 0, "no source file found");
  assertNoOffenders(
    "A file of src is in one of the folders that have a rank (see layering.ts)",
    sources.map((source) => source.path).filter((path) => rankOf(path) === undefined),
  );
});

Deno.test("layering: imports only go down, and enter folders through mod.ts", () => {
  assertNoOffenders(
    "An import goes to a lower rank or stays in its folder, and enters another by its mod.ts",
    sources.flatMap((source) =>
      referencesOf(source).flatMap(({ target, place }) => {
        const offence = target === undefined ? undefined : importOffence(source.path, target);
        return offence === undefined ? [] : [`${place} ${offence}`];
      })
    ),
  );
});

Deno.test("layering: whatever else is imported is the standard library, by its own name", () => {
  assertNoOffenders(
    "Sources import relative paths and @std/... only; deno.json says where that comes from",
    sources.flatMap((source) =>
      referencesOf(source)
        // What the runtime itself has ("node:") is a matter of the edges, see style_test.ts.
        .filter(({ specifier, target }) =>
          target === undefined && !/^(@std\/|node:)/.test(specifier)
        )
        .map(({ specifier, place }) => `${place} imports "${specifier}"`)
    ),
  );
});

Deno.test("layering: main.ts is under 80 lines", () => {
  assertNoOffenders(
    "main.ts is the command line and exit codes; what is more belongs to src/server",
    sources.filter(({ path, lineCount }) => path === "main.ts" && lineCount >= MAIN_LINES_MAX)
      .map(({ path, lineCount }) => `${path} has ${lineCount} lines`),
  );
});

Deno.test("layering: the rule tells permitted imports from others", () => {
  const permitted: readonly (readonly [from: string, to: string])[] = [
    ["main.ts", "src/server/mod.ts"],
    ["main.ts", "src/errors/config_error.ts"],
    ["src/mod.ts", "src/server/mod.ts"],
    ["src/net/connection.ts", "src/base/clock.ts"],
    ["src/net/connection.ts", "src/net/listener.ts"],
    ["src/commands/set.ts", "src/store/mod.ts"],
    ["src/commands/zset/range.ts", "src/commands/key_arguments.ts"],
    ["src/commands/mod.ts", "src/commands/zset/mod.ts"],
    ["src/store/values/set.ts", "src/store/structures/mod.ts"],
    ["src/store/keyspace.ts", "src/store/memory/mod.ts"],
  ];
  for (const [from, to] of permitted) assertEquals(importOffence(from, to), undefined);
  const refused: readonly (readonly [from: string, to: string])[] = [
    ["src/base/clock.ts", "src/errors/redis_error.ts"],
    ["src/net/connection.ts", "src/store/mod.ts"],
    ["src/resp/mod.ts", "src/engine/mod.ts"],
    ["src/commands/set.ts", "src/store/keyspace.ts"],
    ["src/commands/set.ts", "src/store/values/mod.ts"],
    ["src/commands/set.ts", "src/commands/zset/range.ts"],
    ["src/store/structures/intset.ts", "src/store/values/mod.ts"],
    ["src/store/values/set.ts", "src/store/keyspace.ts"],
    ["src/store/values/set.ts", "src/store/memory/arena.ts"],
    ["src/server/mod.ts", "main.ts"],
    ["src/server/mod.ts", "src/mod.ts"],
    ["src/stray.ts", "src/base/clock.ts"],
    ["src/server/mod.ts", "tests/support/poll.ts"],
  ];
  for (const [from, to] of refused) assert(importOffence(from, to) !== undefined, `${from} ${to}`);
});

Deno.test("layering: every way to mention a module is seen", () => {
  const source = parseSource(
    "src/net/sample.ts",
    `
      import { a } from "./a.ts";
      import type { B } from "../base/b.ts";
      import "./c.ts";
      export * from "./d.ts";
      export { e } from "./e.ts";
      let f: import("./f.ts").F;
      const g = await import("./g.ts");
      import { h } from "@std/h";
      // import { no } from "./no.ts";
    `,
  );
  assertEquals(referencesOf(source).map(({ target, specifier }) => target ?? specifier), [
    "src/net/a.ts",
    "src/base/b.ts",
    "src/net/c.ts",
    "src/net/d.ts",
    "src/net/e.ts",
    "src/net/f.ts",
    "src/net/g.ts",
    "@std/h",
  ]);
});
