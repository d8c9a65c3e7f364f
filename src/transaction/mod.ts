/**
 * Transaction: MULTI ... EXEC, and the keys that are watched meanwhile.
 *
 * The queue of one client is a `Transaction`, what all clients watch are the `WatchedKeys`; the
 * engine knows both by the interfaces of `engine/ports.ts` and asks nothing of who uses neither.
 *
 * @module
 */

export { isRevocable } from "./rollback_rule.ts";
export { ServerTransactions } from "./server_transactions.ts";
