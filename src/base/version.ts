/**
 * Versions: ours, and that of the Redis whose behaviour clients may expect.
 *
 * @module
 */

/** The version of Redis that INFO and HELLO name: clients choose their commands by it. */
export const REDIS_VERSION = "7.0.15";

/** The version of EasyRedis. */
export const EASYREDIS_VERSION = "0.1.0";
