/**
 * Documentation of the *connection* commands: who a client is, how it is spoken to, and what one
 * client may do to the others.
 *
 * @module
 */

import {
  block,
  deprecated,
  integer,
  many,
  manyWithToken,
  oneOf,
  optional,
  since,
  text,
  token,
  word,
} from "./argument_doc.ts";
import { type CommandDoc, type CommandDocRows, documentGroup, helpRow } from "./command_doc.ts";

/** The sub-commands of CLIENT. */
const CLIENT_ROWS: CommandDocRows = {
  caching: {
    summary: "Says whether the next request's keys are tracked, where that must be said.",
    since: "6.0.0",
    complexity: "O(1)",
    arguments: [oneOf("mode", word("YES"), word("NO"))],
  },
  getname: {
    summary: "Returns the name that this connection was given.",
    since: "2.6.9",
    complexity: "O(1)",
  },
  getredir: {
    summary: "Returns who is told of changes in place of this connection.",
    since: "6.0.0",
    complexity: "O(1)",
  },
  help: helpRow("5.0.0"),
  id: {
    summary: "Returns the number of this connection, which is given to no other.",
    since: "5.0.0",
    complexity: "O(1)",
  },
  info: {
    summary: "Describes this connection in one line.",
    since: "6.2.0",
    complexity: "O(1)",
  },
  kill: {
    summary: "Closes connections, picked by address or by filters.",
    since: "2.4.0",
    complexity: "O(N) for N connections.",
    history: [
      ["2.8.12", "Takes filters in place of an address."],
      ["2.8.12", "Picks by `ID`."],
      ["3.2.0", "`TYPE` knows `master`."],
      ["5.0.0", "`TYPE` calls replicas `replica`; `slave` still works."],
      ["6.2.0", "Picks by the server's side of the connection with `LADDR`."],
    ],
    arguments: [
      oneOf(
        "filter",
        deprecated("2.8.12", text("ip:port")),
        many(oneOf(
          "new-format",
          optional(since("2.8.12", token("ID", integer("client-id")))),
          optional(since(
            "2.8.12",
            token(
              "TYPE",
              oneOf(
                "normal_master_slave_pubsub",
                word("NORMAL"),
                since("3.2.0", word("MASTER")),
                word("SLAVE"),
                since("5.0.0", word("REPLICA")),
                word("PUBSUB"),
              ),
            ),
          )),
          optional(token("USER", text("username"))),
          optional(token("ADDR", text("ip:port"))),
          optional(since("6.2.0", token("LADDR", text("ip:port")))),
          optional(token("SKIPME", text("yes/no"))),
        )),
      ),
    ],
  },
  list: {
    summary: "Describes all connections, one line each, or those of a type or with given IDs.",
    since: "2.4.0",
    complexity: "O(N) for N connections.",
    history: [
      ["2.8.12", "Shows `id`, a number used only once."],
      ["5.0.0", "Picks by `TYPE`."],
      ["6.0.0", "Shows `user`."],
      ["6.2.0", "Shows `argv-mem`, `tot-mem`, `laddr` and `redir`; picks by `ID`."],
      ["7.0.0", "Shows `resp`, `multi-mem`, `rbs` and `rbp`."],
      ["7.0.3", "Shows `ssub`."],
    ],
    arguments: [
      optional(since(
        "5.0.0",
        token(
          "TYPE",
          oneOf(
            "normal_master_replica_pubsub",
            word("NORMAL"),
            word("MASTER"),
            word("REPLICA"),
            word("PUBSUB"),
          ),
        ),
      )),
      optional(since("6.2.0", token("ID", block("id", many(integer("client-id")))))),
    ],
  },
  "no-evict": {
    summary: "Protects this connection from being closed when clients use too much memory.",
    since: "7.0.0",
    complexity: "O(1)",
    arguments: [oneOf("enabled", word("ON"), word("OFF"))],
  },
  pause: {
    summary: "Holds back the commands of all clients, or only writes, for some milliseconds.",
    since: "2.9.50",
    complexity: "O(1)",
    history: [["6.2.0", "Takes a mode, so that `WRITE` lets reads through."]],
    arguments: [
      integer("timeout"),
      optional(since("6.2.0", oneOf("mode", word("WRITE"), word("ALL")))),
    ],
  },
  reply: {
    summary: "Turns the replies to this connection on or off, or skips the next one.",
    since: "3.2.0",
    complexity: "O(1)",
    arguments: [oneOf("on_off_skip", word("ON"), word("OFF"), word("SKIP"))],
  },
  setname: {
    summary: "Gives this connection a name, which CLIENT LIST shows.",
    since: "2.6.9",
    complexity: "O(1)",
    arguments: [text("connection-name")],
  },
  tracking: {
    summary: "Turns on or off that this connection is told of changes of what it read.",
    since: "6.0.0",
    complexity: "O(1), and for each prefix with BCAST.",
    arguments: [
      oneOf("status", word("ON"), word("OFF")),
      optional(token("REDIRECT", integer("client-id"))),
      optional(manyWithToken(token("PREFIX", text("prefix")))),
      optional(word("BCAST")),
      optional(word("OPTIN")),
      optional(word("OPTOUT")),
      optional(word("NOLOOP")),
    ],
  },
  trackinginfo: {
    summary: "Describes how this connection is told of changes.",
    since: "6.2.0",
    complexity: "O(1)",
  },
  unblock: {
    summary: "Ends the wait of a client that is blocked in a command.",
    since: "5.0.0",
    complexity: "O(log N) for N connections.",
    arguments: [
      integer("client-id"),
      optional(oneOf("timeout_error", word("TIMEOUT"), word("ERROR"))),
    ],
  },
  unpause: {
    summary: "Lets the commands go on that CLIENT PAUSE holds back.",
    since: "6.2.0",
    complexity: "O(N) for N clients held back.",
  },
};

/** The documentation of the connection commands, by name. */
export const CONNECTION_DOCS: readonly CommandDoc[] = documentGroup("connection", {
  auth: {
    summary: "Proves with a password who the client is.",
    since: "1.0.0",
    complexity: "O(N) for N passwords of the user.",
    history: [["6.0.0", "Takes the name of an ACL user before the password."]],
    arguments: [optional(since("6.0.0", text("username"))), text("password")],
  },
  client: {
    summary: "Holds the sub-commands about client connections.",
    since: "2.4.0",
    complexity: "That of the sub-command.",
    subcommands: CLIENT_ROWS,
  },
  echo: {
    summary: "Returns its argument.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [text("message")],
  },
  hello: {
    summary: "Agrees on a protocol version, logs in and names the connection in one step.",
    since: "6.0.0",
    complexity: "O(1)",
    history: [["6.2.0", "Without a version, describes the connection and changes nothing."]],
    arguments: [
      optional(block(
        "arguments",
        integer("protover"),
        optional(token("AUTH", block("username_password", text("username"), text("password")))),
        optional(token("SETNAME", text("clientname"))),
      )),
    ],
  },
  ping: {
    summary: "Shows that the server answers, with PONG or with the argument.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [optional(text("message"))],
  },
  quit: {
    summary: "Ends the connection once earlier replies are sent.",
    since: "1.0.0",
    complexity: "O(1)",
  },
  reset: {
    summary: "Takes the connection back to the state in which it began.",
    since: "6.2.0",
    complexity: "O(1)",
  },
  select: {
    summary: "Chooses the database that this connection works on.",
    since: "1.0.0",
    complexity: "O(1)",
    arguments: [integer("index")],
  },
});
