/**
 * Suite tree: a directory that looks to Redis' suite like its own build, with another server in it.
 *
 * The suite runs `src/redis-server FILE` and expects the process it started to be the server. So
 * that file is a script which ends in `exec`: the server takes over the script's process. The tests
 * are copied, because the suite writes into its own directory.
 *
 *   tree/tests/            copy
 *   tree/src/redis-server  #!/bin/sh, exec the server under test
 *   tree/src/redis-cli     #!/bin/sh, exec the installed one; redis-benchmark, ... alike
 *
 * @module
 */

/** Programs of Redis that the suite calls and that stay real. */
const COMPANIONS = ["redis-cli", "redis-benchmark", "redis-check-aof", "redis-check-rdb"];
/** What else the suite reads of the source. */
const SHARED_PATHS = ["tests", "utils", "redis.conf", "sentinel.conf"];

/** What to build. */
export interface TreeOptions {
  /** Where; replaced if it exists. */
  readonly treeDirectory: string;
  /** The unpacked source. */
  readonly sourceDirectory: string;
  /** Command line of the server under test, to which the suite's arguments are added. */
  readonly serverCommand: readonly string[];
}

/**
 * Builds a tree.
 *
 * @throws {Error} The source could not be copied.
 */
export async function buildSuiteTree(options: TreeOptions): Promise<void> {
  const { treeDirectory, sourceDirectory, serverCommand } = options;
  await Deno.remove(treeDirectory, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await Deno.mkdir(`${treeDirectory}/src`, { recursive: true });
  const { success, stderr } = await new Deno.Command("cp", {
    args: ["-R", ...SHARED_PATHS.map((path) => `${sourceDirectory}/${path}`), treeDirectory],
  }).output();
  if (!success) throw new Error(`Cannot copy the suite: ${new TextDecoder().decode(stderr)}`);
  await Deno.mkdir(`${treeDirectory}/tests/tmp`, { recursive: true });
  await writeScript(`${treeDirectory}/src/redis-server`, serverCommand);
  for (const program of COMPANIONS) {
    await writeScript(`${treeDirectory}/src/${program}`, [program]);
  }
}

/** Writes a script that becomes `command` with its own arguments at the end. */
async function writeScript(path: string, command: readonly string[]): Promise<void> {
  const quoted = command.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const script = `#!/bin/sh\nexport NO_COLOR=1 DENO_NO_UPDATE_CHECK=1\nexec ${quoted} "$@"\n`;
  await Deno.writeTextFile(path, script, { mode: 0o755 });
}
