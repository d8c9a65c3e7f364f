/**
 * Log sinks: where log lines go.
 *
 * @module
 */

import type { LogSink } from "../observability/mod.ts";

/** Standard output. */
export class StdoutSink implements LogSink {
  write(line: Uint8Array): void {
    for (let sent = 0; sent < line.length;) sent += Deno.stdout.writeSync(line.subarray(sent));
  }
}

/**
 * A file, opened for each line as Redis does: whoever moves it away for rotation gets a fresh one
 * with the next line.
 */
export class FileSink implements LogSink {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  write(line: Uint8Array): void {
    Deno.writeFileSync(this.#path, line, { append: true });
  }
}

/** Nowhere: for servers embedded in another program. */
export class SilentSink implements LogSink {
  write(): void {}
}
