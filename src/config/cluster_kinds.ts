/**
 * Cluster kinds: directives that say who the nodes of a cluster are.
 *
 * They are EasyRedis' own, as Redis keeps its members in a file that nodes write by themselves. So
 * the reasons to refuse a value are ours too.
 *
 * @module
 */
import { ConfigError } from "../errors/config_error.ts";
import { oneOf, optionalText, type TextKind } from "./directive_kind.ts";

/** Longest name of a node. */
const NODE_NAME_LENGTH_MAX = 64;
const PORT_MAX = 65_535;

/** A node as `peers` lists it. */
export interface PeerEntry {
  readonly name: string;
  readonly host: string;
  readonly port: number;
}

/** `peers NAME@HOST:PORT ...`: all nodes, this one included; further lines add to the first. */
export const PEERS: TextKind = {
  type: "text",
  takesSeveral: true,
  accumulates: true,
  read(words, current) {
    const given = words.length === 1 && words[0] === "" ? [] : words;
    const entries = peersOf(current);
    for (const word of given) {
      const entry = readPeer(word);
      const twin = entries.find(({ name, host, port }) =>
        name === entry.name || (host === entry.host && port === entry.port)
      );
      if (twin !== undefined) {
        throw new ConfigError(
          `Cannot list a node twice: '${word}' has the name or address of '${twin.name}'`,
        );
      }
      entries.push(entry);
    }
    return given.join(" ");
  },
  rewrite: ({ name, text }) => text === "" ? [] : [{ text: `${name} ${text}`, isForced: true }],
};

/** `self NAME`: which of the peers this server is. */
export const NODE_NAME: TextKind = optionalText((text) =>
  text === "" || isNodeName(text) ? undefined : NODE_NAME_RULE
);

/** `cluster-mode none | redirect | relay`: what becomes of a request for another node's keys. */
export const CLUSTER_MODE: TextKind = oneOf(["none", "redirect", "relay"]);

/** The nodes in a value of `peers`. */
export function peersOf(text: string): PeerEntry[] {
  return text === "" ? [] : text.split(" ").map(readPeer);
}

const NODE_NAME_RULE =
  `A node's name is 1 to ${NODE_NAME_LENGTH_MAX} letters, digits, dots, hyphens or underscores`;

function readPeer(word: string): PeerEntry {
  const [, name, bracketed, plain, digits] =
    /^([^@]*)@(?:\[([^\]@]+)\]|([^:@[\]]+)):(\d{1,5})$/.exec(word) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > PORT_MAX) {
    throw new ConfigError(`A peer is NAME@HOST:PORT, port 1 to ${PORT_MAX}: '${word}'`);
  }
  if (!isNodeName(name)) throw new ConfigError(`${NODE_NAME_RULE}: '${name}'`);
  return { name, host: bracketed ?? plain, port };
}

function isNodeName(text: string): boolean {
  return text.length <= NODE_NAME_LENGTH_MAX && /^[A-Za-z0-9._-]+$/.test(text);
}
