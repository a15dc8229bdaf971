/**
 * A tree proven from its root down, leaf after leaf in ascending order. The path of a leaf ends at the first node that is already proven, and
 * proves the nodes to its right that it passes: so going through all leaves takes one hash a leaf, and a few dozen hashes of memory. Pure.
 */
import { type Hash, sameHash, splitOf } from "./hashing.ts";
import type { StoredTree } from "./proofs.ts";
import { rootFromInclusion } from "./verify-proof.ts";

/** The leaves from `from` to before `to`, which RFC 9162 makes one node of. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** The nodes beside the way down from a span to a leaf, the highest first. */
function besideWay(span: Span, position: number): Span[] {
  const beside: Span[] = [];
  let { from, to } = span;
  while (to - from > 1) {
    const split = from + splitOf(to - from);
    if (position < split) {
      beside.push({ from: split, to });
      to = split;
    } else {
      beside.push({ from, to: split });
      from = split;
    }
  }
  return beside;
}

/** What a verifier holds: the nodes proven so far to the right of the last leaf. */
export class ProvenNodes {
  /** The leftmost last. */
  readonly #nodes: (Span & { readonly hash: Hash })[];

  constructor(size: number, root: Hash) {
    this.#nodes = size === 0 ? [] : [{ from: 0, to: size, hash: root }];
  }

  /** Whether the leaf is at this position of the tree. If not, nothing has changed, and another leaf may be tried. */
  prove(position: number, leaf: Hash, path: readonly Hash[]): boolean {
    const at = this.#nodes.findLastIndex(({ from, to }) => position >= from && position < to);
    const node = this.#nodes[at];
    if (node === undefined) return false;
    const root = rootFromInclusion(position - node.from, node.to - node.from, leaf, path);
    if (root === null || !sameHash(root, node.hash)) return false;
    const beside = besideWay(node, position).map((span, depth) => ({
      ...span,
      hash: path[path.length - 1 - depth]!,
    }));
    this.#nodes.splice(at, Number.POSITIVE_INFINITY, ...beside.filter(({ from }) => from > position));
    return true;
  }
}

/** What a prover gives: for each leaf in ascending order, the path that `ProvenNodes` needs. */
export class PathsInOrder {
  readonly #tree: StoredTree;
  readonly #spans: Span[];

  constructor(tree: StoredTree, size: number) {
    this.#tree = tree;
    this.#spans = [{ from: 0, to: size }];
  }

  /** Throws a `RangeError` if the position is not after the last one, or not in the tree. */
  async next(position: number): Promise<Hash[]> {
    const at = this.#spans.findLastIndex(({ from, to }) => position >= from && position < to);
    const span = this.#spans[at];
    if (span === undefined) throw new RangeError("positions are asked for in ascending order");
    const beside = besideWay(span, position);
    this.#spans.splice(at, Number.POSITIVE_INFINITY, ...beside.filter(({ from }) => from > position));
    const path: Hash[] = [];
    for (const { from, to } of beside.reverse()) path.push(await this.#tree.root(from, to));
    return path;
  }
}
