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

/** Puts separators between the records of a whole body, over its windows. */
export class Slicer {
  readonly #framing: Framing;
  /** Whether a record has left already. */
  #started = false;

  constructor(framing: Framing) {
    this.#framing = framing;
  }

  /** The slice that begins with record `from`, or null if nothing of the window is left to leave. */
  next(window: Window, verdicts: readonly Verdict[], from: number): Slice | null {
    const parts: Uint8Array[] = [];
    let size = 0;
    let i = from;
    for (; i < verdicts.length && size < LIMITS.slice_bytes_max; i++) {
      const verdict = verdicts[i]!;
      if (!leaves(verdict)) continue;
      const lead = this.#started ? Uint8Array.of(this.#framing.separator) : this.#framing.opening;
      let record = verdict.replacement;
      if (record === null) {
        const run = this.#run(window, verdicts, i, LIMITS.slice_bytes_max - size);
        record = window.bytes.subarray(window.starts[i]!, window.ends[run]!);
        i = run;
      }
      parts.push(lead, record);
      size += lead.length + record.length;
      this.#started = true;
    }
    return parts.length === 0 ? null : { bytes: concat(parts), next: i };
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
