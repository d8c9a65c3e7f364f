/**
 * Catalogue: every text that a client can read after `-`, each written once.
 *
 * Fixed texts are constants, made once and thrown again and again; texts with parameters are
 * functions. The wording is Redis 7.0's to the letter, for clients and test suites match on it.
 *
 * @module
 */

import { RedisError } from "./redis_error.ts";

// Values and arguments.

export const WRONG_TYPE = new RedisError(
  "WRONGTYPE Operation against a key holding the wrong kind of value",
);
export const SYNTAX_ERROR = new RedisError("ERR syntax error");
export const NOT_AN_INTEGER = new RedisError("ERR value is not an integer or out of range");
export const NOT_A_FLOAT = new RedisError("ERR value is not a valid float");
export const NO_SUCH_KEY = new RedisError("ERR no such key");
export const OUT_OF_RANGE = new RedisError("ERR value is out of range");
export const DB_INDEX_OUT_OF_RANGE = new RedisError("ERR DB index is out of range");
export const OUT_OF_MEMORY = new RedisError(
  "OOM command not allowed when used memory > 'maxmemory'.",
);

// Strings.

export const STRING_TOO_LONG = new RedisError(
  "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
);
export const OFFSET_OUT_OF_RANGE = new RedisError("ERR offset is out of range");
export const INCREMENT_OVERFLOW = new RedisError("ERR increment or decrement would overflow");
export const DECREMENT_OVERFLOW = new RedisError("ERR decrement would overflow");
export const INCREMENT_NOT_FINITE = new RedisError(
  "ERR increment would produce NaN or Infinity",
);
export const LCS_NEEDS_STRINGS = new RedisError(
  "ERR The specified keys must contain string values",
);
export const LCS_BOTH_LENGTH_AND_INDEXES = new RedisError(
  "ERR If you want both the length and indexes, please just use IDX.",
);
export const LCS_TOO_LARGE = new RedisError(
  "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
);

// Expiry.

/** @param command The command's full name. */
export function invalidExpireTime(command: string): RedisError {
  return new RedisError(`ERR invalid expire time in '${command}' command`);
}

export const EXPIRE_NX_CONFLICT = new RedisError(
  "ERR NX and XX, GT or LT options at the same time are not compatible",
);
export const EXPIRE_GT_LT_CONFLICT = new RedisError(
  "ERR GT and LT options at the same time are not compatible",
);

/** @param given The word that is no option. */
export function unsupportedOption(given: string): RedisError {
  return new RedisError(`ERR Unsupported option ${shown(given, Infinity)}`);
}

// Keys.

export const SAME_OBJECT = new RedisError("ERR source and destination objects are the same");
export const INVALID_CURSOR = new RedisError("ERR invalid cursor");
export const LFU_NOT_SELECTED = new RedisError(
  "ERR An LFU maxmemory policy is not selected, access frequency not tracked. Please note that " +
    "when switching between policies at runtime LRU and LFU data will take some time to adjust.",
);
export const LFU_SELECTED = new RedisError(
  "ERR An LFU maxmemory policy is selected, idle time not tracked. Please note that when " +
    "switching between policies at runtime LRU and LFU data will take some time to adjust.",
);

// Configuration.

export const NO_CONFIG_FILE = new RedisError("ERR The server is running without a config file");

/** @param reason Why CONFIG SET changed nothing. */
export function configRefused(reason: string): RedisError {
  return new RedisError(`ERR ${reason}`);
}

/** @param reason The system's. */
export function rewriteFailed(reason: string): RedisError {
  return new RedisError(`ERR Rewriting config file: ${reason}`);
}

// Commands.

/** Bytes of a name, and of all arguments together, that an error shows. */
const SHOWN_BYTES_MAX = 128;

/** What an error shows of a word that a client gave: up to a zero byte, where text in C ends. */
function shown(word: string, bytesMax = SHOWN_BYTES_MAX): string {
  return word.split("\0", 1)[0].slice(0, bytesMax);
}

/** @param args The arguments behind the name, as many as may be shown. */
export function unknownCommand(name: string, args: Iterable<string>): RedisError {
  let preview = "";
  for (const arg of args) {
    if (preview.length >= SHOWN_BYTES_MAX) break;
    preview += `'${shown(arg, SHOWN_BYTES_MAX - preview.length)}' `;
  }
  return new RedisError(
    `ERR unknown command '${shown(name)}', with args beginning with: ${preview}`,
  );
}

/** @param name The command's full name in lower case, a subcommand as `client|kill`. */
export function wrongArity(name: string): RedisError {
  return new RedisError(`ERR wrong number of arguments for '${name}' command`);
}

/** @param command The container's name in upper case. */
export function unknownSubcommand(command: string, given: string): RedisError {
  return new RedisError(
    `ERR unknown subcommand '${shown(given)}'. Try ${command} HELP.`,
  );
}

// Authentication.

export const NO_AUTH = new RedisError("NOAUTH Authentication required.");

// Server state.

export const NOT_BUSY = new RedisError("NOTBUSY No scripts in execution right now.");
export const PROTECTED_MODE_DENIED = new RedisError(
  "DENIED Redis is running in protected mode because protected mode is enabled and no password " +
    "is set for the default user. In this mode connections are only accepted from the loopback " +
    "interface. If you want to connect from external computers to Redis you may adopt one of the " +
    "following solutions: 1) Just disable protected mode sending the command " +
    "'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the " +
    "same host the server is running, however MAKE SURE Redis is not publicly accessible from " +
    "internet if you do so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you " +
    "can just disable the protected mode by editing the Redis configuration file, and setting the " +
    "protected mode option to 'no', and then restarting the server. 3) If you started the server " +
    "manually just for testing, restart it with the '--protected-mode no' option. 4) Set up an " +
    "authentication password for the default user. NOTE: You only need to do one of the above " +
    "things in order for the server to start accepting connections from the outside.",
);
export const MAX_CLIENTS = new RedisError("ERR max number of clients reached");

/** DEBUG where `enable-debug-command` does not allow it. */
export function debugNotAllowed(): RedisError {
  return new RedisError(
    'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", ' +
      "you can run it from a local connection, otherwise you need to set this option " +
      "in the configuration file, and then restart the server.",
  );
}
