/**
 * Invariant: that it lets the truth pass and stops at the rest with its own type.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { invariant, InvariantError } from "../../../src/base/invariant.ts";

Deno.test("invariant passes what holds and narrows its type", () => {
  const value: string | undefined = ["word"].at(0);
  invariant(value !== undefined, "Read a list: it is empty");
  assertEquals(value.length, 4);
});

Deno.test("invariant throws an InvariantError with the message", () => {
  const error = assertThrows(
    () => invariant(false, "Free block: reference 17 is not in use"),
    InvariantError,
    "Free block: reference 17 is not in use",
  );
  assert(error instanceof Error);
  assertEquals(error.name, "InvariantError");
});
