/**
 * Write load: one pipelined connection that overwrites random keys as fast as the server lets it,
 * while something else is measured.
 *
 * The keys are those of `key_filler.ts`, so each write changes one that is there. Random ones, and
 * at full speed: what is hardest for a server that saves, because it spreads over all memory.
 *
 * @module
 */
import { commandText, RawConnection } from "./raw_connection.ts";

/** Commands in one write. */
const BATCH_COMMANDS = 64;
/** Writes between two looks at whether to go on: some milliseconds. */
const BATCHES_OF_ROUND = 32;
const KEY_DIGITS = 12;
const VALUE_DIGITS = 10;

/** Writes until it is stopped. */
export class WriteLoad {
  readonly #connection: RawConnection;
  readonly #keyCount: number;
  #isStopped = false;
  #commandCount = 0;
  readonly #finished: Promise<void>;

  private constructor(connection: RawConnection, keyCount: number) {
    this.#connection = connection;
    this.#keyCount = keyCount;
    this.#finished = this.#run();
    // A failure is told by `stop`; until then nobody waits for it.
    this.#finished.catch(() => {});
  }

  /**
   * Begins to write.
   *
   * @param port TCP port of the server.
   * @param keyCount Number of keys that were filled in.
   */
  static async start(port: number, keyCount: number): Promise<WriteLoad> {
    return new WriteLoad(await RawConnection.open(port), keyCount);
  }

  /** Commands answered so far. */
  get commandCount(): number {
    return this.#commandCount;
  }

  /**
   * Stops writing and closes the connection.
   *
   * @throws {Error} A write was refused, or the connection was closed.
   */
  async stop(): Promise<void> {
    this.#isStopped = true;
    try {
      await this.#finished;
    } finally {
      this.#connection[Symbol.dispose]();
    }
  }

  async #run(): Promise<void> {
    const encoder = new TextEncoder();
    while (!this.#isStopped) {
      await this.#connection.stream(BATCHES_OF_ROUND, () => {
        let text = "";
        for (let index = 0; index < BATCH_COMMANDS; index++) text += this.#command();
        return { bytes: encoder.encode(text), commandCount: BATCH_COMMANDS };
      });
      this.#commandCount += BATCHES_OF_ROUND * BATCH_COMMANDS;
    }
  }

  #command(): string {
    const key = Math.floor(Math.random() * this.#keyCount);
    const value = Math.floor(Math.random() * 10 ** VALUE_DIGITS);
    return commandText([
      ...["SET", `key:${String(key).padStart(KEY_DIGITS, "0")}`],
      `other:${String(value).padStart(VALUE_DIGITS, "0")}`,
    ]);
  }
}
