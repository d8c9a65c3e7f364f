/**
 * redis-py, Debian's package `python3-redis`, unchanged against the server: pipelines, WATCH and retry.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { pythonWithRedis, runPython } from "../support/redis_py.ts";
import { startSubject } from "../support/subject.ts";

const python = pythonWithRedis();

/** Registers a script and what it prints. */
function scripted(name: string, script: string, expected: string): void {
  const reason = python === undefined ? " (ignored: no Python with redis-py)" : "";
  Deno.test(`redis-py ${name}${reason}`, { ignore: python === undefined }, async () => {
    await using subject = await startSubject();
    assertEquals(await runPython(python!, subject.port, script), expected);
  });
}

scripted(
  "pipelines get each reply in order, with and without a transaction",
  `
import redis
client = redis.Redis(port=port)
for transaction in (True, False):
    pipe = client.pipeline(transaction=transaction)
    for index in range(1000):
        pipe.set("key:%d" % index, index).get("key:%d" % index)
    replies = pipe.execute()
    print(len(replies), replies[1::2] == [b"%d" % index for index in range(1000)])
print(client.pipeline().set("word", "text").incr("word").get("word").execute(raise_on_error=False)[2])
`,
  "2000 True\n2000 True\nb'text'\n",
);

scripted(
  "is told of a watched key that has changed, and wins when it tries again",
  `
import redis
client = redis.Redis(port=port)
tries = 0
with client.pipeline() as pipe:
    while True:
        tries += 1
        try:
            pipe.watch("counter")
            value = int(pipe.get("counter") or 0)
            if tries == 1:
                client.set("counter", 41)
            pipe.multi()
            pipe.set("counter", value + 1)
            pipe.rpush("log", tries)
            print(pipe.execute())
            break
        except redis.WatchError:
            print("changed")
print(client.get("counter"), client.lrange("log", 0, -1))
`,
  "changed\n[True, 1]\nb'42' [b'2']\n",
);

scripted(
  "racers lose no increment by transaction(), which tries again by itself",
  `
import redis, threading
def race():
    client = redis.Redis(port=port)
    def increment(pipe):
        value = int(pipe.get("counter") or 0)
        pipe.multi()
        pipe.set("counter", value + 1)
    for _ in range(25):
        client.transaction(increment, "counter")
threads = [threading.Thread(target=race) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(redis.Redis(port=port).get("counter"))
`,
  "b'100'\n",
);
