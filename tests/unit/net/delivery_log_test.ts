/**
 * DeliveryLog and SharedPart: bytes that many send, against a copy for each of them.
 *
 * @module
 */

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { bytesOfText, textOfBytes } from "../../../src/base/byte_view.ts";
import { SeededRandom } from "../../../src/base/random.ts";
import { DeliveryLog, SharedPart } from "../../../src/net/delivery_log.ts";
import { OutputBuffer } from "../../../src/resp/mod.ts";
import { takeSeed } from "../../support/seed.ts";

/** Appends a message; returns where it lies. */
function append(log: DeliveryLog, message: string): [start: number, end: number] {
  const start = log.buffer.length;
  log.buffer.append(bytesOfText(message), 0, message.length);
  return [start, log.buffer.length];
}

function newLog(becameIdle: (log: DeliveryLog) => void = () => {}): DeliveryLog {
  return new DeliveryLog(new OutputBuffer(), becameIdle);
}

Deno.test("DeliveryLog is idle when the last of its users has released it, and says so once", () => {
  const idle: DeliveryLog[] = [];
  const log = newLog((which) => idle.push(which));
  assert(!log.isUsed);
  log.use();
  log.use();
  log.release();
  assert(log.isUsed);
  assertEquals(idle, []);
  log.release();
  assert(!log.isUsed);
  assert(idle.length === 1 && idle[0] === log);
});

Deno.test("DeliveryLog gives those who send the same part the same array", () => {
  const log = newLog();
  const [start, end] = append(log, "first");
  const [, secondEnd] = append(log, "second");
  const part = log.part(start, end);
  assertStrictEquals(log.part(start, end), part);
  assertEquals(textOfBytes(log.part(start, secondEnd)), "firstsecond");
  assertEquals(textOfBytes(log.part(end, secondEnd)), "second");
  assertEquals(textOfBytes(part), "first");
});

Deno.test("DeliveryLog leaves parts that are being sent as they are while it outgrows its array", () => {
  const log = newLog();
  const [start, end] = append(log, "first");
  const part = log.part(start, end);
  append(log, "x".repeat(log.buffer.bytes.length));
  assertEquals(textOfBytes(part), "first");
  assertEquals(textOfBytes(log.part(start, end)), "first");
});

Deno.test("SharedPart refuses what does not follow it in its log, and keeps what it has", () => {
  const log = newLog(), other = newLog(), part = new SharedPart();
  const first = append(log, "first"), second = append(log, "second"), third = append(log, "third");
  const elsewhere = append(other, "x".repeat(first[1]) + "elsewhere");
  assert(part.add(log, ...first));
  assert(!part.add(other, first[1], elsewhere[1]));
  assert(!part.add(log, ...third));
  assert(!part.add(log, ...first));
  assert(!other.isUsed);
  assert(part.add(log, ...second));
  assertEquals(part.byteCount, "firstsecond".length);
  assertEquals(textOfBytes(part.take().bytes), "firstsecond");
  assertEquals(part.byteCount, 0);
  assert(part.add(other, ...elsewhere)); // empty: any log will do
});

Deno.test("SharedPart sends what a buffer of one's own would, whoever falls behind", () => {
  const random = new SeededRandom(takeSeed("SharedPart"));
  const idle = new Set<DeliveryLog>();
  let log = newLog((which) => void idle.add(which));
  /** Who sends, what it should have sent, and what it has. */
  const senders = Array.from(
    { length: 5 },
    () => ({ part: new SharedPart(), expected: "", sent: "" }),
  );
  const logs = [log];
  for (let step = 0; step < 5000; step++) {
    if (random.below(40) === 0) logs.push(log = newLog((which) => void idle.add(which)));
    const message = `${step} ${"-".repeat(random.below(50))}`;
    const [start, end] = append(log, message);
    for (const sender of senders) {
      if (random.below(10) === 0) continue; // does not listen
      sender.expected += message;
      if (sender.part.byteCount > 0 && random.below(3) === 0) send(sender);
      if (sender.part.add(log, start, end)) continue;
      send(sender);
      assert(sender.part.add(log, start, end));
    }
  }
  for (const sender of senders) {
    if (sender.part.byteCount > 0) send(sender);
    assertEquals(sender.sent, sender.expected);
  }
  assert(logs.every((each) => !each.isUsed && (each.buffer.length === 0 || idle.has(each))));

  function send(sender: typeof senders[number]): void {
    const { log: sentLog, bytes } = sender.part.take();
    sender.sent += textOfBytes(bytes);
    sentLog.release();
  }
});
