/**
 * Peer row: what the rows of what nodes say to each other have in common.
 *
 * @module
 */

import type { CommandFlag, CommandHandler, CommandSpec } from "../../engine/mod.ts";
import { NOT_A_PEER } from "../../errors/catalogue.ts";

/** Flags of everything that nodes say; whether they may is looked at by each handler. */
export const PEER_FLAGS: readonly CommandFlag[] = [
  ...["admin", "noscript", "loading", "stale", "fast", "no_auth", "no_multi"] as const,
];

/** Flags of what is about data: while they are loaded there is nothing to tell. */
export const PEER_DATA_FLAGS: readonly CommandFlag[] = PEER_FLAGS.filter((flag) =>
  flag !== "loading"
);

/**
 * A row of PEER that only a node may say which has shown that it is one.
 *
 * @param arity With both names; see `CommandSpec`.
 */
export function peerRow(
  name: string,
  arity: number,
  run: CommandHandler,
  flags = PEER_FLAGS,
): CommandSpec {
  return {
    name,
    arity,
    flags,
    isBrief: false,
    run: (context, args) => {
      if (context.session.peer === undefined) throw NOT_A_PEER;
      run(context, args);
    },
  };
}
