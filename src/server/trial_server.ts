/**
 * Trial server: a second store beside a server's own, in which requests are run on copies of their
 * keys (`TrialRunner`).
 *
 * It has a server's parts of its own where these have to do with data: store, effects, who listens to
 * changes, who waits for keys. All else it shares with the server: configuration, commands and their
 * counters, clock, chance, slow log, monitors. So what runs here counts as having run there, but for
 * what it changes, which nobody hears of.
 *
 * Always true: between two runs it has no keys.
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import {
  imageOf,
  type KeyChange,
  type KeyEvent,
  type KeyImage,
  MISSED_KEY,
  NEW_KEY,
  type PlacedKey,
  putImage,
  type TransactionRequest,
  type TrialInput,
  type TrialOutcome,
  type TrialRunner,
  type TrialWait,
  usesKeys,
  withElements,
} from "../cluster/mod.ts";
import {
  BlockedClients,
  type ChangeListener,
  ChangeListeners,
  Dispatcher,
  Effects,
  HeldKeys,
  type ServerParts,
  type Session,
} from "../engine/mod.ts";
import { invariant } from "../base/invariant.ts";
import { DumpCodec } from "../persistence/mod.ts";
import { Args } from "../resp/mod.ts";
import { Store } from "../store/mod.ts";
import { ServerTransactions } from "../transaction/mod.ts";
import { captureReply } from "./captured_reply.ts";
import { followCollectionLimits } from "./collection_limits.ts";

const EXEC = Args.of("EXEC");
const EXEC_ROLLBACK = Args.of("EXEC", "ROLLBACK");
const PING = Args.of("PING");

/** What it needs of the server beside its parts. */
export interface TrialHost {
  readonly server: ServerParts;
  /** What runs the requests of the server's own clients. */
  readonly dispatcher: Dispatcher;
  /** A session that is connected to nobody. */
  newSession(dispatcher: Dispatcher): Session;
}

/** Runs requests on copies. */
export class TrialServer implements TrialRunner, ChangeListener {
  readonly #host: TrialHost;
  readonly #parts: ServerParts;
  readonly #dispatcher: Dispatcher;
  readonly #session: Session;
  #events: KeyEvent[] = [];
  #missing: PlacedKey[] = [];
  /** The keys that are given with their values, as `placeOf` writes them. */
  readonly #places = new Set<string>();
  /** The keys that may change. */
  readonly #changeable = new Set<string>();

  constructor(host: TrialHost) {
    this.#host = host;
    this.#parts = newParts(host.server);
    this.#dispatcher = new Dispatcher(this.#parts, []);
    this.#session = host.newSession(this.#dispatcher);
    this.#session.connection.openOutput();
    this.#session.isAuthenticated = true;
    const { changeListeners, store } = this.#parts;
    changeListeners.add(this);
    store.environment.derivedKeyRead = (databaseIndex, key) => {
      const place = placeOf(databaseIndex, key);
      if (this.#places.has(place)) return;
      this.#places.add(place);
      this.#missing.push({ databaseIndex, key: key.copy() });
    };
    store.environment.observer = {
      appeared: (databaseIndex, key) => this.#observe(databaseIndex, key, NEW_KEY),
      missed: (databaseIndex, key) => {
        // Of what is only read, the owner has told.
        if (!this.#changeable.has(placeOf(databaseIndex, key))) return;
        this.#observe(databaseIndex, key, MISSED_KEY);
      },
    };
    store.environment.listener = {
      expired: (databaseIndex, key) => this.changed(databaseIndex, key, "expired"),
      evicted: () => {},
      expiresSooner: () => {},
      isDue: () => {},
    };
  }

  run(input: TrialInput): TrialOutcome {
    const { payloads, stats, store } = this.#parts, session = this.#session;
    const { changesSinceSave } = stats;
    store.environment.refreshTime();
    session.databaseIndex = input.databaseIndex;
    session.reply.protocol = input.protocol;
    this.#missing = [];
    this.#places.clear();
    this.#changeable.clear();
    for (const { databaseIndex, key, mode, image } of input.keys) {
      if (mode === "write") this.#changeable.add(placeOf(databaseIndex, new ByteView(key)));
      const isKnown = image === undefined || image.payload.length > 0;
      if (isKnown) this.#places.add(placeOf(databaseIndex, new ByteView(key)));
      putImage(payloads, store.databases[databaseIndex], key, image);
    }
    this.#events = [];
    const reply = input.way === "single" ? this.#runSingle(input) : this.#runTogether(input);
    const wait = this.#endWait();
    const changes = this.#changesOf(input);
    const events = this.#events.filter(({ event }) => event !== "expired");
    const { databaseIndex } = session;
    store.flush(store.databases, false);
    stats.changesSinceSave = changesSinceSave;
    this.#passCounts();
    return { reply, wait, missing: this.#missing, changes, events, databaseIndex };
  }

  runHere(session: Session, { command, args }: TransactionRequest): Uint8Array {
    if (session.connection.isClosed) return new Uint8Array(0);
    session.connection.openOutput();
    const reply = captureReply(
      session,
      () => this.#host.dispatcher.replay(session, command, args),
    );
    session.connection.flush();
    return reply;
  }

  changed(databaseIndex: number, key: ByteView, event: string): void {
    this.#events.push({ databaseIndex, key: key.copy(), event });
  }

  flushed(): void {
    invariant(false, "A trial has emptied a database");
  }

  /** Something has been seen of a key that is no change by itself. */
  #observe(databaseIndex: number, key: ByteView, event: string): void {
    const { changeListeners } = this.#parts, told = { databaseIndex, key: key.copy(), event };
    if (changeListeners.isHolding) changeListeners.postpone(() => this.#events.push(told));
    else this.#events.push(told);
  }

  /** Look-ups count for the server. */
  #passCounts(): void {
    const { counters } = this.#parts.store.environment;
    const { counters: own } = this.#host.server.store.environment;
    if (this.#missing.length === 0) {
      own.keyspaceHits += counters.keyspaceHits;
      own.keyspaceMisses += counters.keyspaceMisses;
    }
    counters.keyspaceHits = counters.keyspaceMisses = 0;
  }

  /** Runs a request as it is, so that it may wait. */
  #runSingle({ requests }: TrialInput): Uint8Array {
    const [{ command, args }] = requests, session = this.#session;
    return captureReply(session, () => this.#dispatcher.replay(session, command, args));
  }

  /** Waits no longer, if the request does. */
  #endWait(): TrialWait | undefined {
    const { waiter } = this.#session;
    if (waiter === undefined) return undefined;
    this.#parts.blocked.forget(this.#session);
    return { args: waiter.args, timeoutMs: waiter.timeoutMs };
  }

  /**
   * Runs requests as a transaction; those that use no keys are left for `runHere`, and others have been
   * answered. What says how all behind it are replied runs here, too.
   */
  #runTogether({ requests, way, answers }: TrialInput): Uint8Array {
    const { commands, transactions } = this.#parts, session = this.#session;
    transactions.begin(session);
    const ping = commands.find(PING.at(0))!;
    requests.forEach((request, index) => {
      const { command, args } = request;
      const { selectsDatabase, setsProtocol } = command.spec;
      const isRun = usesKeys(command) ? !answers.has(index) : selectsDatabase ?? setsProtocol;
      if (isRun) session.transaction!.queue(command, args);
      else session.transaction!.queue(ping, PING);
    });
    const exec = commands.find(EXEC.at(0))!;
    const args = way === "exec-rollback" ? EXEC_ROLLBACK : EXEC;
    const reply = captureReply(session, () => this.#dispatcher.replay(session, exec, args));
    return withElements(reply, answers);
  }

  /** What has become of the keys that were changed. */
  #changesOf({ keys }: TrialInput): KeyChange[] {
    const told = this.#toldKeys();
    const changes: KeyChange[] = [...told.values()].map((place) => {
      return { ...place, image: this.#imageOf(place) };
    });
    // What changes in a stream's groups alone is told nobody.
    for (const { databaseIndex, key, mode, image: before } of keys) {
      const isKnown = mode === "read" || told.has(placeOf(databaseIndex, new ByteView(key)));
      if (isKnown || before?.payload.length === 0) continue;
      const image = this.#imageOf({ databaseIndex, key });
      if (image === undefined) continue; // its time has come, or it never was
      if (before === undefined || !isSame(before, image)) {
        changes.push({ databaseIndex, key, image });
      }
    }
    return changes;
  }

  #imageOf({ databaseIndex, key }: PlacedKey): KeyImage | undefined {
    const { payloads, store } = this.#parts;
    return imageOf(payloads, store.databases[databaseIndex], { key, need: "value" });
  }

  /** Keys of which a change was told, but for those whose time has come. */
  #toldKeys(): Map<string, PlacedKey> {
    const places = new Map<string, PlacedKey>();
    for (const { databaseIndex, key, event } of this.#events) {
      if (event === "expired" || event === MISSED_KEY) continue;
      places.set(placeOf(databaseIndex, new ByteView(key)), { databaseIndex, key });
    }
    return places;
  }
}

function isSame(one: KeyImage, other: KeyImage): boolean {
  return one.encoding === other.encoding &&
    new ByteView(one.payload).equals(new ByteView(other.payload));
}

function placeOf(databaseIndex: number, key: ByteView): string {
  return `${databaseIndex} ${key.toText()}`;
}

/** A server's parts, with those exchanged that have to do with data. */
function newParts(server: ServerParts): ServerParts {
  const { clock, config, log, random } = server;
  const databaseCount = server.store.databases.length;
  const store = new Store({ clock, random, databaseCount });
  followCollectionLimits(config, store.environment.limits);
  const effects = new Effects();
  const changeListeners = new ChangeListeners(effects);
  const parts: { -readonly [Name in keyof ServerParts]: ServerParts[Name] } = {
    ...server,
    store,
    effects,
    changeListeners,
    payloads: new DumpCodec(store, (text) => log.warning(text)),
    heldKeys: new HeldKeys({
      listeners: changeListeners,
      hashing: store.environment.lookAhead,
      afterTurn: () => {},
      released: () => {},
    }),
  };
  parts.blocked = new BlockedClients(parts);
  parts.transactions = new ServerTransactions(parts);
  return parts;
}
