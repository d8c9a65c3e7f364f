/**
 * Tests of polling.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { eventually } from "./poll.ts";

Deno.test("eventually returns what the check came to, after it said no and threw", async () => {
  const outcomes = [
    () => false,
    () => undefined,
    () => {
      throw new Error("not yet");
    },
    () => 0,
  ];
  assertEquals(await eventually(() => outcomes.shift()?.(), { pauseMs: 0 }), 0);
  assertEquals(outcomes.length, 0);
});

Deno.test("eventually gives up with what it waited for and why", async () => {
  await assertRejects(
    () =>
      eventually(() => Promise.reject(new Error("refused")), {
        deadlineMs: 0,
        what: "the server",
      }),
    Error,
    "Gave up after 0 ms waiting for the server (refused)",
  );
});
