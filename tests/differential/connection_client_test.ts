/**
 * CLIENT against real Redis.
 *
 * What may differ: ids, addresses, ages and buffer sizes in the lines of CLIENT LIST, of which the
 * names and order are compared.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { beginBlocked, blockOn } from "../support/blocked.ts";
import { differential } from "../support/differential.ts";
import { eventually } from "../support/poll.ts";
import { plainOf } from "../support/reply.ts";
import type { RespClient } from "../support/resp_client.ts";

/** Fields of a client's line that both servers fill alike. */
const STEADY_FIELDS = [
  "name",
  "age",
  "idle",
  "flags",
  "db",
  "sub",
  "psub",
  "ssub",
  "multi",
  "argv-mem",
  "multi-mem",
  "obl",
  "oll",
  "omem",
  "events",
  "cmd",
  "user",
  "redir",
  "resp",
] as const;

differential("CLIENT SETNAME and GETNAME", async (both) => {
  await both.same("CLIENT", "GETNAME");
  await both.same("CLIENT", "SETNAME", "ant");
  await both.same("client", "getname");
  for (const name of ["a b", "a\n", "\x7f", "\xe9", "a\x00b", " "]) {
    await both.bothRefuse("ERR Client names", "CLIENT", "SETNAME", name);
  }
  await both.same("CLIENT", "GETNAME");
  await both.same("CLIENT", "SETNAME", "!~#:,=");
  await both.same("CLIENT", "GETNAME");
  await both.same("CLIENT", "SETNAME", "");
  await both.same("CLIENT", "GETNAME");
});

differential("CLIENT refuses unknown sub-commands and wrong arity", async (both) => {
  await both.bothRefuse("ERR wrong number", "CLIENT");
  await both.bothRefuse("ERR unknown subcommand", "CLIENT", "NONSENSE");
  for (
    const words of [
      ["ID", "x"],
      ["GETNAME", "x"],
      ["SETNAME"],
      ["SETNAME", "a", "b"],
      ["INFO", "x"],
      ["KILL"],
      ["NO-EVICT"],
      ["NO-EVICT", "on", "off"],
      ["REPLY"],
      ["REPLY", "ON", "OFF"],
      ["PAUSE"],
      ["UNPAUSE", "x"],
      ["UNBLOCK"],
      ["HELP", "x"],
    ]
  ) {
    await both.bothRefuse("ERR wrong number", "CLIENT", ...words);
  }
  await both.same("CLIENT", "pause", "0", "all", "x");
  await both.same("CLIENT", "UnBlock", "1", "error", "x");
});

differential("CLIENT ID is the id of CLIENT INFO and grows", async (both) => {
  const other = await both.onSecondConnection();
  const id = async (client: RespClient) => Number(await client.value("CLIENT", "ID"));
  await both.sameOutcome("CLIENT ID", async (client) => {
    const fields = fieldsOf(String(await client.value("CLIENT", "INFO")));
    return fields.get("id") === String(await id(client));
  });
  const { redis, easyredis } = await both.send("CLIENT", "ID");
  const later = await other.send("CLIENT", "ID");
  assertEquals(Number(plainOf(later.redis)) > Number(plainOf(redis)), true);
  assertEquals(Number(plainOf(later.easyredis)) > Number(plainOf(easyredis)), true);
});

differential("CLIENT INFO has Redis' fields in Redis' order", async (both) => {
  await both.same("CLIENT", "SETNAME", "ant");
  await both.same("SELECT", "2");
  await both.same("CLIENT", "NO-EVICT", "ON");
  await both.sameShape("CLIENT", "INFO");
  await both.sameOutcome("names", async (client) => {
    const text = String(await client.value("CLIENT", "INFO"));
    return { names: [...fieldsOf(text).keys()], end: text.at(-1), lineCount: linesOf(text).length };
  });
  await both.sameOutcome("steady fields", async (client) => {
    return steadyFields(String(await client.value("client", "info")));
  });
  await both.same("CLIENT", "NO-EVICT", "OFF");
  await both.sameOutcome("flags", async (client) => {
    return fieldsOf(String(await client.value("CLIENT", "INFO"))).get("flags");
  });
});

differential("CLIENT LIST lists clients, by type and by id", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CLIENT", "SETNAME", "ant");
  await other.same("CLIENT", "SETNAME", "bee");
  await other.same("GET", "absent");
  const named = async (client: RespClient, ...words: string[]) => {
    const text = String(await client.value("CLIENT", "LIST", ...words));
    return linesOf(text).map(fieldsOf).filter((fields) => fields.get("name") !== "")
      .map((fields) => `${fields.get("name")} ${fields.get("cmd")}`);
  };
  await both.sameShape("CLIENT", "LIST");
  for (const words of [[], ["TYPE", "normal"], ["type", "NORMAL"], ["TYPE", "pubsub"]]) {
    await both.sameOutcome(`LIST ${words.join(" ")}`, (client) => named(client, ...words));
  }
  for (const type of ["master", "slave", "replica", "REPLICA", "pubsub"]) {
    await both.same("CLIENT", "LIST", "TYPE", type);
  }
  await both.sameOutcome("LIST ID, each asked one by one", async (client) => {
    const own = String(await client.value("CLIENT", "ID"));
    return await named(client, "ID", own, "999999", own, "0", "-1");
  });
  await both.same("CLIENT", "LIST", "ID", "999999");
  await both.bothRefuse("ERR Unknown client type", "CLIENT", "LIST", "TYPE", "odd");
  await both.bothRefuse("ERR Invalid client ID", "CLIENT", "LIST", "ID", "1", "x");
  await both.bothRefuse("ERR syntax", "CLIENT", "LIST", "ID");
  await both.bothRefuse("ERR syntax", "CLIENT", "LIST", "TYPE");
  await both.bothRefuse("ERR syntax", "CLIENT", "LIST", "TYPE", "normal", "more");
  await both.bothRefuse("ERR syntax", "CLIENT", "LIST", "odd");
});

differential("CLIENT KILL refuses what makes no sense", async (both) => {
  await both.bothRefuse("ERR No such client", "CLIENT", "KILL", "000.123.321.567:0000");
  await both.bothRefuse("ERR No such client", "CLIENT", "KILL", "id");
  await both.bothRefuse("ERR Unknown client type", "CLIENT", "KILL", "TYPE", "odd");
  await both.bothRefuse("ERR No such user", "CLIENT", "KILL", "USER", "nobody");
  for (const id of ["0", "-1", "x", "", "9223372036854775808"]) {
    await both.bothRefuse("ERR client-id should", "CLIENT", "KILL", "ID", id);
  }
  await both.bothRefuse("ERR syntax", "CLIENT", "KILL", "SKIPME", "maybe");
  await both.bothRefuse("ERR syntax", "CLIENT", "KILL", "ODD", "x");
  await both.bothRefuse("ERR syntax", "CLIENT", "KILL", "ID", "1", "ADDR");
  await both.same("PING");
});

differential("CLIENT KILL counts whom it closed", async (both) => {
  await both.same("CLIENT", "KILL", "ID", "999999999");
  await both.same("CLIENT", "KILL", "ADDR", "000.123.321.567:0000");
  await both.same("CLIENT", "KILL", "LADDR", "000.123.321.567:0000", "USER", "default");
  await both.same("CLIENT", "KILL", "TYPE", "pubsub");
  await both.same("CLIENT", "KILL", "TYPE", "master", "SKIPME", "no");
});

differential("CLIENT KILL of the caller replies first and then closes", async (both) => {
  for (const option of ["id", "addr"]) {
    const other = await both.onSecondConnection();
    await other.sameOutcome(`kill by ${option}`, async (client) => {
      const fields = fieldsOf(String(await client.value("CLIENT", "INFO")));
      await client.send("CLIENT", "KILL", option, fields.get(option) ?? "", "SKIPME", "yes");
      await client.send("CLIENT", "KILL", option, fields.get(option) ?? "", "SKIPME", "no");
      await client.send("PING");
      return await client.readToEnd();
    });
  }
  const other = await both.onSecondConnection();
  await other.sameOutcome("kill by the old form", async (client) => {
    const fields = fieldsOf(String(await client.value("CLIENT", "INFO")));
    await client.send("CLIENT", "KILL", fields.get("addr") ?? "");
    return await client.readToEnd();
  });
  await both.same("PING");
});

differential("CLIENT KILL closes another client", async (both) => {
  const other = await both.onSecondConnection();
  await other.same("CLIENT", "SETNAME", "victim");
  await both.sameOutcome("kill the victim", async (client) => {
    const lines = linesOf(String(await client.value("CLIENT", "LIST"))).map(fieldsOf);
    const victim = lines.find((fields) => fields.get("name") === "victim");
    return await client.value("CLIENT", "KILL", "ID", victim?.get("id") ?? "", "TYPE", "normal");
  });
  await other.sameOutcome("the victim's connection has ended", (client) => client.readToEnd());
});

differential("CLIENT NO-EVICT", async (both) => {
  await both.same("CLIENT", "NO-EVICT", "on");
  await both.same("CLIENT", "no-evict", "OFF");
  await both.bothRefuse("ERR syntax", "CLIENT", "NO-EVICT", "maybe");
});

differential("CLIENT REPLY mutes", async (both) => {
  await both.same("CLIENT", "REPLY", "ON");
  await both.bothRefuse("ERR syntax", "CLIENT", "REPLY", "maybe");
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.begin("SET", "key", "1");
  await both.same("GET", "key");
  await both.begin("CLIENT", "REPLY", "skip");
  await both.begin("NONSENSE");
  await both.same("GET", "key");
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.same("CLIENT", "REPLY", "ON");
  await both.same("INCR", "key");
  await both.begin("CLIENT", "REPLY", "OFF");
  await both.begin("INCR", "key");
  await both.begin("NONSENSE");
  await both.begin("CLIENT", "REPLY", "maybe");
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.begin("INCR", "key");
  await both.begin("INCR", "key");
  await both.same("CLIENT", "REPLY", "on");
  await both.same("GET", "key");
});

differential("CLIENT REPLY SKIP twice in a row", async (both) => {
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.begin("INCR", "key");
  await both.same("INCR", "key");
});

differential("CLIENT REPLY SKIP is used up by an empty request", async (both) => {
  for (const nothing of ["\r\n", "\n", "  \r\n", "*0\r\n", "*-1\r\n", "\r\n*0\r\n", ""]) {
    await both.sameRaw(`CLIENT REPLY SKIP\r\n${nothing}ECHO 1\r\nECHO 2\r\n`);
  }
  await both.begin("CLIENT", "REPLY", "SKIP");
  await both.sameOutcome("an empty request that is read by itself", async (client) => {
    await client.sendRaw("*0\r\n");
    return await client.value("PING");
  });
});

differential("CLIENT PAUSE WRITE holds back writes alone, until CLIENT UNPAUSE", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CLIENT", "PAUSE", "60000", "write");
  await other.same("GET", "key");
  await other.begin("SET", "key", "late");
  await both.same("GET", "key");
  await both.same("CLIENT", "UNPAUSE");
  await other.sameNext();
  await both.same("GET", "key");
  await both.same("CLIENT", "UNPAUSE");
});

differential("requests go on in the order in which CLIENT PAUSE held them back", async (both) => {
  const others = [await both.onSecondConnection(), await both.onSecondConnection()];
  await both.same("CLIENT", "PAUSE", "60000", "WRITE");
  for (const other of others.reverse()) await blockOn(both, other, "APPEND", "key", "x");
  await both.same("CLIENT", "UNPAUSE");
  for (const other of others) await other.sameNext();
});

differential(
  "CLIENT UNBLOCK ERROR of who is paused replies an error before the reply",
  async (both) => {
    await both.same("CONFIG", "RESETSTAT");
    await both.same("CLIENT", "PAUSE", "60000", "WRITE");
    const paused = await beginBlocked(both, "APPEND", "key", "x");
    const unblock = async () => {
      await both.sameOutcome("CLIENT UNBLOCK of the client of APPEND", async (client) => {
        const id = /id=(\d+) .* cmd=append /.exec(String(await client.value("CLIENT", "LIST")))![1];
        return [
          await client.value("CLIENT", "UNBLOCK", id, "ERROR"),
          / flags=\w+ /.exec(String(await client.value("CLIENT", "LIST", "ID", id)))![0],
        ];
      });
    };
    await unblock();
    await paused.sameNext();
    await unblock();
    await paused.sameNext();
    await both.same("INFO", "errorstats");
    await both.sameOutcome("failed calls", async (client) => {
      const stats = String(await client.value("INFO", "commandstats"));
      return ["append", "client|unblock"].map((name) =>
        new RegExp(`^cmdstat_${name.replace("|", "\\|")}:.*(failed_calls=\\d+)`, "m").exec(
          stats,
        )![1]
      );
    });
    await both.same("GET", "key");
    await both.same("CLIENT", "UNPAUSE");
    await paused.sameNext();
    await paused.same("GET", "key");
  },
);

differential(
  "CLIENT UNBLOCK ERROR tells nothing to who is paused and wants no reply",
  async (both) => {
    const paused = await both.onSecondConnection();
    await both.same("CLIENT", "PAUSE", "60000", "WRITE");
    await paused.begin("CLIENT", "REPLY", "SKIP");
    await paused.begin("APPEND", "key", "x");
    await both.sameOutcome("CLIENT UNBLOCK of the client of APPEND", async (client) => {
      const id = await eventually(async () => {
        const list = String(await client.value("CLIENT", "LIST"));
        return /id=(\d+) .* flags=b .* cmd=append /.exec(list)?.[1];
      });
      return await client.value("CLIENT", "UNBLOCK", id, "error");
    });
    await both.same("CLIENT", "UNPAUSE");
    await paused.same("GET", "key");
  },
);

differential("CLIENT LIST tells who may go on and has not yet", async (both) => {
  await beginBlocked(both, "BLPOP", "list", "0");
  await both.sameOutcome("flags in the transaction that unblocks", async (client) => {
    const id = /id=(\d+) .* cmd=blpop /.exec(String(await client.value("CLIENT", "LIST")))![1];
    await client.value("MULTI");
    await client.value("CLIENT", "UNBLOCK", id);
    await client.value("CLIENT", "LIST", "ID", id);
    const [wasBlocked, line] = await client.value("EXEC") as unknown[];
    const lineBehind = await client.value("CLIENT", "LIST", "ID", id);
    return [
      wasBlocked,
      ...[line, lineBehind].map((text) => / flags=(\w+) /.exec(String(text))![1]),
    ];
  });
});

differential("CLIENT PAUSE ends by itself", async (both) => {
  const other = await both.onSecondConnection();
  await both.same("CLIENT", "PAUSE", "50");
  await other.same("PING");
  await both.same("CLIENT", "PAUSE", "50", "ALL");
  await both.same("SET", "key", "value");
  await both.same("CLIENT", "PAUSE", "0");
  await both.same("GET", "key");
});

differential("CLIENT PAUSE 0 pauses nobody", async (both) => {
  // The sending side ends with the requests: who was paused would be gone with it.
  await both.sameRaw("CLIENT PAUSE 0\r\nSET key 1\r\nCLIENT PAUSE 0 WRITE\r\nSET key 2\r\n");
  await both.sameRaw("MULTI\r\nCLIENT PAUSE 0\r\nINCR key\r\nEXEC\r\nINCR key\r\n");
  await both.same("GET", "key");
});

differential("CLIENT PAUSE refuses what makes no sense", async (both) => {
  await both.bothRefuse("ERR CLIENT PAUSE mode", "CLIENT", "PAUSE", "1", "reads");
  await both.bothRefuse("ERR CLIENT PAUSE mode", "CLIENT", "PAUSE", "x", "reads");
  await both.bothRefuse("ERR timeout is negative", "CLIENT", "PAUSE", "-1");
  for (const timeout of ["x", "", "1.5", "9223372036854775808"]) {
    await both.bothRefuse("ERR timeout is not", "CLIENT", "PAUSE", timeout, "WRITE");
  }
  await both.same("SET", "key", "value");
});

differential("CLIENT UNBLOCK of a client that is not blocked", async (both) => {
  await both.same("CLIENT", "UNBLOCK", "999999999");
  await both.same("CLIENT", "UNBLOCK", "999999999", "timeout");
  await both.same("CLIENT", "UNBLOCK", "-1", "ERROR");
  await both.sameOutcome("of the caller", async (client) => {
    return await client.value("CLIENT", "UNBLOCK", String(await client.value("CLIENT", "ID")));
  });
  await both.bothRefuse("ERR value is not", "CLIENT", "UNBLOCK", "x");
  await both.bothRefuse("ERR CLIENT UNBLOCK reason", "CLIENT", "UNBLOCK", "x", "odd");
});

differential("CLIENT HELP", async (both) => {
  await both.same("CLIENT", "HELP");
});

/** The lines of a text without their ends. */
function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** The fields of a client's line by name, in their order. */
function fieldsOf(line: string): Map<string, string> {
  return new Map(
    line.trimEnd().split(" ").map((field): [string, string] => {
      const equals = field.indexOf("=");
      return [field.slice(0, equals), field.slice(equals + 1)];
    }),
  );
}

/** Those fields of a client's line that both servers fill alike. */
function steadyFields(line: string): Record<string, string | undefined> {
  const fields = fieldsOf(line);
  return Object.fromEntries(STEADY_FIELDS.map((name) => [name, fields.get(name)]));
}
