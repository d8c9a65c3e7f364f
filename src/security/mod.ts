/**
 * Security: who may do what.
 *
 * @module
 */

export { Authenticator, DEFAULT_USER } from "./authenticator.ts";
