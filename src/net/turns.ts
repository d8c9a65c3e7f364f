/**
 * Turns: gives way to all else that waits for the event loop.
 *
 * Why that is needed: a read or a write that can be done at once is done without the loop going round,
 * and only after some hundred of them does the runtime insist. A client that sends faster than it is
 * served is such a case, and everybody else would wait for seconds.
 *
 * And it is not enough that the loop goes round: while there always is something to run, the runtime
 * looks at the sockets only at each 61st time. So where there are sockets, a turn sends a byte to
 * itself through one: when that has arrived, the runtime has looked, and has seen what the others
 * have sent too.
 *
 * Always true: at most one turn is under way, and everybody who asks meanwhile shares it.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Lets the connections of one event loop take turns. */
export class Turns {
  readonly #byte = new Uint8Array(1);
  #loopback: Loopback | undefined;
  #turn: Promise<void> | undefined;
  #end: Promise<void> | undefined;
  readonly #noteEnd = () => void (this.#end = undefined);
  #isClosed = false;

  /**
   * Has turns look at sockets from now on; to be called when there are any. Where the loopback
   * address can't be used, a turn stays one round of the event loop.
   */
  async watchSockets(): Promise<void> {
    const loopback = await openLoopback();
    if (this.#isClosed) loopback?.close();
    else this.#loopback = loopback;
  }

  /** Resolves when everything that is ready by now had its turn. */
  next(): Promise<void> {
    return this.#turn ??= this.#take();
  }

  /**
   * Resolves behind everything that was woken together with the caller. Those who have read from sockets
   * in one round of the loop are: all of them are the same number of promises away from it.
   */
  end(): Promise<void> {
    return this.#end ??= Promise.resolve().then(this.#noteEnd);
  }

  /** Closes its sockets. */
  close(): void {
    this.#isClosed = true;
    this.#loopback?.close();
    this.#loopback = undefined;
  }

  async #take(): Promise<void> {
    const loopback = this.#loopback;
    try {
      if (loopback === undefined) await new Promise((resolve) => void setImmediate(resolve));
      else await loopback.pass(this.#byte);
    } catch (error) {
      // Closed while the turn was under way: that ends it too.
      if (!this.#isClosed) throw error;
    } finally {
      this.#turn = undefined;
    }
  }
}

/** Both ends of a connection to ourselves. */
class Loopback {
  readonly #near: Deno.TcpConn;
  readonly #far: Deno.Conn;

  constructor(near: Deno.TcpConn, far: Deno.Conn) {
    this.#near = near;
    this.#far = far;
    near.setNoDelay(true);
  }

  /** Sends a byte to the other end and waits for it there. */
  async pass(byte: Uint8Array): Promise<void> {
    const arrival = this.#far.read(byte);
    await Promise.all([this.#near.write(byte), arrival]);
  }

  close(): void {
    this.#near.close();
    this.#far.close();
  }
}

/** @returns `undefined` where it can't be had, or somebody else was faster to connect to it. */
async function openLoopback(): Promise<Loopback | undefined> {
  try {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { hostname, port } = listener.addr;
    const [near, far] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
    if (near.localAddr.port === far.remoteAddr.port) return new Loopback(near, far);
    near.close();
    far.close();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
  return undefined;
}
