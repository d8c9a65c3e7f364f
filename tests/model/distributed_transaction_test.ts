/**
 * Distributed transaction model: three nodes whose messages get lost and which crash and start again,
 * under clients that move money between accounts of all nodes.
 *
 * The nodes are real stores with the real coordinator and participant, on a clock that the test turns;
 * only what lies between them is made up. Whatever happens: every read of all accounts adds up, each
 * transaction has happened at all of its nodes or at none, what was acknowledged has happened, and a
 * request for a locked key waits no longer than the limit of a lock.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { bytesOfText, ByteView } from "../../src/base/byte_view.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { slotOf } from "../../src/base/crc16.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { Client, DisconnectedError, TimeoutError } from "../../src/client/mod.ts";
import { Coordinator } from "../../src/cluster/transaction/coordinator.ts";
import { Participant } from "../../src/cluster/transaction/participant.ts";
import type { ParticipantPort } from "../../src/cluster/transaction/participation.ts";
import { namesIn, TransactionRecords } from "../../src/cluster/transaction/transaction_records.ts";
import { workIn } from "../../src/cluster/transaction/transaction_work.ts";
import { Config } from "../../src/config/mod.ts";
import { type ClusterNode, Dispatcher } from "../../src/engine/mod.ts";
import { RedisError } from "../../src/errors/redis_error.ts";
import { Args } from "../../src/resp/mod.ts";
import { ClientHost } from "../../src/server/client_host.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../src/server/mod.ts";
import { ReadServer } from "../../src/server/read_server.ts";
import { TrialServer } from "../../src/server/trial_server.ts";
import { takeSeed } from "../support/seed.ts";
import { SLOW_WRITE_MS, SlowDisk } from "../support/slow_disk.ts";

const NODE_COUNT = 3;
const ACCOUNTS_PER_NODE = 2;
const BALANCE = 1000;
const CLIENT_COUNT = 5;
const STEP_COUNT = 6000;
const LIMIT_MS = 300;
/** How late a message may be, and when a lost one is missed. */
const DELAY_MS_MAX = 4;
const MISSED_MS = 50;
/** Beyond the limit of a lock, the time that answers and turns of the loop may take. */
const SLACK_MS = 100;

/** A node from a start to a crash. */
class Life {
  readonly server: Server;
  readonly participant: Participant;
  readonly coordinator: Coordinator;
  readonly disk: SlowDisk;
  isOver = false;

  constructor(model: ClusterModel, node: ClusterNode, disk: SlowDisk, number: number) {
    const { clock, random } = model, config = new Config();
    this.disk = disk;
    config.set([["save", ""], ["hz", "1"]]);
    const server = this.server = new Server({
      config,
      clock,
      random,
      log: makeLog(config, clock, 1, new SilentSink()),
      identity: newIdentity(clock, ""),
      rewriteConfig: () => {},
      exit: () => assert(false, "A node has failed"),
    });
    const host = new ClientHost(server, new Dispatcher(server, []), () => {});
    const records = new TransactionRecords({ effects: server.effects, appendOnly: disk });
    this.participant = new Participant({
      server,
      records,
      reader: new ReadServer({
        server,
        newSession: (dispatcher) => host.unconnectedSession(dispatcher),
      }),
      owns: (slotIndex) => model.ownerOf(slotIndex) === node,
      limitMs: () => LIMIT_MS,
      ask: (name, role, id) =>
        model.call(
          this,
          name,
          (life) =>
            role === "coordinator"
              ? life.coordinator.outcomeOf(id)
              : life.participant.outcomeOf(id),
        ),
    });
    this.coordinator = new Coordinator({
      clock,
      idPrefix: `${node.name}:${number}:`,
      records,
      runner: new TrialServer({
        server,
        dispatcher: new Dispatcher(server, []),
        newSession: (dispatcher) => host.unconnectedSession(dispatcher),
      }),
      databaseCount: server.store.databases.length,
      ownerOf: (slotIndex) => model.ownerOf(slotIndex),
      isFailing: () => false,
      portOf: (name) => model.portOf(this, name),
      recorded: () => disk.arrival,
      limitMs: () => LIMIT_MS,
    });
    this.#remember(disk);
    server.effects.addSink({
      append: (_, args) => {
        if (!this.isOver) disk.append(args);
      },
    });
  }

  crash(): Promise<void> {
    this.isOver = true;
    this.disk.crash();
    this.participant.stop();
    this.coordinator.stop();
    return this.server.stop();
  }

  #remember(disk: SlowDisk): void {
    const { payloads, store } = this.server;
    for (const { key, payload } of disk.keys.values()) {
      payloads.restore(new ByteView(payload), store.databases[0], new ByteView(key));
    }
    for (const [id, args] of disk.prepared) {
      this.participant.recallPrepared(id, namesIn(args.text(3)), workIn(args, 4));
    }
    for (const [id, args] of disk.decided) {
      this.coordinator.recallDecided(id, namesIn(args.text(3)));
    }
    this.coordinator.resume();
  }
}

/** Three nodes and what is between them. */
class ClusterModel {
  readonly clock = new ManualClock();
  readonly random: SeededRandom;
  readonly nodes: readonly ClusterNode[];
  readonly #disks: readonly SlowDisk[];
  readonly lives: (Life | undefined)[];
  readonly #ends: Promise<void>[] = [];
  #lifeCount = 0;
  /** Of a hundred messages, how many get lost. */
  lossPercentage = 0;
  /** The number of a node that neither hears nor is heard. */
  cutOff: number | undefined;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.nodes = Array.from({ length: NODE_COUNT }, (_, index) => {
      return { name: `n${index}`, id: "", host: "", port: index };
    });
    this.#disks = this.nodes.map(() => new SlowDisk(this));
    this.lives = this.nodes.map(() => undefined);
    for (const index of this.nodes.keys()) this.start(index);
  }

  start(index: number): void {
    this.lives[index] ??= new Life(
      this,
      this.nodes[index],
      this.#disks[index],
      ++this.#lifeCount,
    );
  }

  crash(index: number): void {
    const life = this.lives[index];
    if (life === undefined) return;
    this.lives[index] = undefined;
    this.#ends.push(life.crash());
  }

  fillDisk(index: number): void {
    this.#disks[index].fill(true);
  }

  emptyDisks(): void {
    for (const disk of this.#disks) disk.fill(false);
  }

  ownerOf(slotIndex: number): ClusterNode {
    return this.nodes[slotIndex % NODE_COUNT];
  }

  /** A key of a node. */
  keyOf(index: number, prefix: string): string {
    for (let number = 0;; number++) {
      const key = `${prefix}:${number}`;
      if (this.ownerOf(slotOf(ByteView.ofText(key))) === this.nodes[index]) return key;
    }
  }

  portOf(life: Life, name: string): ParticipantPort {
    const own = this.lives.find((other) => other === life) !== undefined &&
      this.lives[Number(name.slice(1))] === life;
    const call = async <Value>(ask: (participant: Participant) => Value | Promise<Value>) =>
      await (own
        ? ask(life.participant)
        : this.call(life, name, ({ participant }) => ask(participant)));
    return {
      lock: (request) =>
        call((participant) =>
          new Promise((resolve) =>
            participant.lock(request, (answer) => {
              resolve(answer);
              if (!own) this.#doubtGrant(participant, request.id);
            })
          )
        ),
      prepare: (...words) => call((participant) => participant.prepare(...words)),
      confirm: (id) => call((participant) => participant.confirm(id)),
      cancel: (id) => call((participant) => participant.cancel(id)),
      unlock: (id) => call((participant) => participant.unlock(id)),
    };
  }

  /** Asks a node over a network that loses messages. */
  async call<Value>(
    from: Life,
    name: string,
    ask: (life: Life) => Value | Promise<Value>,
  ): Promise<Value> {
    const isCutOff = () =>
      this.cutOff !== undefined &&
      (this.cutOff === Number(name.slice(1)) || this.lives[this.cutOff] === from);
    await this.#travel(from, isCutOff());
    const to = this.lives[Number(name.slice(1))];
    if (to === undefined) throw new DisconnectedError("Disconnected: the node is down");
    const answer = await ask(to);
    await to.disk.arrival;
    await this.#travel(to, isCutOff());
    if (from.isOver) throw new DisconnectedError("Disconnected: nobody waits for it");
    return answer;
  }

  /** Turns the clock, and lets everybody do what they can. */
  async turn(milliseconds = 1): Promise<void> {
    for (let left = milliseconds; left > 0; left--) {
      this.clock.advance(1);
      for (let round = 0; round < 3; round++) await new Promise<void>((done) => setImmediate(done));
    }
  }

  async end(): Promise<void> {
    for (const index of this.nodes.keys()) this.crash(index);
    let isDone = false;
    const ended = Promise.all(this.#ends).then(() => isDone = true);
    while (!isDone) await this.turn(10);
    await ended;
  }

  /** Who grants a lock late has an answer to that, which may get lost though the grant has come. */
  #doubtGrant(participant: Participant, id: string): void {
    if (this.random.below(100) >= this.lossPercentage) return;
    this.clock.setTimer(1 + this.random.below(MISSED_MS), () => participant.giveUp(id));
  }

  async #travel(sender: Life, isCutOff: boolean): Promise<void> {
    if (sender.isOver) throw new DisconnectedError("Disconnected: the node is down");
    const isLost = isCutOff || this.random.below(100) < this.lossPercentage;
    const delayMs = isLost ? MISSED_MS : 1 + this.random.below(DELAY_MS_MAX);
    await new Promise<void>((resolve) => void this.clock.setTimer(delayMs, resolve));
    if (isLost) throw new TimeoutError("The message was lost");
    if (sender.isOver) throw new DisconnectedError("Disconnected: the node is down");
  }
}

/** Runs requests as a transaction at some node; `undefined`: nobody knows whether it has happened. */
async function transact(
  model: ClusterModel,
  requests: readonly (readonly string[])[],
): Promise<string | undefined> {
  const life = model.lives[model.random.below(NODE_COUNT)];
  if (life === undefined) return undefined;
  const { commands } = life.server;
  try {
    const outcome = await life.coordinator.run({
      requests: requests.map((words) => {
        return { command: commands.find(ByteView.ofText(words[0]))!, args: Args.of(...words) };
      }),
      way: "exec",
      databaseIndex: 0,
      protocol: 2,
      isStillWanted: () => true,
      watchedKeys: [],
    });
    return new TextDecoder().decode(outcome!.reply);
  } catch (error) {
    const isExpected = error instanceof RedisError || error instanceof DisconnectedError ||
      error instanceof TimeoutError;
    if (!isExpected) throw error;
    return undefined;
  }
}

/** The numbers in the reply of a transaction of GETs. */
function valuesIn(reply: string): number[] {
  return [...reply.matchAll(/\$\d+\r\n(\d+)\r\n/g)].map(([, digits]) => Number(digits));
}

/** A client that moves money until it is told to stop. */
class Teller {
  acknowledgedCount = 0;
  readonly #model: ClusterModel;
  readonly #accounts: readonly string[];
  /** One key of each node that counts this client's transfers, all of them. */
  readonly counters: readonly string[];
  /** For each node keys of the other two that count what goes past it. */
  readonly pairs: readonly (readonly [string, string])[];
  /** For each node a key that never is: who removes it is told so, and changes nothing. */
  readonly #blanks: readonly string[];

  constructor(model: ClusterModel, accounts: readonly string[], number: number) {
    this.#model = model;
    this.#accounts = accounts;
    this.counters = model.nodes.map((_, index) => model.keyOf(index, `counter-${number}`));
    this.pairs = model.nodes.map((_, index) => {
      const keyOf = (step: number) =>
        model.keyOf((index + step) % NODE_COUNT, `pair-${number}-${index}`);
      return [keyOf(1), keyOf(2)];
    });
    this.#blanks = model.nodes.map((_, index) => model.keyOf(index, `blank-${number}`));
  }

  async run(isStopped: () => boolean): Promise<void> {
    const { random, clock } = this.#model;
    while (!isStopped()) {
      const what = random.below(4);
      if (what === 0) await this.#look();
      else if (what === 1) await this.#pass(random.below(NODE_COUNT));
      else await this.#move();
      const pauseMs = 1 + random.below(5);
      await new Promise<void>((resolve) => void clock.setTimer(pauseMs, resolve));
    }
  }

  async #move(): Promise<void> {
    const { random } = this.#model, accounts = this.#accounts;
    const from = accounts[random.below(accounts.length)];
    const to = accounts[random.below(accounts.length)];
    const reply = await transact(this.#model, [
      ["DECRBY", from, "1"],
      ["INCRBY", to, "1"],
      ...this.counters.map((key) => ["INCR", key]),
    ]);
    if (reply !== undefined) this.acknowledgedCount++;
  }

  /** Something that two nodes do, while the third finds that there is nothing to do. */
  async #pass(index: number): Promise<void> {
    await transact(this.#model, [
      ["GETDEL", this.#blanks[index]],
      ...this.pairs[index].map((key) => ["INCR", key]),
    ]);
  }

  /** Looks at keys that are counted together. */
  checkPair([one, other]: readonly number[]): void {
    assertEquals(one, other, "half of what two nodes do");
  }

  async #look(): Promise<void> {
    const keys = [...this.#accounts, ...this.counters];
    const reply = await transact(this.#model, keys.map((key) => ["GET", key]));
    if (reply !== undefined) this.check(valuesIn(reply));
  }

  /** Looks at the values of all accounts and counters. */
  check(values: readonly number[]): void {
    const accountCount = this.#accounts.length;
    const sum = values.slice(0, accountCount).reduce((sum, value) => sum + value, 0);
    assertEquals(sum, BALANCE * accountCount, "money was made or lost");
    const counts = values.slice(accountCount);
    if (counts.length > 0) assertEquals(new Set(counts).size, 1, `half a transfer: ${counts}`);
    if (counts.length > 0) assert(counts[0] >= this.acknowledgedCount, "a transfer was lost");
  }
}

/** Plain requests for keys that may be locked. */
async function probe(model: ClusterModel, accounts: readonly string[]): Promise<void> {
  const { random, clock } = model;
  const key = accounts[random.below(accounts.length)];
  const owner = model.ownerOf(slotOf(ByteView.ofText(key)));
  const life = model.lives[Number(owner.name.slice(1))];
  if (life === undefined) return;
  const client = new Client(life.server.connect());
  const startUs = clock.monotonicUs();
  const verb = random.below(2) === 0 ? "GET" : "PERSIST";
  await client.call(verb, key).catch((error) => {
    if (!(error instanceof DisconnectedError || error instanceof RedisError)) throw error;
  });
  const waitedMs = (clock.monotonicUs() - startUs) / 1000;
  assert(waitedMs <= LIMIT_MS + SLACK_MS || life.isOver, `${verb} waited for ${waitedMs} ms`);
  await client.close();
}

Deno.test("transactions over several nodes are whole, whatever is lost and whoever crashes", async () => {
  const model = new ClusterModel(takeSeed("distributed transactions"));
  const { random } = model;
  const accounts = model.nodes.flatMap((_, index) =>
    Array.from(
      { length: ACCOUNTS_PER_NODE },
      (_, number) => model.keyOf(index, `account-${number}`),
    )
  );
  const tellers = Array.from(
    { length: CLIENT_COUNT },
    (_, number) => new Teller(model, accounts, number),
  );
  const opening = transact(model, [
    ...accounts.map((key) => ["SET", key, String(BALANCE)]),
    ...tellers.flatMap(({ counters, pairs }) =>
      [...counters, ...pairs.flat()].map((key) => ["SET", key, "0"])
    ),
  ]);
  await model.turn(SLOW_WRITE_MS * 2);
  assert(await opening !== undefined);
  let isStopped = false, failure: unknown;
  const note = (error: unknown) => failure ??= error;
  const running = tellers.map((teller) => teller.run(() => isStopped).catch(note));
  const probes: Promise<void>[] = [];
  for (let step = 0; step < STEP_COUNT && failure === undefined; step++) {
    if (random.below(100) === 0) model.lossPercentage = [0, 0, 2, 30][random.below(4)];
    if (random.below(500) === 0) model.cutOff = random.below(NODE_COUNT);
    if (random.below(250) === 0) model.cutOff = undefined;
    if (random.below(500) === 0) model.fillDisk(random.below(NODE_COUNT));
    if (random.below(60) === 0) model.emptyDisks();
    if (random.below(150) === 0) model.crash(random.below(NODE_COUNT));
    if (random.below(40) === 0) model.start(random.below(NODE_COUNT));
    if (random.below(20) === 0) probes.push(probe(model, accounts).catch(note) as Promise<void>);
    await model.turn();
  }
  // All is well again: everything comes to its end.
  isStopped = true;
  model.lossPercentage = 0;
  model.cutOff = undefined;
  model.emptyDisks();
  for (const index of model.nodes.keys()) model.start(index);
  await model.turn(LIMIT_MS * 4);
  await Promise.all([...running, ...probes]);
  if (failure !== undefined) throw failure;
  for (const life of model.lives) {
    assertEquals(life!.participant.openCount, 0, "a transaction is still open");
    assertEquals(life!.coordinator.undelivered.size, 0, "a decision is not delivered");
    assertEquals(life!.server.heldKeys.isInForce, false, "keys are still held");
  }
  for (const teller of tellers) {
    const keys = [...accounts, ...teller.counters];
    teller.check(keys.map((key) => Number(stringAt(model, key))));
    for (const pair of teller.pairs) {
      teller.checkPair(pair.map((key) => Number(stringAt(model, key))));
    }
  }
  const acknowledgedCount = tellers.reduce((sum, teller) => sum + teller.acknowledgedCount, 0);
  assert(acknowledgedCount > 5, `only ${acknowledgedCount} transfers came through`);
  await model.end();
});

/** The string under a key, wherever it is. */
function stringAt(model: ClusterModel, key: string): string {
  const view = new ByteView(bytesOfText(key)), into = new ByteView();
  const owner = model.ownerOf(slotOf(view));
  const { store } = model.lives[Number(owner.name.slice(1))]!.server;
  return store.databases[0].readString(view, into) ? into.toText() : "";
}

Deno.test("a node that has promised events alone does not say that a transaction was cancelled", async () => {
  const model = new ClusterModel(1), { participant } = model.lives[0]!, id = "n1:1:1";
  const key = bytesOfText(model.keyOf(0, "blank"));
  const demands = [{ databaseIndex: 0, key, mode: "write", need: "value" }] as const;
  const request = {
    id,
    demands,
    reads: [],
    protocol: 2,
    mayGrow: false,
    waitMs: LIMIT_MS,
  } as const;
  participant.lock(request, () => {});
  const events = [{ databaseIndex: 0, key, event: "keymiss" }];
  assert(participant.prepare(id, ["n0", "n2"], { changes: [], events }));
  await model.turn(LIMIT_MS + 1);
  assertEquals(participant.openCount, 0);
  assertEquals(participant.outcomeOf(id), "open");
  await model.end();
});
