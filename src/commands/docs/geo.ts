/**
 * Documentation of the *geo* commands: places as members of sorted sets.
 *
 * @module
 */

import {
  type ArgumentDoc,
  block,
  double,
  integer,
  key,
  many,
  oneOf,
  optional,
  since,
  text,
  token,
  word,
} from "./argument_doc.ts";
import { type CommandDoc, documentGroup, type HistoryEntry } from "./command_doc.ts";

const UPPER_CASE_UNITS: HistoryEntry = ["7.0.0", "Takes units in upper case."];
const COUNT_ANY: HistoryEntry = ["6.2.0", "Stops at any places: `COUNT n ANY`."];
const DEPRECATED = { docFlags: ["deprecated"], deprecatedSince: "6.2.0" } as const;
const SEARCH_COMPLEXITY =
  "O(N+log(M)) for N places in the cells around the area and M members altogether.";

/** What lengths are measured in. */
const UNIT: ArgumentDoc = oneOf(
  "unit",
  word("M"),
  word("KM"),
  word("FT"),
  word("MI"),
);

const ORDER: ArgumentDoc = optional(oneOf("order", word("ASC"), word("DESC")));

/** What is replied beside the members. */
const REPLIED: readonly ArgumentDoc[] = [
  optional(word("WITHCOORD")),
  optional(word("WITHDIST")),
  optional(word("WITHHASH")),
];

/** How many places are wanted. @param any The word that says that any will do. */
function count(any: ArgumentDoc): ArgumentDoc {
  return optional(block("count", token("COUNT", integer("count")), optional(any)));
}

const COUNT: ArgumentDoc = count(word("ANY"));

const STORED: readonly ArgumentDoc[] = [
  optional(token("STORE", key("key", 1))),
  optional(token("STOREDIST", key("key", 2))),
];

/** What GEORADIUS and GEORADIUS_RO have in common. */
const RADIUS: readonly ArgumentDoc[] = [
  key("key"),
  double("longitude"),
  double("latitude"),
  double("radius"),
  UNIT,
  ...REPLIED,
  count(since("6.2.0", word("ANY"))),
  ORDER,
];

/** The same of GEORADIUSBYMEMBER. */
const RADIUS_BY_MEMBER: readonly ArgumentDoc[] = [
  key("key"),
  text("member"),
  double("radius"),
  UNIT,
  ...REPLIED,
  COUNT,
  ORDER,
];

/** Around what GEOSEARCH searches, how far, and in which order. */
const AREA: readonly ArgumentDoc[] = [
  oneOf(
    "from",
    token("FROMMEMBER", text("member")),
    token("FROMLONLAT", block("longitude_latitude", double("longitude"), double("latitude"))),
  ),
  oneOf(
    "by",
    block("circle", token("BYRADIUS", double("radius")), UNIT),
    block("box", token("BYBOX", double("width")), double("height"), UNIT),
  ),
  ORDER,
  COUNT,
];

/** The documentation of the geo commands, by name. */
export const GEO_DOCS: readonly CommandDoc[] = documentGroup("geo", {
  geoadd: {
    summary: "Adds places to a sorted set, or moves them.",
    since: "3.2.0",
    complexity: "O(log(N)) for each place, N being the size of the sorted set.",
    history: [["6.2.0", "Takes `CH`, `NX` and `XX`."]],
    arguments: [
      key("key"),
      optional(since("6.2.0", oneOf("condition", word("NX"), word("XX")))),
      optional(since("6.2.0", word("CH", "change"))),
      many(
        block("longitude_latitude_member", double("longitude"), double("latitude"), text("member")),
      ),
    ],
  },
  geodist: {
    summary: "Returns the distance between two places.",
    since: "3.2.0",
    complexity: "O(log(N))",
    arguments: [key("key"), text("member1"), text("member2"), optional(UNIT)],
  },
  geohash: {
    summary: "Returns the geohashes of places as text.",
    since: "3.2.0",
    complexity: "O(log(N)) for each place, N being the size of the sorted set.",
    arguments: [key("key"), many(text("member"))],
  },
  geopos: {
    summary: "Returns longitude and latitude of places.",
    since: "3.2.0",
    complexity: "O(N) for N places asked for.",
    arguments: [key("key"), many(text("member"))],
  },
  georadius: {
    summary: "Finds or stores the places within a distance from a point.",
    since: "3.2.0",
    complexity: SEARCH_COMPLEXITY,
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
    history: [COUNT_ANY, UPPER_CASE_UNITS],
    arguments: [...RADIUS, ...STORED],
  },
  georadiusbymember: {
    summary: "Finds or stores the places within a distance from one of them.",
    since: "3.2.0",
    complexity: SEARCH_COMPLEXITY,
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
    history: [UPPER_CASE_UNITS],
    arguments: [...RADIUS_BY_MEMBER, ...STORED],
  },
  georadiusbymember_ro: {
    summary: "Finds the places within a distance from one of them.",
    since: "3.2.10",
    complexity: SEARCH_COMPLEXITY,
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
    arguments: RADIUS_BY_MEMBER,
  },
  georadius_ro: {
    summary: "Finds the places within a distance from a point.",
    since: "3.2.10",
    complexity: SEARCH_COMPLEXITY,
    ...DEPRECATED,
    replacedBy: "`GEOSEARCH` with the `BYRADIUS` argument",
    history: [COUNT_ANY],
    arguments: RADIUS,
  },
  geosearch: {
    summary: "Finds the places in a circle or a box.",
    since: "6.2.0",
    complexity: SEARCH_COMPLEXITY,
    history: [UPPER_CASE_UNITS],
    arguments: [key("key"), ...AREA, ...REPLIED],
  },
  geosearchstore: {
    summary: "Stores the places in a circle or a box under another key.",
    since: "6.2.0",
    complexity: SEARCH_COMPLEXITY,
    history: [UPPER_CASE_UNITS],
    arguments: [key("destination"), key("source", 1), ...AREA, optional(word("STOREDIST"))],
  },
});
