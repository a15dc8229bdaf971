/**
 * What an exchange held and what rested on what, read entry by entry and given out in parts, so that one of millions of turns fills no memory.
 * The same entries in the same order give the same parts. Pure.
 */
import { LIMITS } from "../config/limits.ts";
import type { Decided, Finding, IndexRange } from "./entries.ts";
import { type ItemRuns, ItemRunsMade } from "./item-runs.ts";

/** A part is full at about so many numbers, a new name counted as some: well below what one row holds, however they fall. */
const PART_MAX = 200_000;
const NAME_COST = 20;
/** Findings that runs refer back to: a window's own, and those the gate remembers from window to window. */
const REFERRED_BACK_MAX = LIMITS.window_records_max + 4_096;

/** Of a `decided` entry, what says whether it stands. */
export interface DecidedOutline extends Pick<Decided, "position" | "items" | "round"> {
  /** Whether it has runs; one without only names findings. */
  readonly decides: boolean;
}

/** Positions of those that stand: a window decided again, because its state had aged, replaces what was said of it before. */
export function standing(outlines: Iterable<DecidedOutline>): ReadonlySet<number> {
  const windows = new Map<number, DecidedOutline>();
  for (const one of outlines) {
    if (one.items === null || !one.decides) continue;
    const known = windows.get(one.items[0]);
    if (known === undefined || one.round >= known.round) windows.set(one.items[0], one);
  }
  return new Set(Array.from(windows.values(), ({ position }) => position));
}

/** No two parts of an exchange speak of the same item. */
export interface Part {
  readonly part: number;
  /** For each consent, acceptance or showing, the items that rest on it and left or may have. */
  readonly bases: ReadonlyMap<string, ItemRuns>;
  /** What was found of items, each once in a part. */
  readonly found: readonly Finding[];
}

export class RestsRead {
  readonly #stands: ReadonlySet<number>;
  /** From this item on nothing left. */
  readonly #end: number;
  readonly #named = new Map<number, Finding>();
  #part = 0;
  #cost = 0;
  #next = 0;
  #lists = new Map<string, ItemRunsMade>();
  #listsOf = new Map<Finding, readonly ItemRunsMade[]>();

  constructor(stands: ReadonlySet<number>, end: number) {
    this.#stands = stands;
    this.#end = end;
  }

  /** In the order they were recorded, or in that of their items once all are named. A finding that nobody named is one whose entry is lost. */
  name({ findings, findings_from }: Decided): void {
    findings.forEach((finding, i) => {
      this.#named.set(findings_from + i, finding);
    });
    for (const number of this.#named.keys()) {
      if (this.#named.size <= REFERRED_BACK_MAX) break;
      this.#named.delete(number);
    }
  }

  /** The parts that this fills. */
  *read({ position, items, runs }: Decided): Generator<Part> {
    if (items === null || !this.#stands.has(position)) return;
    let [first] = items;
    // Runs only grow: what comes out of order is for the next part.
    if (first < this.#next) yield* this.rest();
    for (let i = 0; i < runs.length; i += 2) {
      const next = first + runs[i + 1]!;
      const finding = this.#named.get(runs[i]!);
      if (finding !== undefined) this.#add(finding, first, next - 1);
      first = next;
      if (this.#cost >= PART_MAX) yield* this.rest();
    }
    this.#next = first;
  }

  /** What is left, if anything is. */
  *rest(): Generator<Part> {
    if (this.#listsOf.size === 0) return;
    const lists = [...this.#lists].filter(([, { runs }]) => runs.length > 0);
    const bases = new Map(lists.map(([basis, { runs }]) => [basis, runs]));
    yield { part: this.#part, bases, found: [...this.#listsOf.keys()] };
    this.#part += 1;
    this.#cost = 0;
    this.#lists = new Map();
    this.#listsOf = new Map();
  }

  #add(finding: Finding, first: number, last: number): void {
    let lists = this.#listsOf.get(finding);
    if (lists === undefined) {
      lists = finding.consents.map((consent) => this.#listOf(consent));
      this.#listsOf.set(finding, lists);
      this.#cost += NAME_COST + lists.length;
    }
    if (first >= this.#end) return;
    const range: IndexRange = [first, Math.min(last, this.#end - 1)];
    for (const list of lists) list.add(...range);
    this.#cost += 2 * lists.length;
  }

  #listOf(consent: string): ItemRunsMade {
    const known = this.#lists.get(consent);
    if (known !== undefined) return known;
    const made = new ItemRunsMade();
    this.#lists.set(consent, made);
    this.#cost += NAME_COST;
    return made;
  }
}
