/**
 * Search options: what GEOSEARCH and GEORADIUS with all their kin are asked.
 *
 * Seven commands share one grammar. They differ in what stands in fixed places before the options
 * (`SearchForm`) and in which options they know. Options are read in the order in which they come, and
 * the first that is wrong decides the error; what contradicts is noticed at the end.
 *
 * Behaviour: Redis 7.0. A source that does not exist is no reason to overlook wrong options, but its
 * members are not looked for, nor is the radius of GEORADIUSBYMEMBER then read.
 *
 * @module
 */

import {
  BOX_NEGATIVE,
  GEO_ANY_NEEDS_COUNT,
  GEO_COUNT_NOT_POSITIVE,
  HEIGHT_NOT_NUMERIC,
  needsOneCenter,
  needsOneExtent,
  PLACE_NOT_DECODED,
  storesNoDetails,
  SYNTAX_ERROR,
  WIDTH_NOT_NUMERIC,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { decodeGeohash, GeoPoint, type GeoShape, type SortedSetValue } from "../../store/mod.ts";
import { metersPerUnitAt, pointAt, radiusAt } from "./measure.ts";

/** The fixed part of a command. */
export interface SearchForm {
  /** Which argument is the key that is searched. */
  readonly sourceIndex: number;
  /** What the centre is, and so what stands before the options. */
  readonly center: "point" | "member" | "option";
  /** How the result is stored, if it can be. */
  readonly store: "never" | "option" | "always";
  readonly optionsFrom: number;
}

/** What is searched, and what becomes of it. */
export interface GeoSearch {
  readonly shape: GeoShape;
  /** How many places; 0: all. */
  readonly wantedCount: number;
  /** Whether any will do, not the nearest. */
  readonly isAnyGood: boolean;
  readonly order: "none" | "ascending" | "descending";
  readonly details: SearchDetails;
  /** Which argument is the key to store the result under; 0: reply it. */
  readonly storeIndex: number;
  readonly storesDistance: boolean;
}

/** What is replied beside the member. */
export interface SearchDetails {
  readonly coordinates: boolean;
  readonly distance: boolean;
  readonly hash: boolean;
}

/** The same while it is being read. */
interface Draft {
  centerFrom: "member" | "point" | undefined;
  center: GeoPoint;
  metersPerUnit: number;
  extent: GeoShape["extent"] | undefined;
  wantedCount: number;
  isAnyGood: boolean;
  order: GeoSearch["order"];
  details: { coordinates: boolean; distance: boolean; hash: boolean };
  storeIndex: number;
  storesDistance: boolean;
}

/** What an option is read from. */
interface Surroundings {
  readonly args: Args;
  readonly form: SearchForm;
  /** `undefined`: the key is absent. */
  readonly source: SortedSetValue | undefined;
}

/** An option: the arguments that it takes, where it is known, and what it says. */
interface Option {
  readonly operandCount: number;
  isKnown?(form: SearchForm, draft: Draft): boolean;
  /** @param index Of the first operand. */
  read(draft: Draft, index: number, surroundings: Surroundings): void;
}

const storesByOption = (form: SearchForm) => form.store === "option";
const isSearch = (form: SearchForm) => form.center === "option";

/** All options by name; STOREDIST means one thing to GEORADIUS and another to GEOSEARCHSTORE. */
const OPTIONS: Readonly<Record<string, readonly Option[]>> = {
  withdist: [{ operandCount: 0, read: (draft) => draft.details.distance = true }],
  withhash: [{ operandCount: 0, read: (draft) => draft.details.hash = true }],
  withcoord: [{ operandCount: 0, read: (draft) => draft.details.coordinates = true }],
  any: [{ operandCount: 0, read: (draft) => draft.isAnyGood = true }],
  asc: [{ operandCount: 0, read: (draft) => draft.order = "ascending" }],
  desc: [{ operandCount: 0, read: (draft) => draft.order = "descending" }],
  count: [{ operandCount: 1, read: readCount }],
  store: [{
    operandCount: 1,
    isKnown: storesByOption,
    read(draft, index) {
      draft.storeIndex = index;
      draft.storesDistance = false;
    },
  }],
  storedist: [{
    operandCount: 1,
    isKnown: storesByOption,
    read(draft, index) {
      draft.storeIndex = index;
      draft.storesDistance = true;
    },
  }, {
    operandCount: 0,
    isKnown: (form) => form.store === "always",
    read: (draft) => draft.storesDistance = true,
  }],
  frommember: [{
    operandCount: 1,
    isKnown: (form, draft) => isSearch(form) && draft.centerFrom !== "point",
    read: readCenterMember,
  }],
  fromlonlat: [{
    operandCount: 2,
    isKnown: (form, draft) => isSearch(form) && draft.centerFrom !== "member",
    read: readCenterPoint,
  }],
  byradius: [{
    operandCount: 2,
    isKnown: (form, draft) => isSearch(form) && draft.extent?.kind !== "box",
    read: readRadius,
  }],
  bybox: [{
    operandCount: 3,
    isKnown: (form, draft) => isSearch(form) && draft.extent?.kind !== "circle",
    read: readBox,
  }],
};

/**
 * Reads what a command asks.
 *
 * @param source The sorted set that is searched; `undefined` when the key is absent.
 * @throws {RedisError} When the command makes no sense.
 */
export function parseGeoSearch(
  args: Args,
  form: SearchForm,
  source: SortedSetValue | undefined,
): GeoSearch {
  const draft = newDraft(form);
  const surroundings = { args, form, source };
  readFixedPart(draft, surroundings);
  for (let index = form.optionsFrom; index < args.count; index++) {
    const option = findOption(draft, index, surroundings);
    option.read(draft, index + 1, surroundings);
    index += option.operandCount;
  }
  refuseContradictions(draft, surroundings);
  const { center, metersPerUnit, extent = { kind: "circle", radius: 0 } } = draft;
  // The nearest ones can't be told without sorting.
  const mustSort = draft.wantedCount > 0 && !draft.isAnyGood && draft.order === "none";
  return {
    ...draft,
    shape: { center, metersPerUnit, extent },
    order: mustSort ? "ascending" : draft.order,
  };
}

function newDraft(form: SearchForm): Draft {
  return {
    centerFrom: undefined,
    center: new GeoPoint(),
    metersPerUnit: 1,
    extent: undefined,
    wantedCount: 0,
    isAnyGood: false,
    order: "none",
    details: { coordinates: false, distance: false, hash: false },
    storeIndex: form.store === "always" ? 1 : 0,
    storesDistance: false,
  };
}

/** Reads centre and radius of the GEORADIUS commands. */
function readFixedPart(draft: Draft, surroundings: Surroundings): void {
  const { form: { center }, source } = surroundings;
  if (center === "point") {
    readCenterPoint(draft, 2, surroundings);
    readRadius(draft, 4, surroundings);
  } else if (center === "member" && source !== undefined) {
    readCenterMember(draft, 2, surroundings);
    readRadius(draft, 3, surroundings);
  }
}

/** @throws {RedisError} When there is no option of this name here. */
function findOption(draft: Draft, index: number, { args, form }: Surroundings): Option {
  const name = args.at(index).toLowerText();
  const leftCount = args.count - index - 1;
  const options = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : [];
  for (const option of options) {
    if (option.operandCount > leftCount) continue;
    if (option.isKnown === undefined || option.isKnown(form, draft)) return option;
  }
  throw SYNTAX_ERROR;
}

function readCount(draft: Draft, index: number, { args }: Surroundings): void {
  draft.wantedCount = args.integer(index);
  if (draft.wantedCount <= 0) throw GEO_COUNT_NOT_POSITIVE;
}

function readCenterMember(draft: Draft, index: number, { args, source }: Surroundings): void {
  draft.centerFrom = "member";
  if (source === undefined) return;
  if (!source.find(args.at(index))) throw PLACE_NOT_DECODED;
  decodeGeohash(source.score, draft.center);
}

function readCenterPoint(draft: Draft, index: number, { args }: Surroundings): void {
  pointAt(args, index, draft.center);
  draft.centerFrom = "point";
}

function readRadius(draft: Draft, index: number, { args }: Surroundings): void {
  const { value: radius, metersPerUnit } = radiusAt(args, index);
  draft.metersPerUnit = metersPerUnit;
  draft.extent = { kind: "circle", radius };
}

function readBox(draft: Draft, index: number, { args }: Surroundings): void {
  const width = args.double(index, WIDTH_NOT_NUMERIC);
  const height = args.double(index + 1, HEIGHT_NOT_NUMERIC);
  if (width < 0 || height < 0) throw BOX_NEGATIVE;
  draft.metersPerUnit = metersPerUnitAt(args, index + 2);
  draft.extent = { kind: "box", width, height };
}

function refuseContradictions(draft: Draft, { args, form }: Surroundings): void {
  const { coordinates, distance, hash } = draft.details;
  if (draft.storeIndex > 0 && (coordinates || distance || hash)) {
    throw storesNoDetails(form.store === "always" ? "GEOSEARCHSTORE" : "STORE option in GEORADIUS");
  }
  if (isSearch(form)) {
    if (draft.centerFrom === undefined) throw needsOneCenter(args.text(0));
    if (draft.extent === undefined) throw needsOneExtent(args.text(0));
  }
  if (draft.isAnyGood && draft.wantedCount === 0) throw GEO_ANY_NEEDS_COUNT;
}
