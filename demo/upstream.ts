/**
 * An upstream to look at: it takes what the gate signed and refuses the rest, as an ingestion endpoint should, and shows what came. Forgets all
 * when it stops. `GET /received` lists it, oldest first, and of what was refused says why; `DELETE /received` forgets it.
 */

import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import {
  type Attested,
  MemoryReplayStore,
  readGateKeys,
  refusal,
  type UpstreamPolicy,
  verifyAttestation,
} from "../src/attestation/upstream.ts";
import type { TenfourConfig } from "../src/config/define.ts";

const REQUESTS_MAX = 200;
const BYTES_MAX = 1_048_576;

export interface Kept {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Whether the whole body arrived, or the connection was cut before its end. */
  readonly complete: boolean;
  /** Whether the gate signed it, for here, now, and as it came. */
  readonly verified: boolean;
  /** Why it was not taken; then nothing of its body is kept. */
  readonly refused: string | null;
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
  /** From now on takes what this gate sends to it under this configuration. `keys`: as in `operator.pub`. Before that, nothing. */
  trust(keys: string, config: Pick<TenfourConfig, "upstreams" | "routes">): Promise<void>;
  close(): Promise<void>;
}

/** `port` 0: any free one. Rejects if it is taken. */
export async function startDemoUpstream(port: number): Promise<DemoUpstream> {
  const kept: Kept[] = [];
  const policies = new Map<string, UpstreamPolicy>();
  const server = createServer((request, response) => {
    if (request.url === "/received") return showReceived(kept, request, response);
    keep(kept, policies.get(request.url ?? ""), request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the demo upstream has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    async trust(text, { upstreams, routes }) {
      const keys = await readGateKeys(text);
      const replay = new MemoryReplayStore();
      for (const [name, { url: target }] of Object.entries(upstreams)) {
        const own = routes.filter(({ upstream }) => upstream === name).map(({ id }) => id);
        const path = target.startsWith(`${url}/`) ? target.slice(url.length) : null;
        if (path !== null) policies.set(path, { keys, target, routes: own, replay });
      }
    },
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

const NOT_ATTESTED: Attested = { ok: false, code: "not_attested" };

function keep(
  kept: Kept[],
  policy: UpstreamPolicy | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const whole = Promise.withResolvers<Uint8Array | null>();
  const header = (name: string) => request.headers[name]?.toString() ?? null;
  // At once, since the signature on a long body is old by its end.
  const attested =
    policy === undefined
      ? Promise.resolve(NOT_ATTESTED)
      : verifyAttestation(
          { method: request.method ?? "", header, body: () => whole.promise },
          policy,
          Date.now(),
        );
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
  request.on("close", async () => {
    const body = Buffer.concat(pieces);
    whole.resolve(request.complete && stored === bytes ? body : null);
    const verdict = await attested;
    const encoding = isUtf8(body) ? "utf8" : "base64";
    kept.push({
      at: new Date().toISOString(),
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      complete: request.complete,
      verified: verdict.ok,
      refused: verdict.ok ? null : verdict.code,
      bytes,
      body: verdict.ok ? body.toString(encoding) : "",
      encoding,
      shortened: stored < bytes,
    });
    if (kept.length > REQUESTS_MAX) kept.shift();
    if (!request.complete) return;
    if (!verdict.ok) {
      const problem = refusal(verdict.code);
      response.writeHead(problem.status, { "content-type": "application/problem+json" });
      response.end(`${await problem.text()}\n`);
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(`${JSON.stringify({ received_bytes: bytes })}\n`);
  });
}
