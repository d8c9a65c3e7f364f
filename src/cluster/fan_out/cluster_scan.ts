/**
 * Cluster scan: SCAN over all nodes, one after the other.
 *
 * The cursor says where the walk stands, so any node can go on with it:
 *
 *   mark of the layout in 7 bits | pass in 1 | node in 8 | cursor of that node in 37
 *
 * When slots get other owners the mark is another one, and the walk begins anew, also where that happens
 * while a node answers: the keys may be where it has been already. While slots are on their way it goes
 * over all nodes twice. A key moves once, so one that is missed by the first pass, as it went from a node
 * that was still to come to one that had been, stays where it is and is met by the second.
 *
 * A node at its end has fewer keys than are wanted, or none. Then the next one is asked in the same step,
 * so few keys are told by one reply, as by one server.
 *
 * Always true: a key that is there from the first call to the last is returned at least once; a cursor is
 * below 2^53, which clients may keep as a double.
 *
 * @module
 */

import { textOfBytes } from "../../base/byte_view.ts";
import { parseCursor, parseScanOptions } from "../../engine/mod.ts";
import { NODE_COUNT_MAX } from "../cluster_settings.ts";
import { replyKeys, wordOf } from "./all_keys.ts";
import type { FanOutNodes } from "./fan_out_nodes.ts";
import type { FanOutRequest } from "./fan_out_request.ts";

/** Cursors of one node are below this; see `Dictionary.scan`. */
const NODE_CURSOR_COUNT = 2 ** 37;
/** Steps of two passes. */
const STEP_COUNT = NODE_COUNT_MAX * 2;
const MARK_COUNT = 128;

/** Where a walk over all nodes stands. */
interface ScanPlace {
  readonly passIndex: number;
  readonly nodeIndex: number;
  /** Of that node; 0 to begin there. */
  readonly nodeCursor: number;
}

const START: ScanPlace = { passIndex: 0, nodeIndex: 0, nodeCursor: 0 };

/** One step of SCAN. */
export async function scanAll(request: FanOutRequest): Promise<void> {
  const { nodes, args, reply } = request;
  request.requireAll();
  let place: ScanPlace | undefined = placeOf(parseCursor(args.text(1)), nodes);
  let leftCount = parseScanOptions(args, 2, true).wantedCount;
  const lists: Uint8Array[][] = [];
  do {
    const mark = markOf(nodes);
    const [nodeCursor, keys] = await stepAt(request, place);
    lists.push(keys);
    leftCount -= keys.length;
    place = mark === markOf(nodes) ? placeAfter(place, nodeCursor, nodes) : START;
  } while (leftCount > 0 && place !== undefined && isNextNode(place));
  reply.array(2);
  reply.bulkText(String(cursorOf(place, nodes)));
  replyKeys(request, lists.flat());
}

/** What a node replies where the walk stands: its next cursor, and keys. */
async function stepAt(
  request: FanOutRequest,
  { nodeIndex, nodeCursor }: ScanPlace,
): Promise<[number, Uint8Array[]]> {
  const { nodes, words } = request;
  const node = nodes.nodes[nodeIndex];
  // One that is down and yet not missed has no slots: its part is at its end.
  if (nodes.isFailing(node)) return [0, []];
  const step = [words[0], wordOf(nodeCursor), ...words.slice(2)];
  const [next, keys] = await request.ask(node, step) as [Uint8Array, Uint8Array[]];
  return [Number(textOfBytes(next)), keys];
}

/** Where a cursor stands; at the beginning, if it is of another layout. */
function placeOf(cursor: number, nodes: FanOutNodes): ScanPlace {
  const nodeCursor = cursor % NODE_CURSOR_COUNT;
  const stepIndex = Math.floor(cursor / NODE_CURSOR_COUNT);
  if (Math.floor(stepIndex / STEP_COUNT) !== markOf(nodes)) return START;
  const nodeIndex = stepIndex % NODE_COUNT_MAX;
  if (nodeIndex >= nodes.nodes.length) return START; // an invented one
  const passIndex = Math.floor(stepIndex / NODE_COUNT_MAX) % 2;
  return { passIndex, nodeIndex, nodeCursor };
}

/** The cursor of a place; 0 for none. */
function cursorOf(place: ScanPlace | undefined, nodes: FanOutNodes): number {
  if (place === undefined) return 0;
  const { passIndex, nodeIndex, nodeCursor } = place;
  const stepIndex = (markOf(nodes) * 2 + passIndex) * NODE_COUNT_MAX + nodeIndex;
  return stepIndex * NODE_CURSOR_COUNT + nodeCursor;
}

/** Where the walk goes on; `undefined` when it is complete. @param nodeCursor What the node replied. */
function placeAfter(
  { passIndex, nodeIndex }: ScanPlace,
  nodeCursor: number,
  { nodes, isMoving }: FanOutNodes,
): ScanPlace | undefined {
  if (nodeCursor > 0) return { passIndex, nodeIndex, nodeCursor };
  if (nodeIndex + 1 < nodes.length) return { passIndex, nodeIndex: nodeIndex + 1, nodeCursor };
  return isMoving && passIndex === 0 ? { ...START, passIndex: 1 } : undefined;
}

/** Whether the walk comes to another node within a pass. */
function isNextNode({ nodeIndex, nodeCursor }: ScanPlace): boolean {
  return nodeIndex > 0 && nodeCursor === 0;
}

/** The mark as far as there is room for it; never 0, as no cursor but the last may be. */
function markOf({ layoutMark }: FanOutNodes): number {
  return 1 + layoutMark % (MARK_COUNT - 1);
}
