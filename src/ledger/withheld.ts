/** Bodies that are gone, and the entries that say so: every one must be said. Pure; its memory grows with the number of gaps. */
import { Found } from "./finding.ts";

type Range = [first: number, last: number];

export class WithheldBodies {
  readonly #gone: Range[] = [];
  readonly #recorded: Range[] = [];
  count = 0;

  /** Positions come in ascending order. */
  gone(position: number): void {
    this.count++;
    const open = this.#gone.at(-1);
    if (open !== undefined && open[1] === position - 1) open[1] = position;
    else this.#gone.push([position, position]);
  }

  /** The body of a `retention` or `erasure` entry. */
  recorded(body: unknown): void {
    const positions = (body as { positions?: unknown } | null)?.positions;
    for (const range of Array.isArray(positions) ? positions : []) {
      const [first, last] = Array.isArray(range) ? range : [];
      if (Number.isSafeInteger(first) && Number.isSafeInteger(last)) this.#recorded.push([first, last]);
    }
  }

  /** Throws a `Found` for the first position whose body is gone without a word. */
  check(): void {
    const recorded = this.#recorded.toSorted((a, b) => a[0] - b[0]);
    let next = 0;
    let reach = -1;
    for (const [first, last] of this.#gone) {
      let position = first;
      while (position <= last) {
        for (; next < recorded.length && recorded[next]![0] <= position; next++) {
          reach = Math.max(reach, recorded[next]![1]);
        }
        if (reach < position) {
          throw new Found(
            "unrecorded",
            `The body of position ${position} is missing, and no entry says it was deleted.`,
            { position },
          );
        }
        position = reach + 1;
      }
    }
  }
}
