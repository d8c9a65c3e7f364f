/**
 * Data digest: 20 bytes that are the same for the same data, whatever its encodings and history.
 *
 * Redis' test suite compares them before and after a restart, and between servers. So they must be
 * Redis' own to the bit, and are put together as there from two operations on a digest (`MixedDigest`).
 *
 * Keys whose time has come count as long as they are there: to digest is no use that removes them.
 *
 * The keys of a database are only added up, so nodes of a cluster can each do so with theirs.
 *
 * Behaviour: Redis 7.0, DEBUG DIGEST and DEBUG DIGEST-VALUE.
 *
 * @module
 */

import { bytesOfText, ByteView } from "../base/byte_view.ts";
import { type DatabaseDigest, joinDigests, MixedDigest } from "../base/mixed_digest.ts";
import { formatSignificant } from "../base/significant_digits.ts";
import { STREAM_ID_TEXT_BYTES_MAX, StreamId } from "../base/stream_id.ts";
import {
  HashValue,
  type Keyspace,
  ListValue,
  type Ref,
  SetMember,
  SetValue,
  SortedSetValue,
  StreamValue,
} from "../store/mod.ts";

const EXPIRY_MARK = new ByteView(bytesOfText("!!expire!!"));
const LEAST_ID = new StreamId().setLeast();
const GREATEST_ID = new StreamId().setGreatest();
const MINUS = 45;
const POINT = 46;

const ofDatabase = new MixedDigest();
const ofKey = new MixedDigest();
const ofElement = new MixedDigest();
const view = new ByteView();
const member = new SetMember();

/** The digest of all data, in hexadecimal digits. */
export function digestOfData(databases: readonly Keyspace[]): string {
  return joinDigests(digestsOfDatabases(databases));
}

/** The digests of the databases that have keys, in their order. */
export function digestsOfDatabases(databases: readonly Keyspace[]): DatabaseDigest[] {
  const key = new ByteView();
  return databases.filter(({ count }) => count > 0).map((database) => {
    ofDatabase.clear();
    database.forEachAll((ref) => {
      ofKey.clear().mix(database.entries.keyView(ref, key));
      mixValue(ofKey, database, ref);
      ofDatabase.add(ofKey.view);
    });
    return { databaseIndex: database.index, digest: ofDatabase.toHex() };
  });
}

/** The digest of a value, in hexadecimal digits; zeros for none. @param ref 0: none. */
export function digestOfValue(database: Keyspace, ref: Ref): string {
  ofKey.clear();
  if (ref !== 0) mixValue(ofKey, database, ref);
  return ofKey.toHex();
}

function mixValue(digest: MixedDigest, db: Keyspace, ref: Ref): void {
  digest.mixNumber(db.entries.typeOf(ref));
  if (db.isString(ref)) digest.mix(db.stringOf(ref, view));
  else {
    const collection = db.collectionOf(ref);
    if (collection instanceof ListValue) mixList(digest, collection);
    else if (collection instanceof SetValue) addSet(digest, collection);
    else if (collection instanceof SortedSetValue) addSortedSet(digest, collection);
    else if (collection instanceof HashValue) addHash(digest, collection);
    else if (collection instanceof StreamValue) mixStream(digest, collection);
  }
  if (db.entries.expires(ref)) digest.add(EXPIRY_MARK);
}

function mixList(digest: MixedDigest, list: ListValue): void {
  const cursor = list.first();
  do digest.mix(cursor.read(view)); while (cursor.next());
}

function addSet(digest: MixedDigest, set: SetValue): void {
  const walk = set.startWalk();
  while (walk.next()) {
    for (let index = 0; index < walk.count; index++) digest.add(walk.show(index, member).view);
  }
}

function addSortedSet(digest: MixedDigest, set: SortedSetValue): void {
  for (let position = set.first(); position !== 0; position = set.next(position)) {
    ofElement.clear().mix(set.memberAt(position, view));
    ofElement.mix(ByteView.ofText(formatSignificant(set.scoreAt(position))));
    digest.add(ofElement.view);
  }
}

function addHash(digest: MixedDigest, hash: HashValue): void {
  hash.forEach((element) => {
    ofElement.clear().mix(hash.readField(element, view));
    ofElement.mix(hash.readValue(element, view));
    digest.add(ofElement.view);
  });
}

function mixStream(digest: MixedDigest, stream: StreamValue): void {
  const text = new Uint8Array(STREAM_ID_TEXT_BYTES_MAX);
  const walk = stream.walk(LEAST_ID, GREATEST_ID, false);
  while (walk.next()) {
    const end = walk.id.writeText(text, 0);
    text[text.indexOf(MINUS)] = POINT;
    digest.mix(new ByteView(text, 0, end));
    for (let field = 0; field < walk.fieldCount; field++) {
      digest.mix(walk.readField(view));
      digest.mix(walk.readValue(view));
    }
  }
}
