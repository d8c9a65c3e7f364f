/**
 * Tests of expiry times: units, origins and the limits of 64 bits.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Int64 } from "../../../src/base/int64.ts";
import {
  AT_MILLISECONDS,
  AT_SECONDS,
  type ExpiryForm,
  IN_MILLISECONDS,
  IN_SECONDS,
  toUnixMs,
} from "../../../src/commands/expiry_time.ts";

const NOW_MS = 1_704_067_200_000;
const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

function unixMsOf(value: bigint, form: ExpiryForm): bigint | undefined {
  const register = new Int64().setBigInt(value);
  return toUnixMs(register, form, NOW_MS) ? register.toBigInt() : undefined;
}

/** The rule itself, in integers without bounds. */
function expectedOf(value: bigint, form: ExpiryForm): bigint | undefined {
  const written = value * BigInt(form.unitMs);
  const moment = written + (form.isRelative ? BigInt(NOW_MS) : 0n);
  const isRepresentable = written >= INT64_MIN && written <= INT64_MAX && moment <= INT64_MAX;
  return isRepresentable ? moment : undefined;
}

const FORMS: Readonly<Record<string, ExpiryForm>> = {
  IN_SECONDS,
  IN_MILLISECONDS,
  AT_SECONDS,
  AT_MILLISECONDS,
};

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`toUnixMs in the form ${name} is exact, and refuses what has no 64 bits`, () => {
    const edges = [0n, 2n ** 42n, 2n ** 53n, INT64_MAX / 1000n, INT64_MAX - BigInt(NOW_MS)];
    edges.push((INT64_MAX - BigInt(NOW_MS)) / 1000n, INT64_MAX - 1n, INT64_MIN / 1000n);
    for (const edge of [...edges, ...edges.map((value) => -value)]) {
      for (const value of [edge - 1n, edge, edge + 1n]) {
        assertEquals(unixMsOf(value, form), expectedOf(value, form), `${value}`);
      }
    }
  });
}
