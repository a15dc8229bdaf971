/** A batch in protobuf put together again, of the items that are left: what lay around those that went goes too. */
import { type Branch, joined, type List } from "./batch.ts";
import { varint } from "./proto-wire.ts";

type LeftOf = (item: number) => Uint8Array | null;

const LATER = new Uint8Array(0);

export function assembleProto(root: Branch, left: LeftOf): Uint8Array {
  const pieces: Uint8Array[] = [];
  message(root, left, pieces);
  return joined(pieces);
}

/** Returns how many bytes it wrote; -1: no item is left in it, and nothing was. */
function message(branch: Branch, left: LeftOf, pieces: Uint8Array[]): number {
  const mark = pieces.length;
  let size = 0;
  let items = false;
  for (const piece of branch.pieces) {
    if (piece instanceof Uint8Array) {
      pieces.push(piece);
      size += piece.length;
      continue;
    }
    const written = list(piece, left, pieces);
    if (written > 0) items = true;
    size += written;
  }
  if (items) return size;
  pieces.length = mark;
  return -1;
}

/** Each child is a field of its own. */
function list({ head, children }: List, left: LeftOf, pieces: Uint8Array[]): number {
  let size = 0;
  for (const child of children) {
    const mark = pieces.length;
    pieces.push(head, LATER);
    const written = one(child, left, pieces);
    if (written < 0) {
      pieces.length = mark;
      continue;
    }
    const length = varint(written);
    pieces[mark + 1] = length;
    size += head.length + length.length + written;
  }
  return size;
}

function one(child: Branch | number, left: LeftOf, pieces: Uint8Array[]): number {
  if (typeof child !== "number") return message(child, left, pieces);
  const bytes = left(child);
  if (bytes === null) return -1;
  pieces.push(bytes);
  return bytes.length;
}
