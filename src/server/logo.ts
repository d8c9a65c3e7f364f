/**
 * Logo: what a terminal shows when the server starts.
 *
 * @module
 */

/** The logo with the facts of this start; test suites look for ` PID: `. */
export function logoText(version: string, port: number, pid: number): string {
  return `
      ___              ___        _ _
     | __|__ _ ____  _| _ \\___ __| (_)___    EasyRedis ${version}, speaks Redis 7.0
     | _|/ _\` (_-< || |   / -_) _\` | (_-<    Running in standalone mode
     |___\\__,_/__/\\_, |_|_\\___\\__,_|_/__/    Port: ${port}
                  |__/                       PID: ${pid}

`;
}
