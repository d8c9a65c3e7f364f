/**
 * Unit result: the suite's output is told apart into verdicts.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { parseUnitOutput } from "./unit_result.ts";

const OUTPUT = `[ready]: 4711
Testing unit/quit
[ok]: QUIT returns OK (2 ms)
[err]: Pipelined commands in tests/unit/quit.tcl
Expected 'a' to be equal to 'b' (context: type eval)
[err]: Pipelined commands after QUIT in tests/unit/quit.tcl
own command 'lpush'
ERR unknown command 'lpush'
    while executing
"[srv $level "client"] {*}$args"
[ignore]: large: large memory flag not provided
[1/1 done]: unit/quit (0 seconds)

                   The End

*** [err]: Pipelined commands in tests/unit/quit.tcl
[ok]: not a verdict any more
`;

Deno.test("parseUnitOutput counts verdicts up to the summary", () => {
  const { okCount, failures, isDone } = parseUnitOutput(OUTPUT);
  assertEquals(okCount, 1);
  assertEquals(isDone, true);
  assertEquals(failures.map(({ kind, name }) => [kind, name]), [
    ["error", "Pipelined commands"],
    ["exception", "Pipelined commands after QUIT"],
  ]);
  assertEquals(failures[0].details, "Expected 'a' to be equal to 'b' (context: type eval)");
});

Deno.test("parseUnitOutput does not take a run that broke off for a finished one", () => {
  const { failures, isDone } = parseUnitOutput("[ok]: a (1 ms)\n[exception]: Executing: boom.\n");
  assertEquals(isDone, false);
  assertEquals(failures, [{ kind: "exception", name: "Executing: boom.", details: "" }]);
});
