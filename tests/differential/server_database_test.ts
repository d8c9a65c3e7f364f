/**
 * DBSIZE, FLUSHALL, FLUSHDB and SWAPDB beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";

differential("DBSIZE counts the keys of the selected database", async (both) => {
  await both.same("DBSIZE");
  await both.same("MSET", "a", "1", "b", "2");
  await both.same("dbsize");
  await both.same("SELECT", "3");
  await both.same("DBSIZE");
  await both.bothRefuse("ERR wrong number of arguments", "DBSIZE", "x");
});

for (const flush of ["FLUSHALL", "FLUSHDB"]) {
  differential(`${flush} empties, at once or lazily`, async (both) => {
    for (const options of [[], ["SYNC"], ["ASYNC"], ["aSync"]]) {
      await both.same("MSET", "a", "1", "b", "v".repeat(1000));
      await both.same("SET", "c", "1", "EX", "1000");
      await both.same("SELECT", "2");
      await both.same("SET", "elsewhere", "1");
      await both.same("SELECT", "0");
      await both.same(flush, ...options);
      await both.same("DBSIZE");
      await both.same("GET", "b");
      await both.same("SELECT", "2");
      await both.same("DBSIZE");
      await both.same("SELECT", "0");
    }
  });

  differential(`${flush} follows lazyfree-lazy-user-flush`, async (both) => {
    await both.same("MSET", "a", "1", "b", "2");
    await both.same(flush);
    await both.same("DBSIZE");
  }, { config: { "lazyfree-lazy-user-flush": "yes" } });

  differential(`${flush} refuses other options`, async (both) => {
    await both.same("SET", "a", "1");
    await both.bothRefuse("ERR syntax error", flush, "NOW");
    await both.bothRefuse("ERR syntax error", flush, "SYNC", "ASYNC");
    await both.bothRefuse("ERR syntax error", flush, "");
    await both.same("DBSIZE");
  });
}

differential("SWAPDB exchanges databases under their clients", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("SELECT", "1");
  await both.same("SET", "here", "0");
  await other.same("SET", "there", "1", "EX", "1000");
  await both.same("SWAPDB", "0", "1");
  await both.same("GET", "there");
  await both.same("GET", "here");
  await other.same("GET", "here");
  await other.same("EXISTS", "there");
  await both.same("SWAPDB", "1", "0");
  await both.same("GET", "here");
  await both.same("SWAPDB", "5", "5");
  await both.sameSeconds("TTL", "here");
});

differential("SWAPDB refuses what is no database", async (both) => {
  await both.bothRefuse("ERR invalid first DB index", "SWAPDB", "a", "1");
  await both.bothRefuse("ERR invalid second DB index", "SWAPDB", "0", "b");
  await both.bothRefuse("ERR invalid first DB index", "SWAPDB", "4294967296", "b");
  await both.bothRefuse("ERR DB index is out of range", "SWAPDB", "0", "16");
  await both.bothRefuse("ERR DB index is out of range", "SWAPDB", "-1", "0");
  await both.bothRefuse("ERR wrong number of arguments", "SWAPDB", "0");
  await both.bothRefuse("ERR wrong number of arguments", "SWAPDB", "0", "1", "2");
});
