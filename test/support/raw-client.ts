/**
 * An HTTP/1.1 client on raw sockets: a body in any pieces, with any head, and cut wherever a test wants it cut.
 */
import { connect, type Socket } from "node:net";
import { type Head, MessageReader } from "./http-wire.ts";

export type Piece = Uint8Array | string;

export interface RawRequest {
  /** Default POST. */
  readonly method?: string;
  /** Sent as it is: neither normalised nor checked. */
  readonly path: string;
  /** Sent as they are, after `Host`, unless `host` is among them. */
  readonly headers?: Readonly<Record<string, string>>;
  /** One piece is one write, and one chunk where the body is chunked. */
  readonly pieces?: Iterable<Piece> | AsyncIterable<Piece>;
  /** Default: `chunked`; a number: that is declared as Content-Length, whatever is sent; null: neither. */
  readonly framing?: "chunked" | number | null;
  /** Between two pieces, ms. */
  readonly pauseMs?: number;
  /** After the pieces: `end` finishes the body; `rst` and `fin` cut it there; `hold` neither. Default `end`. */
  readonly ending?: "end" | "rst" | "fin" | "hold";
  /** Resets the connection then, whatever has been answered. */
  readonly leaveOn?: Promise<unknown>;
  /** Called with the answer's status, before its body. */
  readonly onStatus?: (status: number) => void;
  /** Gives up after this long, ms. Default 30,000. */
  readonly timeoutMs?: number;
}

export interface RawResponse {
  /** 0: no answer came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
  readonly complete: boolean;
}

/** Sends one request and reads one answer, and stops sending once it has one. Resolves even where the connection is cut; rejects when time is up. */
export async function rawRequest(url: string, request: RawRequest): Promise<RawResponse> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const answer = readAnswer(socket, request.timeoutMs ?? 30_000, request.onStatus);
  answer.catch(() => {});
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  request.leaveOn?.then(() => socket.resetAndDestroy());
  await sendBody(socket, `${hostname}:${port}`, request);
  try {
    return await answer;
  } finally {
    socket.destroy();
  }
}

/** `bytes` cut into pieces of `size`. */
export function* inPieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function sendBody(socket: Socket, host: string, request: RawRequest): Promise<void> {
  const framing = request.framing === undefined ? "chunked" : request.framing;
  const headers: Record<string, string> = { host, ...request.headers };
  if (framing === "chunked") headers["transfer-encoding"] = "chunked";
  else if (framing !== null) headers["content-length"] = String(framing);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  await write(socket, `${request.method ?? "POST"} ${request.path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  for await (const piece of request.pieces ?? []) {
    if (socket.destroyed) return;
    const bytes = Buffer.from(piece);
    if (bytes.length > 0 && framing === "chunked") {
      await write(socket, Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, CRLF]));
    } else await write(socket, bytes);
    if (request.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, request.pauseMs));
  }
  switch (request.ending ?? "end") {
    case "end":
      if (framing === "chunked") await write(socket, "0\r\n\r\n");
      return;
    case "rst":
      socket.resetAndDestroy();
      return;
    case "fin":
      socket.end();
  }
}

const CRLF = Buffer.from("\r\n");

/** A peer that has stopped listening ends the writing, not the request: its answer may be there already. */
function write(socket: Socket, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || !socket.writable) return resolve();
    if (socket.write(bytes)) return resolve();
    const done = () => {
      socket.off("drain", done);
      socket.off("close", done);
      resolve();
    };
    socket.on("drain", done);
    socket.on("close", done);
  });
}

function readAnswer(
  socket: Socket,
  timeoutMs: number,
  onStatus: RawRequest["onStatus"],
): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    let head: Head | null = null;
    const pieces: Buffer[] = [];
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no complete answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const settle = (complete: boolean) => {
      clearTimeout(timer);
      const body = Buffer.concat(pieces);
      const status = head === null ? 0 : Number(head.startLine.split(" ")[1]);
      socket.destroy();
      resolve({ status, headers: head?.headers ?? {}, body, text: body.toString("utf8"), complete });
    };
    const reader = new MessageReader("response", {
      onHead: (read) => {
        head = read;
        onStatus?.(Number(read.startLine.split(" ")[1]));
      },
      onData: (bytes) => pieces.push(Buffer.from(bytes)),
      onEnd: () => {
        if (head !== null && !head.startLine.startsWith("HTTP/1.1 1")) settle(true);
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
    socket.on("close", () => {
      reader.close();
      settle(false);
    });
  });
}
