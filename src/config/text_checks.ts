/**
 * Text checks: what a name, a host or a template in the configuration may look like.
 *
 * Each returns the reason to refuse a text, in Redis' words, or `undefined` if it will do.
 * Behaviour: Redis 7.0 config.c `isValid...` functions.
 *
 * @module
 */
import type { TextCheck } from "./directive_kind.ts";

/** A host name is shorter than this. */
const HOSTNAME_LENGTH_LIMIT = 256;

/** Words that `proc-title-template` may have in braces, and whether they may stand for nothing. */
const TITLE_VARIABLES: ReadonlyMap<string, "filled" | "perhaps empty"> = new Map([
  ["title", "perhaps empty"],
  ["server-mode", "perhaps empty"],
  ["unixsocket", "perhaps empty"],
  ["listen-addr", "filled"],
  ["config-file", "filled"],
  ["port", "filled"],
  ["tls-port", "filled"],
]);

/**
 * The name of a file or folder without a path.
 *
 * @param directive the directive, for the reason
 * @param noun what the name is of, for the reason
 */
export function baseName(directive: string, noun: string): TextCheck {
  return (text) => /[/\\]/.test(text) ? `${directive} can't be a path, just a ${noun}` : undefined;
}

/** The same, and not empty. */
export function filledBaseName(directive: string, noun: string): TextCheck {
  const isPath = baseName(directive, noun);
  return (text) => text === "" ? `${directive} can't be empty` : isPath(text);
}

/** A host name of letters, digits, hyphens and dots. */
export function hostname(text: string): string | undefined {
  if (text.length >= HOSTNAME_LENGTH_LIMIT) {
    return `Hostnames must be less than ${HOSTNAME_LENGTH_LIMIT} characters`;
  }
  return /[^A-Za-z0-9.-]/.test(text)
    ? "Hostnames may only contain alphanumeric characters, hyphens or dots"
    : undefined;
}

/** A template with variables in braces that is never empty; `{{` is a brace that opens none. */
export function titleTemplate(text: string): string | undefined {
  const filled = text.replace(/\{\{|\{([^}]*)\}/g, (whole, variable?: string) => {
    if (variable === undefined) return "x";
    const filling = TITLE_VARIABLES.get(variable);
    return filling === undefined ? whole : filling === "filled" ? "x" : "";
  });
  return filled.trim() === "" || filled.includes("{")
    ? "template format is invalid or contains unknown variables"
    : undefined;
}
