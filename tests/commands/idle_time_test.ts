/**
 * OBJECT IDLETIME on a clock that is turned by hand: what counts as a use of a key.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { ManualClock, startServer } from "../../src/mod.ts";

const IDLE_SECONDS = 100;

const USES = [
  "GET key",
  "TOUCH key",
  "APPEND key x",
  "EXPIRE key 1000",
  "SET key new",
  "MGET key",
  "DUMP key",
];
const LOOKS = ["EXISTS key", "TYPE key", "TTL key", "OBJECT ENCODING key", "SCAN 0", "KEYS *"];

for (const [lines, expectedSeconds] of [[USES, 0], [LOOKS, IDLE_SECONDS]] as const) {
  for (const line of lines) {
    const outcome = expectedSeconds === 0 ? "is a use" : "is only a look";
    Deno.test(`${line.split(" ")[0]} ${outcome} of a key`, async () => {
      const clock = new ManualClock();
      await using server = await startServer({ clock });
      await using client = server.client();
      await client.call("SET", "key", "value");
      clock.advance(IDLE_SECONDS * 1000);
      assertEquals(await client.call("OBJECT", "IDLETIME", "key"), IDLE_SECONDS);
      await client.call(...line.split(" "));
      assertEquals(await client.call("OBJECT", "IDLETIME", "key"), expectedSeconds);
    });
  }
}
