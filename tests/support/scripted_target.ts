/**
 * Scripted target: a server that answers as a test says, for clients of which a test wants to know
 * how they bear it: it hangs, hangs up half-way, or talks nonsense.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../../src/base/byte_view.ts";

/** What to do at each connection, from the first on; the last one counts for all that follow. */
export interface ConnectionScript {
  /** Bytes to read before anything is said. @default 1 */
  readonly afterBytes?: number;
  /** What to wait for then. */
  readonly afterwards?: Promise<void>;
  /** What to answer. */
  readonly answer?: string;
  /** Whether to hang up behind it; if not, it keeps silent. */
  readonly hangsUp?: boolean;
}

/** A listener on the loopback interface that follows a script. */
export class ScriptedTarget implements AsyncDisposable {
  /** What each connection sent, as binary text. */
  readonly received: string[] = [];
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #scripts: readonly ConnectionScript[];
  readonly #connections = new Set<Deno.Conn>();
  readonly #running: Promise<void>[] = [];

  /** @param scripts One for each connection; the last one counts for all that follow. */
  constructor(...scripts: ConnectionScript[]) {
    this.#scripts = scripts;
    this.#running.push(this.#accept());
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#running);
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const number = this.received.push("") - 1;
      this.#running.push(this.#serve(connection, number));
    }
  }

  async #serve(connection: Deno.Conn, number: number): Promise<void> {
    const script = this.#scripts[Math.min(number, this.#scripts.length - 1)];
    this.#connections.add(connection);
    const chunk = new Uint8Array(64 * 1024);
    let hasAnswered = false;
    try {
      while (true) {
        const byteCount = await connection.read(chunk);
        if (byteCount === null) break;
        this.received[number] += textOfBytes(chunk, 0, byteCount);
        if (hasAnswered || this.received[number].length < (script.afterBytes ?? 1)) continue;
        hasAnswered = true;
        await script.afterwards;
        if (script.answer !== undefined) await connection.write(bytesOfText(script.answer));
        if (script.hangsUp) break;
      }
    } catch (error) {
      if (
        !(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
          error instanceof Deno.errors.ConnectionReset)
      ) throw error;
    }
    if (this.#connections.delete(connection)) {
      try {
        connection.close();
      } catch (error) {
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    }
  }
}
