/** Proofs that a log can give of itself, worked out of its tiles (RFC 9162, sections 2.1.3.1 and 2.1.4.1). Pure: tiles come from a port. */
import { EMPTY_ROOT, type Hash, isPowerOfTwo, nodeHash, splitOf } from "./hashing.ts";
import { type ReadTile, rootWithin, TILE_WIDTH, tileWidth } from "./tiles.ts";

/** Tiles kept in mind, 8 KiB each: a few of each level, so that going through a log in order reads each tile about once. */
const TILES_KEPT = 64;

/** The tree of the first `size` leaves, as its tiles have it. */
export class StoredTree {
  readonly #size: number;
  readonly #readTile: ReadTile;
  readonly #tiles = new Map<string, Promise<Uint8Array>>();

  constructor(size: number, readTile: ReadTile) {
    this.#size = size;
    this.#readTile = readTile;
  }

  /** The root of the tree over leaves `from` to before `to`. `from` must be where RFC 9162 would begin a subtree. */
  async root(from = 0, to = this.#size): Promise<Hash> {
    const leaves = to - from;
    if (leaves === 0) return EMPTY_ROOT;
    if (isPowerOfTwo(leaves)) return this.#perfect(from, leaves);
    const split = from + splitOf(leaves);
    return nodeHash(await this.root(from, split), await this.root(split, to));
  }

  /** The audit path of leaf `index`: from its sibling up. Throws a `RangeError` if there is no such leaf. */
  async inclusion(index: number): Promise<Hash[]> {
    if (!(index >= 0 && index < this.#size)) throw new RangeError("there is no such leaf");
    const path: Hash[] = [];
    let [from, to] = [0, this.#size];
    while (to - from > 1) {
      const split = from + splitOf(to - from);
      path.push(index < split ? await this.root(split, to) : await this.root(from, split));
      if (index < split) to = split;
      else from = split;
    }
    return path.reverse();
  }

  /** That the tree of the first `size` leaves is the beginning of this one. Throws a `RangeError` if it was larger. */
  async consistency(size: number): Promise<Hash[]> {
    if (!(size >= 0 && size <= this.#size)) throw new RangeError("it was larger than this one");
    if (size === 0 || size === this.#size) return [];
    const path: Hash[] = [];
    let [from, to, whole] = [0, this.#size, true];
    while (to !== size) {
      const split = from + splitOf(to - from);
      if (size <= split) {
        path.push(await this.root(split, to));
        to = split;
      } else {
        path.push(await this.root(from, split));
        from = split;
        whole = false;
      }
    }
    if (!whole) path.push(await this.root(from, to));
    return path.reverse();
  }

  /** `leaves` is a power of two, `from` a multiple of it. */
  async #perfect(from: number, leaves: number): Promise<Hash> {
    let [level, unit] = [0, 1];
    while (unit * TILE_WIDTH <= leaves) {
      level++;
      unit *= TILE_WIDTH;
    }
    const first = from / unit;
    const tile = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    return rootWithin(tile, first % TILE_WIDTH, leaves / unit);
  }

  #tile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known !== undefined) return known;
    const read = this.#readTile(level, index, tileWidth(this.#size, level, index));
    this.#tiles.set(key, read);
    if (this.#tiles.size > TILES_KEPT) this.#tiles.delete(this.#tiles.keys().next().value!);
    return read;
  }
}
