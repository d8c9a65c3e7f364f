/**
 * Topology file: where a node keeps what it knows of the cluster (`cluster-config-file`).
 *
 * It is replaced as a whole, and on the disk before anybody acts on it.
 *
 * @module
 */

import { bytesOfText, textOfBytes } from "../../base/byte_view.ts";
import type { Config } from "../../config/mod.ts";
import { ConfigError } from "../../errors/config_error.ts";
import { systemReasonOf } from "../../errors/system_reason.ts";
import { replaceFileSync } from "../../persistence/mod.ts";
import type { TopologyFile } from "./resharding_registry.ts";

/** The file in `dir`. */
export class DiskTopologyFile implements TopologyFile {
  readonly #config: Config;

  constructor(config: Config) {
    this.#config = config;
  }

  read(): string | undefined {
    try {
      return textOfBytes(Deno.readFileSync(this.#path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  write(text: string): void {
    try {
      replaceFileSync(this.#path, `${this.#path}.tmp`, bytesOfText(text));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      throw new ConfigError(`Can't write the cluster-config-file: ${systemReasonOf(error)}`, {
        cause: error,
      });
    }
  }

  get #path(): string {
    const name = this.#config.path("cluster-config-file");
    return name.startsWith("/") ? name : `${this.#config.path("dir")}/${name}`;
  }
}
