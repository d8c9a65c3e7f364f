/**
 * Owner reads: which requests of a transaction are run where their keys are.
 *
 * What only reads (GETRANGE, HLEN, TYPE) need not have its values sent to where the transaction is run on
 * copies: the node that has all its keys answers it as soon as they are locked, and nobody can change them
 * from then on. That follows from the commands' rows.
 *
 * Not so where another request of the transaction takes one of the keys along: what the one does is seen
 * by the other then, if only that the key's time has come in between.
 *
 * @module
 */

import type { ClusterNode, Command, KeyUse } from "../../engine/mod.ts";
import type { Args } from "../../resp/mod.ts";

/** A request and its keys. */
export interface PlannedRequest {
  readonly command: Command;
  readonly args: Args;
  readonly databaseIndex: number;
  readonly uses: readonly KeyUse[];
  /** What each key is called in its database, and who has it. */
  readonly places: readonly { readonly place: string; readonly owner: ClusterNode }[];
}

/**
 * Finds the requests that are run at the owners of their keys.
 *
 * @param takenAlong Places of keys whose values the transaction needs for another reason.
 */
export function findOwnerReads(
  requests: readonly PlannedRequest[],
  takenAlong: ReadonlySet<string>,
): ReadonlySet<PlannedRequest> {
  const found = new Set(requests.filter(isReadByOne)), taken = new Set(takenAlong);
  for (const request of requests) if (!found.has(request)) take(request, taken);
  for (let foundCount = -1; foundCount !== found.size;) {
    foundCount = found.size;
    for (const request of found) {
      if (!request.places.some(({ place }) => taken.has(place))) continue;
      found.delete(request);
      take(request, taken);
    }
  }
  return found;
}

/** Whether one node can answer a request without changing, or waiting for, anything. */
function isReadByOne({ command, args, uses, places }: PlannedRequest): boolean {
  return command.has("readonly") && !command.has("blocking") &&
    command.changedAmong(uses).length === 0 && command.spec.derivesKeys?.(args) !== true &&
    places.length > 0 && places.every(({ owner }) => owner === places[0].owner);
}

function take({ places }: PlannedRequest, taken: Set<string>): void {
  for (const { place } of places) taken.add(place);
}
