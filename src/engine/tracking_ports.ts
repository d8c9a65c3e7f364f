/**
 * Tracking ports: what the engine and the commands need from client-side caching.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import type { Args } from "../resp/mod.ts";
import type { Command } from "./command.ts";
import type { Session } from "./session.ts";

/** What a client asks to be told of changes (CLIENT TRACKING ON). */
export interface TrackingOptions {
  /** Whether it is told of all keys with its prefixes, whether it read them or not. */
  readonly isBroadcasting: boolean;
  /** Whether what it reads counts only right behind CLIENT CACHING YES. */
  readonly isOptIn: boolean;
  /** Whether what it reads counts unless right behind CLIENT CACHING NO. */
  readonly isOptOut: boolean;
  /** Whether it is not told of what it changed itself. */
  readonly isNoLoop: boolean;
  /** Id of the client that is told in its place; 0: itself. */
  readonly redirectId: number;
  /** Binary text; new ones, if it has some. */
  readonly prefixes: readonly string[];
}

/** Which clients may have which keys in a cache of their own, and how they learn of changes. */
export interface Tracking {
  /** Clients that are told of changes. */
  readonly clientCount: number;
  /** Whether changes matter to anybody who is connected, or may soon. */
  readonly isFollowing: boolean;
  /** Keys that a client may have; how many times one may have one; prefixes. */
  readonly keyCount: number;
  readonly itemCount: number;
  readonly prefixCount: number;
  /** Bytes that all of it takes, about. */
  readonly memoryBytes: number;
  /** Where clients read what is not here; `undefined`: all keys are here. */
  sources: TrackingSources | undefined;
  /**
   * Begins to tell a client, or to tell it otherwise than before.
   *
   * @returns Settled when nothing is missed any more; `undefined`: it is so at once.
   */
  enable(session: Session, options: TrackingOptions): Promise<void> | undefined;
  /**
   * Notes that a client, or a server of clients, may keep a key.
   *
   * @param key Copied.
   * @param isElsewhere Whether another server has it.
   */
  note(session: Session, key: ByteView, isElsewhere: boolean): void;
  /**
   * A client's command runs, or goes on after waiting. Needed while `isFollowing`.
   *
   * @returns Whose command ran before, to be given back to `end`.
   */
  begin(session: Session): Session | undefined;
  /** It has run, and replied: the client is told now of what that changed. */
  end(session: Session, before: Session | undefined): void;
  /** Does what is due; to be called several times a second. */
  attend(): void;

  /**
   * What comes from another server, it asks for a client of its own.
   *
   * @param isNoting Whether that one may keep what it reads.
   * @param idElsewhere Its id there, if it is not told what it changes itself; else 0.
   */
  actFor(session: Session, isNoting: boolean, idElsewhere: number): void;
  /** Another server asks to be told of keys for clients of its own. */
  beginNoting(session: Session): void;
  /** Clients of another server want to hear of keys that begin so, or no more. @param prefix Binary text. */
  setWanted(session: Session, prefix: string, isWanted: boolean): void;

  /** How keys begin, of which clients here want to hear; binary text. */
  readonly wantedPrefixes: readonly string[];
  /**
   * Keys have changed that clients here have read at another server.
   *
   * @param changerId The client here who did it, if it is one of those that are not told what they change.
   */
  keysChangedElsewhere(keys: readonly ByteView[], changerId: number): void;
  /** Keys have changed there that begin so. @param keys Binary text. */
  prefixChangedElsewhere(prefix: string, keys: readonly string[], changerId: number): void;
  /** Any keys may have changed there, and nothing more is told of what was read before. */
  allChangedElsewhere(): void;
  /** Keys get another owner, who knows nothing of other servers' clients that keep them: these are told. */
  keysLeave(): void;
}

/** Other servers, whose keys clients read here. */
export interface TrackingSources {
  /**
   * Has them tell of keys that begin so.
   *
   * @param prefixes Binary text.
   * @returns Settled when those know that are there.
   */
  want(prefixes: readonly string[]): Promise<void>;
  /** Has them tell of such keys no more. */
  unwant(prefixes: readonly string[]): void;
}

/** A client that is told of changes, or was once. */
export interface ClientTracking extends TrackingOptions {
  /** Whether it is told at present. */
  readonly isOn: boolean;
  /** Whether the client that should be told in its place was gone. */
  readonly isRedirectBroken: boolean;
  /** Whether CLIENT CACHING was said for the request, or the transaction, that comes. */
  isNextNamed: boolean;
  /** Whether what its next request reads counts as read. */
  readonly isNoting: boolean;
  /** Binary text in order of the bytes; empty where it is not told by prefixes. */
  readonly prefixes: readonly string[];
  /** Notes that it may keep what a command with the flag `readonly` has read. */
  noteRead(command: Command, args: Args): void;
  /** A request is done or refused: what was said for it is over. @param command `undefined`: none. */
  requestEnded(command: Command | undefined): void;
  /** Tells it no more (CLIENT TRACKING OFF, RESET). */
  disable(): void;
  /** The client is gone. */
  release(): void;
}
