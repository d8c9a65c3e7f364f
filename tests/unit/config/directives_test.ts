/**
 * The table of directives: rows that agree with themselves.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { Config, type Directive, findDirective } from "../../../src/config/mod.ts";
import { DIRECTIVES } from "../../../src/config/directives.ts";

const ROWS: readonly Directive[] = DIRECTIVES;

Deno.test("DIRECTIVES has every name and alias once, in lower case", () => {
  const names = ROWS.flatMap((row) => row.alias === undefined ? [row.name] : [row.name, row.alias]);
  assertEquals(new Set(names).size, names.length);
  assertEquals(names.filter((name) => name !== name.toLowerCase()), []);
});

Deno.test("DIRECTIVES has defaults that their kinds accept and keep", () => {
  for (const { name, kind, default: text } of ROWS) {
    const words = kind.takesSeveral ? (text === "" ? [] : text.split(" ")) : [text];
    if (name === "replicaof") continue; // unset by default, and no word unsets it but "no one"
    assertEquals(kind.read(words, text), text, name);
  }
});

Deno.test("DIRECTIVES has numbers for all numeric defaults", () => {
  const config = new Config();
  for (const row of DIRECTIVES) {
    if (row.kind.type !== "number") continue;
    assert(Number.isFinite(row.kind.numberOf(config.valueOf(row.name))), row.name);
  }
});

Deno.test("findDirective knows names and aliases in any case", () => {
  assertEquals(findDirective("PORT")?.name, "port");
  assertEquals(findDirective("Slave-Priority")?.name, "replica-priority");
  assertEquals(findDirective("hash-max-ziplist-entries")?.name, "hash-max-listpack-entries");
  assertEquals(findDirective("por"), undefined);
});
