/** What a transcript is made of, whichever way it is written. Types only. */

/** A piece of a transcript, in its order. */
export interface Piece {
  /** Its characters, `text[start, end)`; pieces follow each other without a gap. */
  readonly start: number;
  readonly end: number;
  /** Who speaks in it, by name; "": somebody unnamed; null: it belongs to the whole conversation; absent: it is no item, and says nothing. */
  readonly speakers?: readonly string[] | null;
  /** When, ms after the transcript's beginning; absent: as long as the whole. */
  readonly from?: number;
  readonly to?: number;
  /** What is left of it without what is said; of a piece that says nothing, once any other is less than whole. */
  readonly stripped?: string;
  /** What is left of it even when it goes: without it the rest would be no transcript. */
  readonly remains?: string;
}
