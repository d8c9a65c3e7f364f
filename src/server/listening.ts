/**
 * Listening: opens the addresses of the configuration.
 *
 * @module
 */

import type { Config } from "../config/mod.ts";
import { ConfigError } from "../errors/config_error.ts";
import { type ListenAddress, Listener } from "../net/mod.ts";
import type { Log } from "../observability/mod.ts";

/** An address of `bind`: with a dash in front the server starts without it if need be. */
interface BindAddress {
  hostname: string;
  isOptional: boolean;
}

/**
 * Opens all addresses of `bind`, `port` and `unixsocket`.
 *
 * @param port What to use for the port; 0 lets the system choose one.
 * @returns The listeners, at least one; the caller closes them.
 * @throws {ConfigError} When an address that is not optional can't be had; none is open then.
 */
export function openListeners(config: Config, log: Log, port: number | undefined): Listener[] {
  const listeners: Listener[] = [];
  try {
    if (port !== undefined) {
      for (const { hostname, isOptional } of bindAddresses(config.text("bind"))) {
        // A port that the system chose for the first address serves the others too.
        const first = listeners[0]?.address;
        const samePort = first?.kind === "tcp" ? first.port : port;
        const listener = openTcp(hostname, samePort, isOptional, log);
        if (listener !== undefined) listeners.push(listener);
      }
    }
    const path = config.path("unixsocket");
    if (path !== "") listeners.push(openUnix(path, config.number("unixsocketperm"), log));
  } catch (error) {
    for (const listener of listeners) listener.close();
    throw error;
  }
  if (listeners.length > 0) return listeners;
  if (port === undefined) throw new ConfigError("Configured to not listen anywhere, exiting.");
  throw new ConfigError(`Failed listening on port ${port} (TCP), aborting.`);
}

function openTcp(
  hostname: string,
  port: number,
  isOptional: boolean,
  log: Log,
): Listener | undefined {
  try {
    return Listener.open({ kind: "tcp", hostname, port });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    log.warning(
      `Warning: Could not create server TCP listening socket ${hostname}:${port}: ${error.message}`,
    );
    if (isOptional && !(error instanceof Deno.errors.AddrInUse)) return undefined;
    throw new ConfigError(`Failed listening on port ${port} (TCP), aborting.`);
  }
}

function openUnix(path: string, mode: number, log: Log): Listener {
  const address: ListenAddress = { kind: "unix", path, mode };
  try {
    return Listener.open(address);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    log.warning(`Failed opening Unix socket: bind: ${error.message}`);
    throw new ConfigError(`Cannot listen on unix socket "${path}": ${error.message}`);
  }
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
    return { hostname, isOptional };
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
