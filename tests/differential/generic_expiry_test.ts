/**
 * EXPIRE and its three forms, TTL and its three forms, PERSIST beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";

const EXPIRE_COMMANDS = ["EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"];
const TTL_COMMANDS = ["TTL", "PTTL", "EXPIRETIME", "PEXPIRETIME"];

/** A moment in the year 5138, in unix milliseconds. */
const FAR_MS = 99_999_999_999_999n;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** Where something may overflow: 64 bits, as milliseconds, as seconds, with the time added. */
const EDGES: readonly (bigint | string)[] = [
  INT64_MAX,
  INT64_MAX - 1n,
  INT64_MAX + 1n,
  INT64_MAX / 1000n,
  INT64_MAX / 1000n + 1n,
  INT64_MAX - 3_000_000_000_000n,
  (INT64_MAX - 3_000_000_000_000n) / 1000n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 42n,
  2n ** 42n + 1n,
  -1n,
  0n,
  100_000n,
  -(2n ** 42n) - 1n,
  INT64_MIN / 1000n,
  INT64_MIN / 1000n - 1n,
  INT64_MIN,
  INT64_MIN - 1n,
  "",
  "x",
  "1.5",
  "1e3",
  "+1",
  "01",
  "-0",
  " 1",
  "1 ",
  "1\0",
];

for (const command of EXPIRE_COMMANDS) {
  differential(`${command} reads its number to the last of 64 bits`, async (both) => {
    for (const edge of EDGES) {
      await both.same("SET", "key", "value");
      await both.same(command, "key", edge);
      await both.same("EXISTS", "key");
      // What counts from now differs by the moment between the two.
      if (command.endsWith("AT")) {
        for (const ask of ["EXPIRETIME", "PEXPIRETIME"]) await both.same(ask, "key");
      } else {
        await both.sameMs("PEXPIRETIME", "key");
      }
      await both.same(command, "absent", edge);
    }
  });

  differential(`${command} refuses what it does not know`, async (both) => {
    await both.bothRefuse("ERR wrong number of arguments", command);
    await both.bothRefuse("ERR wrong number of arguments", command, "key");
    for (const key of ["key", "absent"]) {
      await both.same("SET", "key", "value");
      await both.bothRefuse("ERR Unsupported option", command, key, FAR_MS, "AB");
      await both.bothRefuse("ERR Unsupported option", command, key, FAR_MS, "NX", "AB");
      await both.bothRefuse("ERR Unsupported option", command, key, FAR_MS, "");
      await both.bothRefuse("ERR Unsupported option", command, key, "x", "a\0b");
      await both.bothRefuse("ERR Unsupported option", command, key, "1", "a\r\nb\n\r\n");
      await both.bothRefuse("ERR Unsupported option", command, key, FAR_MS, "x".repeat(300));
      for (const other of ["XX", "GT", "LT"]) {
        await both.bothRefuse("ERR NX and XX, GT or LT", command, key, FAR_MS, "NX", other);
        await both.bothRefuse("ERR NX and XX, GT or LT", command, key, "x", other, "nx");
      }
      await both.bothRefuse("ERR NX and XX, GT or LT", command, key, "1", "GT", "LT", "NX");
      await both.bothRefuse("ERR GT and LT", command, key, FAR_MS, "GT", "LT");
      await both.bothRefuse("ERR GT and LT", command, key, "x", "XX", "LT", "gt");
      await both.bothRefuse("ERR value is not an integer", command, key, "x", "XX");
    }
  });
}

for (const options of [["NX"], ["xx"], ["GT"], ["lt"], ["XX", "GT"], ["LT", "XX"], ["nx", "NX"]]) {
  differential(`PEXPIREAT ${options.join(" ")} looks at the expiry there is`, async (both) => {
    for (const moment of [FAR_MS - 1n, FAR_MS, FAR_MS + 1n, INT64_MAX, 1n, -5n]) {
      for (const before of [undefined, FAR_MS, INT64_MAX]) {
        await both.same("SET", "key", "value");
        if (before !== undefined) await both.same("PEXPIREAT", "key", before);
        await both.same("PEXPIREAT", "key", moment, ...options);
        await both.same("PEXPIRETIME", "key");
        await both.same("PEXPIREAT", "absent", moment, ...options);
      }
    }
  });
}

differential("EXPIRE and PEXPIRE with options count from now", async (both) => {
  for (const command of ["EXPIRE", "PEXPIRE"]) {
    for (const option of ["NX", "XX", "GT", "LT"]) {
      await both.same("SET", "key", "value");
      await both.same(command, "key", "1000000", option);
      await both.sameSeconds("TTL", "key");
      await both.same("EXPIREAT", "key", "99999999999");
      await both.same(command, "key", "2000000", option);
      await both.sameSeconds("TTL", "key");
      await both.same(command, "key", "-1", option);
      await both.same("EXISTS", "key");
    }
  }
});

differential("a past moment deletes the key", async (both) => {
  for (
    const [command, number] of [
      ["EXPIRE", "0"],
      ["EXPIRE", "-1"],
      ["PEXPIRE", "0"],
      ["PEXPIRE", "-100000"],
      ["EXPIREAT", "0"],
      ["EXPIREAT", "1"],
      ["PEXPIREAT", "0"],
      ["PEXPIREAT", "-1"],
      ["PEXPIREAT", "1600000000000"],
    ]
  ) {
    await both.same("SET", "key", "value", "EX", "100");
    await both.same(command, "key", number);
    await both.same("EXISTS", "key");
    await both.same(command, "key", number);
    await both.same("DBSIZE");
  }
});

for (const command of TTL_COMMANDS) {
  differential(`${command} tells lasting from absent`, async (both) => {
    await both.bothRefuse("ERR wrong number of arguments", command);
    await both.bothRefuse("ERR wrong number of arguments", command, "a", "b");
    await both.same(command, "absent");
    await both.same("SET", "lasting", "value");
    await both.same(command, "lasting");
    await both.same("SET", "gone", "value", "PXAT", "1");
    await both.same(command, "gone");
    await both.same("SET", "\0\xff", "value", "EX", "1000");
    await both.sameMs(command, "\0\xff");
  });
}

differential("EXPIRETIME rounds milliseconds to the nearest second", async (both) => {
  for (const tail of ["000", "001", "499", "500", "501", "999"]) {
    await both.same("SET", "key", "value", "PXAT", `99999999999${tail}`);
    await both.same("EXPIRETIME", "key");
    await both.same("PEXPIRETIME", "key");
  }
});

differential("TTL and PTTL after EXPIRE", async (both) => {
  await both.same("SET", "key", "value");
  for (const seconds of ["1", "10", "3600", "100000", "9000000000000"]) {
    await both.same("EXPIRE", "key", seconds);
    await both.sameSeconds("TTL", "key");
    await both.sameMs("PTTL", "key");
  }
  await both.same("PEXPIREAT", "key", INT64_MAX);
  await both.sameSeconds("TTL", "key");
  await both.sameMs("PTTL", "key");
});

differential("PERSIST takes an expiry away", async (both) => {
  await both.bothRefuse("ERR wrong number of arguments", "PERSIST");
  await both.bothRefuse("ERR wrong number of arguments", "PERSIST", "a", "b");
  await both.same("PERSIST", "absent");
  for (const value of ["1", "word", "v".repeat(300), ""]) {
    await both.same("SET", "key", value);
    await both.same("PERSIST", "key");
    await both.same("EXPIRE", "key", "1000");
    await both.same("PERSIST", "key");
    await both.same("PERSIST", "key");
    await both.same("TTL", "key");
    await both.same("GET", "key");
    await both.same("OBJECT", "ENCODING", "key");
  }
  await both.same("SET", "gone", "value", "PXAT", "1");
  await both.same("PERSIST", "gone");
});

differential("an expiry outlives what changes the value, not what replaces it", async (both) => {
  await both.same("SET", "key", "1", "PXAT", FAR_MS);
  for (const change of [["INCR", "key"], ["APPEND", "key", "x"], ["SETRANGE", "key", "3", "y"]]) {
    await both.same(...change);
    await both.same("PEXPIRETIME", "key");
  }
  await both.same("SET", "key", "2");
  await both.same("PEXPIRETIME", "key");
});
