/**
 * An upstream to look at: it keeps the last requests it received, whole or not, and shows them. Decides nothing; forgets all when it stops.
 * `GET /received` lists them, oldest first; `DELETE /received` forgets them; anything else is kept and answered 200.
 */

import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

const REQUESTS_MAX = 200;
const BYTES_MAX = 1_048_576;

export interface Kept {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether the whole body arrived, or the connection was cut before its end. */
  readonly complete: boolean;
  readonly bytes: number;
  /** The body, as text if it is UTF-8; of a body beyond 1 MiB, its beginning. */
  readonly body: string;
  readonly encoding: "utf8" | "base64";
  /** Whether `body` is only the beginning of what came. */
  readonly shortened: boolean;
}

export interface DemoUpstream {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** `port` 0: any free one. Rejects if it is taken. */
export async function startDemoUpstream(port: number): Promise<DemoUpstream> {
  const kept: Kept[] = [];
  const server = createServer((request, response) => {
    if (request.url === "/received") return showReceived(kept, request, response);
    keep(kept, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the demo upstream has no port");
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function showReceived(kept: Kept[], request: IncomingMessage, response: ServerResponse): void {
  if (request.method === "DELETE") kept.length = 0;
  else if (request.method !== "GET") {
    response.writeHead(405, { allow: "GET, DELETE" }).end();
    return;
  }
  response.writeHead(200, { "content-type": "application/json" });
  response.end(`${JSON.stringify(kept, null, 2)}\n`);
}

function keep(kept: Kept[], request: IncomingMessage, response: ServerResponse): void {
  const pieces: Buffer[] = [];
  let bytes = 0;
  let stored = 0;
  request.on("data", (piece: Buffer) => {
    bytes += piece.length;
    const room = piece.subarray(0, BYTES_MAX - stored);
    stored += room.length;
    if (room.length > 0) pieces.push(room);
  });
  request.on("error", () => {});
  request.on("close", () => {
    const body = Buffer.concat(pieces);
    const encoding = isUtf8(body) ? "utf8" : "base64";
    kept.push({
      at: new Date().toISOString(),
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      complete: request.complete,
      bytes,
      body: body.toString(encoding),
      encoding,
      shortened: stored < bytes,
    });
    if (kept.length > REQUESTS_MAX) kept.shift();
    if (!request.complete) return;
    response.writeHead(200, { "content-type": "application/json" });
    response.end(`${JSON.stringify({ received_bytes: bytes })}\n`);
  });
}
