/**
 * Later answer: OK, when something has happened that takes a while; the client waits, the server does
 * not.
 *
 * @module
 */

import type { CommandContext } from "../engine/mod.ts";
import type { Args } from "../resp/mod.ts";

/** Has the running command reply when a promise settles: OK, or the error that it is rejected with. */
export function answerLater(context: CommandContext, args: Args, outcome: Promise<void>): void {
  const { blocked } = context.server;
  const waiter = blocked.parkUntilFinished(context, args);
  outcome.then(
    () => blocked.finish(waiter, ({ reply }) => reply.ok()),
    (error) =>
      blocked.finish(waiter, () => {
        throw error;
      }),
  );
}
