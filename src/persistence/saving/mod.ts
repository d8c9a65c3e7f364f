/**
 * Saving: snapshots of all data in one file.
 *
 * @module
 */

export { Saving } from "./saving.ts";
