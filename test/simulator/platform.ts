/**
 * Stand-ins for what the gate finds in workerd and Node lacks or does elsewhere than in its own time: streams, the inflater, HMAC, timers, the
 * clock, `fetch`. They behave as measured on the platform, its laundering of broken bodies included. Deterministic; put back afterwards.
 */
import { createHmac, createSecretKey, KeyObject, sign, timingSafeEqual } from "node:crypto";
import { constants, gunzipSync } from "node:zlib";
import type { VirtualTime } from "./virtual-time.ts";

/** What a `fetch` takes from the end of a pipe: bytes, or how it ended. `broken`: it errored, or was let go of. */
export type Piece = Uint8Array | "end" | "broken";

/** One piece as the gate handed it on. */
export interface Handed {
  /** Ms since the seed began. */
  readonly at: number;
  /** Its place among all that happened. */
  readonly order: number;
  readonly bytes: Uint8Array;
}

/** Both streams of the platform that a body is written into. A write is done when its bytes have been taken, which are read no sooner. */
export class Pipe {
  readonly readable: ReadableStream;
  readonly writable: WritableStream<Uint8Array>;
  /** null: not known. */
  readonly length: number | null;
  readonly handed: Handed[] = [];
  #closed = false;
  #written = 0;
  #waiting: {
    readonly bytes: Uint8Array;
    readonly taken: () => void;
    readonly refused: (e: Error) => void;
  } | null = null;
  #ending: { readonly taken: () => void; readonly refused: (e: Error) => void } | null = null;
  #state: "open" | "broken" | "cancelled" = "open";
  #reader: ((piece: Piece) => void) | null = null;

  constructor(length: number | null, stamp: () => Omit<Handed, "bytes">) {
    this.length = length;
    this.readable = new ReadableStream();
    pipes.set(this.readable, this);
    this.writable = new WritableStream<Uint8Array>({
      write: (bytes) => {
        this.handed.push({ ...stamp(), bytes: bytes.slice() });
        this.#written += bytes.length;
        if (length !== null && this.#written > length) return this.#break(new TypeError("too long"));
        return new Promise((taken, refused) => {
          this.#waiting = { bytes, taken, refused };
          this.#give();
        });
      },
      close: () => {
        if (length !== null && this.#written < length) return this.#break(new TypeError("too short"));
        this.#closed = true;
        return new Promise((taken, refused) => {
          this.#ending = { taken, refused };
          this.#give();
        });
      },
      abort: () => {
        this.#break(new TypeError("aborted")).catch(() => {});
      },
    });
  }

  /** Whether its writer meant it to end there: of a declared length, with its last byte. */
  get meant(): boolean {
    return this.#closed || this.#written === this.length;
  }

  /** The next piece. One reader, one read at a time. */
  next(): Promise<Piece> {
    return new Promise((resolve) => {
      this.#reader = resolve;
      this.#give();
    });
  }

  /** The other end has gone: nothing more is taken. */
  cancel(): void {
    this.#state = "cancelled";
    const gone = new TypeError("Network connection lost.");
    this.#waiting?.refused(gone);
    this.#ending?.refused(gone);
    this.#waiting = null;
    this.#ending = null;
  }

  #break(error: Error): Promise<never> {
    this.#state = "broken";
    this.#give();
    return Promise.reject(error);
  }

  #give(): void {
    const gone = new TypeError("Network connection lost.");
    if (this.#state === "cancelled") {
      this.#waiting?.refused(gone);
      this.#ending?.refused(gone);
      return;
    }
    const reader = this.#reader;
    if (reader === null) return;
    if (this.#waiting !== null) {
      const { bytes, taken } = this.#waiting;
      this.#waiting = null;
      this.#reader = null;
      reader(bytes.slice());
      taken();
    } else if (this.#ending !== null) {
      const { taken } = this.#ending;
      this.#ending = null;
      this.#reader = null;
      reader("end");
      taken();
    } else if (this.#state === "broken") {
      this.#reader = null;
      reader("broken");
    }
  }
}

const pipes = new WeakMap<object, Pipe>();

/** The pipe a stream is the end of, if it is one. */
export function pipeOf(stream: unknown): Pipe | undefined {
  return typeof stream === "object" && stream !== null ? pipes.get(stream) : undefined;
}

/** One gzip member, inflated as its bytes come. */
class Inflater {
  readonly readable: ReadableStream;
  readonly writable: WritableStream<Uint8Array>;

  constructor() {
    let out!: ReadableByteStreamController;
    let asked: () => void = () => {};
    let wanted = false;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => {
        out = controller as ReadableByteStreamController;
      },
      pull: () => {
        wanted = true;
        asked();
      },
    });
    const wish = (): Promise<void> =>
      wanted
        ? Promise.resolve()
        : new Promise((resolve) => {
            asked = resolve;
          });
    let wire = Buffer.alloc(0);
    let given = 0;
    this.writable = new WritableStream<Uint8Array>({
      async write(bytes) {
        wire = Buffer.concat([wire, bytes]);
        try {
          const all = gunzipSync(wire, { finishFlush: constants.Z_SYNC_FLUSH });
          if (all.length === given) return;
          await wish();
          wanted = false;
          const fresh = new Uint8Array(all.subarray(given));
          given = all.length;
          out.enqueue(fresh as unknown as ArrayBufferView);
        } catch (error) {
          out.error(error);
          throw error;
        }
      },
      close() {
        try {
          gunzipSync(wire);
          out.close();
          out.byobRequest?.respond(0);
        } catch (error) {
          out.error(error);
          throw error;
        }
      },
      abort(reason) {
        out.error(reason ?? new TypeError("aborted"));
      },
    });
  }
}

export type FetchStandIn = (url: string, init: RequestInit) => Promise<Response>;

export type Clockwork = Pick<VirtualTime, "after" | "cancel" | "wall" | "elapsed">;

/** Puts the stand-ins in their places; call what it returns to put everything back. */
export function standIn(time: Clockwork, fetchStandIn: FetchStandIn, order: () => number): () => void {
  const stamp = () => ({ at: time.elapsed, order: order() });
  const places: [object, string, unknown][] = [
    [globalThis, "setTimeout", (run: () => void, ms: number) => time.after(ms, run)],
    [globalThis, "clearTimeout", time.cancel],
    [globalThis, "fetch", fetchStandIn],
    [
      globalThis,
      "IdentityTransformStream",
      class extends Pipe {
        constructor() {
          super(null, stamp);
        }
      },
    ],
    [
      globalThis,
      "FixedLengthStream",
      class extends Pipe {
        constructor(length: number) {
          super(length, stamp);
        }
      },
    ],
    [globalThis, "DecompressionStream", Inflater],
    [Date, "now", time.wall],
    [crypto.subtle, "importKey", importHmacKey],
    [crypto.subtle, "sign", signAtOnce],
    [crypto.subtle, "verify", verifyHmac],
  ];
  const before = places.map(([place, name]) => Object.getOwnPropertyDescriptor(place, name));
  for (const [place, name, value] of places) {
    Object.defineProperty(place, name, { value, configurable: true, writable: true });
  }
  return () => {
    places.forEach(([place, name], i) => {
      const was = before[i];
      if (was === undefined) Reflect.deleteProperty(place, name);
      else Object.defineProperty(place, name, was);
    });
  };
}

async function importHmacKey(_format: "raw", bytes: Uint8Array, algorithm: { readonly hash: string }) {
  return createSecretKey(bytes).toCryptoKey({ name: "HMAC", hash: algorithm.hash }, true, ["sign", "verify"]);
}

async function signHmac(_algorithm: unknown, key: CryptoKey, data: Uint8Array) {
  return createHmac("sha256", KeyObject.from(key as never))
    .update(data)
    .digest();
}

async function signAtOnce(algorithm: unknown, key: CryptoKey, data: Uint8Array) {
  return algorithm === "Ed25519"
    ? sign(null, data, KeyObject.from(key as never))
    : signHmac(algorithm, key, data);
}

async function verifyHmac(algorithm: unknown, key: CryptoKey, signature: Uint8Array, data: Uint8Array) {
  const made = await signHmac(algorithm, key, data);
  return made.length === signature.length && timingSafeEqual(made, signature);
}
