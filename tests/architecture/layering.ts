/**
 * Layering: which file may import which, as a pure rule.
 *
 * The source is built in ranks, and arrows only go down: an import goes to a strictly lower rank
 * or stays in its folder. So a lower part can be read, tested and replaced without the upper ones.
 * Folders of one rank are strangers. A folder is entered only through its `mod.ts`, which is its
 * promise; `base` and `errors` are entered by file, since each of their files is a leaf of its own.
 * Inside `src/store` there are floors with the same rule.
 *
 * @module
 */

/** Rank of each folder of `src`; the map of the house is in README. */
const FOLDER_RANKS: ReadonlyMap<string, number> = new Map([
  ["server", 9],
  ["commands", 8],
  ["cluster", 7],
  ["admin", 7],
  ["replication", 6],
  ["pubsub", 5],
  ["transaction", 5],
  ["tracking", 5],
  ["scripting", 5],
  ["persistence", 5],
  ["engine", 4],
  ["net", 3],
  ["client", 3],
  ["security", 3],
  ["store", 3],
  ["resp", 2],
  ["config", 2],
  ["observability", 2],
  ["errors", 1],
  ["base", 0],
]);

/** The command line is above everything, the public face above all folders. */
const MAIN_RANK = 10;
const FACE_RANK = 9.5;

/** Floors inside `src/store`; whatever else is in it is on the top one. */
const STORE_FLOORS: ReadonlyMap<string, number> = new Map([
  ["memory", 0],
  ["structures", 1],
  ["values", 2],
]);
const STORE_TOP_FLOOR = 3;

/** Folders whose files are imported each by itself. */
const BY_FILE_FOLDERS: ReadonlySet<string> = new Set(["base", "errors"]);

/**
 * Whether a file may import another.
 *
 * @param from path of the importing file, for instance `src/net/connection.ts`
 * @param to path of the imported file
 * @returns why not, or `undefined` if it may
 */
export function importOffence(from: string, to: string): string | undefined {
  const fromRank = rankOf(from), toRank = rankOf(to);
  if (fromRank === undefined) return `${from} is in no known folder of src`;
  if (toRank === undefined) return `${to} is in no known folder of src`;
  const fromFolder = folderOf(from), toFolder = folderOf(to);
  if (fromFolder !== toFolder && toRank >= fromRank) {
    return `from ${named(fromFolder)} (rank ${fromRank}) to ${named(toFolder)} (rank ${toRank})`;
  }
  if (fromFolder === "store" && toFolder === "store") {
    const fromFloor = floorOf(from), toFloor = floorOf(to);
    if (toFloor > fromFloor) return `up in src/store, from floor ${fromFloor} to ${toFloor}`;
  }
  if (!BY_FILE_FOLDERS.has(toFolder) && !entersByModule(from, to)) {
    return `enters a folder, but not through its mod.ts: ${to}`;
  }
  return undefined;
}

/**
 * The rank of a file.
 *
 * @param path relative to the project
 * @returns its rank, or `undefined` when the map of the house has no place for it
 */
export function rankOf(path: string): number | undefined {
  if (path === "main.ts") return MAIN_RANK;
  if (path === "src/mod.ts") return FACE_RANK;
  return FOLDER_RANKS.get(folderOf(path));
}

/** The folder of `src` that a file is in; empty for `main.ts` and `src/mod.ts`. */
function folderOf(path: string): string {
  const parts = path.split("/");
  return parts[0] === "src" && parts.length > 2 ? parts[1] : "";
}

function named(folder: string): string {
  return folder === "" ? "the top" : `src/${folder}`;
}

function floorOf(path: string): number {
  const parts = path.split("/");
  return parts.length > 3 ? STORE_FLOORS.get(parts[2]) ?? STORE_TOP_FLOOR : STORE_TOP_FLOOR;
}

/** Whether the way from one file to another enters at most one folder, and that by `mod.ts`. */
function entersByModule(from: string, to: string): boolean {
  const fromFolders = from.split("/").slice(0, -1);
  const toFolders = to.split("/").slice(0, -1);
  let sharedCount = 0;
  while (
    sharedCount < toFolders.length && toFolders[sharedCount] === fromFolders[sharedCount]
  ) sharedCount++;
  // From main.ts everything is inside src, which is no folder of the house itself.
  const enteredCount = toFolders.slice(sharedCount).filter((folder) => folder !== "src").length;
  return enteredCount === 0 || (enteredCount === 1 && to.endsWith("/mod.ts"));
}
