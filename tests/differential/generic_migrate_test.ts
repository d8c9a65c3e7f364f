/**
 * MIGRATE beside real Redis: what it refuses, and how it bears targets that answer oddly.
 *
 * Both servers are given the same target, a script, so what they send to it can be compared too. That
 * values arrive is the concern of `tests/commands/migrate_test.ts`.
 *
 * @module
 */

import type { Both } from "../support/both.ts";
import { differential } from "../support/differential.ts";
import { wireOf } from "../support/reply.ts";
import { type ConnectionScript, ScriptedTarget } from "../support/scripted_target.ts";

const OK = "+OK\r\n";

/** Has both servers speak with a target of their own by the same script; all that is seen is the same. */
async function sameAgainst(
  both: Both,
  scripts: readonly ConnectionScript[],
  ...options: string[]
): Promise<void> {
  await both.send("MSET", "k", "v", "l", "w", "m", "x");
  await both.sameOutcome(`MIGRATE ${options.join(" ")}`, async (client) => {
    await using target = new ScriptedTarget(...scripts);
    const reply = wireOf(await client.command("MIGRATE", "127.0.0.1", target.port, ...options));
    return { reply, received: target.received };
  });
  await both.same("MGET", "k", "l", "m");
}

differential("MIGRATE refuses bad arguments", async (both) => {
  await both.bothRefuse("ERR wrong number", "MIGRATE", "h", "1", "k", "0");
  await both.bothRefuse("ERR value is not an integer", "MIGRATE", "h", "1", "k", "x", "10");
  await both.bothRefuse("ERR value is not an integer", "MIGRATE", "h", "1", "k", "0", "x");
  for (
    const options of [
      ["BAD"],
      ["AUTH"],
      ["AUTH2", "u"],
      ["COPY", "REPLACE", "AUTH2"],
      ["COPY", "1"],
    ]
  ) {
    await both.bothRefuse("ERR syntax error", "MIGRATE", "h", "1", "k", "0", "10", ...options);
  }
  await both.bothRefuse("ERR When using", "MIGRATE", "h", "1", "k", "0", "10", "KEYS", "a");
});

differential("MIGRATE replies NOKEY when no key is there, whatever the target", async (both) => {
  await both.same("MIGRATE", "127.0.0.1", "1", "k", "0", "10");
  await both.same("MIGRATE", "127.0.0.1", "1", "", "0", "10");
  await both.same("MIGRATE", "127.0.0.1", "1", "", "0", "10", "COPY", "KEYS");
  await both.same("MIGRATE", "127.0.0.1", "1", "", "0", "10", "auth", "p", "keys", "a", "b");
  await both.same("SET", "k", "v", "PX", "1");
  await both.same("MIGRATE", "nonsense", "nonsense", "x", "-5", "-5", "REPLACE");
});

differential("MIGRATE tells when the target can't be reached", async (both) => {
  await both.same("SET", "k", "v");
  for (
    const [host, port] of [
      ["127.0.0.1", "1"],
      ["127.0.0.1", "none"],
      ["127.0.0.1", "-1"],
      ["127.0.0.1", "1x"],
      ["no.such.host.invalid", "1"],
      ["no host", "1"],
      ["", "1"],
    ]
  ) {
    await both.bothRefuse("IOERR error or timeout", "MIGRATE", host, port, "k", "0", "20000");
  }
  await both.same("GET", "k");
});

differential("MIGRATE sends RESTORE, and deletes what was taken", async (both) => {
  const answer = OK + OK + OK + OK + OK;
  await sameAgainst(both, [{ answer }], "k", "0", "20000");
  await sameAgainst(both, [{ answer }], "k", "3", "20000", "COPY");
  await sameAgainst(both, [{ answer }], "k", "-1", "20000", "REPLACE");
  await sameAgainst(
    both,
    [{ answer }],
    "",
    "0",
    "20000",
    "COPY",
    "REPLACE",
    "KEYS",
    "m",
    "no",
    "k",
  );
  await sameAgainst(both, [{ answer }], "", "0", "20000", "AUTH", "secret", "KEYS", "l", "k");
  await sameAgainst(both, [{ answer }], "k", "0", "20000", "AUTH2", "user", "secret");
  await sameAgainst(both, [{ answer }], "k", "0", "20000", "AUTH2", "user", "old", "AUTH", "new");
});

differential("MIGRATE passes on what the target refuses", async (both) => {
  const keys = ["", "0", "20000", "KEYS", "k", "l", "m"];
  const busy = "-BUSYKEY Target key name already exists.\r\n";
  await sameAgainst(both, [{ answer: OK + busy + OK + OK }], ...keys);
  await sameAgainst(both, [{ answer: OK + OK + busy + "-ERR second\r\n" }], ...keys);
  await sameAgainst(both, [{ answer: "-ERR DB index\r\n" + OK + OK + OK }], ...keys);
  const denied = "-WRONGPASS no\r\n";
  const withPassword = ["", "0", "20000", "AUTH", "wrong", "KEYS", "k", "l"];
  await sameAgainst(both, [{ answer: denied + OK + OK + OK }], ...withPassword);
  await sameAgainst(both, [{ answer: denied + OK + "-NOAUTH no\r\n".repeat(2) }], ...withPassword);
});

differential("MIGRATE tries a broken connection once more", async (both) => {
  const keys = ["", "0", "20000", "KEYS", "k", "l", "m"];
  const good = { answer: OK + OK + OK + OK };
  await sameAgainst(both, [{ hangsUp: true }, good], ...keys);
  await sameAgainst(both, [{ hangsUp: true }], ...keys);
  await sameAgainst(both, [{ answer: OK, hangsUp: true }, good], ...keys);
  await sameAgainst(both, [{ answer: OK, hangsUp: true }], ...keys);
  await sameAgainst(both, [{ answer: OK + OK, hangsUp: true }, good], ...keys);
  await sameAgainst(both, [{ answer: OK + "-ERR no\r\n", hangsUp: true }, good], ...keys);
});

differential("MIGRATE does not wait for ever", async (both) => {
  const keys = ["", "0", "500", "KEYS", "k", "l", "m"];
  await sameAgainst(both, [{}], ...keys);
  await sameAgainst(both, [{ answer: OK }], ...keys);
  await sameAgainst(both, [{ answer: OK + OK }], ...keys);
  await sameAgainst(both, [{ answer: OK + "-ERR no\r\n" }], ...keys);
});

differential("MIGRATE and its keys", async (both) => {
  const migrate = ["MIGRATE", "h", "1", "", "0", "1"];
  await both.same("COMMAND", "GETKEYS", "MIGRATE", "h", "1", "k", "0", "1");
  await both.same("COMMAND", "GETKEYS", ...migrate, "AUTH", "keys", "KEYS", "a", "b");
  await both.same("COMMAND", "GETKEYSANDFLAGS", ...migrate, "AUTH2", "keys", "x", "KEYS", "a");
  await both.same("COMMAND", "GETKEYSANDFLAGS", "MIGRATE", "h", "1", "k", "0", "1", "KEYS", "a");
  await both.same("COMMAND", "GETKEYS", ...migrate, "KEYS");
  await both.same("COMMAND", "GETKEYS", ...migrate, "AUTH", "KEYS");
});
