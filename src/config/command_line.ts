/**
 * Command line: `easyredis [FILE] [--directive value ...] [-]`.
 *
 * The grammar is that of `redis-server` and not of getopt: whatever follows `--name` up to the next
 * `--name` are its words, and the whole becomes text in redis.conf format that is read after the
 * file. So each option is a line, errors show it as one, and the command line can do what a file
 * can. `--port=7777` is no option there, and not here.
 *
 * Two oddities are kept, because scripts lean on them: `--name` needs at least one word, so
 * `--port --save` gives the port "--save"; and `--save` alone means `--save ""`.
 * Ours are `--conf FILE`, `--conf=FILE` and `-conf=FILE`, as the projects this one follows spell it.
 *
 * Behaviour: Redis 7.0 `main`. A pure function: reading the file is the server's.
 *
 * @module
 */
import { textOfBytes } from "../base/byte_view.ts";
import { quoteWord, splitWords } from "../base/quoting.ts";

/** What the command line asks for. */
export type CommandLine =
  | { readonly action: "version" }
  | { readonly action: "help" }
  | StartCommand;

/** Start the server: read the file if any, then standard input if wanted, then the options. */
export interface StartCommand {
  readonly action: "start";
  /** Path of the configuration file, as given. */
  readonly file?: string;
  /** Whether standard input holds further configuration. */
  readonly readsStandardInput: boolean;
  /**
   * The options as text in redis.conf format, binary text; its first option stands on line 2, as
   * errors of Redis count. Empty if there are none.
   */
  readonly optionsText: string;
}

/** What `--help` prints. */
export const USAGE = `Usage: easyredis [FILE] [--directive value ...] [-]
       easyredis --conf FILE [--directive value ...]
       easyredis - (read the configuration from standard input)
       easyredis -v or --version
       easyredis -h or --help

Each directive of redis.conf is an option; the last one given counts.

Examples:
       easyredis
       easyredis conf/easyredis.conf
       easyredis conf/easyredis.conf --loglevel verbose
       easyredis --port 7777 --bind 127.0.0.1 ::1
       easyredis --save 60 1 --save 300 10
       echo 'maxclients 100' | easyredis -
`;

/**
 * Reads the arguments of the program.
 *
 * @param args the arguments without the program's name
 * @returns what to do; wrong directives are found later, when the text is read
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  if (args[0] === "-v" || args[0] === "--version") return { action: "version" };
  if (args[0] === "-h" || args[0] === "--help") return { action: "help" };

  const options = new OptionsText();
  let file: string | undefined;
  let readsStandardInput = false;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    const conf = options.wantsWord ? undefined : /^--?conf=(.*)$/s.exec(arg)?.[1];
    if (index === 0 && arg !== "" && !arg.startsWith("-")) {
      file = arg;
    } else if (arg === "-" && (index === 0 || index === args.length - 1)) {
      readsStandardInput = true;
    } else if (conf !== undefined) {
      file = conf;
    } else if (!options.wantsWord && arg === "--conf" && index + 1 < args.length) {
      file = args[++index];
    } else {
      options.add(arg, args[index + 1]);
    }
  }
  return { action: "start", file, readsStandardInput, optionsText: options.toText() };
}

/** Turns options into lines. */
class OptionsText {
  #text = "";
  /** Whether an option was begun that has no word yet, so that the next argument is one. */
  wantsWord = false;

  /** Adds one argument; `next` is the one behind it. */
  add(arg: string, next: string | undefined): void {
    if (this.wantsWord || !arg.startsWith("--")) {
      this.#text += quoteWord(binaryText(arg)) + " ";
      this.wantsWord = false;
      return;
    }
    if (this.#text !== "") this.#text += "\n";
    this.#text += `${binaryText(arg.slice(2))} `;
    // An argument such as "--port 6380" brings its word along.
    this.wantsWord = splitWords(arg)?.length === 1;
    const endsHere = next === undefined || next.startsWith("--");
    if (this.wantsWord && endsHere && arg.toLowerCase() === "--save") {
      this.#text += '""';
      this.wantsWord = false;
    }
  }

  toText(): string {
    return this.#text === "" ? "" : `\n${this.#text}`;
  }
}

/** One character for each byte of the argument in UTF-8. */
function binaryText(arg: string): string {
  return textOfBytes(new TextEncoder().encode(arg));
}
