/** A log whose tiles are kept in memory, as a store would keep them. */
import { type Hash, leafHash } from "../../../src/ledger/hashing.ts";
import { append, EMPTY_LOG, type LogState } from "../../../src/ledger/log.ts";
import { type ReadTile, tilePath } from "../../../src/ledger/tiles.ts";

export class StoredLog {
  state: LogState = EMPTY_LOG;
  readonly tiles = new Map<string, Uint8Array>();
  /** Under which paths tlog-tiles would serve what was written. */
  readonly paths = new Set<string>();

  append(leaves: readonly Hash[]): void {
    const { state, tiles } = append(this.state, leaves);
    this.state = state;
    for (const tile of tiles) {
      this.tiles.set(`${tile.level}/${tile.index}`, tile.hashes);
      this.paths.add(tilePath(tile));
    }
  }

  readonly readTile: ReadTile = async (level, index) => {
    const tile = this.tiles.get(`${level}/${index}`);
    if (tile === undefined) throw new Error(`there is no tile ${level}/${index}`);
    return tile;
  };
}

export function numberedLeaf(index: number): Hash {
  return leafHash(`leaf ${index}`);
}
