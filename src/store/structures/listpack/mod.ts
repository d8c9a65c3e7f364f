/**
 * Listpack: lists of strings and integers in one block, in Redis' own bytes.
 *
 * ```ts
 * import { ByteView } from "../../../base/byte_view.ts";
 * import { Arena } from "../../memory/mod.ts";
 * import { Listpack } from "./mod.ts";
 *
 * const listpack = new Listpack(new Arena());
 * listpack.create();
 * listpack.append(ByteView.ofText("ant"));
 * listpack.append(ByteView.ofText("1024"));
 * console.assert(listpack.count === 2 && listpack.isInteger(listpack.last()));
 * ```
 *
 * @module
 */

export {
  backLengthBytes,
  encodedBytesAt,
  integerBytes,
  isIntegerAt,
  readIntegerAt,
  skipElement,
  skipElementBackwards,
  spellsInteger,
  stringBytes,
  stringStartAt,
  writeBackLength,
  writeIntegerAt,
  writeStringAt,
} from "./element.ts";
export type { ElementWriter } from "./element_writer.ts";
export { ElementReader } from "./element_reader.ts";
export { writeWholeListpack } from "./bare.ts";
export { Listpack } from "./listpack.ts";
