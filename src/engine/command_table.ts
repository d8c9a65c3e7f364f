/**
 * Command table: from a name's bytes to the command, without making a string.
 *
 * Open addressing over a hash of the name in lower case: one multiplication a byte, and nearly
 * always one comparison. Containers then look for their subcommand the ordinary way.
 *
 * @module
 */

import type { ByteView } from "../base/byte_view.ts";
import { invariant } from "../base/invariant.ts";
import { Command } from "./command.ts";
import type { CommandSpec } from "./spec.ts";

/** All commands of a server. */
export class CommandTable {
  readonly #commands: Command[] = [];
  readonly #byName = new Map<string, Command>();
  readonly #slots: (Command | undefined)[];
  readonly #mask: number = 0;

  /** @param specs The rows; each name once. */
  constructor(specs: readonly CommandSpec[]) {
    let slotCount = 64;
    while (slotCount < specs.length * 4) slotCount *= 2;
    this.#slots = new Array(slotCount).fill(undefined);
    this.#mask = slotCount - 1;
    for (const spec of specs) this.#add(new Command(spec));
  }

  /** The commands in the order of their rows, without subcommands. */
  get commands(): readonly Command[] {
    return this.#commands;
  }

  /** The top-level command whose name these bytes are, in any case. */
  find(name: ByteView): Command | undefined {
    const bytes = name.bytes;
    let hash = name.end - name.start;
    for (let index = name.start; index < name.end; index++) {
      hash = Math.imul(hash, 31) + (bytes[index] | 32);
    }
    for (let slot = hash & this.#mask;; slot = (slot + 1) & this.#mask) {
      const command = this.#slots[slot];
      if (command === undefined || name.isWord(command.fullName)) return command;
    }
  }

  /** The command or subcommand of a full name such as `get` or `client|kill`, in any case. */
  findByFullName(fullName: string): Command | undefined {
    const [name, subname, ...rest] = fullName.toLowerCase().split("|");
    const command = this.#byName.get(name);
    if (subname === undefined || command === undefined) return command;
    return rest.length > 0 ? undefined : command.subcommands.get(subname);
  }

  #add(command: Command): void {
    const name = command.fullName;
    invariant(!this.#byName.has(name), `The command table has "${name}" twice`);
    this.#byName.set(name, command);
    this.#commands.push(command);
    let hash = name.length;
    for (let index = 0; index < name.length; index++) {
      hash = Math.imul(hash, 31) + (name.charCodeAt(index) | 32);
    }
    let slot = hash & this.#mask;
    while (this.#slots[slot] !== undefined) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = command;
  }
}
