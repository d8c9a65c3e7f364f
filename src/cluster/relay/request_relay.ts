/**
 * Request relay: any node answers for all keys, by sending requests to the nodes that have them.
 *
 * By a request's keys it is one of these: it has none, or all are here: it runs here. All are at one
 * other node: it is sent there. They are at several, or it concerns all nodes (DBSIZE): what is made
 * for that answers it, alone, once the client's earlier requests are answered.
 *
 * Always true: requests of one client for the same key are answered in their order.
 * Not here: what several nodes do together.
 *
 * @module
 */

import { DisconnectedError, TimeoutError } from "../../client/mod.ts";
import type {
  ClusterNode,
  Command,
  OpenTransaction,
  RequestRouter,
  Route,
  ServerParts,
  Session,
} from "../../engine/mod.ts";
import { POSTPONED, toRedisError } from "../../engine/mod.ts";
import { NOT_RELAYED_YET, SEVERAL_OWNERS, SLOT_NOT_SERVED } from "../../errors/catalogue.ts";
import type { RedisError } from "../../errors/redis_error.ts";
import { ReplyLine } from "../../net/mod.ts";
import { type Args, WireWriter } from "../../resp/mod.ts";
import { foldSlots } from "../request_slots.ts";
import type { ServerCluster } from "../server_cluster.ts";

/** A request that outlives the call it came with. */
export interface RoutedRequest {
  readonly command: Command;
  /** With bytes of their own. */
  readonly args: Args;
}

/** Answers requests that concern all nodes. */
export interface FanOutPort {
  /** Whether it is the one to answer a command. */
  answers(command: Command, args: Args): boolean;
  /** Why a transaction can't run; `undefined`: it can, and what it sends as messages reaches all nodes. */
  refusalOf(transaction: OpenTransaction): RedisError | undefined;
  /** @param args With bytes of their own. @returns The reply as it goes to the client. */
  run(session: Session, command: Command, args: Args): Promise<Uint8Array>;
}

/** Runs requests whose keys are at several nodes as one. */
export interface SeveralOwnersPort {
  /**
   * @param requests One, or those of a transaction.
   * @param options Whether they are a transaction.
   * @returns The reply as it goes to the client: for a transaction, EXEC's.
   */
  run(
    session: Session,
    requests: readonly RoutedRequest[],
    options: { readonly isTransaction: boolean },
  ): Promise<Uint8Array>;
}

/** Who answers what one node alone can't. */
export interface RelayHelpers {
  readonly fanOut?: FanOutPort;
  readonly severalOwners?: SeveralOwnersPort;
}

/** The owner of keys that have several; of none there is no owner. */
const SEVERAL = "several";
type Owner = ClusterNode | typeof SEVERAL | undefined;

/** Sends requests to who has the keys. */
export class RequestRelay implements RequestRouter {
  readonly #cluster: ServerCluster;
  readonly #helpers: RelayHelpers;
  readonly #joinOwner: (owner: Owner, slotIndex: number) => Owner;

  constructor(_server: ServerParts, cluster: ServerCluster, helpers: RelayHelpers) {
    this.#cluster = cluster;
    this.#helpers = helpers;
    this.#joinOwner = (owner, slotIndex) => {
      const other = cluster.ownerOf(slotIndex);
      return owner === undefined || owner === other ? other : SEVERAL;
    };
  }

  take(session: Session, command: Command, args: Args): Route {
    const { fanOut, severalOwners } = this.#helpers;
    if (command.spec.withinMulti === "executes") return this.#takeTransaction(session);
    if (fanOut?.answers(command, args) === true) {
      const copy = args.copy();
      return this.#answerAlone(session, () => fanOut.run(session, command, copy));
    }
    const owner = foldSlots(command, args, undefined, this.#joinOwner);
    if (owner === undefined || owner === this.#cluster.self) return "here";
    if (owner !== SEVERAL) throw NOT_RELAYED_YET;
    if (severalOwners === undefined) throw SEVERAL_OWNERS;
    const requests = [{ command, args: args.copy() }];
    return this.#answerAlone(
      session,
      () => severalOwners.run(session, requests, { isTransaction: false }),
    );
  }

  #takeTransaction(session: Session): Route {
    const { transaction } = session, { fanOut, severalOwners } = this.#helpers;
    if (transaction === undefined || transaction.hasFailed) return "here";
    const refusal = fanOut?.refusalOf(transaction);
    if (refusal !== undefined) throw refusal;
    const owner = this.#ownerOfTransaction(transaction);
    if (owner === undefined || owner === this.#cluster.self) return "here";
    if (owner !== SEVERAL) throw NOT_RELAYED_YET;
    if (severalOwners === undefined) throw SEVERAL_OWNERS;
    const requests = requestsOf(transaction);
    session.endTransaction();
    return this.#answerAlone(
      session,
      () => severalOwners.run(session, requests, { isTransaction: true }),
    );
  }

  #ownerOfTransaction(transaction: OpenTransaction): Owner {
    let owner: Owner;
    transaction.some((command, args) => {
      owner = foldSlots(command, args, owner, this.#joinOwner);
      return owner === SEVERAL;
    });
    return owner;
  }

  /** Has a request answered when all before it are, and those behind it wait. */
  #answerAlone(session: Session, run: () => Promise<Uint8Array>): Route {
    const line = lineOf(session);
    if (line.isOpen) return POSTPONED;
    const slot = line.reserve(isReplyWanted(session));
    run().catch((error) => errorReply(error)).then((bytes) => {
      slot.add(bytes, 0, bytes.length);
      slot.end();
      session.answeredElsewhere();
    });
    return "alone";
  }
}

function lineOf(session: Session): ReplyLine {
  return session.connection.line ??= new ReplyLine(session.connection, () => session.retry());
}

/** Whether the client is to get the reply of the request at hand (CLIENT REPLY). */
function isReplyWanted(session: Session): boolean {
  if (session.replyMode === "on") return true;
  session.muteReply(session.reply.mark());
  return false;
}

function requestsOf(transaction: OpenTransaction): RoutedRequest[] {
  const requests: RoutedRequest[] = [];
  transaction.some((command, args) => {
    requests.push({ command, args: args.copy() });
    return false;
  });
  return requests;
}

/** An error as it goes to the client. @throws What is a bug of ours. */
function errorReply(error: unknown): Uint8Array {
  const writer = new WireWriter();
  const isUnreachable = error instanceof DisconnectedError || error instanceof TimeoutError;
  writer.error(isUnreachable ? SLOT_NOT_SERVED : toRedisError(error));
  return writer.buffer.bytes.subarray(0, writer.buffer.length);
}
