/**
 * Relay connection: what its end looks like to who has asked something.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { bytesOfText } from "../../../../src/base/byte_view.ts";
import { type ClientTransport, DisconnectedError } from "../../../../src/client/mod.ts";
import { RelayConnection } from "../../../../src/cluster/relay/relay_connection.ts";

const reset = () => Promise.reject(new Deno.errors.ConnectionReset("Connection reset by peer"));
const writeAll = (bytes: Uint8Array) => Promise.resolve(bytes.length);

/** Ways in which the other side of a connection fails. */
const ENDS: Readonly<Record<string, Pick<ClientTransport, "read" | "write">>> = {
  "a reset while it reads": { read: reset, write: writeAll },
  "a reset while it writes": { read: () => Promise.resolve(null), write: reset },
  "an end": { read: () => Promise.resolve(null), write: writeAll },
  "what is no reply": {
    read: (bytes) => {
      const text = bytesOfText("HTTP/1.1 400 Bad Request\r\n\r\n");
      bytes.set(text);
      return Promise.resolve(text.length);
    },
    write: writeAll,
  },
};

for (const [what, end] of Object.entries(ENDS)) {
  Deno.test(`RelayConnection.call: ${what} is a DisconnectedError`, async () => {
    const connection = new RelayConnection({ ...end, close: () => {} }, {
      nextTurn: () => Promise.resolve(),
      answered: () => {},
      moved: () => {},
    });
    await assertRejects(() => connection.call("PING"), DisconnectedError);
  });
}
