/**
 * Subscriber process: starts `message_readers.ts` and asks it when messages have arrived.
 *
 * @module
 */
import { PROJECT_ROOT } from "./launch_command.ts";

/** What the readers say when all messages have come. */
export interface Arrival {
  /** When the last one came, in unix milliseconds with fractions. */
  readonly atMs: number;
  /** Processor time of the readers since the last arrival, in seconds. */
  readonly readerSeconds: number;
}

/** Subscribers of one channel in a process of their own; ends with `await using`. */
export class SubscriberProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;
  #rest = "";
  #usedSeconds = 0;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    this.#output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /**
   * Starts subscribers and waits until all of them are.
   *
   * @param port TCP port of the server.
   * @throws {Error} The process ended.
   */
  static async start(
    port: number,
    { channel, readerCount }: { channel: string; readerCount: number },
  ): Promise<SubscriberProcess> {
    const script = `${PROJECT_ROOT}tests/bench/message_readers.ts`;
    const started = new SubscriberProcess(
      new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--allow-net=127.0.0.1", script]
          .concat(String(port), String(readerCount), channel),
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
    await started.#nextLine();
    return started;
  }

  /** Waits until so many bytes have come to all subscribers together. */
  async arrivalOf(byteCount: number): Promise<Arrival> {
    await this.#input.write(new TextEncoder().encode(`${byteCount}\n`));
    const [atMs, usedSeconds] = (await this.#nextLine()).split(" ").map(Number);
    const readerSeconds = usedSeconds - this.#usedSeconds;
    this.#usedSeconds = usedSeconds;
    return { atMs, readerSeconds };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#output.cancel();
    await this.#process.status;
  }

  async #nextLine(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#output.read();
      if (done) throw new Error("The subscribers' process has ended");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }
}
