/**
 * Disk config files: reads configuration files and expands `include conf.d/*.conf`.
 *
 * The only place in this folder that touches the disk. It works synchronously: it runs before the
 * server listens, and nothing else is going on.
 *
 * Patterns are expanded as a shell does: component by component, `*` does not match a leading dot,
 * names come in byte order. Cost: one directory listing for each component with a pattern and each
 * folder that matched so far.
 * Behaviour: glob(3) as Redis 7.0 `include` uses it.
 *
 * @module
 */
import { ByteView, textOfBytes } from "../base/byte_view.ts";
import { Glob } from "../base/glob.ts";
import { ConfigError } from "../errors/config_error.ts";
import { systemReasonOf } from "../errors/system_reason.ts";
import type { ConfigFiles } from "./config_file.ts";

/** Configuration files on disk. */
export class DiskConfigFiles implements ConfigFiles {
  /**
   * The content of a file as binary text.
   *
   * @param path absolute, or relative to the working directory
   * @throws {ConfigError} with Redis' text, if the file can't be read
   */
  readText(path: string): string {
    try {
      return textOfBytes(Deno.readFileSync(path));
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  /**
   * Where a file is, whatever becomes of the working directory, and by no link.
   *
   * @param path absolute, or relative to the working directory
   * @throws {ConfigError} with Redis' text, if it is not there
   */
  locate(path: string): string {
    try {
      return Deno.realPathSync(path);
    } catch (error) {
      throw unreadable(path.startsWith("/") ? path : `${Deno.cwd()}/${path}`, error);
    }
  }

  /** The existing paths that match a shell pattern, in byte order. */
  expand(pattern: string): string[] {
    const root = pattern.startsWith("/") ? "/" : "";
    let found = [root];
    for (const component of pattern.split("/").filter((part) => part !== "")) {
      found = found.flatMap((folder) => matchesIn(folder, component));
    }
    return found.map((path) => path.slice(0, -1)).filter((path) => path !== "");
  }
}

/** Paths in a folder that match one component of a pattern, each with a slash behind it. */
function matchesIn(folder: string, component: string): string[] {
  if (!/[*?[\\]/.test(component)) {
    return exists(folder + component) ? [`${folder + component}/`] : [];
  }
  // A shell negates a class by `!`, the glob of Redis by `^`.
  const pattern = new Glob(viewOf(component.replaceAll("[!", "[^")));
  return namesIn(folder)
    .filter((name) => !name.startsWith(".") || component.startsWith("."))
    .filter((name) => pattern.matches(viewOf(name)))
    .map((name) => `${folder}${name}/`);
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder === "" ? "." : folder)].map((entry) => entry.name).sort();
  } catch (error) {
    if (isAbsence(error)) return [];
    throw error;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (isAbsence(error)) return false;
    throw error;
  }
}

/** Whether a failure means that a pattern has no match there, which is no error. */
function isAbsence(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.PermissionDenied;
}

function viewOf(text: string): ByteView {
  return new ByteView(new TextEncoder().encode(text));
}

function unreadable(path: string, error: unknown): ConfigError {
  if (!(error instanceof Error)) throw error;
  const reason = error instanceof Deno.errors.NotCapable
    ? "Not allowed by --allow-read"
    : systemReasonOf(error);
  return new ConfigError(`Fatal error, can't open config file '${path}': ${reason}`, {
    cause: error,
  });
}
