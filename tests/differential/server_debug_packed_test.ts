/**
 * DEBUG LISTPACK, QUICKLIST, QUICKLIST-PACKED-THRESHOLD beside real Redis.
 *
 * @module
 */

import { differential } from "../support/differential.ts";
import { sameList } from "../support/list_layouts.ts";

differential("DEBUG LISTPACK and QUICKLIST take values of that encoding only", async (both) => {
  await both.same("HSET", "hash", "field", "1", "other", "x".repeat(60));
  await both.same("ZADD", "zset", "1", "a", "2.5", "b");
  await both.same("RPUSH", "list", "a", "1");
  await both.same("SADD", "set", "1");
  await both.same("SET", "word", "ant");
  for (const key of ["hash", "zset", "list", "set", "word", "absent"]) {
    await both.same("DEBUG", "LISTPACK", key);
    await both.same("DEBUG", "QUICKLIST", key);
    await both.same("DEBUG", "QUICKLIST", key, "1");
  }
  await both.same("DEBUG", "LISTPACK");
  await both.same("DEBUG", "LISTPACK", "hash", "1");
  await both.same("DEBUG", "QUICKLIST", "list", "1", "2");
});

differential("DEBUG QUICKLIST-PACKED-THRESHOLD decides what is a node by itself", async (both) => {
  for (const size of ["-1", "x", "", "4gb", "4294967296", "4293918721", "1kbb"]) {
    await both.same("DEBUG", "QUICKLIST-PACKED-THRESHOLD", size);
  }
  try {
    for (const size of ["1b", "2", "100", "1kb", "4293918720", "0"]) {
      await both.same("DEBUG", "QUICKLIST-PACKED-THRESHOLD", size);
      for (const byteCount of [1, 2, 99, 100, 1023, 1024, 5000, 5000, 3]) {
        await both.same("RPUSH", "k", "e".repeat(byteCount));
      }
      await sameList(both, "k");
    }
  } finally {
    await both.same("DEBUG", "QUICKLIST-PACKED-THRESHOLD", "0");
  }
});
