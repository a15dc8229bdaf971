/** How records lie in a body, in and out. Pure: bytes come in whatever pieces they arrive in, and the records are the same. */
import type { ContentFault } from "./fault.ts";

/** Called with each whole record, `bytes[start, end)`, proven by the strict profile; false: stop after this one. */
export type OnRecord = (bytes: Uint8Array, start: number, end: number) => boolean;

/** How many places there are. */
export const PLACES = 4096;

/** Records in a row that were recognised as like others before them, `stride` integers each. */
export interface Alikes {
  readonly rows: Int32Array;
  readonly stride: number;
  /** What the offsets in `rows` are counted from. */
  readonly from: number;
  /** Where the value of a slot is among those captured of the record in this row; -1: it has none, -2: several. */
  indexOf(row: number, slot: number): number;
}

/**
 * Where in a row what is. Records that say the same have one `number`, which is theirs alone, and a `place` that is theirs until it has another
 * number; 0: it is not known what else says the same. From `values` on, the offsets of each captured value.
 */
export const ROW = { skeleton: 0, start: 1, end: 2, place: 3, number: 4, values: 5 } as const;

/**
 * Called with the rows from `row` to before `to`; returns the first that it did not take, which is to be handed on like any other record, or the
 * complement of that (below 0): no more records are wanted for now.
 */
export type OnAlikes = (bytes: Uint8Array, alikes: Alikes, row: number, to: number) => number;

export interface Framing {
  /**
   * Finds the whole records of `bytes[from, to)`, and returns the offset of the first byte not yet used up, or a fault.
   * The caller keeps the rest and calls again with it in front of what came next; `last`: nothing more comes.
   */
  cut(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: boolean,
    onRecord: OnRecord,
    onAlikes?: OnAlikes,
  ): number | ContentFault;
  /** What goes before the first record, between two, and after the last of the body sent upstream. */
  readonly opening: Uint8Array;
  /** One byte, so that neighbouring records separated by it alone leave as one run. */
  readonly separator: number;
  readonly closing: Uint8Array;
  readonly mediaType: string;
}
