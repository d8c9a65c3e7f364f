/**
 * HyperLogLog: the number of distinct elements, estimated from 16384 small registers.
 *
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { ByteView } from "../../../base/byte_view.ts";
 * import { DENSE_BYTES, ElementTrace, HyperLogLog, writeEmptySketch } from "./mod.ts";
 *
 * const bytes = new Uint8Array(DENSE_BYTES);
 * writeEmptySketch(bytes, 0);
 * const sketch = new HyperLogLog().set(bytes, 0, 18);
 * for (const word of ["ant", "bee", "ant"]) {
 *   const { registerIndex, rank } = new ElementTrace().of(ByteView.ofText(word));
 *   sketch.raise(registerIndex, rank, 3000);
 * }
 * assertEquals(sketch.estimate(), 2);
 * ```
 *
 * @module
 */

export {
  DENSE_REGISTERS_BYTES,
  denseRegister,
  REGISTER_VALUE_MAX,
  setDenseRegister,
} from "./dense_registers.ts";
export {
  DENSE_BYTES,
  EMPTY_SKETCH_BYTES,
  HyperLogLog,
  isHyperLogLog,
  writeEmptySketch,
} from "./hyperloglog.ts";
export {
  countPlainRegisters,
  ElementTrace,
  estimateCardinality,
  newHistogram,
  REGISTER_COUNT,
} from "./registers.ts";
export { SPARE_BYTES } from "./sparse_registers.ts";
