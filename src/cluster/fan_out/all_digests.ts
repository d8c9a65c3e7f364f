/**
 * All digests: DEBUG DIGEST and DIGEST-VALUE over all nodes.
 *
 * The digest of a database is made of those of its keys by adding up, so each node adds up its own.
 *
 * @module
 */

import { textOfBytes } from "../../base/byte_view.ts";
import { type DatabaseDigest, joinDigests } from "../../base/mixed_digest.ts";
import type { FanOutRequest } from "./fan_out_request.ts";

/** A digest of all data, equal to that of one server which has them all. */
export async function digestAll(request: FanOutRequest): Promise<void> {
  const replies = await request.askAll(["PEER", "DIGEST"]) as (number | Uint8Array)[][];
  const parts: DatabaseDigest[] = [];
  for (const ofNode of replies) {
    for (let at = 0; at < ofNode.length; at += 2) {
      const [databaseIndex, digest] = ofNode.slice(at, at + 2);
      parts.push({
        databaseIndex: databaseIndex as number,
        digest: textOfBytes(digest as Uint8Array),
      });
    }
  }
  request.reply.simple(joinDigests(parts));
}

/** The digests of some values, each from the node that has the key. */
export async function digestValues(request: FanOutRequest): Promise<void> {
  const { nodes, args, words, reply } = request;
  const keys = words.slice(2);
  const digests = await Promise.all(keys.map(async (key, index) => {
    const owner = nodes.ownerOf(args.at(2 + index));
    const [digest] = await request.ask(owner, [words[0], words[1], key]) as [string];
    return digest;
  }));
  reply.array(digests.length);
  for (const digest of digests) reply.simple(digest);
}
