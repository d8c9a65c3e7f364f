/**
 * Reference results: what real Redis makes of each unit, kept in the cache directory.
 *
 * Real Redis fails some tests of its own on some machines; only what it passes here can be asked of
 * this project here. It need not be asked twice.
 *
 * @module
 */
import type { UnitResult } from "./unit_result.ts";

/** Results by unit, one file each. */
export class ReferenceResults {
  readonly #directory: string;

  /** @param directory Where the files are; made when first written to. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * The result of a unit.
   *
   * @returns The kept one, or `undefined` if there is none.
   */
  async read(unitName: string): Promise<UnitResult | undefined> {
    try {
      return JSON.parse(await Deno.readTextFile(this.#pathOf(unitName)));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Keeps a result; only of a run that came to its end. */
  async write(unitName: string, result: UnitResult): Promise<void> {
    if (result.ending === "timed out") return;
    await Deno.mkdir(this.#directory, { recursive: true });
    await Deno.writeTextFile(this.#pathOf(unitName), JSON.stringify(result, undefined, 1));
  }

  #pathOf(unitName: string): string {
    return `${this.#directory}/${unitName.replaceAll("/", "-")}.json`;
  }
}
