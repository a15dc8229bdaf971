/**
 * The orders of keys that a body's records have shown so far. A key that follows the same keys as it did in an object already proven, byte
 * for byte, needs no proof again: it is none of those before it, and the plan has its value in the same place. Holds proven keys only,
 * and few of them; whatever it does not know is proven as if it were not there.
 */
import type { PlanNode } from "../pointer.ts";

/** Of one body: a stream has a handful of layouts, and one that has more gains nothing from remembering them. */
const STEPS_MAX = 512;
/** Different keys after the same ones. */
const WAYS_MAX = 4;
/** Of one object. */
const KEYS_MAX = 48;
const KEY_BYTES_MAX = 64;

const NO_KEY = new Uint8Array(0);

/** A key after certain others, or the beginning of an object, after none. */
export class Step {
  /** With its quotes, as it stands in the record; of a beginning: empty. */
  readonly key: Uint8Array;
  /** Of the key without quotes, as `keyHash` has it. */
  readonly hash: number;
  /** Where the plan has the key's value; of a beginning: the object. */
  readonly node: PlanNode | null;
  /** Keys of the object up to here. */
  readonly count: number;
  /** What may follow: a chain through `other`. */
  next: Step | null = null;
  other: Step | null = null;
  /** The beginning of objects within the key's value. */
  inner: Step | null = null;

  constructor(key: Uint8Array, hash: number, node: PlanNode | null, count: number) {
    this.key = key;
    this.hash = hash;
    this.node = node;
    this.count = count;
  }

  /** The known step whose key stands at `from`, where a quote is; null: none. */
  at(bytes: Uint8Array, from: number, to: number): Step | null {
    for (let step = this.next; step !== null; step = step.other) {
      const { key } = step;
      if (from + key.length > to) continue;
      let k = 1;
      while (k < key.length && key[k] === bytes[from + k]) k++;
      if (k === key.length) return step;
    }
    return null;
  }
}

export class Layout {
  /** Whose value the record is. */
  readonly outside: Step;
  #left = STEPS_MAX;
  #learning = false;

  constructor(root: PlanNode) {
    this.outside = new Step(NO_KEY, 0, root, 0);
  }

  /** From the second record on there is a point in remembering. */
  recordEnds(): void {
    this.#learning = true;
  }

  /** The beginning of an object at `node`, within the value of `member`; null: not known. */
  beginning(member: Step | null, node: PlanNode | null): Step | null {
    if (member === null) return null;
    if (member.inner === null) {
      if (!this.#learning) return null;
      member.inner = new Step(NO_KEY, 0, node, 0);
    }
    // Elsewhere in the same value, in a list say, other rules may hold for keys.
    return member.inner.node === node ? member.inner : null;
  }

  /** Remembers a key without escapes, `bytes[start, end)`, just proven to be new after `before`; null: it does not. */
  learn(
    before: Step,
    bytes: Uint8Array,
    start: number,
    end: number,
    hash: number,
    node: PlanNode | null,
  ): Step | null {
    if (this.#left === 0 || before.count === KEYS_MAX || end - start > KEY_BYTES_MAX) return null;
    let ways = 0;
    for (let step = before.next; step !== null; step = step.other) ways++;
    if (ways === WAYS_MAX) return null;
    this.#left--;
    const step = new Step(bytes.slice(start - 1, end + 1), hash, node, before.count + 1);
    step.other = before.next;
    before.next = step;
    return step;
  }
}
