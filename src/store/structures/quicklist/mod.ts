/**
 * Quicklist: lists of byte strings in nodes that hold many elements each, as Redis lays them out.
 *
 * ```ts
 * import { ByteView } from "../../../base/byte_view.ts";
 * import { Arena } from "../../memory/mod.ts";
 * import { PACKED_THRESHOLD_BYTES, Quicklist } from "./mod.ts";
 *
 * const list = new Quicklist(new Arena(), { packedThresholdBytes: PACKED_THRESHOLD_BYTES });
 * const ant = ByteView.ofText("ant"), bee = ByteView.ofText("bee");
 * list.begin(-2, 0);
 * list.push("tail", ant.bytes, ant.start, ant.end);
 * list.push("head", bee.bytes, bee.start, bee.end);
 * console.assert(list.count === 2 && list.readEnd("head", new ByteView()).equals(bee));
 * ```
 *
 * @module
 */

export { QuicklistCursor } from "./cursor.ts";
export { type ListEnd } from "./node_chain.ts";
export { PACKED_THRESHOLD_BYTES, Quicklist, type QuicklistLayout } from "./quicklist.ts";
export { SoughtElement } from "./sought_element.ts";
