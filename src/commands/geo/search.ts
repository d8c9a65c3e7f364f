/**
 * GEOSEARCH, GEOSEARCHSTORE, GEORADIUS and its kin: the places in a circle or a box.
 *
 * The structure of geohashes says which ranges of scores to go through; each place in them is measured,
 * and those inside are gathered with their members copied, since the result may be stored over its own
 * source.
 *
 * @module
 */

import { ByteRows } from "../../base/byte_rows.ts";
import { ByteView } from "../../base/byte_view.ts";
import { Int64 } from "../../base/int64.ts";
import { KeyedNumbers } from "../../base/keyed_sort.ts";
import { sortPart } from "../../base/partial_sort.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  keyAtWord,
  type KeySpec,
} from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";
import {
  decodeGeohash,
  distanceInside,
  type GeohashRange,
  GeoPoint,
  searchRanges,
  type SortedSetValue,
} from "../../store/mod.ts";
import { distanceText, replyPoint } from "./measure.ts";
import { type GeoSearch, parseGeoSearch, type SearchForm } from "./search_options.ts";

const SOURCE = keyAt(1, "RO access");

/** The rows of these commands. */
// deno-fmt-ignore
export const SEARCH_COMMANDS: readonly CommandSpec[] = defineCommands("geo", [
  { name: "georadius", arity: -6, flags: ["write", "denyoom", "movablekeys"], keys: [SOURCE, ...stored(6)],
    run: searcher({ sourceIndex: 1, center: "point", store: "option", optionsFrom: 6 }) },
  { name: "georadiusbymember", arity: -5, flags: ["write", "denyoom", "movablekeys"], keys: [SOURCE, ...stored(5)],
    run: searcher({ sourceIndex: 1, center: "member", store: "option", optionsFrom: 5 }) },
  { name: "georadius_ro", arity: -6, flags: ["readonly"], keys: [SOURCE],
    run: searcher({ sourceIndex: 1, center: "point", store: "never", optionsFrom: 6 }) },
  { name: "georadiusbymember_ro", arity: -5, flags: ["readonly"], keys: [SOURCE],
    run: searcher({ sourceIndex: 1, center: "member", store: "never", optionsFrom: 5 }) },
  { name: "geosearch", arity: -7, flags: ["readonly"], keys: [SOURCE],
    run: searcher({ sourceIndex: 1, center: "option", store: "never", optionsFrom: 2 }) },
  { name: "geosearchstore", arity: -8, flags: ["write", "denyoom"], keys: [keyAt(1, "OW update"), keyAt(2, "RO access")],
    run: searcher({ sourceIndex: 2, center: "option", store: "always", optionsFrom: 3 }) },
]);

/** Rooms for places at first. */
const FIRST_PLACE_COUNT = 64;

/** The places found: members, and beside them what was measured. */
class FoundPlaces {
  readonly members = new ByteRows();
  scores: Float64Array = new Float64Array(FIRST_PLACE_COUNT);
  /** In metres. */
  distances: Float64Array = new Float64Array(FIRST_PLACE_COUNT);

  add(member: ByteView, score: number, distance: number): void {
    const index = this.members.append(member);
    if (index === this.scores.length) {
      this.scores = twiceAsLong(this.scores);
      this.distances = twiceAsLong(this.distances);
    }
    this.scores[index] = score;
    this.distances[index] = distance;
  }
}

function twiceAsLong(array: Float64Array): Float64Array {
  const longer = new Float64Array(array.length * 2);
  longer.set(array);
  return longer;
}

/** Reused by all commands: they run one after the other. */
const member = new ByteView();
const point = new GeoPoint();
const hash = new Int64();

/** Where GEORADIUS may have a key to store the result under. @param from Where options begin. */
function stored(from: number): KeySpec[] {
  return [keyAtWord("STORE", from, "OW update"), keyAtWord("STOREDIST", from, "OW update")];
}

/**
 * `GEOSEARCH key FROMMEMBER member | FROMLONLAT longitude latitude BYRADIUS radius unit | BYBOX width
 * height unit [ASC | DESC] [COUNT n [ANY]] [WITHCOORD] [WITHDIST] [WITHHASH]` → array of members, each
 * with what was asked for; `GEOSEARCHSTORE`, `GEORADIUS ... STORE` → integer: places stored.
 */
function searcher(form: SearchForm): (context: CommandContext, args: Args) => void {
  return function search(context, args) {
    const source = context.db.readSortedSet(args.at(form.sourceIndex));
    const options = parseGeoSearch(args, form, source);
    const places = new FoundPlaces();
    if (source !== undefined) gather(source, options, places);
    const order = arrange(places, options);
    if (options.storeIndex === 0) reply(context, options, places, order);
    else store(context, args, options, { form, places, order });
  };
}

/** Goes through the ranges and gathers the places inside. */
function gather(source: SortedSetValue, options: GeoSearch, places: FoundPlaces): void {
  const countMax = options.isAnyGood ? options.wantedCount : Infinity;
  for (const range of searchRanges(options.shape)) {
    gatherRange(source, options, range, places);
    if (places.members.count >= countMax) return;
  }
}

function gatherRange(
  source: SortedSetValue,
  { shape, isAnyGood, wantedCount }: GeoSearch,
  { from, below }: GeohashRange,
  places: FoundPlaces,
): void {
  const countMax = isAnyGood ? wantedCount : Infinity;
  const first = source.at(source.countBelow(from, false));
  if (first === 0) return;
  source.walkFrom(first, (position, score) => {
    if (score >= below) return false;
    const distance = distanceInside(shape, decodeGeohash(score, point));
    if (distance < 0) return true;
    places.add(source.memberAt(position, member), score, distance);
    return places.members.count < countMax;
  });
}

/** The numbers of the places that are wanted, in the wanted order. */
function arrange({ members, distances }: FoundPlaces, options: GeoSearch): Int32Array {
  const foundCount = members.count;
  const things = new KeyedNumbers(foundCount), { numbers, keys } = things;
  const count = options.wantedCount === 0 ? foundCount : Math.min(options.wantedCount, foundCount);
  if (options.order !== "none") {
    const sign = options.order === "ascending" ? 1 : -1;
    for (let number = 0; number < foundCount; number++) keys[number] = sign * distances[number];
    if (count === foundCount) things.sort(0, count, { start: 0, end: count });
    else sortPart(numbers, keys, 0, count - 1);
  }
  return numbers.subarray(0, count);
}

function reply(
  { reply }: CommandContext,
  { details, shape }: GeoSearch,
  { members, scores, distances }: FoundPlaces,
  order: Int32Array,
): void {
  const detailCount = Number(details.distance) + Number(details.hash) + Number(details.coordinates);
  reply.array(order.length);
  for (const number of order) {
    if (detailCount > 0) reply.array(1 + detailCount);
    reply.bulk(members.view(number, member));
    if (details.distance) reply.bulkText(distanceText(distances[number] / shape.metersPerUnit));
    if (details.hash) reply.int64(hash.setBigInt(BigInt(Math.trunc(scores[number]))));
    if (details.coordinates) replyPoint(reply, decodeGeohash(scores[number], point));
  }
}

/** Stores the places as a sorted set, whatever was there; none remove the key. */
function store(
  context: CommandContext,
  args: Args,
  { storeIndex, storesDistance, shape }: GeoSearch,
  result: { form: SearchForm; places: FoundPlaces; order: Int32Array },
): void {
  const { db } = context;
  const { form, order, places: { members, scores, distances } } = result;
  const key = args.at(storeIndex);
  if (order.length > 0) {
    const draft = db.sortedSetDraft();
    for (const number of order) {
      const score = storesDistance ? distances[number] / shape.metersPerUnit : scores[number];
      if (!draft.find(members.view(number, member))) draft.addMissed(member, score);
    }
    const places = db.sortedSetHandle(0);
    draft.sort();
    draft.finish(places);
    db.storeCollection(key, places);
    const event = form.center === "option" ? "geosearchstore" : "georadiusstore";
    context.modified(key, event, order.length);
  } else if (db.discard(key)) {
    context.modified(key, "del");
  }
  context.reply.integer(order.length);
}
