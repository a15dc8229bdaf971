/** Bytes to a server and whatever comes back, neither checked nor understood: for requests that no client would send. */
import { connect } from "node:net";

export interface Heard {
  readonly text: string;
  /** Of each answer found in it, in order. */
  readonly statuses: readonly number[];
}

/**
 * Sends `bytes`, and hears until the server closes or has said nothing for `quietMs`; `waitMs` at most for its first word.
 */
export function sayBytes(
  url: string,
  bytes: string | Uint8Array,
  { quietMs = 150, waitMs = 2_000 } = {},
): Promise<Heard> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const pieces: Buffer[] = [];
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      const text = Buffer.concat(pieces).toString("latin1");
      const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((found) => Number(found[1]));
      resolve({ text, statuses });
    };
    let timer = setTimeout(done, waitMs);
    socket.on("connect", () => socket.write(Buffer.from(bytes as string, "latin1")));
    socket.on("data", (piece) => {
      pieces.push(piece);
      clearTimeout(timer);
      timer = setTimeout(done, quietMs);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") reject(error);
    });
    socket.on("close", done);
  });
}
