/**
 * Turns: who gives way lets the sockets be looked at.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { Turns } from "../../../src/net/mod.ts";

Deno.test("Turns: everybody who asks meanwhile shares the turn that is under way", async () => {
  const turns = new Turns();
  const first = turns.next();
  assert(turns.next() === first);
  await first;
  assert(turns.next() !== first);
  await turns.next();
});

Deno.test("Turns: the end of a turn comes behind all that was woken together", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const woken = Promise.resolve();
  const act = async (name: string) => {
    await woken;
    order.push(`${name} runs`);
    await turns.end();
    order.push(`${name} ends`);
  };
  await Promise.all([act("one"), act("other")]);
  assertEquals(order, ["one runs", "other runs", "one ends", "other ends"]);
  assert(turns.end() === turns.end());
});

Deno.test("Turns: a socket is served though there always is something to run", async () => {
  const turns = new Turns();
  await turns.watchSockets();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  using near = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using far = await listener.accept();
  for (let round = 0; round < 20; round++) {
    let hasArrived = false;
    const arrival = far.read(new Uint8Array(8)).then(() => hasArrived = true);
    await near.write(new Uint8Array(1));
    // A loop that never looks by itself would need up to 61 turns.
    let turnCount = 0;
    while (!hasArrived) {
      await turns.next();
      turnCount++;
    }
    await arrival;
    assert(turnCount <= 5, `${turnCount} turns`);
  }
  turns.close();
});

Deno.test("Turns that are closed go on without sockets", async () => {
  const turns = new Turns();
  await turns.watchSockets();
  const underWay = turns.next();
  turns.close();
  await underWay;
  await turns.next();
  const late = new Turns();
  late.close();
  assertEquals(await late.watchSockets(), undefined);
});
