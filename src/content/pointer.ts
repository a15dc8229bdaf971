/**
 * JSON Pointers (RFC 6901; a segment `*` stands for every element of an array) compiled into a trie that the scanner
 * walks beside the bytes. Knows keys and offsets, never what a value means.
 * Array indices are not pointers here: a segment of digits names an object's member.
 */
import type { Pointer } from "../config/define.ts";
import { Captures } from "./captures.ts";
import type { Skeletons } from "./json/skeletons.ts";

const encoder = new TextEncoder();

/** Why `pointer` cannot be compiled, as a clause; null: it can. */
export function pointerProblem(pointer: string): string | null {
  if (!pointer.startsWith("/")) return "must start with /";
  if (!/^[\x20-\x7e]*$/.test(pointer)) return "must be printable ASCII";
  if (/~(?![01])/.test(pointer)) return "has a ~ that is not ~0 or ~1";
  return null;
}

/** The hash of a key, deaf to ASCII case; the scanner computes the same one as it reads. */
export const KEY_HASH_SEED = 0x811c9dc5 | 0;
export const KEY_HASH_PRIME = 0x01000193;

export function keyHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = KEY_HASH_SEED;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i]! | 0x20), KEY_HASH_PRIME);
  return hash;
}

interface Child {
  readonly hash: number;
  readonly key: Uint8Array;
  readonly node: PlanNode;
}

/** A place the plan knows of. Objects at a node with children are looked into: their keys must be unambiguous. */
export interface PlanNode {
  readonly children: Child[];
  /** Every element of an array here. */
  star: PlanNode | null;
  /** The slot values found here are captured in; -1: none. */
  slot: number;
}

/** Where the claims of a record are, by what is made of the values there. */
export interface ClaimPointers {
  readonly read: readonly Pointer[];
  readonly times: readonly Pointer[];
  /** Of these only whether there is anything. */
  readonly presence: readonly Pointer[];
  /** What lies in one of those read: only looked into. */
  readonly within: readonly Pointer[];
}

export interface Plan {
  readonly root: PlanNode;
  /** Scratch: what the scan in progress, or the last one, found. Read it before anything else is scanned. */
  readonly captures: Captures;
  /** Recognises lines like those before them; null: nothing does. */
  skeletons: Skeletons | null;
  /** The slot of one of the pointers compiled; throws on any other. */
  slotOf(pointer: Pointer): number;
}

/** Throws on a pointer that `pointerProblem` has something to say about: configuration is checked before. */
export function compilePlan(pointers: readonly Pointer[]): Plan {
  const root: PlanNode = { children: [], star: null, slot: -1 };
  const slots = new Map<Pointer, number>();
  for (const pointer of pointers) {
    if (slots.has(pointer)) continue;
    const problem = pointerProblem(pointer);
    if (problem !== null) throw new Error(`The pointer ${JSON.stringify(pointer)} ${problem}.`);
    const node = nodeAt(root, pointer.slice(1).split("/"));
    if (node.slot < 0) node.slot = slots.size;
    slots.set(pointer, node.slot);
  }
  return {
    root,
    captures: new Captures(slots.size),
    skeletons: null,
    slotOf(pointer) {
      const slot = slots.get(pointer);
      if (slot === undefined) throw new Error(`The pointer ${JSON.stringify(pointer)} was not compiled.`);
      return slot;
    },
  };
}

function nodeAt(root: PlanNode, segments: readonly string[]): PlanNode {
  let node = root;
  for (const segment of segments) {
    if (segment === "*") {
      node.star ??= { children: [], star: null, slot: -1 };
      node = node.star;
      continue;
    }
    const key = encoder.encode(segment.replaceAll("~1", "/").replaceAll("~0", "~"));
    const hash = keyHash(key, 0, key.length);
    let child = childOf(node, hash, key, 0, key.length);
    if (child === null) {
      child = { children: [], star: null, slot: -1 };
      node.children.push({ hash, key, node: child });
    }
    node = child;
  }
  return node;
}

/** The member of `node` whose key is exactly `bytes[start, end)`, unescaped. */
export function childOf(
  node: PlanNode,
  hash: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): PlanNode | null {
  const { children } = node;
  for (let c = 0; c < children.length; c++) {
    const child = children[c]!;
    if (child.hash !== hash || child.key.length !== end - start) continue;
    let i = 0;
    while (i < child.key.length && child.key[i] === bytes[start + i]) i++;
    if (i === child.key.length) return child.node;
  }
  return null;
}
