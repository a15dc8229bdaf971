/**
 * HTTP/1.1 messages as they are on the wire, so that a body that was cut can be told from one that ended.
 * Reads strictly and keeps nothing. No sockets.
 */

export interface Head {
  /** `POST /x HTTP/1.1` or `HTTP/1.1 200 OK`. */
  readonly startLine: string;
  /** Names in lower case; repeated headers joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Everything up to and with the empty line. */
  readonly raw: string;
}

export type BodyFraming = "none" | "length" | "chunked" | "until_close";

export interface MessageEvents {
  readonly onHead: (head: Head, framing: BodyFraming) => void;
  /** A view of the socket's own buffer: copy what is to be kept. */
  readonly onData: (bytes: Uint8Array) => void;
  /** The final chunk, or the last byte of the declared length, has arrived. */
  readonly onEnd: () => void;
}

type Phase = "head" | "length" | "until_close" | "chunk_size" | "chunk_data" | "chunk_end" | "trailers";

/** Feed it what the socket gives, in any pieces; it reads one message after another. Throws on what is not HTTP/1.1. */
export class MessageReader {
  readonly #events: MessageEvents;
  readonly #response: boolean;
  #phase: Phase = "head";
  #line = "";
  #remaining = 0;

  /** `kind`: a response without a length lasts until the connection closes, a request without one has no body. */
  constructor(kind: "request" | "response", events: MessageEvents) {
    this.#response = kind === "response";
    this.#events = events;
  }

  /** Whether the reader is between two messages. */
  get idle(): boolean {
    return this.#phase === "head" && this.#line === "";
  }

  feed(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      switch (this.#phase) {
        case "length":
        case "chunk_data": {
          const take = Math.min(this.#remaining, bytes.length - at);
          this.#events.onData(bytes.subarray(at, at + take));
          at += take;
          this.#remaining -= take;
          if (this.#remaining > 0) break;
          if (this.#phase === "length") this.#end();
          else this.#phase = "chunk_end";
          break;
        }
        case "until_close":
          this.#events.onData(bytes.subarray(at));
          at = bytes.length;
          break;
        default: {
          const newline = bytes.indexOf(10, at);
          const end = newline === -1 ? bytes.length : newline + 1;
          this.#line += Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString("latin1");
          at = end;
          if (this.#line.length > 65_536) throw new Error("a head or chunk line beyond 64 KiB");
          if (newline !== -1) this.#lineRead();
        }
      }
    }
  }

  /** The connection has ended. True if that is how the message ends, rather than a cut. */
  close(): boolean {
    if (this.#phase === "until_close") this.#end();
    return this.idle;
  }

  #end(): void {
    this.#phase = "head";
    this.#line = "";
    this.#events.onEnd();
  }

  #lineRead(): void {
    const line = this.#line;
    switch (this.#phase) {
      case "head":
        if (line.endsWith("\r\n\r\n")) this.#headRead(line);
        return;
      case "chunk_size": {
        const match = /^([0-9a-fA-F]+)(?:;[^\r\n]*)?\r\n$/.exec(line);
        if (match === null) throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
        this.#line = "";
        this.#remaining = Number.parseInt(match[1]!, 16);
        this.#phase = this.#remaining === 0 ? "trailers" : "chunk_data";
        return;
      }
      case "chunk_end":
        if (line !== "\r\n") throw new Error("a chunk without its end");
        this.#line = "";
        this.#phase = "chunk_size";
        return;
      default:
        this.#line = "";
        if (line === "\r\n") this.#end();
    }
  }

  #headRead(raw: string): void {
    const [startLine = "", ...lines] = raw.slice(0, -4).split("\r\n");
    const headers: Record<string, string> = Object.create(null);
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon < 1) throw new Error(`not a header: ${JSON.stringify(line)}`);
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
    }
    this.#line = "";
    const status = this.#response ? Number(startLine.split(" ")[1]) : 0;
    const length = headers["content-length"];
    const framing: BodyFraming = /\bchunked$/i.test(headers["transfer-encoding"] ?? "")
      ? "chunked"
      : length !== undefined
        ? "length"
        : this.#response && status >= 200 && status !== 204 && status !== 304
          ? "until_close"
          : "none";
    this.#remaining = framing === "length" ? Number(length) : 0;
    this.#phase = framing === "chunked" ? "chunk_size" : framing === "until_close" ? "until_close" : "length";
    this.#events.onHead({ startLine, headers, raw }, framing);
    if (this.#phase === "length" && this.#remaining === 0) this.#end();
  }
}
