/**
 * Effect recorder: runs commands of a group on a store without a server, and keeps what each one
 * leaves: its reply, the keyspace events, and the words that a log or replica would get.
 *
 * Neither events nor effects can be compared with real Redis while nothing listens to them, so what
 * it sends is written down in the tests.
 *
 * @module
 */

import { ByteView, textOfBytes } from "../../../src/base/byte_view.ts";
import { Config } from "../../../src/config/mod.ts";
import {
  ChangeListeners,
  type Command,
  CommandContext,
  type CommandSpec,
  CommandTable,
  Effects,
  type Persistence,
  type ServerParts,
  type Session,
} from "../../../src/engine/mod.ts";
import { DumpCodec } from "../../../src/persistence/mod.ts";
import { Args, WireWriter } from "../../../src/resp/mod.ts";
import { StoreFixture } from "../store/store_fixture.ts";

/** Nothing is saved here. */
const NO_PERSISTENCE: Partial<Persistence> = { allFlushed: () => false };

/** The client's, who is none that replays a log. */
const SESSION: Partial<Session> = { isReplayed: false };

/** What a command left. */
export interface Recording {
  /** The reply as RESP2. */
  readonly reply: string;
  /** Keyspace events, each as `event key`. */
  readonly events: readonly string[];
  /** Commands for logs and replicas, their words separated by spaces. */
  readonly effects: readonly string[];
  readonly changeCount: number;
}

/** Runs commands, with a store and a clock of its own. */
export class EffectRecorder implements Disposable {
  readonly config = new Config();
  readonly #fixture: StoreFixture;
  readonly #commands: CommandTable;
  readonly #context: CommandContext;
  #events: string[] = [];
  #effects: string[] = [];

  /**
   * @param rows The commands there are.
   * @param fixture The data, owned from now on.
   */
  constructor(rows: readonly CommandSpec[], fixture = new StoreFixture(1)) {
    this.#fixture = fixture;
    this.#commands = new CommandTable(rows);
    const effects = new Effects();
    effects.addSink({
      append: (_, args) => this.#effects.push([...args.texts(0)].join(" ")),
    });
    const parts: Partial<ServerParts> = {
      config: this.config,
      store: this.#fixture.store,
      clock: this.#fixture.clock,
      random: this.#fixture.store.environment.random,
      effects,
      persistence: NO_PERSISTENCE as Persistence,
      payloads: new DumpCodec(this.#fixture.store),
      changeListeners: new ChangeListeners(effects),
    };
    parts.changeListeners!.add({
      changed: (_, key, event) => this.#events.push(`${event} ${key.toText()}`),
      flushed: () => {},
    });
    this.#context = new CommandContext(parts as ServerParts);
    this.#context.session = SESSION as Session;
  }

  /** The time now, in unix milliseconds. */
  get nowMs(): number {
    return this.#fixture.clock.nowMs();
  }

  /** Lets time pass. */
  pass(milliseconds: number): void {
    this.#fixture.pass(milliseconds);
  }

  /** Stores a value that is no string. */
  setOtherType(key: string): void {
    this.#fixture.keyspace.openSortedSet(ByteView.ofText(key)).set(ByteView.ofText("member"), 1);
  }

  /**
   * Runs a command.
   *
   * @param words Binary text.
   * @throws {RedisError} What the handler throws.
   */
  run(...words: string[]): Recording {
    const args = Args.of(...words), context = this.#context;
    const reply = new WireWriter();
    this.#events = [];
    this.#effects = [];
    context.command = this.#find(args)!;
    context.db = this.#fixture.keyspace;
    context.reply = reply;
    context.changeCount = 0;
    context.command.run!(context, args);
    context.effects.finish(context.changeCount > 0, 0, args);
    return {
      reply: textOfBytes(reply.buffer.bytes, 0, reply.buffer.length),
      events: this.#events,
      effects: this.#effects,
      changeCount: context.changeCount,
    };
  }

  /** Whether a request gets as far as a handler: there is such a command, and the arity is right. */
  reachesHandler(...words: string[]): boolean {
    const args = Args.of(...words), command = this.#find(args);
    return command?.run !== undefined && command.takes(args);
  }

  #find(args: Args): Command | undefined {
    const command = this.#commands.find(args.at(0));
    if (command === undefined || args.count < 2) return command;
    return command.subcommands.get(args.at(1).toLowerText()) ?? command;
  }

  /** Checks that nothing was leaked. */
  [Symbol.dispose](): void {
    this.#fixture[Symbol.dispose]();
  }
}
