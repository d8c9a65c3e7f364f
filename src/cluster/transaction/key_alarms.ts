/**
 * Key alarms: nodes that want to hear when one of some keys changes, once.
 *
 * A client may wait for keys of several nodes (BLPOP a b). The node that it speaks to has each of them
 * set an alarm, tries, and tries again when one goes off. One that is forgotten, as its node is gone,
 * goes off by itself after a while.
 *
 * Always true: changes are listened to exactly while an alarm is set.
 *
 * @module
 */

import { ByteView } from "../../base/byte_view.ts";
import type { Timer } from "../../base/clock.ts";
import {
  type ChangeListener,
  isQuietEvent,
  KeyRecord,
  KeyRegistry,
  type ServerParts,
} from "../../engine/mod.ts";

/** How long an alarm is set, at most. */
export const ALARM_MS = 10_000;

/** One key of an alarm. */
class AlarmKey extends KeyRecord<AlarmKey> {
  readonly alarm: Alarm;

  constructor(key: ByteView, hash: number, alarm: Alarm) {
    super(key.toText(), hash);
    this.alarm = alarm;
  }
}

interface Alarm {
  readonly name: string;
  readonly keys: AlarmKey[];
  readonly ring: () => void;
  timer: Timer | undefined;
}

/** The alarms of one node. */
export class KeyAlarms implements ChangeListener {
  readonly #server: ServerParts;
  readonly #keys: KeyRegistry<AlarmKey>;
  readonly #alarms = new Map<string, Alarm>();

  constructor(server: ServerParts) {
    this.#server = server;
    this.#keys = new KeyRegistry(server.store.environment.lookAhead);
  }

  /**
   * Sets an alarm in place of one of the same name.
   *
   * @param name Of whoever wants to hear it.
   * @param keys In any database; copied.
   * @param ring Called once, unless `clear` is.
   */
  set(name: string, keys: readonly Uint8Array[], ring: () => void): void {
    this.clear(name);
    const { changeListeners, clock } = this.#server;
    if (this.#alarms.size === 0) changeListeners.add(this);
    const alarm: Alarm = { name, keys: [], ring, timer: undefined };
    alarm.timer = clock.setTimer(ALARM_MS, () => this.#goOff(alarm));
    for (const key of keys) {
      const view = new ByteView(key);
      const record = new AlarmKey(view, this.#keys.hashOf(view), alarm);
      this.#keys.add(record);
      alarm.keys.push(record);
    }
    this.#alarms.set(name, alarm);
  }

  /** Forgets an alarm, if it is set. */
  clear(name: string): void {
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) return;
    this.#alarms.delete(name);
    alarm.timer?.cancel();
    for (const record of alarm.keys) this.#keys.remove(record);
    if (this.#alarms.size === 0) this.#server.changeListeners.remove(this);
  }

  /** Forgets all. */
  stop(): void {
    for (const name of [...this.#alarms.keys()]) this.clear(name);
  }

  changed(_databaseIndex: number, key: ByteView, event: string): void {
    let record = this.#keys.first(key);
    if (record === undefined || isQuietEvent(event)) return;
    const alarms: Alarm[] = [];
    for (; record !== undefined; record = this.#keys.following(record)) alarms.push(record.alarm);
    for (const alarm of alarms) this.#goOff(alarm);
  }

  flushed(): void {
    for (const alarm of [...this.#alarms.values()]) this.#goOff(alarm);
  }

  #goOff(alarm: Alarm): void {
    this.clear(alarm.name);
    alarm.ring();
  }
}
