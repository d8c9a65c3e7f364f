/**
 * Memory directives: what the configuration says of memory, put into force.
 *
 * @module
 */

import { evictionDurationUs, type ServerParts } from "../engine/mod.ts";
import { AccessFrequency } from "../store/mod.ts";
import type { ClientHost } from "./client_host.ts";
import type { Heartbeat } from "./heartbeat.ts";

/** Puts the directives on memory into force, now and whenever they change. */
export function followMemoryDirectives(
  server: ServerParts,
  host: ClientHost,
  heartbeat: Heartbeat,
): void {
  const { config, memoryLimit, store } = server;

  const setLimits = () => {
    memoryLimit.bytesMax = config.number("maxmemory");
    host.limitMemory();
    followPolicy();
  };
  const followPolicy = () => {
    followEvictionPolicy(server);
    if (store.indexSome()) heartbeat.index();
  };
  const setEffort = () => {
    store.evictor.setSampleCount(config.number("maxmemory-samples"));
    memoryLimit.durationUsMax = evictionDurationUs(config.number("maxmemory-eviction-tenacity"));
  };

  config.onApply("maxmemory", () => {
    setLimits();
    warnOfShortness(server);
    if (memoryLimit.bytesMax > 0) heartbeat.evict();
  });
  config.onApply("maxmemory-clients", () => host.limitMemory());
  config.onApply(["maxmemory-policy", "lfu-log-factor", "lfu-decay-time"], followPolicy);
  config.onApply(["maxmemory-samples", "maxmemory-eviction-tenacity"], setEffort);
  config.onApply(
    ["lazyfree-lazy-expire", "lazyfree-lazy-eviction", "lazyfree-lazy-server-del"],
    () => followLazyFreeing(server),
  );
  setEffort();
  setLimits();
  followLazyFreeing(server);
}

/** Has entries note what the policy needs to know, and volatile keys indexed if it draws them. */
function followEvictionPolicy({ config, memoryLimit, random, store }: ServerParts): void {
  const policy = config.text("maxmemory-policy");
  const { evictor } = store;
  evictor.setPolicy(policy);
  store.environment.frequency = !policy.endsWith("-lfu") ? undefined : new AccessFrequency({
    random,
    logFactor: config.number("lfu-log-factor"),
    decayMinutes: config.number("lfu-decay-time"),
  });
  store.environment.isSharingIntegers = memoryLimit.bytesMax === 0 || !/-l[rf]u$/.test(policy);
  store.keepVolatileIndex(memoryLimit.bytesMax > 0 && evictor.isVolatileOnly);
}

function followLazyFreeing({ config, store }: ServerParts): void {
  const { lazyFree } = store.environment;
  lazyFree.isForExpired = config.boolean("lazyfree-lazy-expire");
  lazyFree.isForEvicted = config.boolean("lazyfree-lazy-eviction");
  lazyFree.isForOverwritten = config.boolean("lazyfree-lazy-server-del");
}

/** Logs that a limit is lower than what is in use. */
function warnOfShortness({ log, memoryLimit }: ServerParts): void {
  const { bytesMax, countedBytes } = memoryLimit;
  if (bytesMax === 0 || bytesMax >= countedBytes) return;
  log.warning(
    `WARNING: the new maxmemory value set via CONFIG SET (${bytesMax}) is smaller than the current memory usage (${countedBytes}). This will result in key eviction and/or the inability to accept new write commands depending on the maxmemory-policy.`,
  );
}
