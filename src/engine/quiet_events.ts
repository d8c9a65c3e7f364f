/**
 * Quiet events: changes of a stream that is there which Redis does not take for one of its key.
 *
 * They are told to who wants to be notified, and leave for logs; but no watch breaks and no cache is
 * invalidated.
 *
 * @module
 */

const QUIET_EVENTS: ReadonlySet<string> = new Set([
  "xsetid",
  "xgroup-create",
  "xgroup-setid",
  "xgroup-destroy",
  "xgroup-createconsumer",
  "xgroup-delconsumer",
]);

/** Whether an event is no change of a key that is there. @param event As `ChangeListener.changed` has it. */
export function isQuietEvent(event: string): boolean {
  return QUIET_EVENTS.has(event);
}
