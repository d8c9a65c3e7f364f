/**
 * Net: sockets, pipes in memory, and the loop that reads requests and sends replies.
 *
 * @module
 */

export { BufferPool } from "./buffer_pool.ts";
export { Connection } from "./connection.ts";
export type { ConnectionShare, Receiver } from "./connection_share.ts";
export { DeliveryLog } from "./delivery_log.ts";
export { type ListenAddress, Listener } from "./listener.ts";
export { MemoryTransport } from "./memory_transport.ts";
export { Outbox } from "./outbox.ts";
export { ReplyLine, type ReplySlot } from "./reply_line.ts";
export { Resumptions } from "./resumptions.ts";
export type { SocketOptions } from "./socket_transport.ts";
export type { Transport } from "./transport.ts";
export { Turns } from "./turns.ts";
