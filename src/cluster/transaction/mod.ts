/**
 * Transactions over several nodes: try, confirm, cancel.
 *
 * The node that a client speaks to is the `Coordinator`, each that has keys is a `Participant`, and what
 * neither may forget are the `TransactionRecords`. `DistributedTransactions` is all of that in one node.
 *
 * @module
 */

export { DistributedTransactions } from "./distributed_transactions.ts";
export type { OwnerRead, OwnerReader } from "./participation.ts";
export { withElements } from "./reply_elements.ts";
export { imageOf, type KeyImage, type PlacedKey, putImage } from "./key_image.ts";
export { type KeyChange, type KeyEvent, MISSED_KEY, NEW_KEY } from "./transaction_work.ts";
export {
  type TransactionRequest,
  type TrialInput,
  type TrialOutcome,
  type TrialRunner,
  type TrialWait,
  usesKeys,
} from "./trial_run.ts";
