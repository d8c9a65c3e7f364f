/**
 * Unit result: what one unit of Redis' suite said about each of its tests.
 *
 * The suite is run so that a test which breaks off does not end the unit (`--durable`); such a test
 * is told from one that only found another answer than it wanted by the Tcl trace that follows it.
 *
 * @module
 */

/** A test that did not succeed. */
export interface FailedTest {
  /** `error`: another answer than expected; `exception`: it broke off. */
  readonly kind: "error" | "exception";
  /** The test's name. */
  readonly name: string;
  /** What the suite says about it, several lines. */
  readonly details: string;
}

/** What became of a unit. */
export interface UnitResult {
  /** Number of tests that succeeded. */
  readonly okCount: number;
  /** Tests that did not, in order. */
  readonly failures: readonly FailedTest[];
  /** How the run ended: `done`, `broken off` by an exception outside any test, or `timed out`. */
  readonly ending: "done" | "broken off" | "timed out";
  /** How long it took, in seconds. */
  readonly durationSeconds: number;
}

/** A line that begins a message of the suite. */
const MESSAGE_START = /^\[(ok|err|exception|skip|ignore|ready|TIMEOUT|\d+\/\d+ done)\]: ?(.*)$/;
/** Where the messages end and the summary begins. */
const SUMMARY_START = /^\s+The End$/;
/** A trace of Tcl's stack. */
const TRACE = /^ {4}(while executing|invoked from within)$/m;

/**
 * Reads the output of a run.
 *
 * @param output What the suite printed, without colours.
 * @returns Its verdicts; whether it timed out is for the caller to know.
 */
export function parseUnitOutput(
  output: string,
): { okCount: number; failures: FailedTest[]; isDone: boolean } {
  let okCount = 0;
  let isDone = false;
  const failures: FailedTest[] = [];
  for (const { status, text } of messagesOf(output)) {
    if (status === "ok") okCount++;
    else if (status === "err") failures.push(failureOf(text));
    else if (status === "exception") failures.push({ ...failureOf(text), kind: "exception" });
    else if (status.endsWith(" done")) isDone = true;
  }
  return { okCount, failures, isDone };
}

/** How many failures are of a kind. */
export function countFailures(result: UnitResult, kind: FailedTest["kind"]): number {
  return result.failures.filter((failure) => failure.kind === kind).length;
}

/** Splits the output into messages; a message lasts until the next one begins. */
function messagesOf(output: string): { status: string; text: string }[] {
  const messages: { status: string; text: string }[] = [];
  for (const line of output.split("\n")) {
    if (SUMMARY_START.test(line)) break;
    const start = MESSAGE_START.exec(line);
    if (start !== null) messages.push({ status: start[1], text: start[2] });
    else if (messages.length > 0) messages[messages.length - 1].text += `\n${line}`;
  }
  return messages;
}

/** A failed test: "name in tests/unit/x.tcl", then the details. */
function failureOf(text: string): FailedTest {
  const lineEnd = text.indexOf("\n");
  const firstLine = lineEnd < 0 ? text : text.slice(0, lineEnd);
  return {
    kind: TRACE.test(text) ? "exception" : "error",
    name: firstLine.replace(/ in tests\/\S+\.tcl$/, ""),
    details: lineEnd < 0 ? "" : text.slice(lineEnd + 1).trimEnd(),
  };
}
