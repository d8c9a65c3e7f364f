/**
 * Authenticator: who a client may say it is.
 *
 * There is one user, `default`, with the password of `requirepass` or none.
 *
 * @module
 */

/** The user that a connection has without saying anything. */
export const DEFAULT_USER = "default";

/** Checks names and passwords. */
export class Authenticator {
  #password = "";

  /** Sets the default user's password; empty: none is needed. Binary text. */
  setPassword(password: string): void {
    this.#password = password;
  }

  /** Whether a client must authenticate before it may do anything. */
  get requiresPassword(): boolean {
    return this.#password !== "";
  }

  /** Whether there is a user of this name. */
  hasUser(user: string): boolean {
    return user === DEFAULT_USER;
  }

  /**
   * Whether this user exists and has this password. A user without a password takes any.
   *
   * The comparison takes the same time wherever the first difference is.
   */
  accepts(user: string, password: string): boolean {
    if (user !== DEFAULT_USER) return false;
    if (!this.requiresPassword) return true;
    let difference = password.length ^ this.#password.length;
    for (let index = 0; index < password.length; index++) {
      difference |= password.charCodeAt(index) ^ this.#password.charCodeAt(index);
    }
    return difference === 0;
  }
}
