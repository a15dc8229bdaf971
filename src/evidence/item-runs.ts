/** Which items of a body, in few numbers: a large one may have a hundred thousand turns. Pure. */
import type { IndexRange } from "./entries.ts";

/** How many items are not among them, how many are, how many are not, and so on in turn, from the first item of the body on. */
export type ItemRuns = readonly number[];

export class ItemRunsMade {
  readonly runs: number[] = [];
  #next = 0;

  /** Items from `first` to `last`, both inclusive, none before those added already. */
  add(first: number, last: number): void {
    const { runs } = this;
    if (first === this.#next && runs.length > 0) runs[runs.length - 1]! += last + 1 - first;
    else runs.push(first - this.#next, last + 1 - first);
    this.#next = last + 1;
  }
}

export function toRanges(runs: ItemRuns): IndexRange[] {
  const ranges: IndexRange[] = [];
  let next = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const first = next + runs[i]!;
    next = first + runs[i + 1]!;
    ranges.push([first, next - 1]);
  }
  return ranges;
}
