/**
 * A log that grows: what must be kept in mind to append, which is the unfinished tile of each level, and what must be written when it has.
 * Pure: whoever writes the tiles sees to it that one writer does.
 */
import { CompactRange } from "./compact-range.ts";
import { HASH_BYTES, type Hash } from "./hashing.ts";
import { hashAt, type ReadTile, rootWithin, TILE_WIDTH, type Tile, tileWidth } from "./tiles.ts";

export interface LogState {
  readonly size: number;
  /** At each level, the tile that is not full: as many hashes as the digit of `size` to the base 256. Empty where that is 0. */
  readonly edge: readonly Uint8Array[];
}

export const EMPTY_LOG: LogState = { size: 0, edge: [] };

export interface Appended {
  readonly state: LogState;
  /** To be written before the new size is signed: each once, as wide as it is now. A wider tile of the same place replaces a narrower one. */
  readonly tiles: readonly Tile[];
}

/** Appends leaf hashes, in their order. */
export function append(state: LogState, leaves: readonly Hash[]): Appended {
  const tiles: Tile[] = [];
  const edge: Uint8Array[] = [];
  let coming = leaves;
  for (let level = 0; coming.length > 0 || level < state.edge.length; level++) {
    const held = state.edge[level] ?? new Uint8Array();
    const hashes = joined(held, coming);
    const first = Math.floor(state.size / TILE_WIDTH ** (level + 1));
    const rows = tilesOf(hashes).map((row, at): Tile => ({ level, index: first + at, hashes: row }));
    const full = rows.filter((row) => row.hashes.length === TILE_WIDTH * HASH_BYTES);
    edge.push(rows.length > full.length ? rows.at(-1)!.hashes : new Uint8Array());
    if (coming.length > 0) tiles.push(...rows);
    coming = full.map((row) => rootWithin(row.hashes, 0, TILE_WIDTH));
  }
  return { state: { size: state.size + leaves.length, edge }, tiles };
}

/** The root of the tree. */
export function rootOf(state: LogState): Hash {
  const range = new CompactRange();
  for (const [level, tile] of [...state.edge.entries()].reverse()) {
    for (let at = 0; at < tile.length / HASH_BYTES; at++) {
      range.pushSubtree(hashAt(tile, at), TILE_WIDTH ** level);
    }
  }
  return range.root();
}

/** The state of a log of `size` leaves from its stored tiles, as after a restart. */
export async function readLog(size: number, readTile: ReadTile): Promise<LogState> {
  const edge: Uint8Array[] = [];
  for (let level = 0; TILE_WIDTH ** level <= size; level++) {
    const index = Math.floor(size / TILE_WIDTH ** (level + 1));
    const width = tileWidth(size, level, index);
    const tile = width === 0 ? new Uint8Array() : await readTile(level, index, width);
    if (tile.length < width * HASH_BYTES) throw new RangeError("a tile is too short");
    edge.push(tile.slice(0, width * HASH_BYTES));
  }
  return { size, edge };
}

function joined(held: Uint8Array, coming: readonly Hash[]): Uint8Array {
  const hashes = new Uint8Array(held.length + coming.length * HASH_BYTES);
  hashes.set(held);
  for (const [at, hash] of coming.entries()) hashes.set(hash, held.length + at * HASH_BYTES);
  return hashes;
}

function tilesOf(hashes: Uint8Array): Uint8Array[] {
  const tiles: Uint8Array[] = [];
  const step = TILE_WIDTH * HASH_BYTES;
  for (let from = 0; from < hashes.length; from += step) tiles.push(hashes.slice(from, from + step));
  return tiles;
}
