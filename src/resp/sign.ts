/**
 * Signs: the bytes by which RESP tells its kinds of messages apart.
 *
 * @module
 */

/** Ends a line, together with `LF`. */
export const CR = 13;
/** Ends a line. */
export const LF = 10;

/** `+` status. */
export const PLUS = 43;
/** `-` error. */
export const MINUS = 45;
/** `:` integer. */
export const COLON = 58;
/** `$` string of bytes. */
export const DOLLAR = 36;
/** `*` array, also a request. */
export const ASTERISK = 42;
/** `_` null (RESP3, like all that follow). */
export const UNDERSCORE = 95;
/** `,` double. */
export const COMMA = 44;
/** `#` boolean. */
export const HASH = 35;
/** `!` error of bytes. */
export const BANG = 33;
/** `=` verbatim text. */
export const EQUALS = 61;
/** `(` big number. */
export const PARENTHESIS = 40;
/** `%` map. */
export const PERCENT = 37;
/** `~` set. */
export const TILDE = 126;
/** `|` attribute. */
export const BAR = 124;
/** `>` push. */
export const GREATER = 62;
