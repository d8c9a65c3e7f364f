/**
 * redis-py: runs scripts of Python that use the client library of that name.
 *
 * @module
 */

/** Debian's Python has its library; another one on the path may come first and lack it. */
const PYTHONS = ["python3", "/usr/bin/python3"];

/** A Python that has the library; `undefined` where there is none. */
export function pythonWithRedis(): string | undefined {
  return PYTHONS.find((python) => {
    try {
      const args = ["-c", "import redis"];
      return new Deno.Command(python, { args, stdout: "null", stderr: "null" }).outputSync()
        .success;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

/**
 * Runs a script, which gets `port` in a variable of that name.
 *
 * @param script Prints what it found out.
 * @returns What it printed.
 * @throws {Error} With what it complained of.
 */
export async function runPython(python: string, port: number, script: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: ["-c", `port = ${port}\n${script}`],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`The script failed:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
