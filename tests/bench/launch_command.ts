/**
 * Launch command: the program and arguments that start EasyRedis from this checkout.
 *
 * The flags are read from the `start` task of `deno.json`, so that what is measured and judged is
 * what users run: the same permissions, the same options for the engine. Only the file permissions
 * are widened, because a test's directory is not the one that the task names. With
 * `EASYREDIS_EXECUTABLE` in the environment it is that file instead (the result of `deno compile`).
 *
 * @module
 */

/** A program and the arguments that come before the caller's own. */
export interface LaunchCommand {
  /** Path or name of the program. */
  readonly program: string;
  /** Arguments in order. */
  readonly arguments: readonly string[];
}

/** The checkout that this file belongs to, with a slash at the end. */
export const PROJECT_ROOT: string = decodeURIComponent(new URL("../../", import.meta.url).pathname);

/** Permissions for a `deno.json` without a `start` task. */
const FALLBACK_FLAGS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  "--allow-sys",
];

/** The flags that name files, and the environment variables of the test that runs. */
const SCOPED_PERMISSION = /^(--allow-(?:read|write|net|env|sys))=.*$/;

/**
 * How to start EasyRedis; directives may follow the arguments.
 *
 * @returns The executable that `EASYREDIS_EXECUTABLE` names, or this Deno with `main.ts`.
 */
export async function easyRedisCommand(): Promise<LaunchCommand> {
  const executable = Deno.env.get("EASYREDIS_EXECUTABLE");
  if (executable !== undefined && executable !== "") {
    const isAbsolute = executable.startsWith("/");
    return { program: isAbsolute ? executable : `${Deno.cwd()}/${executable}`, arguments: [] };
  }
  const configPath = `${PROJECT_ROOT}deno.json`;
  const task = startTaskOf(JSON.parse(await Deno.readTextFile(configPath)));
  const flags = task === undefined ? FALLBACK_FLAGS : flagsOfTask(task);
  return {
    program: Deno.execPath(),
    arguments: ["run", "--quiet", `--config=${configPath}`, ...flags, `${PROJECT_ROOT}main.ts`],
  };
}

/** The command line of the `start` task: a task is a string or an object that holds one. */
function startTaskOf(config: unknown): string | undefined {
  const task = memberOf(memberOf(config, "tasks"), "start");
  if (typeof task === "string") return task;
  const command = memberOf(task, "command");
  return typeof command === "string" ? command : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** The words between `run` and `main.ts`, without quotes and with file permissions widened. */
function flagsOfTask(task: string): string[] {
  const words = task.trim().split(/\s+/).map((word) => word.replaceAll(/["']/g, ""));
  const from = words.indexOf("run") + 1;
  const to = words.findIndex((word) => word === "main.ts" || word.endsWith("/main.ts"));
  if (from === 0 || to < from) return FALLBACK_FLAGS;
  return words.slice(from, to).map((flag) => flag.replace(SCOPED_PERMISSION, "$1"));
}
