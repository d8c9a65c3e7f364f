/**
 * SORT, SORT_RO: the elements of a list, set or sorted set in another order, or what other keys say of
 * them.
 *
 * First the elements are copied, then each gets a weight, then their numbers are sorted by weight, and
 * by text where weights are equal. Only then other keys are read for GET, and only for the part that
 * is wanted. A result to be stored is complete before anything is changed, so it may be stored over its
 * source.
 *
 * Cost: O(n log n); with BY a look at another key for each element, with GET for each that is wanted.
 * Behaviour: Redis 7.0 in the C locale, where text is ordered by its bytes.
 *
 * @module
 */

import { ByteRows } from "../../base/byte_rows.ts";
import { ByteView } from "../../base/byte_view.ts";
import { KeyedNumbers } from "../../base/keyed_sort.ts";
import { sortPart } from "../../base/partial_sort.ts";
import { sortByKeyAndText, type TextOrder } from "../../base/text_sort.ts";
import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  keyAt,
  type KeyUse,
  unknownKeys,
} from "../../engine/mod.ts";
import {
  SORT_BY_IN_CLUSTER,
  SORT_GET_IN_CLUSTER,
  WEIGHT_NOT_A_DOUBLE,
  WRONG_TYPE,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import {
  type Collection,
  type Keyspace,
  ListValue,
  SetMember,
  SetValue,
  SortedSetValue,
} from "../../store/mod.ts";
import { SortPattern } from "./sort_pattern.ts";
import { parseSortOptions, rangeOf, type SortOptions, type SortRange } from "./sort_options.ts";
import { numberWeight } from "./sort_weight.ts";

const SOURCE = keyAt(1, "RO access");
const LOOKED_UP = unknownKeys(
  "RO access",
  "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
);
const STORED = unknownKeys(
  "OW update",
  "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
);

/** The rows of these commands. */
// deno-fmt-ignore
export const SORT_COMMANDS: readonly CommandSpec[] = defineCommands("dangerous", [
  { name: "sort", arity: -2, flags: ["write", "denyoom", "movablekeys"], categories: ["set", "sortedset", "list"],
    keys: [SOURCE, LOOKED_UP, STORED], findKeys: keysOfSort, run: sort, recodesKeys: true, derivesKeys },
  { name: "sort_ro", arity: -2, flags: ["readonly", "movablekeys"], categories: ["set", "sortedset", "list"],
    keys: [SOURCE, LOOKED_UP], findKeys: () => [{ argumentIndex: 1, flags: SOURCE.flags }],
    run: sortRo, recodesKeys: true, derivesKeys },
]);

/** Reused by all commands: they run one after the other. */
const element = new ByteView();
const found = new ByteView();
const member = new SetMember();
const NOTHING = new ByteView();

/** `SORT key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA] [STORE key]` →
 * array of bulk strings; with STORE integer: elements stored. */
function sort(context: CommandContext, args: Args): void {
  run(context, args, parseSortOptions(args, true));
}

/** `SORT_RO key [BY pattern] [LIMIT offset count] [GET pattern ...] [ASC | DESC] [ALPHA]` → array. */
function sortRo(context: CommandContext, args: Args): void {
  run(context, args, parseSortOptions(args, false));
}

function run(context: CommandContext, args: Args, given: SortOptions): void {
  const { db, server } = context;
  if (server.cluster?.mode === "redirect") refuseOtherKeys(given);
  const source = openSource(db, args.at(1));
  const options = withReproducibleOrder(given, source);
  const range = rangeOf(options, source?.count ?? 0);
  const isOrdered = options.keepsOrder && !(source instanceof SetValue);
  const rows = new ByteRows(isOrdered ? range.end - range.start : source?.count ?? 0);
  if (source !== undefined) {
    if (isOrdered) loadPart(source, options, range, rows);
    else loadAll(source, rows);
  }
  const wanted = isOrdered ? { start: 0, end: rows.count } : range;
  const things = new KeyedNumbers(rows.count);
  if (!options.keepsOrder) sortRows(db, options, { rows, things, wanted });
  const result = things.numbers.subarray(wanted.start, wanted.end);
  if (options.storeIndex === 0) reply(context, options, rows, result);
  else store(context, args.at(options.storeIndex), options, { rows, result });
}

/** @throws {RedisError} WRONGTYPE when there is something that can't be sorted. */
function openSource(db: Keyspace, key: ByteView): Collection | undefined {
  const ref = db.read(key);
  if (ref === 0) return undefined;
  const source = db.isString(ref) ? undefined : db.collectionOf(ref);
  const isSortable = source instanceof ListValue || source instanceof SetValue ||
    source instanceof SortedSetValue;
  if (!isSortable) throw WRONG_TYPE;
  if (!(source instanceof SortedSetValue)) return source;
  // Redis looks through the index for want of other ways, and leaves it behind.
  const sortedSet = db.openSortedSet(key);
  sortedSet.makeIndexed();
  return sortedSet;
}

/** A set has no order of its own: what is stored from it must come out the same everywhere. */
function withReproducibleOrder(
  options: SortOptions,
  source: Collection | undefined,
): SortOptions {
  if (!options.keepsOrder || options.storeIndex === 0 || !(source instanceof SetValue)) {
    return options;
  }
  return { ...options, keepsOrder: false, isAlpha: true, by: undefined };
}

// Loading.

function loadAll(source: Collection, rows: ByteRows): void {
  if (source instanceof SetValue) {
    const walk = source.startWalk();
    while (walk.next()) {
      for (let index = 0; index < walk.count; index++) rows.append(walk.show(index, member).view);
    }
  } else if (source instanceof ListValue) {
    loadFromList(source, 0, source.count, rows);
  } else if (source instanceof SortedSetValue) {
    for (let position = source.first(); position !== 0; position = source.next(position)) {
      rows.append(source.memberAt(position, element));
    }
  }
}

/** Loads the part that is wanted in the collection's own order, or the reverse. */
function loadPart(
  source: Collection,
  { isDescending }: SortOptions,
  { start, end }: SortRange,
  rows: ByteRows,
): void {
  const count = end - start;
  if (count <= 0) return;
  if (source instanceof ListValue) {
    if (isDescending) loadFromListBackwards(source, source.count - 1 - start, count, rows);
    else loadFromList(source, start, count, rows);
  } else if (source instanceof SortedSetValue) {
    let position = source.at(isDescending ? source.count - 1 - start : start);
    for (let left = count; left > 0; left--) {
      rows.append(source.memberAt(position, element));
      position = isDescending ? source.previous(position) : source.next(position);
    }
  }
}

function loadFromList(list: ListValue, index: number, count: number, rows: ByteRows): void {
  const cursor = list.at(index);
  for (; count > 0; count--, cursor.next()) rows.append(cursor.read(element));
}

function loadFromListBackwards(
  list: ListValue,
  index: number,
  count: number,
  rows: ByteRows,
): void {
  const cursor = list.at(index);
  for (; count > 0; count--, cursor.previous()) rows.append(cursor.read(element));
}

// Sorting.

/** What is sorted: numbers of rows, of which a part is wanted. */
interface Unsorted {
  readonly rows: ByteRows;
  readonly things: KeyedNumbers;
  readonly wanted: SortRange;
}

/** @throws {RedisError} When elements are to be compared as numbers and are none. */
function sortRows(db: Keyspace, options: SortOptions, { rows, things, wanted }: Unsorted): void {
  const { by, isAlpha, isDescending } = options;
  let texts = rows;
  if (!isAlpha) weighNumbers(db, options, rows, things.keys);
  else if (by !== undefined) texts = weighTexts(db, { by, isDescending }, rows, things.keys);
  // In a reply text is compared as C compares it; what is stored must not depend on that.
  const endsAtZero = isAlpha && options.storeIndex === 0;
  const order = { texts, isDescending, endsAtZero };
  const isPart = wanted.end - wanted.start < rows.count;
  if (isAlpha && by !== undefined && isPart) sortPartByText(things, order, wanted);
  else sortByKeyAndText(things, order, wanted);
}

/** Sorts as Redis does where equal weights of elements that differ may come in any order. */
function sortPartByText(things: KeyedNumbers, order: TextOrder, { start, end }: SortRange): void {
  const { numbers, keys } = things, count = numbers.length;
  sortByKeyAndText(things, order, { start: 0, end: count });
  const ranks = new Float64Array(count);
  for (let at = 0; at < count; at++) ranks[numbers[at]] = keys[at];
  for (let number = 0; number < count; number++) numbers[number] = number;
  sortPart(numbers, ranks, start, end - 1);
}

/** Gives each row the number that it, or what BY leads to, is. */
function weighNumbers(
  db: Keyspace,
  { by, isDescending }: SortOptions,
  rows: ByteRows,
  keys: Float64Array,
): void {
  const sign = isDescending ? -1 : 1;
  let areNumbers = true;
  for (let row = 0; row < keys.length; row++) {
    rows.view(row, element);
    const isThere = by === undefined || by.lookUp(db, element, found);
    if (!isThere) continue;
    const weight = numberWeight(by === undefined ? element : found);
    if (weight === undefined) areNumbers = false;
    else keys[row] = sign * weight;
    if (!areNumbers && by === undefined) break;
  }
  // Not before, as the keys of all weights are looked up, which is seen by those that are missed.
  if (!areNumbers) throw WEIGHT_NOT_A_DOUBLE;
}

/**
 * Gives each row the weight of being there or not.
 *
 * @returns What BY leads to, by row; what is not there comes before all that is.
 */
function weighTexts(
  db: Keyspace,
  { by, isDescending }: { by: SortPattern; isDescending: boolean },
  rows: ByteRows,
  keys: Float64Array,
): ByteRows {
  const absent = isDescending ? 1 : -1;
  const texts = new ByteRows(rows.count);
  for (let row = 0; row < keys.length; row++) {
    const isThere = by.lookUp(db, rows.view(row, element), found);
    if (!isThere) keys[row] = absent;
    texts.append(isThere ? found : NOTHING);
  }
  return texts;
}

// The result.

function reply(
  { db, reply }: CommandContext,
  { get }: SortOptions,
  rows: ByteRows,
  result: Int32Array,
): void {
  reply.array(result.length * Math.max(1, get.length));
  for (let index = 0; index < result.length; index++) {
    rows.view(result[index], element);
    if (get.length === 0) reply.bulk(element);
    for (const pattern of get) {
      if (pattern.lookUp(db, element, found)) reply.bulk(found);
      else reply.nil();
    }
  }
}

/** Stores the result as a list, whatever was there; none removes the key. */
function store(
  context: CommandContext,
  key: ByteView,
  { get }: SortOptions,
  { rows, result }: { rows: ByteRows; result: Int32Array },
): void {
  const { db } = context;
  const count = result.length * Math.max(1, get.length);
  const stored = get.length === 0 ? rows : new ByteRows(count);
  if (get.length > 0) {
    for (const row of result) {
      rows.view(row, element);
      for (const pattern of get) {
        stored.append(pattern.lookUp(db, element, found) ? found : NOTHING);
      }
    }
  }
  if (count > 0) {
    const list = db.emptyList();
    for (let index = 0; index < count; index++) {
      stored.view(get.length === 0 ? result[index] : index, element);
      if (index === 0) list.beginByDefaults(element);
      else list.push("tail", element);
    }
    db.storeCollection(key, list);
    context.modified(key, "sortstore", count);
  } else if (db.discard(key)) {
    context.modified(key, "del");
  }
  context.reply.integer(count);
}

/** The keys of SORT: the source, and the last one behind a STORE that is no operand of an option. */
function keysOfSort(args: Args): KeyUse[] {
  let storeIndex = 0;
  for (let index = 2; index < args.count; index++) {
    if (args.isWord(index, "limit")) index += 2;
    else if (args.isWord(index, "get") || args.isWord(index, "by")) index++;
    else if (args.isWord(index, "store") && index + 1 < args.count) storeIndex = index + 1;
  }
  const uses: KeyUse[] = [{ argumentIndex: 1, flags: SOURCE.flags }];
  if (storeIndex > 0) uses.push({ argumentIndex: storeIndex, flags: STORED.flags });
  return uses;
}

/** Whether patterns may lead to other keys. */
function derivesKeys(args: Args): boolean {
  for (let index = 2; index + 1 < args.count; index++) {
    const isPattern = args.isWord(index, "get") || args.isWord(index, "by");
    if (isPattern && new SortPattern(args.at(++index)).dependsOnElement) return true;
  }
  return false;
}

/** In a cluster other keys may be anywhere. @throws {RedisError} When patterns lead to some. */
function refuseOtherKeys({ by, get }: SortOptions): void {
  if (by?.dependsOnElement) throw SORT_BY_IN_CLUSTER;
  if (get.length > 0) throw SORT_GET_IN_CLUSTER;
}
