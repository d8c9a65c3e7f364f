/**
 * Dispatcher tests: requests that arrive together, and what one of them changes for the next.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../../src/commands/mod.ts";
import { Command } from "../../../src/engine/mod.ts";
import { startServer } from "../../../src/mod.ts";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";

/** What comes back for requests that arrive together. */
async function repliesOf(...requests: readonly string[]): Promise<string[]> {
  await using server = await startServer({ port: "none" });
  const connection = server.connect();
  await connection.write(
    bytesOfText(requests.map((request) => `${request}\r\n`).join("")) as Uint8Array<ArrayBuffer>,
  );
  const bytes = new Uint8Array(4096);
  let text = "";
  while (text.split("\r\n").length <= requests.length) {
    text += textOfBytes(bytes, 0, (await connection.read(bytes))!);
  }
  connection.close();
  return text.split("\r\n").slice(0, -1);
}

Deno.test("Dispatcher asks a gate that an earlier request of the batch brought into force", async () => {
  const replies = await repliesOf(
    "SET ant 1",
    "CONFIG SET maxmemory 1",
    "SET bee 1",
    "CONFIG SET maxmemory 0",
    "SET bee 1",
  );
  assertEquals(replies.map((reply) => reply.split(" ")[0]), ["+OK", "+OK", "-OOM", "+OK", "+OK"]);
});

Deno.test("Dispatcher asks a gate that a transaction of the batch brought into force", async () => {
  const replies = await repliesOf("MULTI", "CONFIG SET maxmemory 1", "EXEC", "SET ant 1");
  assertEquals(replies.at(-1)!.split(" ")[0], "-OOM");
});

Deno.test("Dispatcher: commands that bring gates into force are known by their rows", () => {
  const names = ["config|set", "client|pause", "migrate", "debug", "exec", "bgrewriteaof"];
  const commands = COMMANDS.flatMap((spec) => {
    const command = new Command(spec);
    return [command, ...command.subcommands.values()];
  });
  const sought = commands.filter((command) => names.includes(command.fullName));
  assertEquals(sought.length, names.length);
  for (const command of sought) assert(command.mayChangeGates, command.fullName);
});

Deno.test("Dispatcher counts each call of a brief transaction, and of one that is not", async () => {
  await using server = await startServer({ port: "none" });
  await using client = server.client();
  for (const line of ["SET a 1", "CONFIG SET maxmemory 0"]) {
    for (const request of ["MULTI", "INCR a", line, "INCR a", "EXEC"]) {
      await client.call(...request.split(" "));
    }
  }
  const info = String(await client.call("INFO", "commandstats"));
  const calls = ["multi", "incr", "set", "config|set", "exec"].map((name) =>
    Number(info.split(`cmdstat_${name}:calls=`)[1].split(",")[0])
  );
  assertEquals(calls, [2, 4, 1, 1, 2]);
});
