/** What a row of the catalogue is: a way that content might get past the gate, and requests that try it. */
import type { Try } from "./attempt.ts";
import type { Bench } from "./bench.ts";

export interface Row {
  /** A letter for the part of the gate, and a number: kept when rows come and go. */
  readonly id: string;
  /** The way past, in a few words; `docs/bypass-table.md` has the same. */
  readonly what: string;
  readonly tries?: readonly Try[];
  /** What is more than a request and its answer. */
  readonly run?: (bench: Bench) => Promise<void>;
}
