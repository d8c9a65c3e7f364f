/**
 * Differential: tests that hold the same conversation with real Redis and with EasyRedis.
 *
 *   differential("SADD counts only members that were not already there", async (both) => {
 *     await both.same("SADD", "s", "ant", "bee");
 *     await both.sameUnordered("SMEMBERS", "s");
 *     await both.bothRefuse("WRONGTYPE", "SADD", "word", "ant");
 *   });
 *
 * The transcripts of a file are the steps of one Deno test, each once over RESP2 and once over
 * RESP3. One test, because both servers are started once for a file, and a server started in one
 * test and used in the next is what the sanitizers are there to report; so they watch the test as
 * a whole, in which the servers start and end. All data is flushed before each transcript.
 *
 * Without `redis-server` on PATH the test is ignored and its name says why: there is nothing to
 * compare with. `ONLY=text` runs the transcripts whose names contain the text, since `--filter`
 * knows no steps.
 *
 * @module
 */

import { Both } from "./both.ts";
import { redisVersion, startRedisServer } from "./redis_server.ts";
import { plainOf } from "./reply.ts";
import { type Address, RespClient } from "./resp_client.ts";
import { startSubject } from "./subject.ts";

/** A conversation to hold. */
export type Transcript = (both: Both) => Promise<void>;

/** How to hold it. */
export interface DifferentialOptions {
  /**
   * Protocols to hold it over.
   *
   * @default {[2, 3]}
   */
  protocols?: readonly (2 | 3)[];
  /** Directives set on both by CONFIG SET before, and set back after: shrunken limits. */
  config?: Readonly<Record<string, string>>;
}

/** The two servers of a test file. */
export interface ServerPair extends AsyncDisposable {
  /** Real Redis. */
  readonly redis: Address;
  /** The server under test. */
  readonly easyredis: Address;
}

/** A transcript as it was registered. */
interface Registered extends DifferentialOptions {
  readonly name: string;
  readonly transcript: Transcript;
}

/** Of this test file: Deno gives each file its own instance of this module. */
const registered: Registered[] = [];

/**
 * Registers a transcript to hold with both servers.
 *
 * @param name command and observable fact
 * @param transcript the conversation; throws when the servers differ
 * @param options protocols and directives
 */
export function differential(
  name: string,
  transcript: Transcript,
  options: DifferentialOptions = {},
): void {
  if (registered.length === 0) registerTest();
  registered.push({ name, transcript, ...options });
}

/**
 * Holds one transcript over one protocol: flushes both servers, sets the directives, talks, and
 * sets them back.
 *
 * @param servers both servers, running
 * @param transcript the conversation
 * @param options the one protocol, and directives
 * @throws {AssertionError} with the conversation when the servers differ
 */
export async function holdTranscript(
  servers: ServerPair,
  transcript: Transcript,
  options: { protocol: 2 | 3; config?: Readonly<Record<string, string>> },
): Promise<void> {
  await using redis = await RespClient.connect(servers.redis);
  await using easyredis = await RespClient.connect(servers.easyredis);
  const controls = [redis, easyredis];
  for (const control of controls) await control.value("FLUSHALL");
  const before = await Promise.all(
    controls.map((control) => setDirectives(control, options.config ?? {})),
  );
  try {
    await using both = await Both.connect({
      redis: servers.redis,
      easyredis: servers.easyredis,
      protocol: options.protocol,
    });
    await transcript(both);
  } finally {
    await Promise.all(controls.map((control, index) => setDirectives(control, before[index])));
  }
}

/** Sets directives and returns what they were. */
async function setDirectives(
  control: RespClient,
  directives: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const before: Record<string, string> = {};
  for (const [name, value] of Object.entries(directives)) {
    const reply = plainOf(await control.command("CONFIG", "GET", name));
    before[name] = String((reply as string[])[1]);
    await control.value("CONFIG", "SET", name, value);
  }
  return before;
}

function registerTest(): void {
  const isAbsent = redisVersion() === undefined;
  const reason = isAbsent ? " (ignored: no redis-server on PATH to compare with)" : "";
  Deno.test({
    name: `differential, against real Redis${reason}`,
    ignore: isAbsent,
    fn: async (test) => {
      await using servers = await startServerPair();
      const only = Deno.env.get("ONLY") ?? "";
      for (const entry of registered) {
        for (const protocol of entry.protocols ?? [2, 3] as const) {
          await test.step({
            name: `${entry.name} (RESP${protocol})`,
            ignore: !entry.name.includes(only),
            // The servers outlive the step; the sanitizers watch the test around it.
            sanitizeOps: false,
            sanitizeResources: false,
            fn: () => holdTranscript(servers, entry.transcript, { protocol, config: entry.config }),
          });
        }
      }
    },
  });
}

/** Starts both servers; disposing ends both. */
async function startServerPair(): Promise<ServerPair> {
  await using starting = new AsyncDisposableStack();
  const redis = starting.use(await startRedisServer());
  if (redis === undefined) throw new Error("redis-server is gone from PATH");
  const subject = starting.use(await startSubject());
  const running = starting.move();
  return {
    redis: redis.address,
    easyredis: { port: subject.port },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
