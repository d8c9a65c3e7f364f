/**
 * Config file: the lines of redis.conf format, from files, standard input and the command line.
 *
 * A line is a directive and its words, quoted as quoting.ts says; blank lines and lines that begin
 * with `#` don't count, a carriage return at the end neither. `include` puts the lines of other
 * files in its place: paths are relative to the working directory, a pattern that matches no file
 * is no error, a missing file is.
 *
 * Lines come from a generator, one by one, so that the first error in the order of the text is the
 * one reported, whether it is one of syntax or of a value. Files are read through an interface: the
 * grammar runs without permissions in a unit test.
 *
 * Behaviour: Redis 7.0 `loadServerConfig`, but that errors name the file they are in.
 *
 * @module
 */
import { bytesOfText } from "../base/byte_view.ts";
import { splitWords } from "../base/quoting.ts";
import { ConfigError } from "../errors/config_error.ts";

/** Version of Redis whose configuration this is, as error texts name it. */
const REDIS_VERSION = "7.0.15";

/** How deep files may include each other. */
const INCLUDE_DEPTH_MAX = 16;

/** One directive as it stands in a file or on the command line. */
export interface ConfigLine {
  /** Name of the directive in lower case. */
  readonly name: string;
  /** The words behind it, without quotes, as binary text. */
  readonly words: readonly string[];
  /** The line as written, trimmed. */
  readonly text: string;
  /** Number of the line in its file, from 1. */
  readonly line: number;
  /** Path of the file; `undefined` for the command line. */
  readonly file?: string;
}

/** How the configuration gets at files; paths are those of the system, texts are binary. */
export interface ConfigFiles {
  /**
   * The content of a file.
   *
   * @throws {ConfigError} if it can't be read
   */
  readText(path: string): string;
  /** The paths that match a shell pattern, in order. */
  expand(pattern: string): readonly string[];
}

/** A text in redis.conf format and where it comes from. */
export interface ConfigSource {
  readonly text: string;
  /** Path of the file; `undefined` for the command line. */
  readonly file?: string;
}

/**
 * Reads all directives of a text, those of included files in place of their `include`.
 *
 * @param source the text
 * @param files where included files come from
 * @returns the lines, read as they are asked for
 * @throws {ConfigError} while lines are asked for: quotes don't balance, or no such file
 */
export function readConfigLines(source: ConfigSource, files: ConfigFiles): Iterable<ConfigLine> {
  return readLines(source, files, 1);
}

/**
 * What the program prints when it can't start with its configuration, as Redis words it.
 *
 * @returns some lines with the place of the error, or just the message if it has none
 */
export function describeConfigError(error: ConfigError): string {
  if (error.line === undefined) return error.message;
  const place = error.file === undefined ? "" : ` of ${error.file}`;
  return [
    "",
    `*** FATAL CONFIG FILE ERROR (Redis ${REDIS_VERSION}) ***`,
    `Reading the configuration file, at line ${error.line}${place}`,
    `>>> '${error.lineText ?? ""}'`,
    error.message,
  ].join("\n");
}

function* readLines(
  source: ConfigSource,
  files: ConfigFiles,
  depth: number,
): Generator<ConfigLine> {
  let lineNumber = 0;
  for (const rawLine of source.text.split("\n")) {
    lineNumber++;
    const text = trimLine(rawLine);
    if (text === "" || text.startsWith("#")) continue;

    const place = { file: source.file, line: lineNumber };
    const words = splitWords(text);
    if (words === undefined) {
      throw new ConfigError("Unbalanced quotes in configuration line", {
        ...place,
        lineText: text,
      });
    }
    if (words.length === 0) continue;

    const line = { name: words[0].toLowerCase(), words: words.slice(1), text, ...place };
    if (line.name === "include" && line.words.length === 1) {
      yield* readIncluded(line, files, depth + 1);
    } else {
      yield line;
    }
  }
}

function* readIncluded(
  include: ConfigLine,
  files: ConfigFiles,
  depth: number,
): Generator<ConfigLine> {
  if (depth > INCLUDE_DEPTH_MAX) {
    throw new ConfigError(`Files include each other more than ${INCLUDE_DEPTH_MAX} deep`, {
      file: include.file,
      line: include.line,
      lineText: include.text,
    });
  }
  const path = new TextDecoder().decode(bytesOfText(include.words[0]));
  const paths = /[*?[]/.test(path) ? files.expand(path) : [path];
  for (const file of paths) {
    yield* readLines({ file, text: files.readText(file) }, files, depth);
  }
}

/** Without blanks at both ends, of the kinds that Redis counts as such. */
function trimLine(line: string): string {
  return line.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
}
