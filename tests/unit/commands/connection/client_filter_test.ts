/**
 * Client filter: what the words of CLIENT KILL mean.
 *
 * @module
 */

import { assertEquals, assertThrows } from "@std/assert";
import {
  type ClientFilter,
  parseKillFilter,
} from "../../../../src/commands/connection/client_filter.ts";
import { RedisError } from "../../../../src/errors/redis_error.ts";
import { Args } from "../../../../src/resp/mod.ts";

const parse = (...words: string[]): ClientFilter =>
  parseKillFilter(Args.of("CLIENT", "KILL", ...words), (name) => name === "default");

Deno.test("parseKillFilter takes a lone word for an address, the caller's own too", () => {
  assertEquals(parse("127.0.0.1:1234"), { address: "127.0.0.1:1234", skipsCaller: false });
  assertEquals(parse("ID"), { address: "ID", skipsCaller: false });
});

Deno.test("parseKillFilter spares the caller unless told", () => {
  assertEquals(parse("ID", "7"), { id: 7, skipsCaller: true });
  assertEquals(parse("ID", "7", "SkipMe", "NO"), { id: 7, skipsCaller: false });
  assertEquals(parse("SKIPME", "no", "SKIPME", "yes"), { skipsCaller: true });
});

Deno.test("parseKillFilter collects conditions in any case and order; the last of a kind counts", () => {
  assertEquals(
    parse("user", "default", "LAddr", "b:1", "addr", "a:1", "type", "SLAVE", "type", "Master"),
    { user: "default", localAddress: "b:1", address: "a:1", type: "primary", skipsCaller: true },
  );
});

Deno.test("parseKillFilter refuses the first thing that makes no sense", () => {
  const refusals: readonly (readonly [words: string[], text: string])[] = [
    [["ID", "x", "ODD", "y"], "ERR client-id should be greater than 0"],
    [["ID", "0"], "ERR client-id should be greater than 0"],
    [["TYPE", "odd"], "ERR Unknown client type 'odd'"],
    [["USER", "nobody", "ID", "x"], "ERR No such user 'nobody'"],
    [["SKIPME", "maybe"], "ERR syntax error"],
    [["ODD", "x"], "ERR syntax error"],
    [["ID", "1", "ADDR"], "ERR syntax error"],
  ];
  for (const [words, text] of refusals) {
    const error = assertThrows(() => parse(...words), RedisError);
    assertEquals(error.text, text, words.join(" "));
  }
});
