/**
 * Bad input beside real Redis: the same broken bytes get the same answer, to the byte.
 *
 * @module
 */

import { SeededRandom } from "../../src/base/random.ts";
import { randomStream } from "../support/byte_streams.ts";
import { differential } from "../support/differential.ts";
import { takeSeed } from "../support/seed.ts";

const STREAM_COUNT = 1000;

differential("random and mutated streams get the same bytes back", async (both) => {
  const random = new SeededRandom(takeSeed("bad input"));
  for (let count = 0; count < STREAM_COUNT; count++) await both.sameRaw(randomStream(random));
}, { protocols: [2] });
