/**
 * AOF rewrite: whenever the server dies, and whatever the disk refuses, the files load, and nothing that
 * was acknowledged is missing.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { EasyRedisServer } from "../../../src/mod.ts";
import { eventually } from "../../support/poll.ts";
import { type DiskStep, inputOutputError, WatchedDisk } from "../../support/watched_disk.ts";
import { call, callAll, Home, rewriteEnded, rewritten } from "./aof_home.ts";

/** A copy of a home as a crash of the server would leave it. */
interface Remains {
  readonly step: string;
  readonly home: Home;
  /** What INCR had replied. */
  readonly count: number;
}

function copyOf(home: Home): Home {
  const copy = new Home();
  copyDirectory(home.path, copy.path);
  copy.clock.set(home.clock.nowMs());
  return copy;
}

function copyDirectory(from: string, to: string): void {
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) {
      Deno.mkdirSync(`${to}/${name}`);
      copyDirectory(`${from}/${name}`, `${to}/${name}`);
    } else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Counts, once for each millisecond of a rewrite, from its beginning to its end. */
class Counting {
  count = 0;

  async run(home: Home, server: EasyRedisServer): Promise<void> {
    await using client = server.client();
    let isOver = false;
    while (!isOver) {
      this.count = Number(await client.call("INCR", "count"));
      home.clock.advance(1);
      const info = String(await client.call("INFO", "persistence"));
      isOver = info.includes("aof_rewrite_in_progress:0") && info.includes("scheduled:0");
    }
  }
}

/** Whether the log, which goes on meanwhile, does it. */
function isOfTheLog({ action, path }: DiskStep): boolean {
  return path.endsWith("incr.aof") && (action === "write" || action === "sync");
}

function stepText(home: Home, { action, path }: DiskStep): string {
  return `${action} ${path.slice(home.path.length + 1).replace(/\d{3,}/, "pid")}`;
}

Deno.test("AOF rewrite: the log tells of the increment before it tells of the rewrite", async () => {
  using home = new Home();
  await using server = await home.start();
  await callAll(server, ["SET a 1", "BGREWRITEAOF"]);
  await rewritten(home, server);
  assertMatch(
    home.log,
    /Creating AOF incr file appendonly.aof.2.incr.aof on background rewrite\n.*Background append only file rewriting started by pid/,
  );
});

for (const policy of ["always", "no"]) {
  Deno.test(`AOF rewrite: a crash before any of its steps leaves everything, with ${policy}`, async () => {
    using home = new Home();
    const remains: Remains[] = [];
    try {
      await using server = await home.start({ appendfsync: policy });
      await callAll(server, ["SET a 1", "RPUSH l x y z", "BGREWRITEAOF"]);
      await rewritten(home, server);
      const counting = new Counting();
      {
        using _disk = new WatchedDisk(home.path, (step) => {
          if (isOfTheLog(step)) return;
          remains.push({ step: stepText(home, step), home: copyOf(home), count: counting.count });
        });
        await call(server, "BGREWRITEAOF");
        await counting.run(home, server);
      }
      const steps = remains.map(({ step }) => step).join("\n");
      for (
        const step of [
          "open appendonlydir/appendonly.aof.3.incr.aof",
          "rename appendonlydir/appendonly.aof.3.base.rdb",
          "sync appendonlydir/temp-appendonly.aof.manifest",
          "rename appendonlydir/appendonly.aof.manifest",
          "remove appendonlydir/appendonly.aof.2.base.rdb",
        ]
      ) assertStringIncludes(steps, step);
      for (const { step, home: left, count } of remains) {
        await using heir = await left.start();
        assertEquals(await call(heir, "GET a"), "1", step);
        assertEquals(await call(heir, "LLEN l"), 3, step);
        assert(Number(await call(heir, "GET count")) >= count, `${step}: ${count} was replied`);
      }
    } finally {
      for (const { home } of remains) home[Symbol.dispose]();
    }
  });
}

Deno.test("AOF rewrite: whichever of its steps the disk refuses, nothing is lost, and the next one is good", async () => {
  let isMore = true;
  for (let refused = 0; isMore; refused++) {
    using home = new Home();
    await using server = await home.start();
    await callAll(server, ["SET a 1", "BGREWRITEAOF"]);
    await rewritten(home, server);
    const counting = new Counting();
    let index = 0, refusedStep = "";
    {
      using _disk = new WatchedDisk(home.path, (step) => {
        if (isOfTheLog(step)) return;
        if (index++ !== refused) return;
        refusedStep = stepText(home, step);
        throw inputOutputError();
      });
      await call(server, "BGREWRITEAOF").catch(() => {});
      await counting.run(home, server);
    }
    isMore = refusedStep !== "";
    await eventually(async () =>
      String(await call(server, "INFO persistence")).includes("aof_buffer_length:0")
    );
    using left = copyOf(home);
    {
      await using heir = await left.start();
      assertEquals(await call(heir, "GET a"), "1", refusedStep);
      assertEquals(Number(await call(heir, "GET count")), counting.count, refusedStep);
    }
    await call(server, "BGREWRITEAOF");
    await rewritten(home, server);
    assertEquals([...Deno.readDirSync(home.path)].length, 1, refusedStep);
    assertEquals([...Deno.readDirSync(`${home.path}/appendonlydir`)].length, 3, refusedStep);
  }
});

for (const isRefused of [false, true]) {
  const outcome = isRefused ? "the server ends when it stays so" : "they go out then";
  Deno.test(`AOF rewrite: with always replies wait until a power cut can't hide the new increment; ${outcome}`, async () => {
    using home = new Home();
    await using server = await home.start({ appendfsync: "always" });
    await call(server, "SET a 1");
    const gate = Promise.withResolvers<void>();
    let isListed = false, isReplied = false;
    {
      using _disk = new WatchedDisk(home.path, ({ action, path }) => {
        if (action === "rename" && path.endsWith(".manifest")) isListed = true;
        if (action === "open" && path.endsWith("/appendonlydir") && isListed) return gate.promise;
      });
      await call(server, "BGREWRITEAOF");
      await eventually(() => isListed);
      const reply = call(server, "SET b 1").then(() => isReplied = true, () => {});
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
      assertEquals(isReplied, false);
      if (isRefused) gate.reject(inputOutputError());
      else gate.resolve();
      await reply;
    }
    assertEquals(isReplied, !isRefused);
    const text = "Fail to fsync AOF directory: Input/output error. Exiting...";
    assertEquals(home.log.includes(text), isRefused, home.log);
  });
}

Deno.test("AOF rewrite: switched off, on, and shut down meanwhile", async () => {
  for (const lines of [["appendonly no"], ["appendonly no", "appendonly yes"]]) {
    using home = new Home();
    await using server = await home.start();
    await callAll(server, ["SET a 1", "BGREWRITEAOF"]);
    for (const line of lines) await call(server, `CONFIG SET ${line}`);
    await call(server, "SET b 1");
    await rewriteEnded(home, server);
    const names = [...Deno.readDirSync(home.path)].map(({ name }) => name);
    assertEquals(names, ["appendonlydir"]);
    using left = copyOf(home);
    await using heir = await left.start();
    assertEquals(await call(heir, "EXISTS a b"), lines.length === 1 ? 1 : 2);
  }
  using home = new Home();
  {
    await using server = await home.start();
    await callAll(server, ["SET a 1", "BGREWRITEAOF", "SET b 1"]);
  }
  assertEquals([...Deno.readDirSync(home.path)].length, 1);
  await using server = await home.start();
  assertEquals(await call(server, "EXISTS a b"), 2);
});

Deno.test("AOF rewrite: history that a crash has left is removed at the start", async () => {
  using home = new Home();
  {
    await using server = await home.start({ "aof-disable-auto-gc": "yes" });
    await callAll(server, ["SET a 1", "BGREWRITEAOF"]);
    await rewritten(home, server);
  }
  assertEquals([...Deno.readDirSync(`${home.path}/appendonlydir`)].length, 5);
  {
    await using server = await home.start();
    assertEquals(await call(server, "GET a"), "1");
  }
  assertEquals([...Deno.readDirSync(`${home.path}/appendonlydir`)].length, 3);
});

Deno.test("AOF rewrite: history is kept while that is wanted, and removed as soon as it is not", async () => {
  using home = new Home();
  await using server = await home.start({ "aof-disable-auto-gc": "yes" });
  for (const key of ["a", "b"]) {
    await callAll(server, [`SET ${key} 1`, "BGREWRITEAOF"]);
    await rewritten(home, server);
  }
  const directory = `${home.path}/appendonlydir`;
  const manifest = (): string =>
    Deno.readTextFileSync(`${directory}/appendonly.aof.manifest`).replaceAll("appendonly.aof.", "");
  assertEquals(
    manifest(),
    "file 3.base.rdb seq 3 type b\n" +
      "file 2.incr.aof seq 2 type h\nfile 2.base.rdb seq 2 type h\n" +
      "file 1.incr.aof seq 1 type h\nfile 1.base.rdb seq 1 type h\n" +
      "file 3.incr.aof seq 3 type i\n",
  );
  await call(server, "CONFIG SET aof-disable-auto-gc no");
  await eventually(() =>
    manifest() === "file 3.base.rdb seq 3 type b\nfile 3.incr.aof seq 3 type i\n"
  );
  assertEquals([...Deno.readDirSync(directory)].length, 3);
});

Deno.test("AOF rewrite: a log that is switched on is tried again until it has a base", async () => {
  using home = new Home();
  await using server = await home.start({ appendonly: "no" });
  await callAll(server, ["SET a 1"]);
  // A directory with something in it, which a file can't be renamed to.
  Deno.mkdirSync(`${home.fileOf("1.base.rdb")}/obstacle`, { recursive: true });
  await call(server, "CONFIG SET appendonly yes");
  const line = "Removing the temp incr aof file temp-appendonly.aof.incr in the background";
  await eventually(() => {
    home.clock.advance(100);
    return home.log.includes(
      "has repeatedly failed and triggered the limit, will retry in 1 minutes",
    );
  });
  assertEquals(home.log.split(line).length - 1, 3);
  assert(
    ![...Deno.readDirSync(`${home.path}/appendonlydir`)].some(({ name }) =>
      name.endsWith("manifest")
    ),
  );
  await call(server, "SET b 1");
  Deno.removeSync(home.fileOf("1.base.rdb"), { recursive: true });
  home.clock.advance(1000);
  assertStringIncludes(String(await call(server, "INFO persistence")), "aof_rewrite_scheduled:1");
  home.clock.advance(60_000);
  await eventually(async () => {
    home.clock.advance(100);
    return String(await call(server, "INFO persistence")).includes("last_bgrewrite_status:ok");
  });
  await rewritten(home, server);
  using left = copyOf(home);
  await using heir = await left.start();
  assertEquals(await call(heir, "EXISTS a b"), 2);
});

Deno.test("AOF rewrite: a log that a transaction switches on begins behind it", async () => {
  using home = new Home();
  await using server = await home.start();
  const forks = async (): Promise<string> =>
    /total_forks:\d+/.exec(String(await call(server, "INFO stats")))![0];
  const switches = ["CONFIG SET appendonly no", "CONFIG SET appendonly yes"];
  await callAll(server, ["MULTI", "INCR a", "INCR b", ...switches, "INCR a", "INCR a", "EXEC"]);
  assertStringIncludes(home.log, "AOF was enabled during a transaction.");
  assertEquals(await forks(), "total_forks:0");
  await rewritten(home, server);
  assertEquals(await forks(), "total_forks:1");
  await call(server, "INCR b");
  using left = copyOf(home);
  await using heir = await left.start();
  assertEquals(await call(heir, "MGET a b"), ["3", "2"]);
});
