/**
 * Hash encodings: a transcript about hashes, held once for each encoding that a hash can have.
 *
 * @module
 */

import { differential, type Transcript } from "./differential.ts";

/**
 * Registers a transcript twice: with hashes that stay listpacks, and with limits so low that every
 * hash is a table.
 *
 * @param name command and observable fact
 * @param transcript the conversation
 */
export function inBothEncodings(name: string, transcript: Transcript): void {
  differential(`${name}, as listpack`, transcript);
  differential(`${name}, as hashtable`, transcript, {
    config: { "hash-max-listpack-entries": "0" },
  });
}
