/**
 * LATENCY: what stalled the server, and how long commands take.
 *
 * @module
 */

import {
  type CommandContext,
  type CommandFlag,
  type CommandSpec,
  defineCommands,
} from "../../engine/mod.ts";
import { noLatencySamples } from "../../errors/catalogue.ts";
import { latencyReport } from "../../observability/mod.ts";
import type { Args } from "../../resp/mod.ts";
import { replyHelp } from "../help.ts";
import { chosenCommands, withSubcommands } from "./chosen_commands.ts";

const ADMIN: readonly CommandFlag[] = ["admin", "noscript", "loading", "stale"];
const SPECIAL = ["nondeterministic_output", "request_policy:all_nodes", "response_policy:special"];

/** The rows of these commands. */
// deno-fmt-ignore
export const LATENCY_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "latency", arity: -2, flags: [], subcommands: [
    { name: "doctor", arity: 2, flags: ADMIN, tips: SPECIAL, run: doctor },
    { name: "graph", arity: 3, flags: ADMIN, tips: SPECIAL, run: graph },
    { name: "help", arity: 2, flags: ["loading", "stale"], run: help },
    { name: "histogram", arity: -2, flags: ADMIN, tips: SPECIAL, run: histogram },
    { name: "history", arity: 3, flags: ADMIN, tips: SPECIAL, run: history },
    { name: "latest", arity: 2, flags: ADMIN, tips: SPECIAL, run: latest },
    { name: "reset", arity: -2, flags: ADMIN, run: reset,
      tips: ["request_policy:all_nodes", "response_policy:all_succeeded"] },
  ] },
]);

/** `LATENCY DOCTOR` → report for people. */
function doctor(context: CommandContext): void {
  const { latency, slowLog, config } = context.server;
  const report = latencyReport(latency, {
    slowerThanUs: slowLog.slowerThanUs,
    hz: config.number("hz"),
    fsyncsAlways: false,
  });
  context.reply.verbatim("txt", report);
}

/** `LATENCY GRAPH event` → graph in characters. */
function graph(context: CommandContext, args: Args): void {
  const drawn = context.server.latency.graph(args.text(2));
  if (drawn === undefined) throw noLatencySamples(args.text(2));
  context.reply.verbatim("txt", drawn);
}

/** `LATENCY HISTORY event` → array of unix seconds and milliseconds. */
function history(context: CommandContext, args: Args): void {
  const samples = context.server.latency.history(args.text(2));
  context.reply.array(samples.length);
  for (const { unixSeconds, latencyMs } of samples) {
    context.reply.array(2);
    context.reply.integer(unixSeconds);
    context.reply.integer(latencyMs);
  }
}

/** `LATENCY LATEST` → array: for each event its name, last second, last and worst milliseconds. */
function latest(context: CommandContext): void {
  const events = context.server.latency.latest();
  context.reply.array(events.length);
  for (const { event, unixSeconds, latencyMs, worstMs } of events) {
    context.reply.array(4);
    context.reply.bulkText(event);
    context.reply.integer(unixSeconds);
    context.reply.integer(latencyMs);
    context.reply.integer(worstMs);
  }
}

/** `LATENCY RESET [event ...]` → integer: events that were forgotten. */
function reset(context: CommandContext, args: Args): void {
  const { latency } = context.server;
  let resetCount = args.count === 2 ? latency.reset() : 0;
  for (let index = 2; index < args.count; index++) resetCount += latency.reset(args.text(index));
  context.reply.integer(resetCount);
}

/**
 * `LATENCY HISTOGRAM [command ...]` → map: calls and cumulative counts by microseconds; a container
 * means its subcommands.
 */
function histogram(context: CommandContext, args: Args): void {
  const measured = withSubcommands(chosenCommands(context.server.commands, args))
    .filter((each) => each.stats.latency.totalCount > 0);
  const reply = context.reply;
  reply.map(measured.length);
  for (const each of measured) {
    const latency = each.stats.latency;
    const buckets = latency.cumulativeBuckets();
    reply.bulkText(each.fullName);
    reply.map(2);
    reply.bulkText("calls");
    reply.integer(latency.totalCount);
    reply.bulkText("histogram_usec");
    reply.map(buckets.length);
    for (const { upToUs, cumulativeCount } of buckets) {
      reply.integer(upToUs);
      reply.integer(cumulativeCount);
    }
  }
}

/** `LATENCY HELP` → array of status lines. */
function help(context: CommandContext): void {
  replyHelp(context, [
    "DOCTOR",
    "    Return a human readable latency analysis report.",
    "GRAPH <event>",
    "    Return an ASCII latency graph for the <event> class.",
    "HISTORY <event>",
    "    Return time-latency samples for the <event> class.",
    "LATEST",
    "    Return the latest latency samples for all events.",
    "RESET [<event> ...]",
    "    Reset latency data of one or more <event> classes.",
    "    (default: reset all data for all event classes)",
    "HISTOGRAM [COMMAND ...]",
    "    Return a cumulative distribution of latencies in the format of a histogram for the specified command names.",
    "    If no commands are specified then all histograms are replied.",
  ]);
}
