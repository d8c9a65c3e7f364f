/**
 * The documentation rows: every command has one, each is well formed, and
 * `describeDoc` lays it out as Redis 7.0 does. That the facts in the rows are those of Redis is the
 * business of `tests/differential/command_docs_test.ts`.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type ArgumentDoc,
  COMMAND_DOCS,
  type CommandDoc,
  commandDoc,
  describeDoc,
  type DocMap,
  type DocValue,
} from "../../../src/commands/docs/mod.ts";
import {
  block,
  deprecated,
  integer,
  key,
  many,
  manyWithToken,
  oneOf,
  optional,
  since,
  text,
  token,
  word,
} from "../../../src/commands/docs/argument_doc.ts";
import { documentGroup } from "../../../src/commands/docs/command_doc.ts";

/** The commands that must have a row, by group; sub-commands follow their container. */
const COVERED: Readonly<Record<string, string>> = {
  connection:
    `auth client client|caching client|getname client|getredir client|tracking client|trackinginfo client|help client|id client|info client|kill client|list
    client|no-evict client|pause client|reply client|setname client|unblock client|unpause echo
    hello ping quit reset select`,
  string: `append decr decrby get getdel getex getrange getset incr incrby incrbyfloat lcs mget mset
    msetnx psetex set setex setnx setrange strlen substr`,
  generic:
    `copy del dump exists expire expireat expiretime keys migrate move object object|encoding object|freq
    object|help object|idletime object|refcount persist pexpire pexpireat pexpiretime pttl randomkey
    rename renamenx restore scan sort sort_ro touch ttl type unlink`,
  geo: `geoadd geodist geohash geopos georadius georadius_ro georadiusbymember georadiusbymember_ro
    geosearch geosearchstore`,
  transactions: `discard exec multi unwatch watch`,
  server:
    `bgrewriteaof bgsave command command|count command|docs command|getkeys command|getkeysandflags command|help
    command|info command|list config config|get config|help config|resetstat config|rewrite
    config|set dbsize debug flushall flushdb info lastsave latency latency|doctor latency|graph latency|help
    latency|histogram latency|history latency|latest latency|reset lolwut memory memory|doctor
    memory|help memory|malloc-stats memory|purge memory|stats memory|usage monitor role shutdown slowlog
    slowlog|get slowlog|help slowlog|len slowlog|reset save swapdb time`,
};

/** Every row, sub-commands behind their container. */
const ALL_DOCS: readonly CommandDoc[] = COMMAND_DOCS.flatMap((doc) => [
  doc,
  ...(doc.subcommands ?? []),
]);

const VERSION = /^\d+\.\d+\.\d+$/;

/** One sentence of plain ASCII, short enough for a line of help. */
const SENTENCE = /^[A-Z`][ -~]{5,98}\.$/;

for (const [group, fullNames] of Object.entries(COVERED)) {
  Deno.test(`COMMAND_DOCS covers the group ${group}, each command once`, () => {
    const found = ALL_DOCS.filter((doc) => doc.group === group).map((doc) => doc.fullName);
    assertEquals(found.sort(), fullNames.split(/\s+/).sort());
  });
}

Deno.test("commandDoc finds commands and sub-commands by their full name", () => {
  for (const doc of ALL_DOCS) assertEquals(commandDoc(doc.fullName), doc);
  assertEquals(commandDoc("client|kill")?.group, "connection");
});

Deno.test("commandDoc finds nothing under a name without a row", () => {
  for (const name of ["", "nosuch", "client|nosuch", "kill", "SET", "constructor"]) {
    assertEquals(commandDoc(name), undefined, name);
  }
});

Deno.test("COMMAND_DOCS says of every command what it does and since when", () => {
  for (const doc of ALL_DOCS) {
    assertMatch(doc.summary, SENTENCE, doc.fullName);
    assertMatch(doc.since, VERSION, doc.fullName);
  }
});

Deno.test("COMMAND_DOCS names what replaces a deprecated command", () => {
  for (const doc of ALL_DOCS) {
    const isDeprecated = doc.docFlags?.includes("deprecated") ?? false;
    assertEquals(doc.deprecatedSince !== undefined, isDeprecated, doc.fullName);
    assertEquals(doc.replacedBy !== undefined, isDeprecated, doc.fullName);
  }
});

Deno.test("COMMAND_DOCS tells the history of a command oldest first", () => {
  for (const doc of ALL_DOCS) {
    const versions = (doc.history ?? []).map(([version]) => version);
    const byAge = versions.toSorted((one, other) => ageOf(one) - ageOf(other));
    assertEquals(versions, byAge, doc.fullName);
    for (const [version, change] of doc.history ?? []) {
      assertMatch(version, VERSION, doc.fullName);
      assertMatch(change, SENTENCE, doc.fullName);
    }
  }
});

Deno.test("COMMAND_DOCS gives arguments to groups of arguments and to nothing else", () => {
  for (const doc of ALL_DOCS) {
    for (const argument of everyArgument(doc.arguments ?? [])) {
      const isGroup = argument.type === "oneof" || argument.type === "block";
      assertEquals(argument.arguments !== undefined, isGroup, `${doc.fullName} ${argument.name}`);
      const isKey = argument.keySpecIndex !== undefined;
      if (argument.type !== "pattern") assertEquals(isKey, argument.type === "key", doc.fullName);
      if (argument.type === "pure-token") assert(argument.token !== undefined, doc.fullName);
      if (argument.type === "oneof") assert((argument.arguments?.length ?? 0) > 1, doc.fullName);
    }
  }
});

Deno.test("describeDoc sends the fields of a command in the order of Redis 7.0", () => {
  const [doc] = documentGroup("generic", {
    relic: {
      arguments: [],
      history: [["2.0.0", "Does more."], ["3.0.0", "Does less."]],
      replacedBy: "`NEW`",
      deprecatedSince: "6.2.0",
      docFlags: ["deprecated", "syscmd"],
      complexity: "O(1)",
      since: "1.0.0",
      summary: "Does something.",
    },
  });
  assertEquals(describeDoc(doc), {
    kind: "map",
    entries: [
      ["summary", "Does something."],
      ["since", "1.0.0"],
      ["group", "generic"],
      ["complexity", "O(1)"],
      ["doc_flags", {
        kind: "set",
        items: [{ kind: "status", text: "deprecated" }, { kind: "status", text: "syscmd" }],
      }],
      ["deprecated_since", "6.2.0"],
      ["replaced_by", "`NEW`"],
      ["history", {
        kind: "set",
        items: [
          { kind: "array", items: ["2.0.0", "Does more."] },
          { kind: "array", items: ["3.0.0", "Does less."] },
        ],
      }],
      ["arguments", { kind: "array", items: [] }],
    ],
  });
});

Deno.test("describeDoc leaves out what a row does not say", () => {
  const [doc] = documentGroup("server", { bare: { summary: "Does little.", since: "1.0.0" } });
  assertEquals(fieldNames(describeDoc(doc)), ["summary", "since", "group"]);
});

Deno.test("describeDoc puts sub-commands last, under their full names", () => {
  const [doc] = documentGroup("server", {
    box: {
      summary: "Holds two.",
      since: "1.0.0",
      subcommands: {
        one: { summary: "Does one thing.", since: "1.1.0", arguments: [text("thing")] },
        two: { summary: "Does another thing.", since: "1.2.0" },
      },
    },
  });
  const described = describeDoc(doc);
  assertEquals(fieldNames(described), ["summary", "since", "group", "subcommands"]);
  const subcommands = asMap(described.entries[3][1]);
  assertEquals(fieldNames(subcommands), ["box|one", "box|two"]);
  assertEquals(subcommands.entries[1][1], {
    kind: "map",
    entries: [["summary", "Does another thing."], ["since", "1.2.0"], ["group", "server"]],
  });
});

Deno.test("describeDoc sends the fields of an argument in the order of Redis 7.0", () => {
  const choice = oneOf("choice", word("ONE"), key("target", 1));
  const full = many(optional(deprecated("6.0.0", since("5.0.0", token("CHOOSE", choice)))));
  assertEquals(describeOnly({ ...full, summary: "Which." }), {
    kind: "map",
    entries: [
      ["name", "choice"],
      ["type", "oneof"],
      ["token", "CHOOSE"],
      ["summary", "Which."],
      ["since", "5.0.0"],
      ["deprecated_since", "6.0.0"],
      ["flags", {
        kind: "set",
        items: [{ kind: "status", text: "optional" }, { kind: "status", text: "multiple" }],
      }],
      ["arguments", {
        kind: "array",
        items: [
          { kind: "map", entries: [["name", "one"], ["type", "pure-token"], ["token", "ONE"]] },
          { kind: "map", entries: [["name", "target"], ["type", "key"], ["key_spec_index", 1]] },
        ],
      }],
    ],
  });
});

Deno.test("manyWithToken says that each repetition has the token", () => {
  const described = describeOnly(optional(manyWithToken(token("PREFIX", text("prefix")))));
  assertEquals(described.entries[3], ["flags", {
    kind: "set",
    items: ["optional", "multiple", "multiple_token"].map((text) => ({ kind: "status", text })),
  }]);
});

Deno.test("word takes a name of its own where lower case would not do", () => {
  assertEquals(word("CH", "change"), { name: "change", type: "pure-token", token: "CH" });
});

Deno.test("changes to an argument leave the one they are given as it was", () => {
  const plain = block("pair", integer("one"), integer("two"));
  const before = structuredClone(plain);
  optional(many(since("7.0.0", deprecated("7.2.0", token("PAIR", plain)))));
  assertEquals(plain, before);
});

/** A number that grows with the version. */
function ageOf(version: string): number {
  const [major, minor, patch] = version.split(".").map(Number);
  return (major * 1000 + minor) * 1000 + patch;
}

/** The arguments and all those inside them. */
function everyArgument(docs: readonly ArgumentDoc[]): readonly ArgumentDoc[] {
  return docs.flatMap((doc) => [doc, ...everyArgument(doc.arguments ?? [])]);
}

/** What `describeDoc` makes of a command's only argument. */
function describeOnly(argument: ArgumentDoc): DocMap {
  const facts = { summary: "Does something.", since: "1.0.0", arguments: [argument] };
  const [doc] = documentGroup("generic", { only: facts });
  const described = describeDoc(doc).entries.find(([name]) => name === "arguments")?.[1];
  if (typeof described !== "object" || described.kind !== "array") {
    throw new TypeError(`Expected an array of arguments: ${JSON.stringify(described)}`);
  }
  return asMap(described.items[0]);
}

function fieldNames(map: DocMap): readonly string[] {
  return map.entries.map(([name]) => name);
}

/** Narrows to a map. */
function asMap(value: DocValue): DocMap {
  if (typeof value === "object" && value.kind === "map") return value;
  throw new TypeError(`Expected a map: ${JSON.stringify(value)}`);
}
