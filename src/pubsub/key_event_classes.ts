/**
 * Key event classes: to which letter of `notify-keyspace-events` each event belongs.
 *
 * A name has one class whatever command it comes from, so the commands say only the name. What a type
 * does to a key as a whole is generic: `del` when the last element went, `expire` behind a SET.
 *
 * Behaviour: Redis 7.0, where `d` is for modules' types, of which there are none here.
 *
 * @module
 */

/** The events of each letter. */
const EVENTS_OF_CLASS: Readonly<Record<string, readonly string[]>> = {
  g: [
    "copy_to",
    "del",
    "expire",
    "move_from",
    "move_to",
    "persist",
    "rename_from",
    "rename_to",
    "restore",
  ],
  $: ["append", "incrby", "incrbyfloat", "pfadd", "set", "setbit", "setrange"],
  l: ["linsert", "lpop", "lpush", "lrem", "lset", "ltrim", "rpop", "rpush", "sortstore"],
  s: ["sadd", "sdiffstore", "sinterstore", "spop", "srem", "sunionstore"],
  h: ["hdel", "hincrby", "hincrbyfloat", "hset"],
  z: [
    "georadiusstore",
    "geosearchstore",
    "zadd",
    "zdiffstore",
    "zincr",
    "zinterstore",
    "zpopmax",
    "zpopmin",
    "zrangestore",
    "zrem",
    "zremrangebylex",
    "zremrangebyrank",
    "zremrangebyscore",
    "zunionstore",
  ],
  t: [
    "xadd",
    "xdel",
    "xgroup-create",
    "xgroup-createconsumer",
    "xgroup-delconsumer",
    "xgroup-destroy",
    "xgroup-setid",
    "xsetid",
    "xtrim",
  ],
  x: ["expired"],
  e: ["evicted"],
  n: ["new"],
  m: ["keymiss"],
};

/** The letters that `A` stands for. */
const USUAL_CLASSES = "g$lshzxetd";

/** The events that letters ask for. @param letters As in the directive: `AKE`, `Kx`. */
export function eventsOfClasses(letters: string): ReadonlySet<string> {
  const events = new Set<string>();
  for (const letter of letters.replace("A", USUAL_CLASSES)) {
    for (const event of EVENTS_OF_CLASS[letter] ?? []) events.add(event);
  }
  return events;
}
