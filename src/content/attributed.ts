/** Records that say nothing of themselves: whose all of a body's are, its request's headers say. Looks into none of them. */
import { type Attribution, attributedItems } from "./attribution.ts";
import { compilePlan, type Plan } from "./pointer.ts";
import type { Claim, Reading, RecordReader, Signal } from "./shape.ts";

/** Reads one body. */
export class AttributedReader implements RecordReader {
  readonly plan: Plan = compilePlan([]);
  readonly #attribution: Attribution;
  #signal: Signal | null = null;
  #claim: Claim | null = null;

  constructor(attribution: Attribution) {
    this.#attribution = attribution;
  }

  read(_bytes: Uint8Array, _start: number, _end: number, signal: Signal): Reading {
    return {
      items: attributedItems(this.#attribution, signal),
      turns: null,
      replacement: null,
      stripTo: null,
    };
  }

  claim(bytes: Uint8Array, start: number, end: number, signal: Signal): Claim {
    if (this.#claim !== null && this.#signal === signal) return this.#claim;
    const { capturedAt, capturedUntil } = this.#attribution;
    const times = { capturedAt: () => capturedAt, capturedUntil: () => capturedUntil, single: null };
    this.#signal = signal;
    this.#claim = { ...this.read(bytes, start, end, signal), times };
    return this.#claim;
  }

  inner(): null {
    return null;
  }
}
