/**
 * The part of the catalogue that concerns clients, commands and the server, not what is stored.
 *
 * @module
 */

import { RedisError } from "./redis_error.ts";
import { shown, SHOWN_BYTES_MAX } from "./shown_word.ts";

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

// The append-only file.

export const REWRITE_IN_PROGRESS = new RedisError(
  "ERR Background append only file rewriting already in progress",
);
export const REWRITE_REFUSED = new RedisError(
  "ERR Can't execute an AOF background rewriting. Please check the server logs for more information.",
);

/** @param reason The system's. */
export function appendOnlyFails(reason: string): RedisError {
  return new RedisError(`MISCONF Errors writing to the AOF file: ${reason}`);
}

// Commands.

/** What a recorded command replies that did not fail when it was recorded. @param text Whole. */
export function repeatFailed(text: string): RedisError {
  return new RedisError(text);
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

/** Whether an error is what `unknownCommand` makes. */
export function isUnknownCommand(error: RedisError): boolean {
  return error.text.startsWith("ERR unknown command '");
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

/**
 * A subcommand with arguments that no form of it has.
 *
 * @param command The container's name in upper case.
 * @param given The subcommand as the client wrote it.
 */
export function unusableSubcommand(command: string, given: string): RedisError {
  return new RedisError(
    `ERR unknown subcommand or wrong number of arguments for '${
      shown(given)
    }'. Try ${command} HELP.`,
  );
}

// Monitors. Redis counts them among the replicas, and says so.

export const NO_KEYS_FOR_MONITORS = new RedisError("ERR Replica can't interact with the keyspace");
export const MONITOR_DENIED = new RedisError("ERR MONITOR isn't allowed for DENY BLOCKING client");

// Channels.

export const SHARD_SUBSCRIPTION_DENIED = new RedisError(
  "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client",
);

/** A command in a state in which only a few are allowed. @param command Its full name. */
export function notForSubscribers(command: string): RedisError {
  return new RedisError(
    `ERR Can't execute '${command}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
  );
}

// Transactions.

export const NOT_IN_TRANSACTION = new RedisError("ERR Command not allowed inside a transaction");
export const MULTI_NESTED = new RedisError("ERR MULTI calls can not be nested");
export const EXEC_WITHOUT_MULTI = new RedisError("ERR EXEC without MULTI");
export const DISCARD_WITHOUT_MULTI = new RedisError("ERR DISCARD without MULTI");
export const WATCH_INSIDE_MULTI = new RedisError("ERR WATCH inside MULTI is not allowed");
export const TRANSACTION_FAILED = new RedisError(
  "EXECABORT Transaction discarded because of previous errors.",
);

/** An EXEC that was refused. @param reason Wire text; `ERR`, which every error has, is left out. */
export function transactionDiscarded(reason: string): RedisError {
  return new RedisError(
    `EXECABORT Transaction discarded because of: ${reason.replace(/^ERR /, "")}`,
  );
}

/** A transaction that was rolled back. @param reason Wire text of the command's error. */
export function transactionRolledBack(number: number, name: string, reason: string): RedisError {
  return new RedisError(
    `EXECABORT Transaction rolled back because of command ${number} '${name}': ${reason}`,
  );
}

/** A transaction that could not be rolled back. */
export function transactionIrrevocable(number: number, name: string): RedisError {
  return new RedisError(
    `EXECABORT Transaction discarded because command ${number} '${name}' can't be rolled back`,
  );
}

// Authentication.

export const NO_AUTH = new RedisError("NOAUTH Authentication required.");
export const WRONG_PASSWORD = new RedisError(
  "WRONGPASS invalid username-password pair or user is disabled.",
);
export const NO_PASSWORD_CONFIGURED = new RedisError(
  "ERR AUTH <password> called without any password configured for the default user. Are you sure " +
    "your configuration is correct?",
);
export const HELLO_NEEDS_AUTH = new RedisError(
  "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH " +
    "<user> <pass> option can be used to authenticate the client and select the RESP protocol " +
    "version at the same time",
);

// Connections.

export const PROTOCOL_NOT_AN_INTEGER = new RedisError(
  "ERR Protocol version is not an integer or out of range",
);
export const UNSUPPORTED_PROTOCOL = new RedisError("NOPROTO unsupported protocol version");

/** @param given The word that is no option, or whose value is missing. */
export function invalidHelloOption(given: string): RedisError {
  return new RedisError(`ERR Syntax error in HELLO option '${shown(given, Infinity)}'`);
}

export const INVALID_CLIENT_NAME = new RedisError(
  "ERR Client names cannot contain spaces, newlines or special characters.",
);
export const NO_SUCH_CLIENT = new RedisError("ERR No such client");
export const INVALID_CLIENT_ID = new RedisError("ERR Invalid client ID");
export const CLIENT_ID_NOT_POSITIVE = new RedisError("ERR client-id should be greater than 0");
export const INVALID_UNBLOCK_REASON = new RedisError(
  "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR",
);
export const UNBLOCKED = new RedisError("UNBLOCKED client unblocked via CLIENT UNBLOCK");
export const INVALID_PAUSE_MODE = new RedisError("ERR CLIENT PAUSE mode must be WRITE or ALL");
export const TIMEOUT_NOT_AN_INTEGER = new RedisError(
  "ERR timeout is not an integer or out of range",
);

// Client-side caching.

export const REDIRECTED_TWICE = new RedisError(
  "ERR A client can only redirect to a single other client",
);
export const NO_CLIENT_TO_REDIRECT_TO = new RedisError(
  "ERR The client ID you want redirect to does not exist",
);
export const PREFIX_NEEDS_BCAST = new RedisError(
  "ERR PREFIX option requires BCAST mode to be enabled",
);
export const TRACKING_SWITCHES_BCAST = new RedisError(
  "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then re-enabling it with a different mode.",
);
export const TRACKING_CHOICE_WITH_BCAST = new RedisError(
  "ERR OPTIN and OPTOUT are not compatible with BCAST",
);
export const TRACKING_ALL_CHOICES = new RedisError(
  "ERR You can't specify both OPTIN mode and OPTOUT mode",
);
export const TRACKING_SWITCHES_CHOICE = new RedisError(
  "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then re-enabling it with a different mode.",
);
export const NOT_TRACKING = new RedisError(
  "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled",
);
export const CACHING_YES_NEEDS_OPTIN = new RedisError(
  "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
);
export const CACHING_NO_NEEDS_OPTOUT = new RedisError(
  "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
);

/** @param existing A prefix that the client has already. */
export function prefixesOverlap(given: string, existing: string): RedisError {
  return overlapping(given, `an existing prefix '${shown(existing, Infinity)}'`);
}

/** @param other Another prefix of the same request. */
export function prefixOverlapsOther(given: string, other: string): RedisError {
  return overlapping(given, `another provided prefix '${shown(other, Infinity)}'`);
}

function overlapping(given: string, other: string): RedisError {
  return new RedisError(
    `ERR Prefix '${shown(given, Infinity)}' overlaps with ${other}. ` +
      "Prefixes for a single client must not overlap.",
  );
}
export const TIMEOUT_NOT_A_FLOAT = new RedisError("ERR timeout is not a float or out of range");
export const TIMEOUT_NEGATIVE = new RedisError("ERR timeout is negative");

/** @param given The word that names no type. */
export function unknownClientType(given: string): RedisError {
  return new RedisError(`ERR Unknown client type '${shown(given, Infinity)}'`);
}

/** @param given The name that no user has. */
export function noSuchUser(given: string): RedisError {
  return new RedisError(`ERR No such user '${shown(given, Infinity)}'`);
}

// COMMAND GETKEYS.

export const COMMAND_INVALID = new RedisError("ERR Invalid command specified");
export const COMMAND_HAS_NO_KEYS = new RedisError("ERR The command has no key arguments");
export const COMMAND_ARITY_INVALID = new RedisError(
  "ERR Invalid number of arguments specified for command",
);
export const COMMAND_ARGUMENTS_INVALID = new RedisError(
  "ERR Invalid arguments specified for command",
);

// Server state.

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
export const DEBUG_NOT_ALLOWED = new RedisError(
  'ERR DEBUG command not allowed. If the enable-debug-command option is set to "local", ' +
    "you can run it from a local connection, otherwise you need to set this option " +
    "in the configuration file, and then restart the server.",
);

// Persistence.

export const LOADING = new RedisError("LOADING Redis is loading the dataset in memory");
export const SNAPSHOT_FAILED = new RedisError(
  "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to " +
    "disk. Commands that may modify the data set are disabled, because this instance is configured " +
    "to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error " +
    "option). Please check the Redis logs for details about the RDB error.",
);
export const SAVE_IN_PROGRESS = new RedisError("ERR Background save already in progress");
export const SAVE_FAILED = new RedisError("ERR");
export const NO_SNAPSHOT_NOW = new RedisError(
  "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE in " +
    "order to schedule a BGSAVE whenever possible.",
);
export const RELOAD_FAILED = new RedisError("ERR Error trying to load the RDB dump");
export const RELOAD_OPTIONS = new RedisError(
  "ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.",
);
export const SHUTDOWN_FAILED = new RedisError("ERR Errors trying to SHUTDOWN. Check logs.");

export const NO_SHUTDOWN_IN_PROGRESS = new RedisError("ERR No shutdown in progress.");

/** An error whose whole text comes from elsewhere: a server's reply, DEBUG ERROR. */
export function errorWithText(text: string): RedisError {
  return new RedisError(text);
}

/** @param event Name of a latency event. */
export function noLatencySamples(event: string): RedisError {
  return new RedisError(`ERR No samples available for event '${shown(event, Infinity)}'`);
}

export const NOT_A_HASH_TABLE = new RedisError(
  "ERR The value stored at the specified key is not represented using an hash table",
);
export const NOT_A_LISTPACK = new RedisError("ERR Not a listpack encoded object.");
export const NOT_A_QUICKLIST = new RedisError("ERR Not a quicklist encoded object.");
export const OUT_OF_RANGE_DATABASE = new RedisError("ERR Out of range database");
export const PACKED_THRESHOLD_OUT_OF_RANGE = new RedisError(
  "ERR argument must be a memory value bigger than 1 and smaller than 4gb",
);
export const PUSH_NEEDS_RESP3 = new RedisError("ERR RESP2 is not supported by this command");
export const VALUE_MUST_BE_POSITIVE = new RedisError("ERR value is out of range, must be positive");
export const WRONG_PROTOCOL_TYPE = new RedisError(
  "ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false",
);
export const SLOWLOG_COUNT_TOO_SMALL = new RedisError(
  "ERR count should be greater than or equal to -1",
);
