/**
 * Fill rule: how full a node of a quicklist may be, as `list-max-listpack-size` says.
 *
 * The number limits either the bytes of a node or its elements, and in the second case a safety limit
 * keeps nodes of long elements small too. An element that is larger than any limit has a node of its
 * own. Sizes are those of the node's listpack, header and end byte included; an element is reckoned
 * with more than it may take, as Redis does, so that both split lists at the same elements.
 *
 *   -1 to -5    nodes of up to 4, 8, 16, 32, 64 KiB
 *   0           each element has a node of its own
 *   1 to 32767  so many elements, and up to 8 KiB
 *
 * A list keeps the rule and the compress depth that it was made with: both lie in one word, its
 * *options*, in each node.
 *
 * Behaviour: Redis 7.0 quicklist.c.
 *
 * @module
 */

/** Bytes of a node, by limits from -1 down. */
const NODE_BYTES_MAX = [4096, 8192, 16_384, 32_768, 65_536];
const FILL_MIN = -NODE_BYTES_MAX.length;
const FILL_MAX = 2 ** 15 - 1;
const DEPTH_MAX = 2 ** 16 - 1;
/** What a node limited by its elements may have in bytes. */
const SAFE_BYTES_MAX = 8192;
/** What an element is reckoned to take beside its own bytes. */
const ELEMENT_OVERHEAD_BYTES = 8;
/** What two listpacks are reckoned to have in common beside their elements. */
const MERGE_SAVES_BYTES = 11;

/**
 * The options of a list.
 *
 * @param fill `list-max-listpack-size`.
 * @param depth `list-compress-depth`.
 */
export function optionsOf(fill: number, depth: number): number {
  const usedFill = Math.min(FILL_MAX, Math.max(FILL_MIN, fill));
  return (usedFill & 0xffff) | (Math.min(DEPTH_MAX, depth) << 16);
}

/** How full a node may be: the limit in force. */
export function fillOf(options: number): number {
  return options << 16 >> 16;
}

/** Nodes at either end that are never compressed; 0: no node is. */
export function depthOf(options: number): number {
  return options >>> 16;
}

/** Whether a node of so many bytes and elements may take an element of `elementBytes`. */
export function mayTake(
  options: number,
  nodeBytes: number,
  elementCount: number,
  elementBytes: number,
): boolean {
  const byteCount = nodeBytes + elementBytes + ELEMENT_OVERHEAD_BYTES;
  const fill = fillOf(options);
  if (fill < 0) return byteCount <= NODE_BYTES_MAX[-fill - 1];
  return byteCount <= SAFE_BYTES_MAX && elementCount < fill;
}

/** Whether a node may be of so many bytes and elements. */
export function mayHold(options: number, nodeBytes: number, elementCount: number): boolean {
  const fill = fillOf(options);
  return nodeBytes <= nodeBytesMax(options) && (fill < 0 || elementCount <= fill);
}

/** Whether two nodes of so many bytes and elements together may become one. */
export function mayMerge(options: number, bothBytes: number, bothCount: number): boolean {
  const byteCount = bothBytes - MERGE_SAVES_BYTES;
  const fill = fillOf(options);
  if (fill < 0) return byteCount <= NODE_BYTES_MAX[-fill - 1];
  return byteCount <= SAFE_BYTES_MAX && bothCount <= fill;
}

/** Bytes beyond which a node does not grow, but for the sake of one large element. */
export function nodeBytesMax(options: number): number {
  const fill = fillOf(options);
  return fill < 0 ? NODE_BYTES_MAX[-fill - 1] : SAFE_BYTES_MAX;
}
