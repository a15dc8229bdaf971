/** Writes an export, line by line, in constant memory. Pure: tiles and entries come in, lines go out, signed by the keys given. */
import { createHash } from "node:crypto";
import { parseCheckpoint } from "./checkpoint.ts";
import { endLine, endText, entryLine, headerLine, type Scope, type Withheld } from "./export-format.ts";
import type { Hash } from "./hashing.ts";
import { hashOfLeaf, type Leaf } from "./leaf.ts";
import { parseNote, signNote } from "./note.ts";
import type { SignerKey } from "./note-keys.ts";
import { StoredTree } from "./proofs.ts";
import { PathsInOrder } from "./proven-nodes.ts";
import type { ReadTile } from "./tiles.ts";

export type ExportEntry =
  | { readonly position: number; readonly leaf: Leaf }
  /** The body was deleted; its hash is in the tiles. */
  | { readonly position: number; readonly withheld: Withheld; readonly hash: Hash };

export interface ExportSource {
  /** The signed checkpoint the export is of, as a note. */
  readonly checkpoint: string;
  readonly readTile: ReadTile;
  /** In ascending order, none at or after the checkpoint's size. */
  readonly entries: AsyncIterable<ExportEntry> | Iterable<ExportEntry>;
  readonly scope: Scope;
  /** Unix milliseconds. */
  readonly exportedAt: number;
  /** Sizes of checkpoints the reader may hold: needed where the export is not the whole log. */
  readonly since?: readonly number[];
  /** Sign the end: the keys that sign checkpoints. */
  readonly keys: readonly SignerKey[];
}

/** Each line ends with a newline. Rejects if the checkpoint is none, a tile is missing, or entries are out of order. */
export async function* exportLines(source: ExportSource): AsyncGenerator<string> {
  const { checkpoint, readTile, entries, scope, exportedAt, since = [], keys } = source;
  const signed = parseCheckpoint(parseNote(checkpoint)?.text ?? "");
  if (signed === null) throw new RangeError("not a checkpoint");
  const tree = new StoredTree(signed.size, readTile);
  const paths = new PathsInOrder(tree, signed.size);
  const digest = createHash("sha256");
  const line = (text: string) => {
    digest.update(`${text}\n`);
    return `${text}\n`;
  };
  const consistency = [];
  for (const size of new Set(since)) consistency.push({ size, proof: await tree.consistency(size) });
  yield line(headerLine({ scope, exportedAt, checkpoint, consistency }));
  let [count, last] = [0, scope !== "whole" && "positions" in scope ? scope.positions[0] - 1 : -1];
  for await (const one of entries) {
    const { position } = one;
    const entry = "leaf" in one ? one.leaf : { withheld: one.withheld };
    const hash = "leaf" in one ? hashOfLeaf(one.leaf) : one.hash;
    const after = position === last + 1 ? null : last;
    yield line(entryLine({ position, after, hash, entry, proof: await paths.next(position) }));
    [count, last] = [count + 1, position];
  }
  const end = { origin: signed.origin, size: signed.size, entries: count, digest: digest.digest() };
  yield `${endLine(await signNote(endText(end), keys))}\n`;
}
