/**
 * Free port: a TCP port of the loopback that nobody listens on at this moment.
 *
 * Port 0 would be better, but `redis-server` reads it as "no TCP at all", and EasyRedis follows; and
 * the nodes of a cluster must know each other's ports before they start. A port of the system's
 * choice, given back at once, is no good either: the system may give it to any outgoing connection
 * while its server starts, or is down. So these ports lie below those that systems choose from (from
 * 32768 on Linux, from 49152 elsewhere), and are given one after the other from a random one on, none
 * twice in a test file.
 *
 * Another program may still take one before it is used: who starts a server this way tries again
 * with another port (`server_process.ts` does).
 *
 * @module
 */

const PORT_MIN = 20_000;
const PORT_COUNT = 12_000;

let nextOffset = Math.floor(Math.random() * PORT_COUNT);

/**
 * A port of 127.0.0.1 that is free now and that nobody else in this test file gets.
 *
 * @returns the port
 */
export function freePort(): number {
  for (let attempt = 0; attempt < PORT_COUNT; attempt++) {
    const port = PORT_MIN + nextOffset;
    nextOffset = (nextOffset + 1) % PORT_COUNT;
    if (isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: ${PORT_COUNT} from ${PORT_MIN} on are taken`);
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}
