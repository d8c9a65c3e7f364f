/**
 * RDB error: a file or payload is not what the format allows.
 *
 * @module
 */

/** Says what is wrong and where. */
export class RdbError extends Error {
  override readonly name: string = "RdbError";
  /** Offset of the offending byte from the start of the file or payload. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`${reason} at offset ${offset}`);
    this.offset = offset;
  }
}

/** It is no RDB file, or one of a newer version; the message says which, and no offset. */
export class ForeignRdbError extends RdbError {
  override readonly name = "ForeignRdbError";

  constructor(reason: string) {
    super(reason, 0);
    this.message = reason;
  }
}

/** It ends before it should. */
export class ShortRdbError extends RdbError {
  override readonly name = "ShortRdbError";
}

/** A collection has no elements; all of it was read. */
export class EmptyValueError extends RdbError {
  override readonly name = "EmptyValueError";
}
