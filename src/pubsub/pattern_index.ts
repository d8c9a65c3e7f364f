/**
 * Pattern index: which of many patterns may match a channel, without trying all of them.
 *
 * Nearly every pattern in use begins with plain bytes (`user:17:*`, `__keyspace@0__:*`), and a channel
 * that it matches begins with the same ones. So patterns are filed by their plain beginning:
 *
 *   files     8 plain bytes   hash of "user:17:" -> user:17:*, user:17:[ab]
 *                             hash of "user:18:" -> user:18:*
 *             5 plain bytes   hash of "news."    -> news.?
 *             0 plain bytes                      -> *, *:done
 *
 * A channel is looked up once for each length that occurs and is not longer than itself: its first 8
 * bytes, its first 5, none. A hundred thousand patterns for as many users are one look.
 *
 * Beginnings are cut at `PREFIX_BYTES_MAX`, so that a client can't make each message be looked up a
 * thousand times by patterns of a thousand lengths. Why not a tree of bytes: it would cost an object
 * for each byte of each pattern; the hashes cost one a pattern.
 *
 * Always true: a pattern that matches a channel is among its candidates; only the glob decides.
 * Cost: filing O(beginning); a channel O(lengths × beginning + candidates).
 *
 * @module
 */

import { ByteView } from "../base/byte_view.ts";
import type { KeyLookAhead } from "../store/mod.ts";
import type { Topic } from "./topic.ts";

/** Plain bytes of a pattern that count. */
const PREFIX_BYTES_MAX = 32;

/** The patterns with equally long beginnings, by the hash of these. */
interface File {
  readonly prefixBytes: number;
  readonly topics: Map<number, Topic[]>;
}

/** Patterns by their plain beginnings. */
export class PatternIndex {
  readonly #hashing: KeyLookAhead;
  readonly #beginning = new ByteView();
  /** By length, short ones first. */
  readonly #files: File[] = [];

  /** @param hashing Hashes beginnings. */
  constructor(hashing: KeyLookAhead) {
    this.#hashing = hashing;
  }

  /** Files a pattern. */
  add(topic: Topic): void {
    const prefixBytes = prefixBytesOf(topic);
    let place = this.#files.findIndex((file) => file.prefixBytes >= prefixBytes);
    if (place < 0) place = this.#files.length;
    if (this.#files[place]?.prefixBytes !== prefixBytes) {
      this.#files.splice(place, 0, { prefixBytes, topics: new Map() });
    }
    const { topics } = this.#files[place];
    const hash = this.#hashOf(topic.name, prefixBytes);
    const others = topics.get(hash);
    if (others === undefined) topics.set(hash, [topic]);
    else others.push(topic);
  }

  /** Takes a pattern out. */
  remove(topic: Topic): void {
    const prefixBytes = prefixBytesOf(topic);
    const place = this.#files.findIndex((file) => file.prefixBytes === prefixBytes);
    const { topics } = this.#files[place];
    const hash = this.#hashOf(topic.name, prefixBytes);
    const filed = topics.get(hash)!;
    if (filed.length > 1) topics.set(hash, filed.filter((other) => other !== topic));
    else topics.delete(hash);
    if (topics.size === 0) this.#files.splice(place, 1);
  }

  /**
   * Finds the patterns that match a channel.
   *
   * @param channel Borrowed during the call.
   * @param into Emptied, then filled with them.
   */
  match(channel: ByteView, into: Topic[]): void {
    into.length = 0;
    const files = this.#files, channelBytes = channel.byteCount;
    for (let index = 0; index < files.length; index++) {
      const { prefixBytes, topics } = files[index];
      if (prefixBytes > channelBytes) return;
      const candidates = topics.get(this.#hashOf(channel, prefixBytes));
      if (candidates === undefined) continue;
      for (let at = 0; at < candidates.length; at++) {
        if (candidates[at].glob!.matches(channel)) into.push(candidates[at]);
      }
    }
  }

  #hashOf(name: ByteView, prefixBytes: number): number {
    const { bytes, start } = name;
    return this.#hashing.hashOf(this.#beginning.set(bytes, start, start + prefixBytes));
  }
}

function prefixBytesOf(topic: Topic): number {
  return Math.min(topic.glob!.prefixBytes, PREFIX_BYTES_MAX);
}
