/** What was found of items, said once and referred to by number: within a window, and in the evidence of a whole exchange. */
import type { Finding } from "../evidence/entries.ts";

/** Findings an exchange refers back to: beyond, they are forgotten and, if need be, named again. */
const REMEMBERED = 4_096;

/** Ids hold no line breaks. */
function keyOf({ account, conversation, outcome, reason, consents }: Finding): string {
  return `${outcome}\n${reason}\n${account ?? ""}\n${conversation ?? ""}\n${consents.join("\n")}`;
}

/** Each finding once. */
export class FindingList {
  readonly list: Finding[] = [];
  readonly #places = new Map<string, number>();

  constructor(findings: readonly Finding[] = []) {
    for (const finding of findings) this.add(finding);
  }

  get full(): boolean {
    return this.list.length >= REMEMBERED;
  }

  /** Its place in the list. */
  add(finding: Finding): number {
    const key = keyOf(finding);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const place = this.list.push(finding) - 1;
    this.#places.set(key, place);
    return place;
  }
}

/** Numbers findings over a whole exchange. Knows them by identity: those of one list are not repeated. */
export class FindingNames {
  readonly #numbers = new Map<Finding, number>();
  /** The number of the next to be named. */
  next = 0;

  /** The number of the finding; `named` is told of one that has none yet. */
  number(finding: Finding, named: (finding: Finding) => void): number {
    const known = this.#numbers.get(finding);
    if (known !== undefined) return known;
    if (this.#numbers.size === REMEMBERED) this.#numbers.clear();
    const number = this.next++;
    this.#numbers.set(finding, number);
    named(finding);
    return number;
  }
}
