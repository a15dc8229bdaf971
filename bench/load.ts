/** Sends load over raw sockets, no faster than it is taken. Measures time and knows nothing of what is behind the URL. */
import { connect, type Socket } from "node:net";
import { MessageReader } from "../test/support/http-wire.ts";

export interface Target {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One body of `repeat` times `block`. Resolves to the milliseconds until the answer; rejects unless it is 200. */
export async function sendOne(target: Target, block: Buffer, repeat: number): Promise<number> {
  const connection = await open(target.url);
  try {
    const began = performance.now();
    const answered = connection.answer();
    connection.socket.write(headFor(target, block.length * repeat));
    for (let sent = 0; sent < repeat && !connection.socket.destroyed; sent++) {
      if (connection.socket.write(block)) continue;
      await Promise.race([new Promise((resolve) => connection.socket.once("drain", resolve)), answered]);
    }
    await answered;
    return performance.now() - began;
  } finally {
    connection.socket.destroy();
  }
}

/** `connections` at a time, one request after another on each, for `forMs`. Resolves to requests a second; rejects unless all are 200. */
export async function sendMany(
  target: Target,
  body: Buffer,
  connections: number,
  forMs: number,
): Promise<{ requests: number; perSecond: number }> {
  const message = Buffer.concat([Buffer.from(headFor(target, body.length)), body]);
  const began = performance.now();
  const counts = await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = await open(target.url);
      try {
        let requests = 0;
        while (performance.now() - began < forMs) {
          const answered = connection.answer();
          connection.socket.write(message);
          await answered;
          requests += 1;
        }
        return requests;
      } finally {
        connection.socket.destroy();
      }
    }),
  );
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { requests, perSecond: requests / ((performance.now() - began) / 1000) };
}

function headFor({ url, path, headers }: Target, length: number): string {
  const lines = Object.entries({ host: new URL(url).host, ...headers, "content-length": String(length) });
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
}

interface Connection {
  readonly socket: Socket;
  /** The next answer: resolves if it is 200. */
  answer(): Promise<void>;
}

const ANSWER_MS_MAX = 240_000;

async function open(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let settle: { resolve: () => void; reject: (error: Error) => void } | null = null;
  let status = "";
  let text = "";
  const reader = new MessageReader("response", {
    onHead: ({ startLine }) => {
      status = startLine;
      text = "";
    },
    onData: (bytes) => {
      text += Buffer.from(bytes).toString("latin1", 0, 500);
    },
    onEnd: () => {
      if (status.includes(" 200 ")) settle?.resolve();
      else settle?.reject(new Error(`${status}: ${text}`));
    },
  });
  socket.on("data", (bytes) => reader.feed(bytes));
  socket.on("error", (error) => settle?.reject(error));
  socket.on("close", () => settle?.reject(new Error("the connection closed before the answer")));
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return {
    socket,
    answer() {
      const timer = setTimeout(
        () => socket.destroy(new Error(`no answer in ${ANSWER_MS_MAX} ms`)),
        ANSWER_MS_MAX,
      );
      const answered = new Promise<void>((resolve, reject) => {
        settle = { resolve, reject };
      });
      const settled = answered.finally(() => clearTimeout(timer));
      settled.catch(() => {});
      return settled;
    },
  };
}
