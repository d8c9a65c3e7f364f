/**
 * Command line: the grammar of redis-server.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Config, parseCommandLine, readConfigLines } from "../../../src/config/mod.ts";
import type { StartCommand } from "../../../src/config/mod.ts";

function start(...args: string[]): StartCommand {
  const command = parseCommandLine(args);
  if (command.action !== "start") throw new Error(`No start: ${command.action}`);
  return command;
}

/** The directives on a command line, each with its words. */
function options(...args: string[]): string[][] {
  const files = { readText: () => "", expand: () => [] };
  const lines = readConfigLines({ text: start(...args).optionsText }, files);
  return [...lines].map((line) => [line.name, ...line.words]);
}

Deno.test("no arguments start with the defaults", () => {
  assertEquals(start(), {
    action: "start",
    file: undefined,
    readsStandardInput: false,
    optionsText: "",
  });
});

Deno.test("version and help are known as first argument", () => {
  for (const arg of ["-v", "--version"]) assertEquals(parseCommandLine([arg]).action, "version");
  for (const arg of ["-h", "--help"]) assertEquals(parseCommandLine([arg]).action, "help");
});

Deno.test("the first argument is a file unless it begins with a dash", () => {
  assertEquals(start("my.conf", "--port", "1").file, "my.conf");
  assertEquals(options("my.conf", "--port", "1"), [["port", "1"]]);
});

Deno.test("--conf and its spellings name the file", () => {
  assertEquals(start("--conf", "a.conf").file, "a.conf");
  assertEquals(start("--conf=a.conf").file, "a.conf");
  assertEquals(start("-conf=a.conf").file, "a.conf");
  assertEquals(start("--port", "1", "--conf", "a.conf", "--timeout", "2").file, "a.conf");
  assertEquals(options("--port", "1", "--conf", "a.conf", "--timeout", "2"), [
    ["port", "1"],
    ["timeout", "2"],
  ]);
});

Deno.test("a dash as first or last argument reads standard input", () => {
  assertEquals(start("-").readsStandardInput, true);
  assertEquals(start("a.conf", "--loglevel", "verbose", "-").readsStandardInput, true);
  assertEquals(start("a.conf", "-", "--port", "1").readsStandardInput, false);
});

Deno.test("an option takes words until the next option", () => {
  assertEquals(options("--bind", "127.0.0.1", "::1", "--save", "60", "1", "--save", "300", "10"), [
    ["bind", "127.0.0.1", "::1"],
    ["save", "60", "1"],
    ["save", "300", "10"],
  ]);
});

Deno.test("an option and its word may come in one argument", () => {
  assertEquals(options("--port 7777", "--timeout", "5"), [["port", "7777"], ["timeout", "5"]]);
});

Deno.test("an option takes the next argument as its word though it looks like an option", () => {
  assertEquals(options("--logfile", "--odd", "--port", "1"), [["logfile", "--odd"], ["port", "1"]]);
});

Deno.test("--save without words is an empty save", () => {
  assertEquals(options("--save", "--port", "1"), [["save", ""], ["port", "1"]]);
  assertEquals(options("--save"), [["save", ""]]);
  assertEquals(options("--save", "", "--port", "1"), [["save", ""], ["port", "1"]]);
});

Deno.test("--directive=value is no option, as in Redis", () => {
  assertEquals(options("--port=7777"), [["port=7777"]]);
});

Deno.test("words keep their bytes", () => {
  assertEquals(options("--logfile", 'a "é" \\ \n'), [["logfile", 'a "\xc3\xa9" \\ \n']]);
});

Deno.test("errors count lines as Redis does, the first option on line 2", () => {
  assertEquals(start("--port", "x").optionsText.split("\n").length, 2);
  assertEquals(start("-p", "1").optionsText, '\n"-p" "1" ');
});

Deno.test("options win over what was loaded before them", () => {
  const config = new Config();
  const files = { readText: () => "", expand: () => [] };
  config.load(readConfigLines({ text: "port 1\nsave 60 1\n", file: "f" }, files));
  config.load(readConfigLines({ text: start("--port", "2").optionsText }, files));
  assertEquals(config.number("port"), 2);
});
