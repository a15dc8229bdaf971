/** A batch in JSON put together again, of the items that are left: what lay around those that went goes too. */
import { CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT } from "../ascii.ts";
import { type Branch, joined, type List } from "./batch.ts";

const [OPEN_A, CLOSE_A, OPEN_O, CLOSE_O, COLON_, COMMA_] = [
  OPEN_ARRAY,
  CLOSE_ARRAY,
  OPEN_OBJECT,
  CLOSE_OBJECT,
  COLON,
  COMMA,
].map((byte) => Uint8Array.of(byte)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

type LeftOf = (item: number) => Uint8Array | null;

export function assembleJson(root: Branch, left: LeftOf): Uint8Array {
  const pieces: Uint8Array[] = [];
  object(root, left, pieces);
  return joined(pieces);
}

/** False: no item is left in it, and nothing was written. */
function object(branch: Branch, left: LeftOf, pieces: Uint8Array[]): boolean {
  const mark = pieces.length;
  let items = false;
  pieces.push(OPEN_O);
  for (const piece of branch.pieces) {
    const before = pieces.length;
    if (before > mark + 1) pieces.push(COMMA_);
    if (piece instanceof Uint8Array) pieces.push(piece);
    else if (list(piece, left, pieces)) items = true;
    else pieces.length = before;
  }
  pieces.push(CLOSE_O);
  if (!items) pieces.length = mark;
  return items;
}

function list({ field, head, children }: List, left: LeftOf, pieces: Uint8Array[]): boolean {
  pieces.push(head, COLON_);
  if (field.repeated) pieces.push(OPEN_A);
  let items = false;
  for (const child of children) {
    const before = pieces.length;
    if (items) pieces.push(COMMA_);
    if (one(child, left, pieces)) items = true;
    else pieces.length = before;
  }
  if (field.repeated) pieces.push(CLOSE_A);
  return items;
}

function one(child: Branch | number, left: LeftOf, pieces: Uint8Array[]): boolean {
  if (typeof child !== "number") return object(child, left, pieces);
  const bytes = left(child);
  if (bytes !== null) pieces.push(bytes);
  return bytes !== null;
}
