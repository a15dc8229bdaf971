/** The bytes of a window that leave, in order and framed, a slice at a time. An allowed record's bytes are copied as they came. */
import { LIMITS } from "../config/limits.ts";
import type { Framing } from "../content/framing.ts";
import { isChanged, leaves, outcomeOf, some, type Verdicts } from "./verdicts.ts";
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
  /** The verdicts last looked at, and whether by them every record leaves as it came. */
  #last: { readonly verdicts: Verdicts; readonly unchanged: boolean } | null = null;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /**
   * The slice that begins with record `from`, or null if nothing of the window is left to leave. Its bytes may be the window's own or those
   * of the slice before: to be used before the next is asked for, and before the window's buffer is used again.
   */
  next(window: Window, verdicts: Verdicts, from: number): Slice | null {
    const { columns } = window;
    this.#size = 0;
    let i = from;
    for (; i < columns.count && this.#size < LIMITS.slice_bytes_max; i++) {
      if (!leaves(outcomeOf(verdicts, i))) continue;
      const replacement = verdicts.replacements.get(i) ?? null;
      const last =
        replacement === null ? this.#run(window, verdicts, i, LIMITS.slice_bytes_max - this.#size) : i;
      const start = columns.starts[i]!;
      const end = columns.ends[last]!;
      i = last;
      if (
        this.#size === 0 &&
        this.#started &&
        start > 0 &&
        window.bytes[start - 1] === this.#framing.separator
      ) {
        // The separator due stands before the record already: a run that fills a slice leaves without being copied.
        if (replacement === null && end - start >= LIMITS.slice_bytes_max / 2) {
          return { bytes: window.bytes.subarray(start - 1, end), next: last + 1 };
        }
      }
      if (this.#started) this.#putByte(this.#framing.separator);
      else this.#put(this.#framing.opening);
      this.#started = true;
      this.#put(replacement ?? window.bytes.subarray(start, end));
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
  #run({ bytes, columns, asCame }: Window, verdicts: Verdicts, i: number, room: number): number {
    const start = columns.starts[i]!;
    let last = i;
    if (asCame !== null && this.#unchanged(verdicts)) {
      while (last + 1 < columns.count && columns.ends[last + 1]! - start <= room) last++;
      return last;
    }
    for (let next = i + 1; next < columns.count; next++) {
      if (outcomeOf(verdicts, next) !== "forwarded") break;
      if (!columns.adjoin(bytes, last, next, this.#framing.separator)) break;
      if (columns.ends[next]! - start > room) break;
      last = next;
    }
    return last;
  }

  #unchanged(verdicts: Verdicts): boolean {
    if (this.#last?.verdicts !== verdicts) this.#last = { verdicts, unchanged: !some(verdicts, isChanged) };
    return this.#last.unchanged;
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
