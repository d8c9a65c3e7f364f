/**
 * LOLWUT: a picture for whoever asks, and the version for whoever looks for it there.
 *
 * Rows of a one-dimensional cellular automaton, each cell's next state told by its neighbours and
 * a rule of eight bits: the simplest thing that grows something surprising.
 *
 * @module
 */

import { REDIS_VERSION } from "../../base/version.ts";
import { type CommandContext, type CommandSpec, defineCommands } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";

/** The rows of these commands. */
// deno-fmt-ignore
export const LOLWUT_COMMANDS: readonly CommandSpec[] = defineCommands(undefined, [
  { name: "lolwut", arity: -1, flags: ["readonly", "fast"], isBrief: false, run: lolwut },
]);

/** Rules whose eight bits make a pattern worth looking at. */
const RULES = [30, 45, 73, 90, 105, 110, 150, 182];
const RULE_MASK = 0xff;
const COLUMN_COUNT = 64;
const ROW_COUNT = 24;
const SIDE_MAX = 1000;

/**
 * `LOLWUT [VERSION n [columns] [rows] [rule]]` → picture in characters, or, as in Redis 7.0, the version
 * alone. Redis takes three numbers for version 5, two for 6.
 */
function lolwut(context: CommandContext, args: Args): void {
  const isChosen = args.count > 2 && args.isWord(1, "version");
  const version = isChosen ? args.integer(2) : 0;
  const signature = `Redis ver. ${REDIS_VERSION}\n`;
  // Only these versions have pictures; the others take no notice of further arguments.
  if (version !== 5 && version !== 6) return context.reply.verbatim("txt", signature);
  const columnCount = sideAt(args, 3, COLUMN_COUNT);
  const rowCount = sideAt(args, 4, ROW_COUNT);
  const isRuleChosen = version === 5 && args.count > 5;
  const rule = isRuleChosen
    ? args.integer(5) & RULE_MASK
    : RULES[context.server.random.below(RULES.length)];
  const picture = drawAutomaton(rule, columnCount, rowCount);
  context.reply.verbatim("txt", `${picture}\nRule ${rule}. ${signature}`);
}

function sideAt(args: Args, index: number, usual: number): number {
  return index < args.count ? Math.min(SIDE_MAX, Math.max(1, args.integer(index))) : usual;
}

/** Rows from a single cell in the middle of the first. */
function drawAutomaton(rule: number, columnCount: number, rowCount: number): string {
  let cells = Array.from({ length: columnCount }, (_, column) => column === columnCount >> 1);
  const rows: string[] = [];
  for (let row = 0; row < rowCount; row++) {
    rows.push(cells.map((isAlive) => isAlive ? "#" : " ").join("").trimEnd());
    cells = cells.map((isAlive, column) => {
      const left = cells[(column + columnCount - 1) % columnCount];
      const right = cells[(column + 1) % columnCount];
      const neighbourhood = (left ? 4 : 0) + (isAlive ? 2 : 0) + (right ? 1 : 0);
      return ((rule >> neighbourhood) & 1) === 1;
    });
  }
  return `${rows.join("\n")}\n`;
}
