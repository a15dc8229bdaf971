/**
 * The upstream of the bench, in a process of its own: raw sockets, counts the bytes of each body, keeps none, answers 200.
 * Told `reset` by its parent it forgets its counts; told `report` it sends them.
 */
import { createServer } from "node:net";
import { MessageReader } from "../test/support/http-wire.ts";

export interface SinkReport {
  readonly requests: number;
  readonly bytes: number;
}

let report = { requests: 0, bytes: 0 };

const server = createServer({ noDelay: true }, (socket) => {
  let bytes = 0;
  const reader = new MessageReader("request", {
    onHead: () => {
      bytes = 0;
    },
    onData: (piece) => {
      bytes += piece.length;
    },
    onEnd: () => {
      report.requests += 1;
      report.bytes += bytes;
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    },
  });
  socket.on("data", (piece) => reader.feed(piece));
  socket.on("error", () => {});
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address !== null && typeof address !== "string") process.send?.({ port: address.port });
});

process.on("message", (message) => {
  if (message === "reset") report = { requests: 0, bytes: 0 };
  process.send?.(report);
});
process.on("disconnect", () => process.exit());
