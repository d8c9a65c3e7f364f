/**
 * Command output: commands as bytes of a file that is being made.
 *
 * @module
 */

import { bytesOfText, type ByteView } from "../../base/byte_view.ts";
import { beginRequest, OutputBuffer, writeWord } from "../../resp/mod.ts";

/** Writes commands word by word. */
export class CommandOutput {
  #buffer = new OutputBuffer();

  /** Bytes that were written and not taken. */
  get byteCount(): number {
    return this.#buffer.length;
  }

  /** What was written so far, owned by the caller; the output is empty then. */
  take(): Uint8Array<ArrayBuffer> {
    const { bytes, length } = this.#buffer;
    this.#buffer = new OutputBuffer();
    return bytes.subarray(0, length);
  }

  /** Begins a command of so many arguments, each to be written by `bulk` or `text`. */
  command(name: string, argumentCount: number): void {
    beginRequest(argumentCount + 1, this.#buffer);
    this.text(name);
  }

  /** Writes a whole command. */
  request(name: string, ...words: readonly (string | ByteView)[]): void {
    this.command(name, words.length);
    for (const word of words) {
      if (typeof word === "string") this.text(word);
      else this.bulk(word);
    }
  }

  /** Remarks a time before the commands that follow. @param nowMs Unix milliseconds. */
  timestamp(nowMs: number): void {
    const remark = bytesOfText(`#TS:${Math.floor(nowMs / 1000)}\r\n`);
    this.#buffer.append(remark, 0, remark.length);
  }

  /** Writes an argument. */
  bulk({ bytes, start, end }: ByteView): void {
    writeWord(bytes, start, end, this.#buffer);
  }

  /** Writes an argument of binary text. */
  text(text: string): void {
    writeWord(bytesOfText(text), 0, text.length, this.#buffer);
  }
}
