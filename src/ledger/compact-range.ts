/**
 * The root of a growing tree in the memory of a few hashes: of the perfect subtrees its leaves make, largest first, as the binary digits
 * of its size say. Pure.
 */
import { EMPTY_ROOT, type Hash, nodeHash } from "./hashing.ts";

export class CompactRange {
  #size = 0;
  /** The subtree at the top of the stack is the smallest. */
  readonly #subtrees: Hash[] = [];

  /** Leaves so far. */
  get size(): number {
    return this.#size;
  }

  push(leaf: Hash): void {
    this.pushSubtree(leaf, 1);
  }

  /** Adds a perfect subtree of `leaves` leaves, a power of two that the size so far is a multiple of. Throws a `RangeError` if it is not. */
  pushSubtree(root: Hash, leaves: number): void {
    if (this.#size % leaves !== 0) throw new RangeError("a subtree does not fit here");
    let hash = root;
    for (let width = leaves; Math.floor(this.#size / width) % 2 === 1; width *= 2) {
      hash = nodeHash(this.#subtrees.pop()!, hash);
    }
    this.#subtrees.push(hash);
    this.#size += leaves;
  }

  root(): Hash {
    if (this.#subtrees.length === 0) return EMPTY_ROOT;
    return this.#subtrees.reduceRight((right, left) => nodeHash(left, right));
  }
}
