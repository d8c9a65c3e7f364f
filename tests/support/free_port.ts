/**
 * Free port: a TCP port of the loopback that nobody listens on at this moment.
 *
 * Port 0 would be better, but `redis-server` reads it as "no TCP at all", and EasyRedis follows.
 * So the system is asked for a port, which is given back at once. Between that and its use another
 * process may take it: who starts a server this way tries again with another port
 * (`server_process.ts` does).
 *
 * @module
 */

/**
 * A port of 127.0.0.1 that was free a moment ago.
 *
 * @returns the port, chosen by the system from its ephemeral range
 */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
