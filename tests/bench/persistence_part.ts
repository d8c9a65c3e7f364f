/**
 * Persistence part: what saving costs while writes go on, how long loading takes, and what the
 * append-only file costs.
 *
 * Memory is that of the server and its children together, shared pages counted once (`Pss` of
 * `/proc/<pid>/smaps_rollup`), because Redis saves in a child. It is read several times a second,
 * before the saving too, so that the stalls before are comparable with those meanwhile.
 *
 * @module
 */
import { measureAppending } from "./appending_table.ts";
import type { BenchOptions } from "./bench_options.ts";
import { fillKeys } from "./key_filler.ts";
import type { MeasuredServer, ServerStarter } from "./measured_server.ts";
import type { RawConnection } from "./raw_connection.ts";
import { StallProbe, type StallReport, stallText } from "./stall_probe.ts";
import { mebibytes, TextTable, withCommas } from "./text_table.ts";
import { WriteLoad } from "./write_load.ts";

/** Time in which a server is watched before it saves. */
const BEFORE_MS = 3_000;
/** Pause between two looks at the memory, and at whether the server still saves. */
const MEMORY_LOOK_MS = 200;
const PROGRESS_LOOK_MS = 50;
/** How long a save or a load may take. */
const WORK_LIMIT_MS = 600_000;

/** One phase of a server under writes. */
interface PhaseReport {
  readonly stalls: StallReport;
  readonly peakBytes: number;
  readonly writesPerSecond: number;
  readonly durationMs: number;
}

/** A phase of saving beside the time before it. */
interface SavingReport {
  readonly title: string;
  readonly before: PhaseReport;
  readonly during: PhaseReport;
}

/** What one server showed, and where its files are. */
interface ServerReport {
  readonly name: string;
  readonly savings: readonly SavingReport[];
  readonly filesDirectory: string;
}

/**
 * Measures both servers and prints three tables.
 *
 * @param starters Start the servers, the one to measure against first.
 */
export async function runPersistencePart(
  starters: readonly ServerStarter[],
  options: BenchOptions,
): Promise<void> {
  const filesDirectory = await Deno.makeTempDir({ prefix: "easyredis-bench-files-" });
  try {
    const reports: ServerReport[] = [];
    for (const [index, start] of starters.entries()) {
      const directory = `${filesDirectory}/${index}`;
      await Deno.mkdir(directory);
      reports.push(await measureSaving(start, directory, options.savedKeyCount));
    }
    printSaving(reports, options.savedKeyCount);
    await measureLoading(starters, reports, options.savedKeyCount);
  } finally {
    await Deno.remove(filesDirectory, { recursive: true });
  }
  await measureAppending(starters, options);
}

/** Takes one server through both ways of saving; keeps its files. */
async function measureSaving(
  start: ServerStarter,
  filesDirectory: string,
  keyCount: number,
): Promise<ServerReport> {
  await using server = await start({ directives: ["--auto-aof-rewrite-percentage", "0"] });
  using probe = await StallProbe.connect(server.port);
  using control = await server.connect();
  await fillKeys({ port: server.port, keyCount });
  const load = await WriteLoad.start(server.port, keyCount);
  const savings: SavingReport[] = [];
  try {
    const watch = new PhaseWatch({ server, probe, load });
    savings.push(
      await watch.saving("BGSAVE", async () => {
        await control.ask("BGSAVE");
        await awaitSaved(control);
      }),
    );
    await control.ask("CONFIG", "SET", "appendonly", "yes");
    await awaitSaved(control);
    savings.push(
      await watch.saving("BGREWRITEAOF", async () => {
        await control.ask("BGREWRITEAOF");
        await awaitSaved(control);
      }),
    );
  } finally {
    await load.stop();
  }
  await server.copyFilesTo(filesDirectory);
  return { name: server.name, savings, filesDirectory };
}

/** Waits until neither kind of saving is under way or due. */
async function awaitSaved(control: RawConnection): Promise<void> {
  const deadlineMs = performance.now() + WORK_LIMIT_MS;
  while (performance.now() < deadlineMs) {
    const text = await control.ask("INFO", "persistence");
    const isUnderWay = /^(rdb_bgsave|aof_rewrite)_(in_progress|scheduled):1/m.test(text);
    const failure = /^(rdb_last_bgsave|aof_last_bgrewrite)_status:err/m.exec(text);
    if (!isUnderWay && failure !== null) throw new Error(`INFO persistence: ${failure[0]}`);
    if (!isUnderWay) return;
    await pause(PROGRESS_LOOK_MS);
  }
  throw new Error(`A save did not end within ${WORK_LIMIT_MS} ms`);
}

/** Watches memory, stalls and writes of one server. */
class PhaseWatch {
  readonly #parts: { server: MeasuredServer; probe: StallProbe; load: WriteLoad };

  constructor(parts: { server: MeasuredServer; probe: StallProbe; load: WriteLoad }) {
    this.#parts = parts;
  }

  /** Watches for some seconds, then while `work` runs. */
  async saving(title: string, work: () => Promise<void>): Promise<SavingReport> {
    const before = await this.#phase(() => pause(BEFORE_MS));
    return { title, before, during: await this.#phase(work) };
  }

  async #phase(work: () => Promise<void>): Promise<PhaseReport> {
    const { server, probe, load } = this.#parts;
    let isWatching = true;
    let peakBytes = 0;
    const watchMemory = async (): Promise<void> => {
      while (isWatching) {
        peakBytes = Math.max(peakBytes, await server.familyBytes());
        await pause(MEMORY_LOOK_MS);
      }
    };
    const startedMs = performance.now(), startedCount = load.commandCount;
    const memory = watchMemory();
    // A failure is told when it is waited for, after the work.
    memory.catch(() => {});
    try {
      const { stalls } = await probe.watch(work);
      const durationMs = performance.now() - startedMs;
      const writesPerSecond = (load.commandCount - startedCount) / durationMs * 1000;
      isWatching = false;
      await memory;
      return { stalls, peakBytes, writesPerSecond, durationMs };
    } finally {
      isWatching = false;
    }
  }
}

/** Prints one row for each figure, one column for each server. */
function printSaving(reports: readonly ServerReport[], keyCount: number): void {
  const table = new TextTable([
    { title: "", alignment: "left" },
    ...reports.map((report) => ({ title: report.name })),
  ]);
  for (const [index, { title }] of reports[0].savings.entries()) {
    const addRow = (name: string, cellOf: (saving: SavingReport) => string): void =>
      table.add(name, ...reports.map((report) => cellOf(report.savings[index])));
    addRow(`${title}: seconds`, ({ during }) => (during.durationMs / 1000).toFixed(1));
    addRow("  memory before", ({ before }) => mebibytes(before.peakBytes));
    addRow(
      "  highest memory, over before",
      ({ before, during }) => (during.peakBytes / before.peakBytes).toFixed(2),
    );
    addRow("  longest stall before", ({ before }) => stallText(before.stalls));
    addRow("  longest stall meanwhile", ({ during }) => stallText(during.stalls));
    addRow("  SET a second before", ({ before }) => withCommas(before.writesPerSecond));
    addRow(
      "  meanwhile, over before",
      ({ before, during }) => (during.writesPerSecond / before.writesPerSecond).toFixed(2),
    );
  }
  console.log(
    `Saving: ${withCommas(keyCount)} keys of 16 + 16 bytes, of which random ones are overwritten ` +
      `at full speed by one pipelined connection all the while. Memory: \`Pss\` of the server ` +
      `and its children. Before: ${BEFORE_MS / 1000} s.\n\n${table}\n`,
  );
}

/** The two kinds of files, by what a server must be told to load them. */
const FILE_KINDS = [
  { title: "RDB", appendonly: "no", path: "dump.rdb" },
  { title: "append-only files", appendonly: "yes", path: "appendonlydir" },
];

async function measureLoading(
  starters: readonly ServerStarter[],
  reports: readonly ServerReport[],
  keyCount: number,
): Promise<void> {
  const table = new TextTable([
    { title: "seconds from start to the first answer", alignment: "left" },
    { title: "MiB" },
    ...reports.map(({ name }) => ({ title: name })),
    { title: "ratio" },
  ]);
  for (const { title, appendonly, path } of FILE_KINDS) {
    for (const { name, filesDirectory } of reports) {
      const seconds: number[] = [];
      for (const start of starters) {
        const directives = ["--appendonly", appendonly];
        await using server = await start({
          ...{ directives, filesFrom: filesDirectory, timeoutMs: WORK_LIMIT_MS },
        });
        using control = await server.connect();
        const size = await control.ask("DBSIZE");
        if (size !== String(keyCount)) {
          throw new Error(`${server.name} loaded ${size} keys of ${keyCount} from ${path}`);
        }
        seconds.push(server.startMs / 1000);
      }
      const bytes = await bytesOf(`${filesDirectory}/${path}`);
      const cells = seconds.map((value) => value.toFixed(2));
      const ratio = (seconds[1] / seconds[0]).toFixed(2);
      table.add(`${title} of ${name}`, (bytes / 2 ** 20).toFixed(0), ...cells, ratio);
    }
  }
  console.log(
    `Loading: the files of the table before, each by both servers; the append-only files hold ` +
      `the writes since the rewrite, so their sizes differ.\n\n${table}\n`,
  );
}

/** Bytes of a file, or of all files in a directory. */
async function bytesOf(path: string): Promise<number> {
  const stat = await Deno.stat(path);
  if (!stat.isDirectory) return stat.size;
  let bytes = 0;
  for await (const entry of Deno.readDir(path)) bytes += await bytesOf(`${path}/${entry.name}`);
  return bytes;
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
