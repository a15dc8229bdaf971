/** The bytes of a request's body as they come, inflated and measured, with an end to waiting. */
import { quiet, within } from "../base/deadline.ts";
import type { KeyedDigest } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import type { Coding } from "./admit.ts";
import { Fault } from "./fault.ts";

/** Throws away a bounded rest of a body that is not wanted. Never rejects. */
export async function drain(reader: ReadableStreamBYOBReader): Promise<void> {
  const read = async (): Promise<void> => {
    for (let left: number = LIMITS.drain_bytes_max; left > 0; ) {
      const { done, value } = await reader.read(new Uint8Array(LIMITS.slice_bytes_max));
      if (done) return;
      left -= value.length;
    }
  };
  await within(read(), LIMITS.drain_ms_max, () => {}).catch(() => {});
  quiet(reader.cancel());
}

export class Body {
  readonly #raw: ReadableStreamBYOBReader;
  readonly #inflated: ReadableStreamBYOBReader | null = null;
  readonly #received: KeyedDigest;
  readonly #bytesMax: number;
  #fault: Fault | null = null;
  #inflatedBytes = 0;

  constructor(stream: ReadableStream, coding: Coding, received: KeyedDigest, bytesMax: number) {
    this.#raw = stream.getReader({ mode: "byob" });
    this.#received = received;
    this.#bytesMax = bytesMax;
    if (coding === "gzip") {
      const inflate = new DecompressionStream("gzip");
      this.#inflated = inflate.readable.getReader({ mode: "byob" });
      quiet(this.#feed(inflate.writable.getWriter()));
    }
  }

  /** The next bytes, or null at the end. Throws a `Fault`. */
  async read(): Promise<Uint8Array | null> {
    const bytes = this.#inflated === null ? await this.#readRaw() : await this.#readInflated(this.#inflated);
    this.#inflatedBytes += bytes?.length ?? 0;
    if (this.#inflatedBytes > this.#bytesMax) throw new Fault("body_too_large");
    return bytes;
  }

  /** Stops reading, so that the sender can be answered. */
  async stop(): Promise<void> {
    if (this.#inflated !== null) quiet(this.#inflated.cancel());
    await drain(this.#raw);
  }

  async #readRaw(): Promise<Uint8Array | null> {
    const read = this.#raw.read(new Uint8Array(LIMITS.slice_bytes_max)).catch(() => {
      throw new Fault("client_cut");
    });
    const { done, value } = await within(read, LIMITS.body_idle_ms_max, () => {
      throw new Fault("body_idle");
    });
    if (done) return null;
    this.#received.add(value);
    return value;
  }

  async #feed(writer: WritableStreamDefaultWriter<Uint8Array>): Promise<void> {
    try {
      for (let bytes = await this.#readRaw(); bytes !== null; bytes = await this.#readRaw()) {
        await writer.write(bytes);
      }
      await writer.close();
    } catch (error) {
      if (error instanceof Fault) this.#fault = error;
      quiet(writer.abort());
    }
  }

  async #readInflated(reader: ReadableStreamBYOBReader): Promise<Uint8Array | null> {
    const { done, value } = await reader.read(new Uint8Array(LIMITS.slice_bytes_max)).catch(() => {
      throw this.#fault ?? new Fault("coding_invalid");
    });
    if (this.#fault !== null) throw this.#fault;
    if (done) {
      if (this.#received.bytes === 0) throw new Fault("coding_invalid");
      return null;
    }
    const inflated = this.#inflatedBytes + value.length;
    if (inflated > LIMITS.slice_bytes_max && inflated > this.#received.bytes * LIMITS.inflate_ratio_max) {
      throw new Fault("inflate_ratio");
    }
    return value;
  }
}
