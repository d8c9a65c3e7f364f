/**
 * Tracking ports: what the engine and the commands need from client-side caching.
 *
 * @module
 */

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
  /** Keys that a client may have; how many times one may have one; prefixes. */
  readonly keyCount: number;
  readonly itemCount: number;
  readonly prefixCount: number;
  /** Bytes that all of it takes, about. */
  readonly memoryBytes: number;
  /** Begins to tell a client, or to tell it otherwise than before. */
  enable(session: Session, options: TrackingOptions): void;
  /**
   * A client's command runs, or goes on after waiting. Needed where the client has `tracking`.
   *
   * @returns Whose command ran before, to be given back to `end`.
   */
  begin(session: Session): Session | undefined;
  /** It has run, and replied: the client is told now of what that changed. */
  end(session: Session, before: Session | undefined): void;
  /** Does what is due; to be called several times a second. */
  attend(): void;
}

/** A client that is told of changes, or was once. */
export interface ClientTracking extends TrackingOptions {
  /** Whether it is told at present. */
  readonly isOn: boolean;
  /** Whether the client that should be told in its place was gone. */
  readonly isRedirectBroken: boolean;
  /** Whether CLIENT CACHING was said for the request, or the transaction, that comes. */
  isNextNamed: boolean;
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
