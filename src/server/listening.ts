/**
 * Listening: the addresses of the configuration, and what becomes of them when that changes.
 *
 * A change is tried before what was is given up, except where the system won't have both. Connections
 * stay whatever changes.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import { ConfigError } from "../errors/config_error.ts";
import { systemReasonOf } from "../errors/system_reason.ts";
import { type ListenAddress, Listener } from "../net/mod.ts";
import type { Log } from "../observability/mod.ts";

/** What is done with a listener, until it is closed. */
type Serve = (listener: Listener) => Promise<void>;

/** What one server listens on. */
export class Listening {
  readonly #config: Config;
  readonly #log: Log;
  readonly #serve: Serve;
  #listeners: Listener[] = [];
  readonly #serving = new Map<Listener, Promise<void>>();
  #port = 0;
  #isOpen = false;

  /** @param serve Called for each address that is opened. */
  constructor(config: Config, log: Log, serve: Serve) {
    this.#config = config;
    this.#log = log;
    this.#serve = serve;
    config.onApply("port", () => this.#changePort(config.number("port")));
    config.onApply("bind", () => this.#changeAddresses());
  }

  /** The TCP port; 0 for none. */
  get port(): number {
    return this.#port;
  }

  /**
   * Opens all addresses of `bind`, `port` and `unixsocket`.
   *
   * @param port What to use for the port: 0 lets the system choose one, `undefined`: none.
   * @throws {ConfigError} When an address that is not optional can't be had; none is open then.
   */
  open(port: number | undefined): void {
    this.#take(openListeners(this.#config, this.#log, port));
    // Without an address there is a port all the same, for addresses to come.
    if (!this.#listeners.some(isTcp)) this.#port = port ?? 0;
    this.#isOpen = true;
  }

  /** Closes all of them. */
  close(): void {
    this.#isOpen = false;
    if (!this.#listeners.every(isTcp)) this.#log.notice("Removing the unix socket file.");
    closeAll(this.#listeners);
    this.#listeners = [];
  }

  /** Resolves when none is served any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#serving.values());
  }

  #changePort(port: number): void {
    if (!this.#isOpen || port === this.#port) return;
    const before = this.#listeners.filter(isTcp);
    const addresses = bindAddresses(this.#config.text("bind"));
    try {
      this.#take(port === 0 ? [] : openTcpListeners(addresses, this.#log, port));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError("Unable to listen on this port. Check server logs.", { cause: error });
    }
    if (port === 0) this.#port = 0;
    this.#drop(before);
  }

  #changeAddresses(): void {
    if (!this.#isOpen || this.#port === 0) return;
    const wanted = bindAddresses(this.#config.text("bind"));
    const before = this.#listeners.filter(isTcp);
    const added = wanted.filter(({ hostname }) => !before.some(isAt(hostname)));
    const dropped = before.filter((listener) =>
      !wanted.some(({ hostname }) => isAt(hostname)(listener))
    );
    try {
      this.#take(openTcpListeners(added, this.#log, this.#port));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const isOwn = dropped.length > 0 && error.cause instanceof Deno.errors.AddrInUse;
      if (isOwn) return this.#move(dropped, added);
      throw new ConfigError("Failed to bind to specified addresses.", { cause: error });
    }
    this.#drop(dropped);
  }

  /** Gives up addresses that stand in the way of others: the system frees them a moment later. */
  #move(dropped: readonly Listener[], added: readonly BindAddress[]): void {
    const freed = dropped.map((listener) => this.#serving.get(listener));
    this.#drop(dropped);
    Promise.all(freed).then(() => {
      if (this.#isOpen) this.#take(openTcpListeners(added, this.#log, this.#port));
    }).catch((error) => {
      if (!(error instanceof ConfigError)) throw error;
      this.#log.warning(error.message);
    });
  }

  #take(listeners: readonly Listener[]): void {
    for (const listener of listeners) {
      this.#listeners.push(listener);
      const serving = this.#serve(listener).finally(() => this.#serving.delete(listener));
      this.#serving.set(listener, serving);
    }
    const address = listeners.find(isTcp)?.address;
    if (address?.kind === "tcp") this.#port = address.port;
  }

  #drop(listeners: readonly Listener[]): void {
    closeAll(listeners);
    this.#listeners = this.#listeners.filter((listener) => !listeners.includes(listener));
  }
}

/** Tells listeners at an address from others. */
function isAt(hostname: string): (listener: Listener) => boolean {
  return ({ address }) => address.kind === "tcp" && address.hostname === hostname;
}

function isTcp({ address }: Listener): boolean {
  return address.kind === "tcp";
}

/** An address of `bind`: with a dash in front the server starts without it if need be. */
interface BindAddress {
  hostname: string;
  /** As it is written in `bind`, without the dash. */
  word: string;
  isOptional: boolean;
}

/**
 * Opens all addresses of `bind`, `port` and `unixsocket`.
 *
 * @param port What to use for the port; 0 lets the system choose one.
 * @returns The listeners, at least one; the caller closes them.
 * @throws {ConfigError} When an address that is not optional can't be had; none is open then.
 */
function openListeners(config: Config, log: Log, port: number | undefined): Listener[] {
  const addresses = port === undefined ? [] : bindAddresses(config.text("bind"));
  const listeners = openTcpListeners(addresses, log, port ?? 0);
  try {
    const path = config.path("unixsocket");
    if (path !== "") listeners.push(openUnix(path, config.number("unixsocketperm")));
  } catch (error) {
    closeAll(listeners);
    throw error;
  }
  if (listeners.length > 0) return listeners;
  throw new ConfigError("Configured to not listen anywhere, exiting.");
}

/**
 * Opens addresses of `bind`.
 *
 * @throws {ConfigError} When one that is not optional can't be had; none is open then.
 */
function openTcpListeners(
  addresses: readonly BindAddress[],
  log: Log,
  port: number,
): Listener[] {
  const listeners: Listener[] = [];
  try {
    for (const address of addresses) {
      // A port that the system chose for the first address serves the others too.
      const first = listeners[0]?.address;
      const samePort = first?.kind === "tcp" ? first.port : port;
      const listener = openTcp(address, samePort, log);
      if (listener !== undefined) listeners.push(listener);
    }
  } catch (error) {
    closeAll(listeners);
    throw error;
  }
  return listeners;
}

function closeAll(listeners: readonly Listener[]): void {
  for (const listener of listeners) listener.close();
}

function openTcp(address: BindAddress, port: number, log: Log): Listener | undefined {
  const { hostname, word, isOptional } = address;
  try {
    return Listener.open({ kind: "tcp", hostname, port });
  } catch (error) {
    if (!(error instanceof Error)) throw error; // a name that nobody knows has no code
    log.warning(
      `Warning: Could not create server TCP listening socket ${word}:${port}: ${bindReason(error)}`,
    );
    if (isOptional && !(error instanceof Deno.errors.AddrInUse)) return undefined;
    throw new ConfigError(`Failed listening on port ${port} (TCP), aborting.`, { cause: error });
  }
}

function openUnix(path: string, mode: number): Listener {
  const address: ListenAddress = { kind: "unix", path, mode };
  try {
    return Listener.open(address);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const reason = systemReasonOf(error);
    throw new ConfigError(`Failed opening Unix socket: bind: ${reason}`, { cause: error });
  }
}

/** Why an address can't be had, in Redis' words. */
function bindReason(error: Error): string {
  const unknownName = /^failed to lookup address information: (.*)/s.exec(error.message);
  return unknownName?.[1] ?? `bind: ${systemReasonOf(error)}`;
}

/**
 * The addresses of `bind`. A system socket on all IPv6 addresses takes IPv4 clients too, so of the
 * pair `* ::*` only the second is opened; a machine without IPv6 falls back to the first.
 */
function bindAddresses(bind: string): BindAddress[] {
  const addresses = bind.split(" ").filter((word) => word !== "").map((word) => {
    const isOptional = word.startsWith("-");
    const host = isOptional ? word.slice(1) : word;
    const hostname = host === "*" ? "0.0.0.0" : host === "::*" ? "::" : host;
    return { hostname, word: host, isOptional };
  });
  const takesAll = addresses.some(({ hostname }) => hostname === "::") && hasIpv6();
  return takesAll ? addresses.filter(({ hostname }) => hostname !== "0.0.0.0") : addresses;
}

function hasIpv6(): boolean {
  try {
    Deno.listen({ hostname: "::", port: 0 }).close();
    return true;
  } catch (error) {
    if (isSystemError(error)) return false;
    throw error;
  }
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && error.constructor !== Error && "code" in error;
}
