/**
 * Suite source: Debian's source of Redis with its Tcl test suite, in a cache directory.
 *
 * Debian's, not upstream's, because the real server it is compared with is Debian's: its security
 * fixes come with tests. `apt-get source` needs `deb-src` lines, which most machines lack; so it is
 * given lists of its own, derived from the system's. Nothing outside the cache directory changes.
 *
 * @module
 */

/** Seconds that apt may wait for a server. */
const APT_TIMEOUT_SECONDS = 20;

/** Where sources of packages are listed, in both formats of apt. */
const SYSTEM_LIST = "/etc/apt/sources.list";
const SYSTEM_LISTS = "/etc/apt/sources.list.d";

/**
 * The directory of this tool's downloads and results.
 *
 * @throws {Error} Neither `XDG_CACHE_HOME` nor `HOME` is set.
 */
export function cacheDirectory(): string {
  const cacheHome = Deno.env.get("XDG_CACHE_HOME");
  if (cacheHome) return `${cacheHome}/easyredis-conformance`;
  const home = Deno.env.get("HOME");
  if (!home) throw new Error("Cannot find a cache directory: set XDG_CACHE_HOME or HOME");
  return `${home}/.cache/easyredis-conformance`;
}

/**
 * The unpacked source; downloaded if it is not there yet.
 *
 * @returns Its directory and version, as `redis-7.0.15`.
 * @throws {Error} A tool is missing or the download failed; the message says what to do.
 */
export async function fetchSuiteSource(): Promise<{ directory: string; version: string }> {
  const sourceDirectory = `${cacheDirectory()}/source`;
  await Deno.mkdir(sourceDirectory, { recursive: true });
  const present = await unpackedVersion(sourceDirectory);
  if (present !== undefined) {
    return { directory: `${sourceDirectory}/${present}`, version: present };
  }
  await requireProgram("apt-get", "this tool gets the suite by apt, so it needs Debian or Ubuntu");
  await requireProgram("dpkg-source", "install Debian's dpkg-dev");
  console.log(`Getting the source of Debian's redis into ${sourceDirectory} ...`);
  const aptOptions = await prepareApt(`${cacheDirectory()}/apt`);
  // Lists of third parties may have no sources; what counts is whether redis can be got.
  await run("apt-get", [...aptOptions, "update"], sourceDirectory);
  const complaint = await run("apt-get", [...aptOptions, "source", "redis"], sourceDirectory);
  const version = await unpackedVersion(sourceDirectory);
  if (version === undefined) throw new Error(`Cannot get the source of redis:\n${complaint}`);
  return { directory: `${sourceDirectory}/${version}`, version };
}

/**
 * Makes sure that a program can be run.
 *
 * @param program Its name.
 * @param remedy What to do if it can't.
 * @throws {Error} It is not installed.
 */
export async function requireProgram(program: string, remedy: string): Promise<void> {
  const { success } = await new Deno.Command("sh", {
    args: ["-c", 'command -v "$1"', "sh", program],
    stdout: "null",
  }).output();
  if (!success) throw new Error(`${program} is missing: ${remedy}`);
}

/** The name of the directory in `sourceDirectory` that holds a suite. */
async function unpackedVersion(sourceDirectory: string): Promise<string | undefined> {
  for await (const entry of Deno.readDir(sourceDirectory)) {
    if (entry.isDirectory && /^redis-[0-9.]+$/.test(entry.name)) return entry.name;
  }
  return undefined;
}

/** Writes lists of source packages and makes room for apt's state; returns apt's options. */
async function prepareApt(aptDirectory: string): Promise<string[]> {
  const parts = `${aptDirectory}/sources.list.d`;
  for (const path of [parts, `${aptDirectory}/lists/partial`, `${aptDirectory}/archives/partial`]) {
    await Deno.mkdir(path, { recursive: true });
  }
  for (const path of await systemLists()) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const text = await Deno.readTextFile(path);
    const derived = name.endsWith(".sources")
      ? text.replaceAll(/^Types:.*$/gm, "Types: deb-src")
      : text.replaceAll(/^deb(-src)?(?=\s)/gm, "deb-src");
    await Deno.writeTextFile(`${parts}/${name}`, derived);
  }
  const settings = [
    "Dir::Etc::sourcelist=/dev/null",
    `Dir::Etc::sourceparts=${parts}`,
    `Dir::State::lists=${aptDirectory}/lists`,
    `Dir::Cache=${aptDirectory}`,
    // The cache may lie in a home directory that apt's own user can't enter.
    `APT::Sandbox::User=${(await run("id", ["-un"], aptDirectory)).trim()}`,
    `Acquire::http::Timeout=${APT_TIMEOUT_SECONDS}`,
    `Acquire::https::Timeout=${APT_TIMEOUT_SECONDS}`,
  ];
  return ["-q", ...settings.flatMap((setting) => ["-o", setting])];
}

/** The system's lists that exist. */
async function systemLists(): Promise<string[]> {
  const paths: string[] = [];
  try {
    for await (const entry of Deno.readDir(SYSTEM_LISTS)) {
      if (/\.(list|sources)$/.test(entry.name)) paths.push(`${SYSTEM_LISTS}/${entry.name}`);
    }
    await Deno.stat(SYSTEM_LIST);
    paths.push(SYSTEM_LIST);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return paths;
}

/** Runs a program and returns all it printed, whatever its exit code. */
async function run(program: string, words: string[], directory: string): Promise<string> {
  const output = await new Deno.Command(program, {
    args: words,
    cwd: directory,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(output.stdout) + decoder.decode(output.stderr);
}
