/**
 * Subject: the EasyRedis that a black-box test talks to, however it was started.
 *
 * In this process by `startServer` of the public face, which is quick and lets the sanitizers see
 * what the server leaks; or the executable named by `EASYREDIS_EXECUTABLE`, so that the very same
 * tests pass judgment on what is shipped.
 *
 * @module
 */

import { easyRedisExecutable, startEasyRedisProcess } from "./easyredis_process.ts";

/** A running server under test. */
export interface Subject extends AsyncDisposable {
  /** Its TCP port on 127.0.0.1. */
  readonly port: number;
}

/** How to start it. */
export interface SubjectOptions {
  /** Further directives. */
  config?: Readonly<Record<string, string>>;
}

/** What this module uses of the public face. */
interface Face {
  startServer(options: { config?: Record<string, string> }): Promise<Subject>;
}

/** Not a literal import: a run against the executable leaves the sources alone. */
const FACE_URL = new URL("../../src/mod.ts", import.meta.url).href;

/** As real Redis is started for tests: no files, every DEBUG command. */
const TEST_DIRECTIVES: Readonly<Record<string, string>> = {
  "save": "",
  "appendonly": "no",
  "enable-debug-command": "yes",
};

/**
 * Starts EasyRedis on an ephemeral port.
 *
 * @param options further directives
 * @returns the server; the caller ends it, best by `await using`
 */
export async function startSubject(options: SubjectOptions = {}): Promise<Subject> {
  const config = { ...TEST_DIRECTIVES, ...options.config };
  if (easyRedisExecutable() !== undefined) return await startEasyRedisProcess({ config });
  const face: Face = await import(FACE_URL);
  return await face.startServer({ config });
}
