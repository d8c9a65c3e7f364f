/**
 * Structures: how data is laid out in the arena. They know nothing of Redis.
 *
 * @module
 */

export { Dictionary, LONG_KEY_LENGTH, type RecordVisitor, TOUCH_COUNT_MAX } from "./dictionary.ts";
export { TimeWheel, type WheelLinks } from "./time_wheel.ts";
