/** How records lie in a body, in and out. Pure: bytes come in whatever pieces they arrive in, and the records are the same. */
import type { ContentFault } from "./fault.ts";

/** Called with each whole record, `bytes[start, end)`, proven by the strict profile; false: stop after this one. */
export type OnRecord = (bytes: Uint8Array, start: number, end: number) => boolean;

/** How many places there are. */
export const PLACES = 4096;

/** A record recognised as one of those that say what one before it said: `number` is theirs alone, `place` theirs until it has another number. */
export interface Alike {
  readonly start: number;
  readonly end: number;
  readonly place: number;
  readonly number: number;
  /** Where the value of a slot is among those captured of such records; -1: they have none, -2: several. */
  indexOf(slot: number): number;
  valueStart(index: number): number;
  valueEnd(index: number): number;
}

/** Called first with each record that is recognised; null: it is to be handed on like any other. Else as `OnRecord`. */
export type OnAlike = (bytes: Uint8Array, alike: Alike) => boolean | null;

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
    onAlike?: OnAlike,
  ): number | ContentFault;
  /** What goes before the first record, between two, and after the last of the body sent upstream. */
  readonly opening: Uint8Array;
  /** One byte, so that neighbouring records separated by it alone leave as one run. */
  readonly separator: number;
  readonly closing: Uint8Array;
  readonly mediaType: string;
}
