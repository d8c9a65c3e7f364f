/**
 * RESP: Redis' protocol, from bytes to requests and from replies to bytes.
 *
 * ```ts
 * import { bytesOfText } from "../base/byte_view.ts";
 * import { Args, REQUEST, RequestParser } from "./mod.ts";
 *
 * const parser = new RequestParser({ bulkBytesMax: 512 });
 * const bytes = bytesOfText("*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n");
 * console.assert(parser.parse(bytes, 0, bytes.length, new Args()) === REQUEST);
 * console.assert(parser.args.text(1) === "hi");
 * ```
 *
 * @module
 */

export { Args } from "./args.ts";
export { OUTPUT_BUFFER_BYTES, OutputBuffer } from "./output_buffer.ts";
export { type ReplyLimits, ReplyParser, type ReplyReceiver } from "./reply_parser.ts";
export { ReplyScanner } from "./reply_scanner.ts";
export type { BulkKind, ReplyValue } from "./reply_value.ts";
export type { ReplyWriter } from "./reply_writer.ts";
export { encodeRequest, type RequestWord } from "./request_encoder.ts";
export { beginRequest, writeWord } from "./request_frame.ts";
export {
  INCOMPLETE,
  NOTHING,
  REQUEST,
  type RequestLimits,
  RequestParser,
} from "./request_parser.ts";
export { WireWriter } from "./wire_writer.ts";
