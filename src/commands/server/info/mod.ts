/**
 * INFO: what the server tells of itself, in sections of lines `name:value`.
 *
 * A section is a function from the server's parts to lines. To add one: a function, and a row in
 * `SECTIONS`.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandSpec,
  defineCommands,
  type ServerParts,
} from "../../../engine/mod.ts";
import type { Args } from "../../../resp/mod.ts";
import {
  commandStatsLines,
  errorStatsLines,
  latencyStatsLines,
  statsLines,
} from "./counter_sections.ts";
import { clusterLines, keyspaceLines, modulesLines, replicationLines } from "./data_sections.ts";
import { persistenceLines } from "./persistence_section.ts";
import { clientsLines, cpuLines, memoryLines, serverLines } from "./process_sections.ts";

const UNSTEADY = [
  "nondeterministic_output",
  "request_policy:all_shards",
  "response_policy:special",
];

/** The rows of these commands. */
// deno-fmt-ignore
export const INFO_COMMANDS: readonly CommandSpec[] = defineCommands("dangerous", [
  { name: "info", arity: -1, flags: ["loading", "stale"], tips: UNSTEADY,
    acrossNodes: (args) => sectionsOf(args).includes(KEYSPACE) ? "keyspace-info" : undefined, run: info },
]);

/** One section. */
interface Section {
  /** How a client asks for it, in lower case. */
  readonly names: readonly string[];
  readonly title: string;
  /** Whether it is shown when no section is asked for. */
  readonly isDefault: boolean;
  /** Its lines without line ends. */
  readonly lines: (server: ServerParts) => readonly string[];
}

/** The section that is about the data; of all nodes where any answers for all. */
const KEYSPACE: Section = {
  names: ["keyspace"],
  title: "Keyspace",
  isDefault: true,
  lines: keyspaceLines,
};

/** In the order in which they are shown. */
// deno-fmt-ignore
const SECTIONS: readonly Section[] = [
  { names: ["server"], title: "Server", isDefault: true, lines: serverLines },
  { names: ["clients"], title: "Clients", isDefault: true, lines: clientsLines },
  { names: ["memory"], title: "Memory", isDefault: true, lines: memoryLines },
  { names: ["persistence"], title: "Persistence", isDefault: true, lines: persistenceLines },
  { names: ["stats"], title: "Stats", isDefault: true, lines: statsLines },
  { names: ["replication"], title: "Replication", isDefault: true, lines: replicationLines },
  { names: ["cpu"], title: "CPU", isDefault: true, lines: cpuLines },
  { names: ["modules", "module_list"], title: "Modules", isDefault: true, lines: modulesLines },
  { names: ["commandstats"], title: "Commandstats", isDefault: false, lines: commandStatsLines },
  { names: ["errorstats"], title: "Errorstats", isDefault: true, lines: errorStatsLines },
  { names: ["latencystats"], title: "Latencystats", isDefault: false, lines: latencyStatsLines },
  { names: ["cluster"], title: "Cluster", isDefault: true, lines: clusterLines },
  KEYSPACE,
];

/** `INFO [section [section ...]]` → verbatim string: the sections, unknown ones left out. */
function info(context: CommandContext, args: Args): void {
  const texts = sectionsOf(args).map(({ title, lines }) =>
    [`# ${title}`, ...lines(context.server)].map((line) => `${line}\r\n`).join("")
  );
  context.reply.verbatim("txt", texts.join("\r\n"));
}

/** The sections that a request asks for. */
function sectionsOf(args: Args): readonly Section[] {
  const asked = new Set([...args.texts(1)].map((name) => name.toLowerCase()));
  const wantsAll = asked.has("all") || asked.has("everything");
  const wantsDefault = args.count === 1 || asked.has("default");
  return SECTIONS.filter(({ names, isDefault }) =>
    wantsAll || (wantsDefault && isDefault) || names.some((name) => asked.has(name))
  );
}
