/**
 * Giving way: a client whose requests take long lets the others have their turn in between.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../src/base/byte_view.ts";
import { ManualClock, startServer } from "../../src/mod.ts";

/** More than are looked ahead at together. */
const REQUEST_COUNT = 400;

/** A clock on which a moment passes with each look at it. */
class PassingClock extends ManualClock {
  readonly #lookUs: number;
  #passedUs = 0;

  constructor(lookUs: number) {
    super();
    this.#lookUs = lookUs;
  }

  override monotonicUs(): number {
    return this.#passedUs += this.#lookUs;
  }
}

/** What another client reads of a counter that one client adds to in a single piece of input. */
async function seenOnTheWay(lookUs: number): Promise<number> {
  await using server = await startServer({ port: "none", clock: new PassingClock(lookUs) });
  await using other = server.client();
  const busy = server.connect();
  const replies = Array.from({ length: REQUEST_COUNT }, (_, index) => `:${index + 1}\r\n`).join("");
  await busy.write(
    bytesOfText("INCR counter\r\n".repeat(REQUEST_COUNT)) as Uint8Array<ArrayBuffer>,
  );
  const seen = Number(await other.call("GET", "counter"));
  const buffer = new Uint8Array(replies.length);
  let text = "";
  while (text.length < replies.length) {
    text += textOfBytes(buffer, 0, (await busy.read(buffer))!);
  }
  assertEquals(text, replies);
  busy.close();
  return seen;
}

Deno.test("a client's requests give way to others earlier when they take long", async () => {
  const quick = await seenOnTheWay(1), slow = await seenOnTheWay(5000);
  assert(slow > 0 && slow < quick, `the other client saw ${slow}, of quick ones ${quick}`);
});
