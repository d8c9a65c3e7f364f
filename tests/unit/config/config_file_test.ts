/**
 * Config file: grammar, include, and errors with their place.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { Config, type ConfigFiles, DiskConfigFiles } from "../../../src/config/mod.ts";
import { describeConfigError, readConfigLines } from "../../../src/config/mod.ts";
import { ConfigError } from "../../../src/errors/config_error.ts";

/** Files that exist only here; a pattern ends with a star. */
function filesOf(texts: Readonly<Record<string, string>>): ConfigFiles {
  return {
    readText(path) {
      if (texts[path] === undefined) throw new ConfigError(`No file: ${path}`);
      return texts[path];
    },
    expand: (pattern) =>
      Object.keys(texts).filter((path) => path.startsWith(pattern.slice(0, -1))).sort(),
  };
}

function loaded(text: string, texts: Readonly<Record<string, string>> = {}): Config {
  const config = new Config();
  config.load(readConfigLines({ file: "main.conf", text }, filesOf(texts)));
  return config;
}

function failure(text: string, texts: Readonly<Record<string, string>> = {}): ConfigError {
  return assertThrows(() => loaded(text, texts), ConfigError);
}

Deno.test("a file has comments, blank lines, quotes, any case and carriage returns", () => {
  const config = loaded(
    '# first\r\n\r\n  PORT 7000\r\n\tlogfile "a \\x41.log"\r\nbind 127.0.0.1 ::1\r\n',
  );
  assertEquals(config.number("port"), 7000);
  assertEquals(config.text("logfile"), "a A.log");
  assertEquals(config.text("bind"), "127.0.0.1 ::1");
});

Deno.test("a directive of several words takes them in one quoted word", () => {
  assertEquals(loaded('save "60 1 300 10"\n').text("save"), "60 1 300 10");
});

Deno.test("save lines add up, replace the defaults, and an empty one clears them", () => {
  assertEquals(loaded("save 60 1\nsave 300 10\n").text("save"), "60 1 300 10");
  assertEquals(loaded('save ""\n').text("save"), "");
  assertEquals(loaded('save 60 1\nsave ""\nsave 5 5\n').text("save"), "5 5");
});

Deno.test("the last of several lines counts", () => {
  assertEquals(loaded("port 1\nport 2\n").number("port"), 2);
});

Deno.test("aliases set the directive they stand for", () => {
  assertEquals(loaded("slave-priority 5\n").number("replica-priority"), 5);
});

Deno.test("include puts the lines of a file in its place", () => {
  const config = loaded("port 1\ninclude more.conf\ntimeout 3\n", {
    "more.conf": "port 2\ntimeout 2\n",
  });
  assertEquals(config.number("port"), 2);
  assertEquals(config.number("timeout"), 3);
});

Deno.test("include takes all files of a pattern in order, and none without error", () => {
  const texts = { "d/1.conf": "port 1\n", "d/2.conf": "port 2\n" };
  assertEquals(loaded("include d/*\n", texts).number("port"), 2);
  assertEquals(loaded("include e/*\n", texts).number("port"), 6379);
});

Deno.test("include refuses a missing file and files that include themselves", () => {
  assertEquals(failure("include nope.conf\n").message, "No file: nope.conf");
  const error = failure("include main.conf\n", { "main.conf": "include main.conf\n" });
  assertEquals(error.message, "Files include each other more than 16 deep");
});

Deno.test("an error names file and line and is described as Redis does", () => {
  const error = failure("port 1\n\n  foo bar  \n");
  assertEquals([error.file, error.line, error.lineText], ["main.conf", 3, "foo bar"]);
  assertEquals(
    describeConfigError(error),
    "\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n" +
      "Reading the configuration file, at line 3 of main.conf\n" +
      ">>> 'foo bar'\n" +
      "Bad directive or wrong number of arguments",
  );
});

Deno.test("an error in an included file names that file", () => {
  const error = failure("include more.conf\n", { "more.conf": "#\nport x\n" });
  assertEquals([error.file, error.line], ["more.conf", 2]);
});

Deno.test("the first error in the order of the text is reported", () => {
  assertEquals(failure("port x\ntimeout 'y\n").line, 1);
  assertEquals(failure("timeout 'y\nport x\n").message, "Unbalanced quotes in configuration line");
});

Deno.test("a wrong number of words is refused", () => {
  assertEquals(failure("port\n").message, "wrong number of arguments");
  assertEquals(failure("port 1 2\n").message, "wrong number of arguments");
  assertEquals(failure("replicaof a\n").message, "wrong number of arguments");
  for (const line of ["include", "rename-command a", "user", "list-max-ziplist-value 1 2"]) {
    assertEquals(failure(line).message, "Bad directive or wrong number of arguments");
  }
});

Deno.test("load returns one line for the log for each directive that is not acted upon", () => {
  const config = new Config();
  const text =
    "cluster-migration-barrier 1\nport 1\ncluster-migration-barrier 2\nlua-replicate-commands no\n";
  const lines = readConfigLines({ file: "main.conf", text }, filesOf({}));
  assertEquals(config.load(lines), [
    "Directive 'cluster-migration-barrier' is accepted but not acted upon yet (main.conf, line 1)",
  ]);
});

Deno.test("linesOf gives the lines of a directive without a value, with their place", () => {
  const lines = loaded('port 1\nrename-command FLUSHALL ""\n').linesOf("rename-command");
  assertEquals(lines.map(({ words, line }) => ({ words, line })), [
    { words: ["FLUSHALL", ""], line: 2 },
  ]);
});

Deno.test("the default configuration file sets only what is acted upon", () => {
  const files = new DiskConfigFiles();
  const file = new URL("../../../conf/easyredis.conf", import.meta.url).pathname;
  const config = new Config();
  assertEquals(config.load(readConfigLines({ file, text: files.readText(file) }, files)), []);
  assertEquals(config.text("bind"), "127.0.0.1 -::1");
});

Deno.test("DiskConfigFiles expands a pattern as a shell does", () => {
  const folder = Deno.makeTempDirSync();
  try {
    for (const name of ["b.conf", "a.conf", "c.txt", ".hidden.conf"]) {
      Deno.writeTextFileSync(`${folder}/${name}`, "");
    }
    const files = new DiskConfigFiles();
    const namesOf = (pattern: string) =>
      files.expand(`${folder}/${pattern}`).map((path) => path.slice(folder.length + 1));
    assertEquals(namesOf("*.conf"), ["a.conf", "b.conf"]);
    assertEquals(namesOf("[!a].*"), ["b.conf", "c.txt"]);
    assertEquals(namesOf("../*/a.con?").length > 0, true);
    assertEquals(namesOf("nope/*"), []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("DiskConfigFiles reports a missing file in Redis' words", () => {
  const error = assertThrows(() => new DiskConfigFiles().readText("/nonexistent"), ConfigError);
  assertEquals(
    error.message,
    "Fatal error, can't open config file '/nonexistent': No such file or directory",
  );
  assertEquals(describeConfigError(error), error.message);
});
