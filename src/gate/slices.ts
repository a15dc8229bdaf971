/** The bytes of a window that leave, in order and framed, a slice at a time. An allowed record's bytes are copied as they came. */
import { LIMITS } from "../config/limits.ts";
import type { Framing } from "../content/framing.ts";
import type { Verdict } from "./verdicts.ts";
import { leaves } from "./verdicts.ts";
import type { Window } from "./windows.ts";

export interface Slice {
  readonly bytes: Uint8Array;
  /** The first record of the window not in this slice or an earlier one. */
  readonly next: number;
}

/** The least memory slices are put together in, bytes: small bodies need no more. */
const SCRATCH_BYTES_MIN = 16_384;

/** Puts separators between the records of a whole body, over its windows. */
export class Slicer {
  readonly #framing: Framing;
  /** Whether a record has left already. */
  #started = false;
  #scratch = new Uint8Array(0);
  #size = 0;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /**
   * The slice that begins with record `from`, or null if nothing of the window is left to leave. Its bytes may be the window's own or those
   * of the slice before: to be used before the next is asked for, and before the window's buffer is used again.
   */
  next(window: Window, verdicts: readonly Verdict[], from: number): Slice | null {
    this.#size = 0;
    let i = from;
    for (; i < verdicts.length && this.#size < LIMITS.slice_bytes_max; i++) {
      const verdict = verdicts[i]!;
      if (!leaves(verdict)) continue;
      const last =
        verdict.replacement === null
          ? this.#run(window, verdicts, i, LIMITS.slice_bytes_max - this.#size)
          : i;
      const start = window.starts[i]!;
      const end = window.ends[last]!;
      i = last;
      if (
        this.#size === 0 &&
        this.#started &&
        start > 0 &&
        window.bytes[start - 1] === this.#framing.separator
      ) {
        // The separator due stands before the record already: a run that fills a slice leaves without being copied.
        if (verdict.replacement === null && end - start >= LIMITS.slice_bytes_max / 2) {
          return { bytes: window.bytes.subarray(start - 1, end), next: last + 1 };
        }
      }
      if (this.#started) this.#putByte(this.#framing.separator);
      else this.#put(this.#framing.opening);
      this.#started = true;
      this.#put(verdict.replacement ?? window.bytes.subarray(start, end));
    }
    return this.#size === 0 ? null : { bytes: this.#scratch.subarray(0, this.#size), next: i };
  }

  #put(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#scratch.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  #putByte(byte: number): void {
    this.#room(1);
    this.#scratch[this.#size] = byte;
    this.#size += 1;
  }

  #room(bytes: number): void {
    if (this.#size + bytes <= this.#scratch.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#scratch.length, this.#size + bytes, SCRATCH_BYTES_MIN));
    larger.set(this.#scratch.subarray(0, this.#size));
    this.#scratch = larger;
  }

  /** The last of the records from `i` on that leave unchanged and lie one separator apart. */
  #run(window: Window, verdicts: readonly Verdict[], i: number, room: number): number {
    const start = window.starts[i]!;
    let last = i;
    for (let next = i + 1; next < verdicts.length; next++) {
      const verdict = verdicts[next]!;
      if (verdict.outcome !== "forwarded") break;
      const at = window.ends[last]!;
      if (window.starts[next] !== at + 1 || window.bytes[at] !== this.#framing.separator) break;
      if (window.ends[next]! - start > room) break;
      last = next;
    }
    return last;
  }
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
