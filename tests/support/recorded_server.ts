/**
 * Recorded server: a server in memory, on a checked arena and a manual clock, of which everything can
 * be seen: its data to the byte, its effects, and the changes that it tells of.
 *
 * @module
 */

import { ByteView } from "../../src/base/byte_view.ts";
import { ManualClock } from "../../src/base/clock.ts";
import { Int64 } from "../../src/base/int64.ts";
import { SeededRandom } from "../../src/base/random.ts";
import { Client } from "../../src/client/mod.ts";
import { Config } from "../../src/config/mod.ts";
import { makeLog, newIdentity, Server, SilentSink } from "../../src/server/mod.ts";
import { CheckedArena, type Ref } from "../../src/store/mod.ts";

/** The root and the one segment of a dictionary. */
const BLOCKS_OF_EMPTY_DATABASE = 2;

/** The server, and what it has told so far. */
export class RecordedServer implements AsyncDisposable {
  readonly clock = new ManualClock();
  readonly server: Server;
  /** Commands for logs and replicas: the database, then the words. */
  readonly effects: string[] = [];
  /** Changes of keys: the database, the event, the key. */
  readonly events: string[] = [];
  readonly #arena = new CheckedArena();
  readonly #clients: Client[] = [];
  readonly #view = new ByteView();
  readonly #expiry = new Int64();

  /** @param directives For its configuration. @param seed Of its chance. */
  constructor(directives: Readonly<Record<string, string>> = {}, seed = 1) {
    const config = new Config(), clock = this.clock;
    config.set([["hz", "1"], ...Object.entries(directives)]);
    this.server = new Server({
      config,
      clock,
      random: new SeededRandom(seed),
      log: makeLog(config, clock, 1, new SilentSink()),
      identity: newIdentity(clock, ""),
      rewriteConfig: () => {},
      exit: () => {},
      arena: this.#arena,
    });
    this.server.effects.addSink({
      append: (databaseIndex, args) => {
        this.effects.push([databaseIndex, ...args.texts(0)].join(" "));
      },
    });
    this.server.changeListeners.add({
      changed: (databaseIndex, key, event) => {
        this.events.push(`${databaseIndex} ${event} ${key.toText()}`);
      },
      flushed: (databases) => this.events.push(`flushed ${databases.length}`),
    });
  }

  /** Another client, closed with the server. */
  client(): Client {
    const client = new Client(this.server.connect());
    this.#clients.push(client);
    return client;
  }

  /** All entries, due or not, sorted; see `lineOf`. */
  lines(): string[] {
    const lines: string[] = [];
    for (const database of this.server.store.databases) {
      let cursor = 0;
      do {
        cursor = database.scanAll(cursor, 100, (ref) => {
          lines.push(`${database.index} ${this.lineOf(ref)}`);
        });
      } while (cursor !== 0);
    }
    return lines.sort();
  }

  /** One entry as text: key, type and encoding, expiry, last use, and the bytes of DUMP. */
  lineOf(ref: Ref, withUse = true): string {
    const { environment: { entries } } = this.server.store;
    const key = entries.keyView(ref, this.#view).toText();
    const expiry = entries.expires(ref) ? entries.readExpiry(ref, this.#expiry).toBigInt() : "-";
    const use = withUse ? entries.accessOf(ref) : "";
    const payload = this.server.payloads.dump(ref, false, this.#view).toText();
    return `${key} kind ${entries.kindOf(ref)} until ${expiry} used ${use} ${payload}`;
  }

  /** Removes all data and checks that nothing else is left. @param client Any. */
  async verifyEmptied(client: Client): Promise<void> {
    await client.call("FLUSHALL");
    const { store } = this.server;
    while (store.environment.lazyFree.freeSome());
    this.#arena.verify(BLOCKS_OF_EMPTY_DATABASE * store.databases.length);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.server.stop();
  }
}
