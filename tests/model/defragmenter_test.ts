/**
 * Defragmenter model: random commands of all types on two stores that are the same, but that in one all
 * blocks are moved about between commands. Nobody may notice.
 *
 * The arena moves blocks whenever it may and poisons the old places, so what still refers to one shows
 * soon. Values count as large from a few elements on, so that most are done in several steps, with
 * changes in between.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { SeededRandom } from "../../src/base/random.ts";
import { RedisError } from "../../src/errors/redis_error.ts";
import type { Store } from "../../src/store/mod.ts";
import { DATA_COMMANDS } from "../support/data_commands.ts";
import { randomCommand } from "../support/random_commands.ts";
import { RestlessArena } from "../support/restless_arena.ts";
import { takeSeed } from "../support/seed.ts";
import { EffectRecorder } from "../unit/commands/effect_recorder.ts";
import { StoreFixture } from "../unit/store/store_fixture.ts";

const COMMAND_COUNT = 20_000;
const ELEMENT_COUNT_MAX = 4;
/** Limits at which the compact encodings give way, now and then. */
const LIMITS = [4, 32, 512];

function outcomeOf(recorder: EffectRecorder, args: readonly string[]): string {
  try {
    return recorder.run(...args).reply;
  } catch (error) {
    if (error instanceof RedisError) return error.text;
    throw error;
  }
}

/** Evicts what expires, which is found by the index of volatile keys. */
function evictVolatile({ databases: [keyspace], evictor }: Store): void {
  const expiringCount = keyspace.expiringCount;
  evictor.setPolicy("volatile-random");
  let evictedCount = 0;
  while (evictor.evictOne()) evictedCount++;
  assertEquals([evictedCount, keyspace.expiringCount], [expiringCount, 0]);
}

Deno.test("model: commands reply the same though all blocks move", () => {
  const random = new SeededRandom(takeSeed("defragmenter"));
  const arena = new RestlessArena(new SeededRandom(random.nextUint32()));
  const quietFixture = new StoreFixture(1), movingFixture = new StoreFixture(1, arena);
  const fixtures = [quietFixture, movingFixture];
  using quiet = new EffectRecorder(DATA_COMMANDS, quietFixture);
  using moving = new EffectRecorder(DATA_COMMANDS, movingFixture);
  const { store } = movingFixture;
  store.keepVolatileIndex(true);
  store.defragmenter.elementCountMax = ELEMENT_COUNT_MAX;
  let passCount = 0;

  for (let count = 0; count < COMMAND_COUNT; count++) {
    if (random.below(1000) === 0) {
      for (const { store } of fixtures) {
        const { limits } = store.environment;
        limits.hashMaxListpackEntries = LIMITS[count % LIMITS.length];
        limits.zsetMaxListpackEntries = LIMITS[count % LIMITS.length];
        limits.setMaxIntsetEntries = LIMITS[count % LIMITS.length];
        limits.listMaxListpackSize = LIMITS[count % LIMITS.length];
        limits.streamNodeMaxEntries = LIMITS[count % LIMITS.length];
      }
    }
    const { args } = randomCommand(random);
    if (!quiet.reachesHandler(...args)) continue;
    assertEquals(outcomeOf(moving, args), outcomeOf(quiet, args), args.join(" "));
    if (!store.defragmenter.isRunning) {
      store.defragmenter.begin();
      passCount++;
    }
    for (let steps = random.below(4); steps > 0; steps--) store.defragmenter.step();
  }
  store.defragmenter.end();
  assert(passCount > 100 && arena.movedCount > COMMAND_COUNT);
  assert(store.defragmenter.movedKeyCount > 0);
  evictVolatile(store);
});
