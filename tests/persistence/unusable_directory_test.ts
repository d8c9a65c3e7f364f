/**
 * A directory that can't be used: what is replied, told in INFO and logged, here and by real Redis.
 *
 * What may differ: the temporary files' numbers, and in which order a child's lines come among its parent's.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { PlainClient } from "../support/data_directory.ts";
import { startEasyRedisProcess } from "../support/easyredis_process.ts";
import { eventually } from "../support/poll.ts";
import { redisVersion, startRedisServer } from "../support/redis_server.ts";
import type { Directives, ServerProcess } from "../support/server_process.ts";

/** What happens to a server's directory, and what comes of a request then. */
interface Mishap {
  readonly name: string;
  readonly config?: Directives;
  /** Makes the directory unusable. */
  readonly happen: (directory: string) => Promise<void>;
  readonly request: readonly string[];
  /** The reply and, once nothing goes on any more, these fields of INFO. */
  readonly reply: string;
  readonly info: Readonly<Record<string, string>>;
  /** Lines of the log, with `N` for a number and `DIR` for the directory; sorted. */
  readonly log: readonly string[];
}

const vanish = (directory: string): Promise<void> => Deno.remove(directory, { recursive: true });
/** Something else has the name of the directory for logs. */
const obstruct = (directory: string): Promise<void> =>
  Deno.writeTextFile(`${directory}/appendonlydir`, "");
/** So has something else that of the file for snapshots. */
const occupy = (directory: string): Promise<void> => Deno.mkdir(`${directory}/dump.rdb`);

const CANT_REWRITE =
  "-ERR Can't execute an AOF background rewriting. Please check the server logs for more information.";
const CANT_TURN_ON =
  "-ERR CONFIG SET failed (possibly related to argument 'appendonly') - Unable to turn on AOF. Check server logs.";
const REWRITE_FAILED = {
  aof_enabled: "0",
  aof_last_bgrewrite_status: "err",
  aof_rewrites: "0",
  aof_rewrites_consecutive_failures: "0",
};
const TURNING_ON_FAILED = [
  "# Failed applying new configuration. Possibly related to new appendonly setting. Restoring previous settings.",
  "# Redis needs to enable the AOF but can't trigger a background AOF rewrite operation. Check the above logs for more info about the error.",
];

const MISHAPS: readonly Mishap[] = [
  {
    name: "SAVE in a directory that has vanished",
    happen: vanish,
    request: ["SAVE"],
    reply: "-ERR",
    info: { rdb_last_bgsave_status: "ok", rdb_last_bgsave_time_sec: "-1", total_forks: "0" },
    log: [
      "# Failed opening the temp RDB file temp-N.rdb (in server root dir unknown) for saving: No such file or directory",
    ],
  },
  {
    name: "BGSAVE in a directory that has vanished",
    happen: vanish,
    request: ["BGSAVE"],
    reply: "Background saving started",
    info: { rdb_last_bgsave_status: "err", rdb_last_bgsave_time_sec: "0", total_forks: "1" },
    log: [
      "# Background saving error",
      "# Failed opening the temp RDB file temp-N.rdb (in server root dir unknown) for saving: No such file or directory",
      "* Background saving started by pid N",
    ],
  },
  {
    name: "SAVE over a directory",
    happen: occupy,
    request: ["SAVE"],
    reply: "-ERR",
    info: { rdb_last_bgsave_status: "ok" },
    log: [
      "# Error moving temp DB file temp-N.rdb on the final destination dump.rdb (in server root dir DIR): Is a directory",
    ],
  },
  {
    name: "BGREWRITEAOF in a directory that has vanished",
    happen: vanish,
    request: ["BGREWRITEAOF"],
    reply: CANT_REWRITE,
    info: REWRITE_FAILED,
    log: ["# Can't open or create append-only dir appendonlydir: No such file or directory"],
  },
  {
    name: "BGREWRITEAOF of a log whose directory has vanished",
    config: { appendonly: "yes" },
    happen: vanish,
    request: ["BGREWRITEAOF"],
    reply: CANT_REWRITE,
    info: { ...REWRITE_FAILED, aof_enabled: "1" },
    log: ["# Can't open or create append-only dir appendonlydir: No such file or directory"],
  },
  {
    name: "BGREWRITEAOF where the directory for logs is a file",
    happen: obstruct,
    request: ["BGREWRITEAOF"],
    reply: CANT_REWRITE,
    info: REWRITE_FAILED,
    log: ["# Can't open or create append-only dir appendonlydir: Not a directory"],
  },
  {
    name: "appendonly yes in a directory that has vanished",
    happen: vanish,
    request: ["CONFIG", "SET", "appendonly", "yes"],
    reply: CANT_TURN_ON,
    info: REWRITE_FAILED,
    log: [
      "# Can't open or create append-only dir appendonlydir: No such file or directory",
      ...TURNING_ON_FAILED,
    ],
  },
  {
    name: "appendonly yes where the directory for logs is a file",
    happen: obstruct,
    request: ["CONFIG", "SET", "appendonly", "yes"],
    reply: CANT_TURN_ON,
    info: REWRITE_FAILED,
    log: [
      "# Can't open or create append-only dir appendonlydir: Not a directory",
      ...TURNING_ON_FAILED,
    ],
  },
  {
    name: "appendonly yes where there is a directory with the name of the increment",
    happen: (directory) =>
      Deno.mkdir(`${directory}/appendonlydir/temp-appendonly.aof.incr`, { recursive: true }),
    request: ["CONFIG", "SET", "appendonly", "yes"],
    reply: CANT_TURN_ON,
    info: REWRITE_FAILED,
    log: [
      "# Can't open the append-only file temp-appendonly.aof.incr: Is a directory",
      ...TURNING_ON_FAILED,
    ],
  },
  {
    name: "BGREWRITEAOF where there is a directory with the name of the base",
    happen: (directory) =>
      Deno.mkdir(`${directory}/appendonlydir/appendonly.aof.1.base.rdb`, { recursive: true }),
    request: ["BGREWRITEAOF"],
    reply: "Background append only file rewriting started",
    info: { ...REWRITE_FAILED, aof_rewrites: "1", aof_rewrites_consecutive_failures: "1" },
    log: [
      "# Error trying to rename the temporary AOF base file temp-rewriteaof-bg-N.aof into appendonlydir/appendonly.aof.1.base.rdb: Is a directory",
      "* Background AOF rewrite terminated with success",
      "* Background append only file rewriting started by pid N",
      "* Successfully created the temporary AOF base file temp-rewriteaof-bg-N.aof",
    ],
  },
];

for (const start of [startEasyRedisProcess, startRedisServer]) {
  const isRedis = start === startRedisServer;
  for (const mishap of MISHAPS) {
    Deno.test({
      name: `${mishap.name}: ${isRedis ? "real Redis" : "as Redis"}`,
      ignore: isRedis && redisVersion() === undefined,
      fn: async () => {
        const server = (await start({ config: { save: "", ...mishap.config } }))!;
        try {
          await suffer(server, mishap);
        } finally {
          await server.kill();
        }
      },
    });
  }
}

async function suffer(server: ServerProcess, mishap: Mishap): Promise<void> {
  await using client = await PlainClient.connect(server);
  await client.call("SET", "key", "value");
  await mishap.happen(server.directory);
  const before = server.log.length;
  assertEquals(await client.call(...mishap.request), mishap.reply);
  for (const field of ["rdb_bgsave_in_progress", "aof_rewrite_in_progress"]) {
    await eventually(async () => await client.info(field) === "0");
  }
  for (const [field, value] of Object.entries(mishap.info)) {
    assertEquals(await client.info(field), value, field);
  }
  await eventually(() => {
    assertEquals(linesOf(server.log.slice(before), server.directory), mishap.log);
    return true;
  });
}

/** Lines of a log without time and process, and without what tells of copied memory. */
function linesOf(log: string, directory: string): string[] {
  return log.trimEnd().split("\n").filter((line) => !line.includes("Fork CoW"))
    .map((line) =>
      line.replace(/^.*? (?=[#*] )/, "").replace(directory, "DIR")
        .replace(/(temp-|bg-)(bg-)?\d+/, (_, kind) => `${kind}N`).replace(/(pid )\d+/, "$1N")
    )
    .sort();
}
