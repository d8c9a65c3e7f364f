/**
 * Documentation of the *list* commands.
 *
 * @module
 */

import {
  type ArgumentDoc,
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

const MANY_ELEMENTS = "Takes several elements.";
const COUNTED_POP: readonly HistoryEntry[] = [["6.2.0", "Takes a count."]];
const DECIMAL_TIMEOUT: readonly HistoryEntry[] = [["6.0.0", "The timeout may have decimals."]];

const PUSH_ARGUMENTS: readonly ArgumentDoc[] = [key("key"), many(text("element"))];
const POP_ARGUMENTS: readonly ArgumentDoc[] = [
  key("key"),
  optional(since("6.2.0", integer("count"))),
];
const BLOCKING_POP_ARGUMENTS: readonly ArgumentDoc[] = [many(key("key")), double("timeout")];
const MOVE_KEYS: readonly ArgumentDoc[] = [key("source"), key("destination", 1)];

/** The documentation of the list commands, by name. */
export const LIST_DOCS: readonly CommandDoc[] = documentGroup("list", {
  blmove: {
    summary: "Moves an element to another list as LMOVE does, and waits for one if there is none.",
    since: "6.2.0",
    complexity: "O(1)",
    arguments: [...MOVE_KEYS, end("wherefrom"), end("whereto"), double("timeout")],
  },
  blmpop: {
    summary: "Pops elements from a list as LMPOP does, and waits for some if there are none.",
    since: "7.0.0",
    complexity: "O(N+M) for N keys and M elements popped.",
    arguments: [
      double("timeout"),
      integer("numkeys"),
      many(key("key")),
      end("where"),
      optional(token("COUNT", integer("count"))),
    ],
  },
  blpop: {
    summary: "Pops the first element of a list, and waits for one if there is none.",
    since: "2.0.0",
    complexity: "O(N) for N keys.",
    history: DECIMAL_TIMEOUT,
    arguments: BLOCKING_POP_ARGUMENTS,
  },
  brpop: {
    summary: "Pops the last element of a list, and waits for one if there is none.",
    since: "2.0.0",
    complexity: "O(N) for N keys.",
    history: DECIMAL_TIMEOUT,
    arguments: BLOCKING_POP_ARGUMENTS,
  },
  brpoplpush: {
    summary: "Moves the last element to the front of another list, and waits for one if need be.",
    since: "2.2.0",
    complexity: "O(1)",
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`BLMOVE` with the `RIGHT` and `LEFT` arguments",
    history: DECIMAL_TIMEOUT,
    arguments: [...MOVE_KEYS, double("timeout")],
  },
  lindex: {
    summary: "Returns an element by its index.",
    since: "1.0.0",
    complexity: "O(N) for N elements up to it from the nearer end.",
    arguments: [key("key"), integer("index")],
  },
  linsert: {
    summary: "Inserts an element before or behind another.",
    since: "2.2.0",
    complexity: "O(N) for N elements before that one.",
    arguments: [
      key("key"),
      oneOf("where", word("BEFORE"), word("AFTER")),
      text("pivot"),
      text("element"),
    ],
  },
  llen: {
    summary: "Returns the number of elements.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [key("key")],
  },
  lmove: {
    summary: "Moves an element from an end of a list to an end of another one, and returns it.",
    since: "6.2.0",
    complexity: "O(1)",
    arguments: [...MOVE_KEYS, end("wherefrom"), end("whereto")],
  },
  lmpop: {
    summary: "Pops elements from the first of several lists that is not empty.",
    since: "7.0.0",
    complexity: "O(N+M) for N keys and M elements popped.",
    arguments: [
      integer("numkeys"),
      many(key("key")),
      end("where"),
      optional(token("COUNT", integer("count"))),
    ],
  },
  lpop: {
    summary: "Pops the first element, or several.",
    since: "1.0.0",
    complexity: "O(N) for N elements popped.",
    history: COUNTED_POP,
    arguments: POP_ARGUMENTS,
  },
  lpos: {
    summary: "Returns where elements are that equal a given one.",
    since: "6.0.6",
    complexity: "O(N) for N elements looked at.",
    arguments: [
      key("key"),
      text("element"),
      optional(token("RANK", integer("rank"))),
      optional(token("COUNT", integer("num-matches"))),
      optional(token("MAXLEN", integer("len"))),
    ],
  },
  lpush: {
    summary: "Adds elements in front.",
    since: "1.0.0",
    complexity: "O(1) for each element.",
    history: [["2.4.0", MANY_ELEMENTS]],
    arguments: PUSH_ARGUMENTS,
  },
  lpushx: {
    summary: "Adds elements in front of a list that exists.",
    since: "2.2.0",
    complexity: "O(1) for each element.",
    history: [["4.0.0", MANY_ELEMENTS]],
    arguments: PUSH_ARGUMENTS,
  },
  lrange: {
    summary: "Returns the elements of a range of indices.",
    since: "1.0.0",
    complexity: "O(S+N) for S elements up to the range from the nearer end and N in it.",
    arguments: [key("key"), integer("start"), integer("stop")],
  },
  lrem: {
    summary: "Removes elements that equal a given one.",
    since: "1.0.0",
    complexity: "O(N) for N elements looked at.",
    arguments: [key("key"), integer("count"), text("element")],
  },
  lset: {
    summary: "Replaces an element by its index.",
    since: "1.0.0",
    complexity: "O(N) for N elements up to it from the nearer end.",
    arguments: [key("key"), integer("index"), text("element")],
  },
  ltrim: {
    summary: "Removes all elements but those of a range of indices.",
    since: "1.0.0",
    complexity: "O(N) for N elements removed.",
    arguments: [key("key"), integer("start"), integer("stop")],
  },
  rpop: {
    summary: "Pops the last element, or several.",
    since: "1.0.0",
    complexity: "O(N) for N elements popped.",
    history: COUNTED_POP,
    arguments: POP_ARGUMENTS,
  },
  rpoplpush: {
    summary: "Moves the last element to the front of another list, and returns it.",
    since: "1.2.0",
    complexity: "O(1)",
    docFlags: ["deprecated"],
    deprecatedSince: "6.2.0",
    replacedBy: "`LMOVE` with the `RIGHT` and `LEFT` arguments",
    arguments: MOVE_KEYS,
  },
  rpush: {
    summary: "Adds elements at the end.",
    since: "1.0.0",
    complexity: "O(1) for each element.",
    history: [["2.4.0", MANY_ELEMENTS]],
    arguments: PUSH_ARGUMENTS,
  },
  rpushx: {
    summary: "Adds elements at the end of a list that exists.",
    since: "2.2.0",
    complexity: "O(1) for each element.",
    history: [["4.0.0", MANY_ELEMENTS]],
    arguments: PUSH_ARGUMENTS,
  },
});

/** Which end of a list is meant. */
function end(name: string): ArgumentDoc {
  return oneOf(name, word("LEFT"), word("RIGHT"));
}
