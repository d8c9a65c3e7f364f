/**
 * Effect encoder: effects to the bytes of an append-only file.
 *
 * That is the protocol that clients speak, so that a file could be sent to a server as it is. Before
 * an effect of another database than the last one's stands a SELECT, and, where that is wanted, each
 * second begins with a remark of its time, up to which the file can be cut:
 *
 *   #TS:1700000000 CR LF
 *   * 2 CR LF $ 6 CR LF SELECT CR LF $ 1 CR LF 9 CR LF
 *   * 3 CR LF $ 3 CR LF SET CR LF ...
 *
 * @module
 */

import { bytesOfText } from "../../base/byte_view.ts";
import { type Args, beginRequest, type OutputBuffer, writeWord } from "../../resp/mod.ts";

/** Writes effects one behind the other. */
export class EffectEncoder {
  /** Whether seconds are remarked. */
  hasTimestamps = false;

  #databaseIndex = -1;
  #second = 0;

  /** Has the next effect name its database: it begins a file. */
  forgetDatabase(): void {
    this.#databaseIndex = -1;
  }

  /** Appends an effect. @param nowMs Unix milliseconds. */
  encode(databaseIndex: number, args: Args, nowMs: number, into: OutputBuffer): void {
    if (this.hasTimestamps) this.remark(nowMs, into);
    if (databaseIndex !== this.#databaseIndex) {
      this.#databaseIndex = databaseIndex;
      const digits = String(databaseIndex);
      appendText(`*2\r\n$6\r\nSELECT\r\n$${digits.length}\r\n${digits}\r\n`, into);
    }
    const count = args.count;
    beginRequest(count, into);
    for (let index = 0; index < count; index++) {
      const { bytes, start, end } = args.at(index);
      writeWord(bytes, start, end, into);
    }
  }

  /** Appends a remark of the time, unless this second has one. @param nowMs Unix milliseconds. */
  remark(nowMs: number, into: OutputBuffer): void {
    const second = Math.floor(nowMs / 1000);
    if (second <= this.#second) return;
    this.#second = second;
    appendText(`#TS:${second}\r\n`, into);
  }
}

function appendText(text: string, into: OutputBuffer): void {
  into.append(bytesOfText(text), 0, text.length);
}
