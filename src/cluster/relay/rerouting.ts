/**
 * Rerouting: requests that a node does not answer, as their slot has moved, go to who has it now.
 *
 * The node that had the slot knows first that it has moved; this one may hear of it a little later, and
 * tries again until then. What one client had sent before is sent again in that order, one after the
 * other; what it sends meanwhile waits (`RequestRelay`).
 *
 * @module
 */

import { invariant } from "../../base/invariant.ts";
import { rest } from "../../client/mod.ts";
import type { ClusterNode, Command, ServerParts } from "../../engine/mod.ts";
import { SLOT_NOT_SERVED } from "../../errors/catalogue.ts";
import type { ReplyLine } from "../../net/mod.ts";
import { Args, REQUEST, RequestParser } from "../../resp/mod.ts";
import type { KeyOwners, Owner, RoutedRequest } from "./key_owners.ts";
import { refuseRun, type RequestRun } from "./request_chunk.ts";

/** Pause before it is looked whether the map has changed. */
const PAUSE_MS = 5;

/** Where a run is to go. */
export interface NewRoute {
  readonly owner: Owner;
  /** What the run asks for; where it is a transaction, what is between MULTI and EXEC. */
  readonly requests: readonly RoutedRequest[];
  /** Whether it is a transaction that is undone when one of its commands fails (EXEC ROLLBACK). */
  readonly isRevocable: boolean;
}

/** What it needs. */
export interface ReroutingParts {
  readonly server: ServerParts;
  readonly owners: KeyOwners;
  /** Sends a run to where its keys are now. */
  readonly send: (run: RequestRun, route: NewRoute) => void;
}

/** Sends requests on. */
export class Rerouting {
  readonly #parts: ReroutingParts;
  /** Until when what each client had sent before is under way again. */
  readonly #last = new WeakMap<ReplyLine, Promise<void>>();

  constructor(parts: ReroutingParts) {
    this.#parts = parts;
  }

  /** Sends a run on, behind those of the same client. @param from Who does not answer it. */
  take(run: RequestRun, from: ClusterNode): void {
    const { line } = run;
    invariant(line !== undefined, "Only requests of clients are sent on");
    const before = this.#last.get(line) ?? Promise.resolve();
    this.#last.set(line, before.then(() => this.#sendOn(run, from)));
  }

  /**
   * Waits until the map names another node for a run's keys.
   *
   * @returns `undefined` when that does not happen in time.
   */
  async routeOf(
    run: RequestRun,
    from: ClusterNode,
  ): Promise<NewRoute | undefined> {
    const { server: { clock, config }, owners } = this.#parts;
    const all = this.#requestsIn(run), isTransaction = run.droppedCount > 0;
    const requests = isTransaction ? all.slice(1, -1) : all;
    const isRevocable = isTransaction && all[all.length - 1].args.count > 1;
    const endUs = clock.monotonicUs() + config.number("cluster-node-timeout") * 1000;
    while (clock.monotonicUs() < endUs) {
      const owner = owners.ofAll(requests);
      if (typeof owner !== "object" || owner.name !== from.name) {
        return { owner, requests, isRevocable };
      }
      await rest(PAUSE_MS, { clock });
    }
    return undefined;
  }

  async #sendOn(run: RequestRun, from: ClusterNode): Promise<void> {
    const route = await this.routeOf(run, from);
    if (route === undefined) refuseRun(run, SLOT_NOT_SERVED);
    else this.#parts.send(run, route);
  }

  /** The requests of a run. */
  #requestsIn(run: RequestRun): readonly RoutedRequest[] {
    const { bytes } = run.chunk.output, requests: RoutedRequest[] = [];
    const parser = new RequestParser({ bulkBytesMax: Infinity }), slot = new Args();
    parser.isTrusted = true;
    for (let at = run.start; at < run.end; at = parser.end) {
      if (parser.parse(bytes, at, run.end, slot) !== REQUEST) break;
      const args = parser.args.copy(), command = this.#commandOf(args);
      if (command !== undefined) requests.push({ command, args });
    }
    return requests;
  }

  #commandOf(args: Args): Command | undefined {
    const command = this.#parts.server.commands.find(args.at(0));
    if (command === undefined || command.subcommands.size === 0 || args.count < 2) return command;
    return command.subcommands.get(args.at(1).toLowerText()) ?? command;
  }
}
