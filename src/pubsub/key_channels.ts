/**
 * Key channels: whether a name that a client listens to may be one of those by which the server tells
 * what happens to keys.
 *
 * @module
 */

import { bytesOfText, type ByteView } from "../base/byte_view.ts";
import { Glob } from "../base/glob.ts";

/** What `__keyspace@0__:key` and `__keyevent@0__:set` begin with. */
const KEY_CHANNEL = bytesOfText("__key");

/**
 * Whether a name, of a channel or a pattern, may stand for such a channel. A channel's name is looked at
 * as a pattern too: at worst somebody is told in vain.
 */
export function mayTellOfKeys(name: ByteView): boolean {
  const plainBytes = Math.min(new Glob(name).prefixBytes, KEY_CHANNEL.length);
  for (let index = 0; index < plainBytes; index++) {
    if (name.bytes[name.start + index] !== KEY_CHANNEL[index]) return false;
  }
  return plainBytes === KEY_CHANNEL.length || name.byteCount > plainBytes;
}
