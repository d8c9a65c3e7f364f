/**
 * Tests of the conditions under which EXPIRE sets an expiry.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Int64 } from "../../../../src/base/int64.ts";
import { allowsExpiry, type ExpireConditions } from "../../../../src/commands/generic/expiry.ts";

const NONE: ExpireConditions = { nx: false, xx: false, gt: false, lt: false };
const INT64_MAX = 2n ** 63n - 1n;

function moment(milliseconds: bigint): Int64 {
  return new Int64().setBigInt(milliseconds);
}

/** For no expiry there, an earlier one, the same, a later one than the wanted. */
function outcomesOf(conditions: Partial<ExpireConditions>): boolean[] {
  const wanted = moment(INT64_MAX - 1n);
  return [undefined, INT64_MAX - 2n, INT64_MAX - 1n, INT64_MAX].map((existing) =>
    allowsExpiry(
      { ...NONE, ...conditions },
      existing === undefined ? undefined : moment(existing),
      wanted,
    )
  );
}

const CASES: readonly [Partial<ExpireConditions>, boolean[]][] = [
  [{}, [true, true, true, true]],
  [{ nx: true }, [true, false, false, false]],
  [{ xx: true }, [false, true, true, true]],
  [{ gt: true }, [false, true, false, false]],
  [{ lt: true }, [true, false, false, true]],
  [{ xx: true, gt: true }, [false, true, false, false]],
  [{ xx: true, lt: true }, [false, false, false, true]],
];

for (const [conditions, outcomes] of CASES) {
  const words = Object.keys(conditions).join(" ").toUpperCase() || "no condition";
  Deno.test(`allowsExpiry under ${words}, to the last of 64 bits`, () => {
    assertEquals(outcomesOf(conditions), outcomes);
  });
}
