/**
 * Peer dialogue: what is large goes over a connection of its own, all else over the one that all share.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { KeyImage } from "../../../../src/cluster/transaction/key_image.ts";
import {
  AwaitedLocks,
  lockIn,
  RemoteParticipant,
  wordsOfAnswer,
} from "../../../../src/cluster/transaction/peer_dialogue.ts";
import { Args, type RequestWord } from "../../../../src/resp/mod.ts";

const LARGE_BYTES = 1_000_000;
const KEY = new Uint8Array([107]);
const LOCK = {
  id: "a:1",
  demands: [{ databaseIndex: 0, key: KEY, mode: "write", need: "value" }],
  reads: [{ databaseIndex: 3, args: Args.of("GETRANGE", "k", "0", "1") }],
  protocol: 3,
  mayGrow: false,
  waitMs: 1000,
} as const;
const REPLY = new TextEncoder().encode("$2\r\nab\r\n");

function imageOf(byteCount: number): KeyImage {
  return { payload: new Uint8Array(byteCount).fill(118), expiresAt: "", access: 5, encoding: 0 };
}

/** A participant whose node answers to each verb, and which ways were used for what. */
function participantWith(answers: Record<string, () => unknown>) {
  const used: string[] = [], awaited = new AwaitedLocks();
  const way = (name: string) => (...words: unknown[]) => {
    used.push(`${name} ${words[1]}`);
    return Promise.resolve(answers[String(words[1])]() as number | Uint8Array[]);
  };
  const ways = { shared: way("shared"), alone: way("alone") };
  return { participant: new RemoteParticipant("b", ways, awaited), used, awaited };
}

/** Words as a client reads them. */
function read(words: (string | Uint8Array)[]): Uint8Array[] {
  return words.map((word) => typeof word === "string" ? new TextEncoder().encode(word) : word);
}

Deno.test("values that come with locks are fetched apart where they are large", async () => {
  for (const byteCount of [10, LARGE_BYTES]) {
    const image = imageOf(byteCount), isLarge = byteCount === LARGE_BYTES;
    const granted = () =>
      read(wordsOfAnswer({ status: "granted", images: [image, undefined], replies: [REPLY] }));
    const { participant, used } = participantWith({
      LOCK: isLarge ? () => read(wordsOfAnswer({ status: "large" })) : granted,
      FETCH: granted,
    });
    assertEquals(await participant.lock(LOCK), {
      status: "granted",
      images: [image, undefined],
      replies: [REPLY],
    });
    assertEquals(used, isLarge ? ["shared LOCK", "alone FETCH"] : ["shared LOCK"]);
  }
});

Deno.test("the same where the locks are granted later, and may be gone by then", async () => {
  const { participant, used, awaited } = participantWith({
    LOCK: () => {
      awaited.settle("b", LOCK.id, { status: "large" });
      return read(["WAITING"]);
    },
    FETCH: () => read(wordsOfAnswer({ status: "moved" })),
  });
  assertEquals(await participant.lock(LOCK), { status: "moved" });
  assertEquals(used, ["shared LOCK", "alone FETCH"]);
});

Deno.test("changes are promised apart where they are large", async () => {
  for (const byteCount of [10, LARGE_BYTES]) {
    const { participant, used } = participantWith({ PREPARE: () => 1 });
    const changes = [{ databaseIndex: 0, key: KEY, image: imageOf(byteCount) }];
    assertEquals(await participant.prepare("a:1", ["b"], { changes, events: [] }), true);
    assertEquals(used, [byteCount === LARGE_BYTES ? "alone PREPARE" : "shared PREPARE"]);
  }
});

Deno.test("a wish for locks is read as it was said, with what is to be read at once", async () => {
  let heard = Args.of("PEER", "LOCK");
  const call = (...words: RequestWord[]) => {
    heard = Args.of(...words.map((word) => word instanceof Uint8Array ? word : String(word)));
    return Promise.resolve([new TextEncoder().encode("MOVED")]);
  };
  const participant = new RemoteParticipant("b", { shared: call, alone: call }, new AwaitedLocks());
  await participant.lock(LOCK);
  const { reads, ...others } = lockIn(heard, 2);
  const { reads: [read], ...expected } = LOCK;
  assertEquals(others, expected);
  assertEquals(reads.map(({ databaseIndex }) => databaseIndex), [read.databaseIndex]);
  assertEquals([...reads[0].args.texts(0)], ["GETRANGE", "k", "0", "1"]);
});
