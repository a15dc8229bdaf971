/**
 * Where the hashes of a log are kept: tiles of 256 hashes, as C2SP tlog-tiles lays them out. Level 0 holds the leaf hashes, level L+1 the
 * roots of full tiles of level L. Pure: `ReadTile` is a port.
 */
import { CompactRange } from "./compact-range.ts";
import { HASH_BYTES, type Hash } from "./hashing.ts";

/** Hashes in a full tile. */
export const TILE_WIDTH = 256;

export interface Tile {
  readonly level: number;
  /** Which one of its level, from 0. */
  readonly index: number;
  /** 1 to 256 hashes, one after another: fewer than 256 in the last tile of a level. */
  readonly hashes: Uint8Array;
}

/** Reads a tile that holds at least `width` hashes; more does no harm. Rejects if it is not there. */
export type ReadTile = (level: number, index: number, width: number) => Promise<Uint8Array>;

/** How many hashes the tile has in a log of `size` leaves: 0 if there is no such tile. */
export function tileWidth(size: number, level: number, index: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level) - index * TILE_WIDTH;
  return Math.max(0, Math.min(TILE_WIDTH, hashes));
}

/** The path under which tlog-tiles serves it, from the log's prefix: `tile/0/x001/234`, or with `.p/W` while it is not full. */
export function tilePath({ level, index, hashes }: Tile): string {
  const width = hashes.length / HASH_BYTES;
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, "0");
  const parts = digits.match(/\d{3}/g)!;
  const path = parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join("/");
  return `tile/${level}/${path}${width === TILE_WIDTH ? "" : `.p/${width}`}`;
}

export function hashAt(tile: Uint8Array, at: number): Hash {
  return tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
}

/** The root over `width` (a power of two) of a tile's hashes, from `first`. Throws a `RangeError` if the tile does not hold them. */
export function rootWithin(tile: Uint8Array, first: number, width: number): Hash {
  if ((first + width) * HASH_BYTES > tile.length) throw new RangeError("the tile is too short");
  const range = new CompactRange();
  for (let at = first; at < first + width; at++) range.push(hashAt(tile, at));
  return range.root();
}
