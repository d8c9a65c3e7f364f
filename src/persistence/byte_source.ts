/**
 * Byte source: what is loaded, piece by piece.
 *
 * @module
 */

/** Bytes in order. */
export interface ByteSource {
  /** Fills `into` from its start. @returns How many bytes; 0 at the end. */
  read(into: Uint8Array): number;
}

/** A file, read from an offset on. */
export class FileSource implements ByteSource, Disposable {
  readonly #file: Deno.FsFile;

  /** @throws {Error} The system's, when it can't be read. */
  constructor(path: string, offset = 0) {
    this.#file = Deno.openSync(path, { read: true });
    if (offset > 0) this.#file.seekSync(offset, Deno.SeekMode.Start);
  }

  read(into: Uint8Array): number {
    return this.#file.readSync(into) ?? 0;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
