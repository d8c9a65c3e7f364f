/**
 * Durable files: writes that are there as a whole, or not at all, after a power cut.
 *
 * A file that is renamed over another may, after a power cut, be there with its name and without its
 * bytes; so its bytes go to the disk first. And the rename itself is an entry of the directory, which
 * goes to the disk only when the directory is told so.
 *
 * To wait for the disk can take a tenth of a second, so what happens while clients are served has other
 * threads do it; what happens at the start or the end is done at once.
 *
 * @module
 */

const REPLACING: Deno.OpenOptions = { write: true, create: true, truncate: true };

/** Replaces a file, or makes it. @param temporaryPath In the same directory; gone afterwards. */
export function replaceFileSync(path: string, temporaryPath: string, bytes: Uint8Array): void {
  using file = Deno.openSync(temporaryPath, REPLACING);
  try {
    writeAll(file, bytes);
    file.syncSync();
    Deno.renameSync(temporaryPath, path);
  } catch (error) {
    Deno.removeSync(temporaryPath);
    throw error;
  }
  syncDirectorySync(directoryOf(path));
}

/** Makes a file, or empties it, that has these bytes, and has them reach the disk. */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, REPLACING);
  for (let sent = 0; sent < bytes.length;) sent += await file.write(bytes.subarray(sent));
  await file.sync();
}

/** Writes all of some bytes where the file stands. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  let writtenBytes = 0;
  while (writtenBytes < bytes.length) writtenBytes += file.writeSync(bytes.subarray(writtenBytes));
}

/** Has the entries of a directory reach the disk: what was made, renamed and removed in it. */
export async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(path, { read: true });
  await directory.sync();
}

/** The same while everybody waits. */
export function syncDirectorySync(path: string): void {
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

/** Whether there is a directory at a path. */
export function isDirectory(path: string): boolean {
  return exists(path) && Deno.statSync(path).isDirectory;
}

/** Whether there is a file at a path, and not a directory. */
export function isFile(path: string): boolean {
  return exists(path) && Deno.statSync(path).isFile;
}

/** Removes a file, by another thread as that takes a while; that there is none is no matter. */
export async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The directory that a path lies in. */
export function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : slash === 0 ? "/" : path.slice(0, slash);
}
