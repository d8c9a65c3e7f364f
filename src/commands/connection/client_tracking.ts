/**
 * CLIENT TRACKING, CACHING, TRACKINGINFO, GETREDIR: the server's part in caches that clients keep.
 *
 * @module
 */

import type {
  ClientTracking,
  CommandContext,
  CommandFlag,
  CommandSpec,
  TrackingOptions,
} from "../../engine/mod.ts";
import {
  CACHING_NO_NEEDS_OPTOUT,
  CACHING_YES_NEEDS_OPTIN,
  NO_CLIENT_TO_REDIRECT_TO,
  NOT_TRACKING,
  PREFIX_NEEDS_BCAST,
  prefixesOverlap,
  prefixOverlapsOther,
  REDIRECTED_TWICE,
  SYNTAX_ERROR,
  TRACKING_ALL_CHOICES,
  TRACKING_CHOICE_WITH_BCAST,
  TRACKING_SWITCHES_BCAST,
  TRACKING_SWITCHES_CHOICE,
} from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";
import { answerLater } from "../later_answer.ts";

const OWN: readonly CommandFlag[] = ["noscript", "loading", "stale"];

/** The rows of these sub-commands. */
// deno-fmt-ignore
export const CLIENT_TRACKING_COMMANDS: readonly CommandSpec[] = [
  { name: "caching", arity: 3, flags: OWN, run: caching },
  { name: "getredir", arity: 2, flags: OWN, run: getRedirection },
  { name: "tracking", arity: -3, flags: OWN, isBrief: false, run: tracking },
  { name: "trackinginfo", arity: 2, flags: OWN, run: trackingInfo },
];

/**
 * `CLIENT TRACKING ON | OFF [REDIRECT id] [PREFIX prefix ...] [BCAST] [OPTIN] [OPTOUT] [NOLOOP]` → OK.
 *
 * The options of OFF are read, too, and refused if they make no sense.
 */
function tracking(context: CommandContext, args: Args): void {
  const { session, server } = context;
  const options = readOptions(context, args);
  if (args.isWord(2, "on")) {
    requireFitting(options, session.tracking);
    const known = server.tracking.enable(session, options);
    // Among others of a transaction over several nodes it has no place to wait.
    const mayWait = context.mayBlock && !session.isAnsweredElsewhere;
    if (known !== undefined && mayWait) return answerLater(context, args, known);
  } else if (args.isWord(2, "off")) {
    session.tracking?.disable();
  } else {
    throw SYNTAX_ERROR;
  }
  context.reply.ok();
}

/** `CLIENT CACHING YES | NO` → OK; it counts for the next request, or the next transaction. */
function caching(context: CommandContext, args: Args): void {
  const client = context.session.tracking;
  if (client === undefined || !client.isOn) throw NOT_TRACKING;
  if (args.isWord(2, "yes")) {
    if (!client.isOptIn) throw CACHING_YES_NEEDS_OPTIN;
  } else if (args.isWord(2, "no")) {
    if (!client.isOptOut) throw CACHING_NO_NEEDS_OPTOUT;
  } else {
    throw SYNTAX_ERROR;
  }
  client.isNextNamed = true;
  context.reply.ok();
}

/** `CLIENT GETREDIR` → integer: who is told in the client's place; 0: nobody, -1: it does not track. */
function getRedirection(context: CommandContext): void {
  context.reply.integer(redirectionOf(context.session.tracking));
}

/** `CLIENT TRACKINGINFO` → map: how the client tracks. */
function trackingInfo(context: CommandContext): void {
  const { reply, session } = context;
  const client = session.tracking;
  const words = modeWords(client), prefixes = client?.prefixes ?? [];
  reply.map(3);
  reply.bulkText("flags");
  reply.set(words.length);
  for (const word of words) reply.bulkText(word);
  reply.bulkText("redirect");
  reply.integer(redirectionOf(client));
  reply.bulkText("prefixes");
  reply.array(prefixes.length);
  for (const prefix of prefixes) reply.bulkText(prefix);
}

/**
 * Who is told of changes in a client's place.
 *
 * @returns Its id; 0: the client itself, -1: nobody, it does not track.
 */
export function redirectionOf(client: ClientTracking | undefined): number {
  return client?.isOn ? client.redirectId : -1;
}

/** What a client has asked for. */
function modeWords(client: ClientTracking | undefined): string[] {
  if (client === undefined || !client.isOn) return ["off"];
  const words = ["on"];
  if (client.isBroadcasting) words.push("bcast");
  if (client.isOptIn) words.push("optin");
  if (client.isOptIn && client.isNextNamed) words.push("caching-yes");
  if (client.isOptOut) words.push("optout");
  if (client.isOptOut && client.isNextNamed) words.push("caching-no");
  if (client.isNoLoop) words.push("noloop");
  if (client.isRedirectBroken) words.push("broken_redirect");
  return words;
}

/** @throws {RedisError} When one is unknown, or there is nobody to redirect to. */
function readOptions(context: CommandContext, args: Args): TrackingOptions {
  const prefixes: string[] = [];
  const has = { bcast: false, optin: false, optout: false, noloop: false };
  let redirectId = 0;
  for (let index = 3; index < args.count; index++) {
    const word = args.at(index).toLowerText();
    const isMore = index + 1 < args.count;
    if (word === "redirect" && isMore) {
      if (redirectId !== 0) throw REDIRECTED_TWICE;
      redirectId = args.integer(++index);
      if (context.server.clients.get(redirectId) === undefined) throw NO_CLIENT_TO_REDIRECT_TO;
    } else if (word === "prefix" && isMore) {
      prefixes.push(args.text(++index));
    } else if (word === "bcast" || word === "optin" || word === "optout" || word === "noloop") {
      has[word] = true;
    } else {
      throw SYNTAX_ERROR;
    }
  }
  return {
    isBroadcasting: has.bcast,
    isOptIn: has.optin,
    isOptOut: has.optout,
    isNoLoop: has.noloop,
    redirectId,
    prefixes,
  };
}

/** @throws {RedisError} When options contradict each other, or the mode that the client is in. */
function requireFitting(options: TrackingOptions, client: ClientTracking | undefined): void {
  const { isBroadcasting, isOptIn, isOptOut, prefixes } = options;
  if (!isBroadcasting && prefixes.length > 0) throw PREFIX_NEEDS_BCAST;
  if (client?.isOn && client.isBroadcasting !== isBroadcasting) throw TRACKING_SWITCHES_BCAST;
  if (isBroadcasting && (isOptIn || isOptOut)) throw TRACKING_CHOICE_WITH_BCAST;
  if (isOptIn && isOptOut) throw TRACKING_ALL_CHOICES;
  const isSwitching = (isOptIn && client?.isOptOut) || (isOptOut && client?.isOptIn);
  if (isSwitching) throw TRACKING_SWITCHES_CHOICE;
  prefixes.forEach((prefix, index) => {
    const own = client?.prefixes.find((other) => overlap(prefix, other));
    if (own !== undefined) throw prefixesOverlap(prefix, own);
    const given = prefixes.slice(index + 1).find((other) => overlap(prefix, other));
    if (given !== undefined) throw prefixOverlapsOther(prefix, given);
  });
}

/** Whether a key can begin with both. */
function overlap(one: string, other: string): boolean {
  return one.startsWith(other) || other.startsWith(one);
}
