/**
 * GEOADD, GEODIST, GEOHASH, GEOPOS: single places.
 *
 * A place is a member of a sorted set, and all that is kept of it is its geohash, as the score. So any
 * sorted set can be asked for places, and its scores are taken for geohashes whatever they are.
 *
 * @module
 */

import { type CommandContext, type CommandSpec, defineCommands, keyAt } from "../../engine/mod.ts";
import { SYNTAX_ERROR } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import {
  decodeGeohash,
  earthDistance,
  encodeGeohash,
  geohashText,
  GeoPoint,
  type SortedSetValue,
} from "../../store/mod.ts";
import { AddOptions, addScores, type ScoredArguments, scoresFor } from "../sorted_set/mod.ts";
import { distanceText, metersPerUnitAt, pointAt, replyPoint } from "./measure.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const PLACE_COMMANDS: readonly CommandSpec[] = defineCommands("geo", [
  { name: "geoadd", arity: -5, flags: ["write", "denyoom"], keys: [keyAt(1, "RW update")], run: geoadd },
  { name: "geodist", arity: -4, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: geodist },
  { name: "geohash", arity: -2, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: geohash },
  { name: "geopos", arity: -2, flags: ["readonly"], keys: [keyAt(1, "RO access")], run: geopos },
]);

/** Arguments of one place: longitude, latitude, member. */
const PLACE_ARGUMENT_COUNT = 3;

/** Reused by all commands: they run one after the other. */
const point = new GeoPoint();
const otherPoint = new GeoPoint();

const options = new AddOptions();
const scored: ScoredArguments = {
  firstMember: 0,
  step: PLACE_ARGUMENT_COUNT,
  count: 0,
  scores: new Float64Array(0),
};

/** `GEOADD key [NX | XX] [CH] longitude latitude member [...]` → integer: added; with CH, or moved. */
function geoadd(context: CommandContext, args: Args): void {
  const firstPlace = readAddOptions(args);
  scored.firstMember = firstPlace + 2;
  scored.count = (args.count - firstPlace) / PLACE_ARGUMENT_COUNT;
  const scores = scored.scores = scoresFor(scored.count);
  for (let index = 0; index < scored.count; index++) {
    pointAt(args, firstPlace + index * PLACE_ARGUMENT_COUNT, point);
    scores[index] = encodeGeohash(point.longitude, point.latitude);
  }
  const { addedCount, updatedCount } = addScores(context, args, options, scored);
  if (context.effects.isWanted) replaceEffect(context, args, firstPlace);
  context.reply.integer(addedCount + (options.countsChanged ? updatedCount : 0));
}

/** Reads the words before the places; returns the index of the first longitude. */
function readAddOptions(args: Args): number {
  options.clear();
  let index = 2;
  for (; index < args.count; index++) {
    if (args.isWord(index, "nx")) options.onlyAbsent = true;
    else if (args.isWord(index, "xx")) options.onlyPresent = true;
    else if (args.isWord(index, "ch")) options.countsChanged = true;
    else break;
  }
  const restCount = args.count - index;
  const isContradiction = options.onlyAbsent && options.onlyPresent;
  if (restCount === 0 || restCount % PLACE_ARGUMENT_COUNT !== 0 || isContradiction) {
    throw SYNTAX_ERROR;
  }
  return index;
}

/** What leaves is the ZADD that this is, in small letters as in Redis. */
function replaceEffect(context: CommandContext, args: Args, firstPlace: number): void {
  const words = ["zadd"];
  for (let index = 1; index < firstPlace; index++) words.push(args.text(index));
  for (let index = 0; index < scored.count; index++) {
    const memberIndex = scored.firstMember + index * PLACE_ARGUMENT_COUNT;
    words.push(String(scored.scores[index]), args.text(memberIndex));
  }
  context.effects.replaceWith(...words);
}

/** `GEODIST key member member [unit]` → bulk string: the distance; nil if one is not there. */
function geodist(context: CommandContext, args: Args): void {
  if (args.count > 5) throw SYNTAX_ERROR;
  const metersPerUnit = args.count === 5 ? metersPerUnitAt(args, 4) : 1;
  const places = context.db.readSortedSet(args.at(1));
  if (!findPoint(places, args, 2, point) || !findPoint(places, args, 3, otherPoint)) {
    return context.reply.nil();
  }
  const meters = earthDistance(
    point.longitude,
    point.latitude,
    otherPoint.longitude,
    otherPoint.latitude,
  );
  context.reply.bulkText(distanceText(meters / metersPerUnit));
}

/** `GEOHASH key [member ...]` → array of geohashes as text, nil for those that are not there. */
function geohash(context: CommandContext, args: Args): void {
  const places = context.db.readSortedSet(args.at(1));
  context.reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    if (findPoint(places, args, index, point)) context.reply.bulkText(geohashText(point));
    else context.reply.nil();
  }
}

/** `GEOPOS key [member ...]` → array of longitude and latitude, nil for those that are not there. */
function geopos(context: CommandContext, args: Args): void {
  const places = context.db.readSortedSet(args.at(1));
  context.reply.array(args.count - 2);
  for (let index = 2; index < args.count; index++) {
    if (findPoint(places, args, index, point)) replyPoint(context.reply, point);
    else context.reply.nilArray();
  }
}

/** Looks up where a member is; returns whether it is there. */
function findPoint(
  places: SortedSetValue | undefined,
  args: Args,
  index: number,
  into: GeoPoint,
): boolean {
  if (places === undefined || !places.find(args.at(index))) return false;
  decodeGeohash(places.score, into);
  return true;
}
