/**
 * Size classes: the block sizes that the arena hands out.
 *
 * A page holds blocks of one size only, so a block needs no header and a freed one fits the next
 * request of its class. Up to 256 bytes the sizes go in steps of 8, where most entries lie and a
 * coarser step would cost memory on every key. Above, each size is a page divided by a whole
 * number, about four sizes to a doubling, so that neither blocks nor pages waste more than a few
 * per cent.
 *
 * @module
 */

/** Smallest unit of a block's size and place. */
export const GRANULE_BYTES = 8;
/** Size of a page: small enough that empty ones turn up, large enough to be mapped by itself. */
export const PAGE_BYTES = 1 << 20;
/** Largest block that shares a page; above, a block gets a buffer of its own. */
export const SHARED_BLOCK_BYTES_MAX = PAGE_BYTES / 4;

/** Sizes up to here go in steps of one granule. */
const FINE_BYTES_MAX = 256;

/** Block counts per page of the coarse classes, from small blocks to large ones. */
function coarseBlockCounts(): number[] {
  const counts: number[] = [];
  for (let count = PAGE_BYTES / FINE_BYTES_MAX; count > 4; count /= 2) {
    // 31 beside 32 fits a dictionary segment, which is 32 KiB and a header.
    for (const eighths of [7, 6, 5, 4]) {
      if (count === 32 && eighths === 7) counts.push(31);
      const blocks = Math.floor((count * eighths) / 8);
      if (blocks >= 4) counts.push(blocks);
    }
  }
  return counts;
}

/** Block size in bytes of each class; class 0 is unused. */
export const CLASS_BYTES: Int32Array = buildClassBytes();

function buildClassBytes(): Int32Array {
  const sizes = [0];
  for (let bytes = GRANULE_BYTES; bytes <= FINE_BYTES_MAX; bytes += GRANULE_BYTES) {
    sizes.push(bytes);
  }
  for (const count of coarseBlockCounts()) {
    const bytes = Math.floor(PAGE_BYTES / count / GRANULE_BYTES) * GRANULE_BYTES;
    if (bytes > sizes[sizes.length - 1]) sizes.push(bytes);
  }
  return Int32Array.from(sizes);
}

/** How many blocks of each class a page holds. */
export const CLASS_BLOCK_COUNT: Int32Array = CLASS_BYTES.map((bytes) =>
  bytes === 0 ? 0 : Math.floor(PAGE_BYTES / bytes)
);

/** The class of a block of so many granules: the smallest whose blocks are large enough. */
export const CLASS_OF_GRANULES: Uint8Array = buildClassOfGranules();

function buildClassOfGranules(): Uint8Array {
  const classes = new Uint8Array(SHARED_BLOCK_BYTES_MAX / GRANULE_BYTES + 1);
  let classIndex = 1;
  for (let granules = 0; granules < classes.length; granules++) {
    while (CLASS_BYTES[classIndex] < granules * GRANULE_BYTES) classIndex++;
    classes[granules] = classIndex;
  }
  return classes;
}

/** Bytes of the block that an arena hands out for so many bytes. */
export function blockBytesFor(byteCount: number): number {
  const granules = (byteCount + GRANULE_BYTES - 1) >>> 3;
  return byteCount <= SHARED_BLOCK_BYTES_MAX
    ? CLASS_BYTES[CLASS_OF_GRANULES[granules]]
    : granules * GRANULE_BYTES;
}
