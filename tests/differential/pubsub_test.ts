/**
 * Channels against real Redis: who is told what, in which form and order.
 *
 * @module
 */

import { differential } from "../support/differential.ts";

differential("a message reaches who listens to its channel", async (both) => {
  const listener = await both.onSecondConnection();
  await listener.same("SUBSCRIBE", "news");
  await both.same("PUBLISH", "news", "first");
  await both.same("PUBLISH", "other", "unheard");
  await both.same("PUBLISH", "news", "");
  await both.same("PUBLISH", "news", "line\r\n\0\xff");
  for (let count = 3; count > 0; count--) await listener.sameNext();
  await listener.same("UNSUBSCRIBE", "news");
  await both.same("PUBLISH", "news", "unheard");
  await listener.same("PING");
});

differential("each name of a request is confirmed", async (both) => {
  await both.same("SUBSCRIBE", "a", "b", "a");
  for (let count = 2; count > 0; count--) await both.sameNext();
  await both.same("PSUBSCRIBE", "a*", "a*");
  await both.sameNext();
  await both.same("SSUBSCRIBE", "a");
  await both.same("UNSUBSCRIBE", "b", "nothing");
  await both.sameNext();
  await both.same("PUNSUBSCRIBE", "nothing", "a*");
  await both.sameNext();
  await both.same("SUNSUBSCRIBE", "nothing", "a");
  await both.sameNext();
  await both.same("UNSUBSCRIBE");
  await both.same("PING", "still here");
});

differential("unsubscribing from nothing is confirmed too", async (both) => {
  for (const command of ["UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE"]) {
    await both.same(command);
    await both.same(command, "a", "b");
    await both.sameNext();
    await both.same("ECHO", command);
  }
});
