/**
 * DEBUG PROTOCOL: one reply of each kind, for whoever writes a client.
 *
 * @module
 */

import type { CommandContext } from "../../engine/mod.ts";
import { PUSH_NEEDS_RESP3, WRONG_PROTOCOL_TYPE } from "../../errors/catalogue.ts";
import type { Args } from "../../resp/mod.ts";

/** `DEBUG PROTOCOL type` → a reply of that kind. */
export function protocol(context: CommandContext, args: Args): void {
  const reply = context.reply;
  const countTo3 = () => [0, 1, 2].forEach((each) => reply.integer(each));
  switch (args.at(2).toLowerText()) {
    case "string":
      return reply.bulkText("Hello World");
    case "integer":
      return reply.integer(12345);
    case "double":
      return reply.double(3.141);
    case "bignum":
      return reply.bigNumber("1234567999999999999999999999999999999");
    case "null":
      return reply.nil();
    case "array":
      reply.array(3);
      return countTo3();
    case "set":
      reply.set(3);
      return countTo3();
    case "map":
      reply.map(3);
      return [0, 1, 2].forEach((each) => (reply.integer(each), reply.boolean(each === 1)));
    case "attrib":
      return replyAttribute(context);
    case "push":
      if (reply.protocol < 3) throw PUSH_NEEDS_RESP3;
      reply.push(2);
      reply.bulkText("server-cpu-usage");
      reply.integer(42);
      return reply.bulkText("Some real reply following the push reply");
    case "true":
    case "false":
      return reply.boolean(args.isWord(2, "true"));
    case "verbatim":
      return reply.verbatim("txt", "This is a verbatim\nstring");
    default:
      throw WRONG_PROTOCOL_TYPE;
  }
}

function replyAttribute({ reply }: CommandContext): void {
  if (reply.protocol === 3) {
    reply.attribute(1);
    reply.bulkText("key-popularity");
    reply.array(2);
    reply.bulkText("key:123");
    reply.integer(90);
  }
  reply.bulkText("Some real reply following the attribute");
}
