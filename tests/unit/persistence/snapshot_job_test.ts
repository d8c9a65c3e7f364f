/**
 * SnapshotJob: what becomes of the file, whatever fails.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { ByteView } from "../../../src/base/byte_view.ts";
import { ManualClock } from "../../../src/base/clock.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { Config } from "../../../src/config/mod.ts";
import { RdbEntries } from "../../../src/persistence/snapshot/mod.ts";
import { SnapshotJob } from "../../../src/persistence/snapshot/snapshot_job.ts";
import type { SnapshotOutput } from "../../../src/persistence/snapshot/snapshot_job.ts";
import { Store } from "../../../src/store/mod.ts";

/** A file in memory, of which one step may fail. */
class FakeFile implements SnapshotOutput {
  readonly calls: string[] = [];
  #failing: string;

  constructor(failing = "") {
    this.#failing = failing;
  }

  open(): Promise<void> {
    return this.#call("open");
  }

  write(): Promise<void> {
    return this.#call("write");
  }

  finish(): Promise<void> {
    return this.#call("finish");
  }

  discard(): Promise<void> {
    return this.#call("discard");
  }

  async #call(name: string): Promise<void> {
    await Promise.resolve();
    this.calls.push(name);
    if (name === this.#failing) throw new Deno.errors.WriteZero("No space left on device");
  }
}

interface Begun {
  store: Store;
  job: SnapshotJob;
  /** Runs the job to its end while time passes. */
  run(): Promise<boolean>;
}

function begin(file: FakeFile, keyDelayUs = 0): Begun {
  const clock = new ManualClock();
  const store = new Store({ clock, random: new SeededRandom(1), databaseCount: 2 });
  for (let index = 0; index < 5000; index++) {
    const key = ByteView.ofText(`key:${index}`);
    store.databases[index % 2].setText(key, ByteView.ofText("x".repeat(100)), false);
  }
  const job = new SnapshotJob({
    store,
    clock,
    writer: new RdbEntries(store, new Config(), "snapshot"),
    file,
    nextTurn: () => new Promise((resolve) => setTimeout(resolve)),
    countCommands: () => 0,
    keyDelayUs: () => keyDelayUs,
  });
  const run = async (): Promise<boolean> => {
    let isRunning = true;
    const running = job.run().finally(() => isRunning = false);
    running.catch(() => {});
    while (isRunning) {
      clock.advance(1);
      await new Promise((resolve) => setTimeout(resolve));
    }
    return await running;
  };
  return { store, job, run };
}

Deno.test("SnapshotJob writes all keys and finishes the file", async () => {
  const file = new FakeFile();
  const { store, job, run } = begin(file);
  assertEquals(job.keyCount, 5000);
  assert(await run());
  assertEquals(job.savedKeyCount, 5000);
  assertEquals(file.calls.at(-1), "finish");
  assert(!file.calls.includes("discard"));
  assertEquals(store.environment.snapshot, undefined);
  assertEquals(job.waitingBytes, 0);
});

for (const step of ["write", "finish"]) {
  Deno.test(`SnapshotJob gives the file up when its ${step} fails`, async () => {
    const file = new FakeFile(step);
    const { store, run } = begin(file);
    await assertRejects(() => run(), Deno.errors.WriteZero);
    assertEquals(file.calls.at(-1), "discard");
    assertEquals(store.environment.snapshot, undefined);
  });
}

Deno.test("SnapshotJob gives the file up at once when it is aborted, also while it waits", async () => {
  const file = new FakeFile();
  const { store, job } = begin(file, 3_600_000_000);
  const running = job.run();
  job.abort();
  assertEquals(await running, false);
  assertEquals(file.calls.at(-1), "discard");
  assert(!file.calls.includes("finish"));
  assertEquals(store.environment.snapshot, undefined);
});
