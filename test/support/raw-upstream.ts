/**
 * An upstream on raw sockets: it knows whether a body arrived complete, and it can be told to misbehave.
 * Decides nothing about consent and asserts nothing.
 */
import { createHash } from "node:crypto";
import { createServer, type Server, type Socket } from "node:net";
import { type BodyFraming, MessageReader } from "./http-wire.ts";

export interface Received {
  readonly method: string;
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly rawHead: string;
  readonly framing: BodyFraming;
  /** After removing chunk framing; empty where `keepBodies` is false. */
  readonly body: Buffer;
  readonly bytes: number;
  /** Hex, of the body as far as it came. */
  readonly sha256: string;
  /** The final chunk came, or all of the declared length; false: the connection ended before. */
  readonly complete: boolean;
  /** Milliseconds from the head to the end of the body or the cut. */
  readonly ms: number;
}

/** How a request is treated. Without anything: read all of it, then 200 with an empty body. */
export interface Behaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Answer before the body has been read: its headers only (the rest when the body has ended), or all of it. */
  readonly early?: "headers" | "all";
  /** Answer this long after the body has ended, ms. */
  readonly answerAfterMs?: number;
  /** Read the whole body and never answer. */
  readonly silent?: boolean;
  /** Stop reading once this many bytes of body have come, for so long (default: for good). */
  readonly stall?: { readonly afterBytes: number; readonly forMs?: number };
  /** Read at most this many bytes of body a second. */
  readonly bytesPerSecond?: number;
  /** Destroy the connection (RST) once this many bytes of body have come. */
  readonly cutAfterBytes?: number;
  /** Destroy the connection (RST) when the body has ended, without an answer. */
  readonly cutWhenWhole?: boolean;
  /** Send the answer's headers and this many bytes of its body, then destroy the connection. */
  readonly cutAnswerAfterBytes?: number;
}

export interface RawUpstreamOptions {
  /** False: only length and hash are kept. Default true. */
  readonly keepBodies?: boolean;
  /** How a request is to be treated, by its headers; undefined: as the queue and `behaviour` say. */
  readonly behave?: (headers: Received["headers"]) => Behaviour | undefined;
  /** Each piece of a body as it comes, with the headers of its request. */
  readonly onBytes?: (headers: Received["headers"], bytes: Uint8Array) => void;
}

export class RawUpstream {
  readonly url: string;
  /** In the order their bodies ended or were cut. */
  readonly received: Received[] = [];
  /** For every request that has no behaviour of its own queued. */
  behaviour: Behaviour = {};
  /** Requests whose head has arrived. */
  begun = 0;
  readonly #queued: Behaviour[] = [];
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor(server: Server, sockets: Set<Socket>, url: string) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = url;
  }

  /** The next requests, one each, in the order their heads arrive. */
  next(...behaviours: Behaviour[]): void {
    this.#queued.push(...behaviours);
  }

  /** Resolves once `count` requests have ended or been cut since the last `reset`; rejects after `timeoutMs`. */
  async until(count: number, timeoutMs = 10_000): Promise<readonly Received[]> {
    if (this.received.length < count) {
      await new Promise<void>((resolve, reject) => {
        const message = `${this.received.length} of ${count} requests reached the upstream, ${this.begun} begun`;
        const timer = setTimeout(() => reject(new Error(message)), timeoutMs);
        this.#waiting.push({
          count,
          resolve: () => {
            clearTimeout(timer);
            resolve();
          },
        });
      });
    }
    return this.received;
  }

  /** Forgets what came and what was scripted; connections stay. */
  reset(): void {
    this.received.length = 0;
    this.#queued.length = 0;
    this.behaviour = {};
    this.begun = 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** @internal */
  begin(): Behaviour {
    return this.#queued.shift() ?? this.behaviour;
  }

  /** @internal */
  record(request: Received): void {
    this.received.push(request);
    for (const waiting of this.#waiting) if (this.received.length >= waiting.count) waiting.resolve();
  }
}

export async function startRawUpstream(options: RawUpstreamOptions = {}): Promise<RawUpstream> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    serve(socket, upstream, options);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the upstream has no port");
  const upstream = new RawUpstream(server, sockets, `http://127.0.0.1:${address.port}`);
  return upstream;
}

interface Current {
  readonly headers: Received["headers"];
  readonly behaviour: Behaviour;
  readonly startedAt: number;
  readonly hash: ReturnType<typeof createHash>;
  readonly pieces: Buffer[];
  readonly finish: (complete: boolean) => void;
  bytes: number;
  stalled: boolean;
  resuming?: ReturnType<typeof setTimeout>;
}

function serve(socket: Socket, upstream: RawUpstream, options: RawUpstreamOptions): void {
  const { keepBodies = true, onBytes } = options;
  let current: Current | null = null;
  const reader = new MessageReader("request", {
    onHead(head, framing) {
      const [method = "", path = ""] = head.startLine.split(" ");
      const pieces: Buffer[] = [];
      const hash = createHash("sha256");
      const startedAt = performance.now();
      upstream.begun += 1;
      const started: Current = {
        headers: head.headers,
        behaviour: options.behave?.(head.headers) ?? upstream.begin(),
        startedAt,
        hash,
        pieces,
        bytes: 0,
        stalled: false,
        finish(complete) {
          upstream.record({
            method,
            path,
            headers: head.headers,
            rawHead: head.raw,
            framing,
            body: Buffer.concat(pieces),
            bytes: started.bytes,
            sha256: hash.digest("hex"),
            complete,
            ms: performance.now() - startedAt,
          });
          current = null;
        },
      };
      current = started;
      const { early } = started.behaviour;
      if (early !== undefined) writeAnswer(socket, started.behaviour, early === "all");
    },
    onData(bytes) {
      if (current === null) return;
      current.bytes += bytes.length;
      current.hash.update(bytes);
      onBytes?.(current.headers, bytes);
      if (keepBodies) current.pieces.push(Buffer.from(bytes));
      slowDown(socket, current);
    },
    onEnd() {
      if (current === null) return;
      const { behaviour } = current;
      current.finish(true);
      if (behaviour.cutWhenWhole) socket.resetAndDestroy();
      if (behaviour.cutWhenWhole || behaviour.silent || behaviour.early === "all") return;
      const answer = () =>
        behaviour.early === "headers"
          ? socket.write(answerBody(behaviour))
          : writeAnswer(socket, behaviour, true);
      if (behaviour.answerAfterMs === undefined) answer();
      else setTimeout(answer, behaviour.answerAfterMs);
    },
  });
  socket.on("data", (bytes) => {
    try {
      reader.feed(bytes);
    } catch {
      socket.destroy();
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => current?.finish(false));
}

function slowDown(socket: Socket, current: Current): void {
  const { cutAfterBytes, stall, bytesPerSecond } = current.behaviour;
  if (cutAfterBytes !== undefined && current.bytes >= cutAfterBytes) {
    socket.resetAndDestroy();
  } else if (stall !== undefined && !current.stalled && current.bytes >= stall.afterBytes) {
    current.stalled = true;
    socket.pause();
    if (stall.forMs !== undefined) setTimeout(() => socket.resume(), stall.forMs);
  } else if (bytesPerSecond !== undefined) {
    const dueMs = (current.bytes / bytesPerSecond) * 1000 - (performance.now() - current.startedAt);
    if (dueMs <= 0) return;
    socket.pause();
    clearTimeout(current.resuming);
    current.resuming = setTimeout(() => socket.resume(), dueMs);
  }
}

function answerBody(behaviour: Behaviour): Buffer {
  return Buffer.from(behaviour.body ?? "");
}

function writeAnswer(socket: Socket, behaviour: Behaviour, withBody: boolean): void {
  if (socket.destroyed) return;
  const body = answerBody(behaviour);
  const headers = { "content-length": String(body.length), ...behaviour.headers };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${behaviour.status ?? 200} Scripted\r\n${lines.join("")}\r\n`);
  const cut = behaviour.cutAnswerAfterBytes;
  if (cut !== undefined) socket.write(body.subarray(0, cut), () => socket.destroy());
  else if (withBody && body.length > 0) socket.write(body);
}
