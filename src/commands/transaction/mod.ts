/**
 * Transaction commands.
 *
 * @module
 */

export { TRANSACTION_COMMANDS } from "./transaction.ts";
