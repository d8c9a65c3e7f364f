/**
 * Link proxy: stands before a server, so that a test can cut the way to it.
 *
 * @module
 */

/** A listener that passes connections on, as long as the way is open. */
export class LinkProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #targetPort: number;
  readonly #connections = new Set<Deno.Conn>();
  readonly #running = new Set<Promise<void>>();
  #isCut = false;

  /** @param targetPort Where the server listens, or will. */
  constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#keep(this.#accept());
  }

  /** Where it listens. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends all connections, and refuses others until `mend`. */
  cut(): void {
    this.#isCut = true;
    for (const connection of [...this.#connections]) this.#end(connection);
  }

  /** Opens the way again. */
  mend(): void {
    this.#isCut = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async #accept(): Promise<void> {
    for await (const near of this.#listener) {
      this.#connections.add(near);
      this.#keep(this.#serve(near));
    }
  }

  async #serve(near: Deno.Conn): Promise<void> {
    if (this.#isCut) return this.#end(near);
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#targetPort })
      .catch(() => undefined); // nobody is there
    if (far === undefined) return this.#end(near);
    this.#connections.add(far);
    if (this.#isCut) {
      this.#end(near);
      this.#end(far);
    }
    await Promise.all([this.#pass(near, far), this.#pass(far, near)]);
  }

  async #pass(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    try {
      await from.readable.pipeTo(to.writable);
    } catch {
      // Either side is gone, and so is the other then.
    }
    this.#end(from);
    this.#end(to);
  }

  #end(connection: Deno.Conn): void {
    if (!this.#connections.delete(connection)) return;
    try {
      connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  #keep(work: Promise<void>): void {
    const kept = work.finally(() => this.#running.delete(kept));
    this.#running.add(kept);
  }
}
