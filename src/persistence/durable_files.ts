/**
 * Durable files: writes that are there as a whole, or not at all, after a power cut.
 *
 * A file that is renamed over another may, after a power cut, be there with its name and without its
 * bytes; so its bytes go to the disk first. And the rename itself is an entry of the directory, which
 * goes to the disk only when the directory is told so.
 *
 * @module
 */

/** Replaces a file, or makes it. @param temporaryPath In the same directory; overwritten. */
export function replaceFile(path: string, temporaryPath: string, bytes: Uint8Array): void {
  {
    using file = Deno.openSync(temporaryPath, { write: true, create: true, truncate: true });
    writeAll(file, bytes);
    file.syncSync();
  }
  Deno.renameSync(temporaryPath, path);
  syncDirectory(directoryOf(path));
}

/** Writes all of some bytes where the file stands. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let writtenBytes = 0;
  while (writtenBytes < bytes.length) writtenBytes += file.writeSync(bytes.subarray(writtenBytes));
}

/** Has the entries of a directory reach the disk: what was made, renamed and removed in it. */
export function syncDirectory(path: string): void {
  using directory = Deno.openSync(path, { read: true });
  directory.syncSync();
}

/** Whether there is something at a path. */
export function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Removes a file; that there is none is no matter. */
export function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The directory that a path lies in. */
function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}

/** What the system says of a failure, without Deno's additions: `Permission denied`. */
export function systemReasonOf(error: Error): string {
  return error.message.replace(/ \(os error \d+\).*/s, "");
}
