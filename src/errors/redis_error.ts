/**
 * Redis error: a client's mistake or a refusal, with the exact text that goes over the wire.
 *
 * A class of its own so that the dispatcher can tell what a client should read from what is a bug of
 * ours. The text is one line `CODE message`; statistics count by the code. All instances are made
 * in `catalogue.ts`, where each wire text stands once.
 *
 * @module
 */

/** A failure that is answered to the client as `-CODE message`. */
export class RedisError extends Error {
  /** First word of the text: `ERR`, `WRONGTYPE`, `NOAUTH` ... */
  readonly code: string;
  /** The whole wire text without the leading `-` and the line end, as binary text. */
  readonly text: string;

  /** @param text Whole wire text; it becomes one line: breaks at its end go, others become spaces. */
  constructor(text: string) {
    const line = text.replace(/[\r\n]+$/, "").replace(/[\r\n]/g, " ");
    super(line);
    this.name = "RedisError";
    this.text = line;
    const space = line.indexOf(" ");
    this.code = space < 0 ? line : line.slice(0, space);
  }
}

/**
 * A request that belongs to another node of the cluster, or to none. Even EXEC replies it as it is,
 * so that a client goes where it leads.
 */
export class RedirectError extends RedisError {
  /** @param text Whole wire text. */
  constructor(text: string) {
    super(text);
    this.name = "RedirectError";
  }
}

/** Broken framing of a request: answered, then the connection is closed. */
export class ProtocolError extends RedisError {
  /** @param reason What follows `ERR Protocol error: `. */
  constructor(reason: string) {
    super(`ERR Protocol error: ${reason}`);
    this.name = "ProtocolError";
  }
}
