/** The bytes of a request's body as they come, inflated and measured, with an end to waiting. */
import { quiet, Watchdog, within } from "../base/deadline.ts";
import type { KeyedDigest } from "../base/digest.ts";
import { LIMITS } from "../config/limits.ts";
import type { Coding } from "./admit.ts";
import type { FaultCode } from "./fault.ts";
import { Fault } from "./fault.ts";

/** What one read asks for at most, bytes; and once so much of a body has come that more is sure to. */
const READ_BYTES = 131_072;
const LONG_READ_BYTES = 524_288;
const LONG_BODY_BYTES = 1_048_576;

/** Throws away a bounded rest of a body that is not wanted. Never rejects. */
export async function drain(reader: ReadableStreamBYOBReader): Promise<void> {
  const read = async (): Promise<void> => {
    for (let left: number = LIMITS.drain_bytes_max; left > 0; ) {
      const { done, value } = await reader.read(new Uint8Array(READ_BYTES));
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
  /** Of the bytes as they come on the wire; null: they are measured where they are cut. */
  readonly #wire: KeyedDigest | null;
  readonly #bytesMax: number;
  #fault: Fault | null = null;
  /** Cancelling ends the read that is waited for. */
  readonly #watchdog: Watchdog;
  readonly #overtime: ReturnType<typeof setTimeout>;
  /** Why reading was ended; null: it was not. */
  #ended: FaultCode | null = null;
  /** Whether all of it has been read. */
  #over = false;
  #wireBytes = 0;
  #inflatedBytes = 0;
  /** Handed to each read and got back with it: a fresh one each time would be mostly empty, and soon garbage. */
  #rawBuffer: ArrayBufferLike = new ArrayBuffer(READ_BYTES);
  #inflatedBuffer: ArrayBufferLike = new ArrayBuffer(0);

  constructor(stream: ReadableStream, coding: Coding, received: KeyedDigest, bytesMax: number) {
    this.#raw = stream.getReader({ mode: "byob" });
    this.#wire = coding === "identity" ? null : received;
    this.#bytesMax = bytesMax;
    this.#watchdog = new Watchdog(LIMITS.body_idle_ms_max, Date.now, () => this.#end("body_idle"));
    // A sender that is never idle for long may go on without ever completing a record.
    this.#overtime = setTimeout(() => this.#end("exchange_too_long"), LIMITS.exchange_ms_max);
    if (coding === "gzip") {
      const inflate = new DecompressionStream("gzip");
      this.#inflated = inflate.readable.getReader({ mode: "byob" });
      this.#inflatedBuffer = new ArrayBuffer(READ_BYTES);
      quiet(this.#feed(inflate.writable.getWriter()));
    }
  }

  /** The next bytes, to be used before the next are asked for, or null at the end, however often. Throws a `Fault`. */
  async read(): Promise<Uint8Array | null> {
    if (this.#over) return null;
    const bytes = this.#inflated === null ? await this.#readRaw() : await this.#readInflated(this.#inflated);
    this.#over = bytes === null;
    this.#inflatedBytes += bytes?.length ?? 0;
    if (this.#inflatedBytes > this.#bytesMax) throw new Fault("body_too_large");
    return bytes;
  }

  /** Stops reading, so that the sender can be answered. */
  async stop(): Promise<void> {
    this.#rest();
    if (this.#inflated !== null) quiet(this.#inflated.cancel());
    await drain(this.#raw);
  }

  async #readRaw(): Promise<Uint8Array | null> {
    this.#watchdog.begin();
    const { done, value } = await this.#raw.read(new Uint8Array(this.#rawBuffer)).catch(() => {
      throw new Fault(this.#ended ?? "client_cut");
    });
    this.#watchdog.end();
    if (this.#ended !== null) throw new Fault(this.#ended);
    if (done) {
      this.#rest();
      return null;
    }
    this.#wireBytes += value.length;
    const outgrown = value.buffer.byteLength === READ_BYTES && this.#wireBytes > LONG_BODY_BYTES;
    this.#rawBuffer = outgrown ? new ArrayBuffer(LONG_READ_BYTES) : value.buffer;
    this.#wire?.add(value);
    return value;
  }

  #end(why: FaultCode): void {
    this.#ended ??= why;
    quiet(this.#raw.cancel());
  }

  /** There is nothing left to wait for. */
  #rest(): void {
    this.#watchdog.stop();
    clearTimeout(this.#overtime);
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
    const { done, value } = await reader.read(new Uint8Array(this.#inflatedBuffer)).catch(() => {
      throw this.#fault ?? new Fault("coding_invalid");
    });
    if (this.#fault !== null) throw this.#fault;
    if (done) {
      if (this.#wireBytes === 0) throw new Fault("coding_invalid");
      return null;
    }
    this.#inflatedBuffer = value.buffer;
    const inflated = this.#inflatedBytes + value.length;
    if (inflated > LIMITS.slice_bytes_max && inflated > this.#wireBytes * LIMITS.inflate_ratio_max) {
      throw new Fault("inflate_ratio");
    }
    return value;
  }
}
