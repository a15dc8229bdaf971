/**
 * What a reader found in a body of OTLP: its items, each as it may go on, and what they lie in, to be put together again without some. Knows
 * neither encoding.
 */
import { LIMITS } from "../../config/limits.ts";
import type { Document, DocumentItem, Fate } from "../document.ts";
import type { ContentFaultCode } from "../fault.ts";
import type { Field } from "./schema.ts";

/** A message on the way to items: its own fields as they go on, and lists of what it holds. */
export interface Branch {
  readonly pieces: (Uint8Array | List)[];
  /** Something was removed of it that no item lies in. */
  spilled: boolean;
}

export interface List {
  readonly field: Field;
  /** The field's key in JSON, its tag in protobuf, as it came. */
  readonly head: Uint8Array;
  /** Branches, or items by number. */
  readonly children: (Branch | number)[];
}

/** What is left of a message: all of it, less, or nothing that may stay. */
export type Left = "same" | "less" | "gone";

export class Unreadable extends Error {
  readonly code: ContentFaultCode;

  constructor(code: ContentFaultCode) {
    super(code);
    this.code = code;
  }
}

/** Collects items as they are read. */
export class Items {
  readonly #left: (Uint8Array | null)[] = [];
  readonly #excess: DocumentItem["excess"][] = [];
  #parts = 0;

  get count(): number {
    return this.#left.length;
  }

  /** To be called for every branch and item: a body of a few bytes each would fill memory. */
  countPart(): void {
    if (++this.#parts > LIMITS.otlp_parts_max) throw new Unreadable("body_too_large");
  }

  add(left: Uint8Array | null, was: Left): number {
    this.#excess.push(was === "same" ? "none" : was === "less" ? "some" : "all");
    return this.#left.push(left) - 1;
  }

  /** Something was removed of a branch that all items from `first` on lie in, or `all` of it: they share it. False: there are none. */
  shared(first: number, all: boolean): boolean {
    for (let i = first; i < this.#left.length; i++) {
      if (all) {
        this.#left[i] = null;
        this.#excess[i] = "all";
      } else if (this.#excess[i] === "none") this.#excess[i] = "some";
    }
    return first < this.#left.length;
  }

  excess(item: number): DocumentItem["excess"] {
    return this.#excess[item]!;
  }

  /** As it may go on; null: nothing of it may. */
  left(item: number): Uint8Array | null {
    return this.#left[item]!;
  }
}

/** Puts a body together, of the items that `left` does not say null of. */
export type Assemble = (root: Branch, left: (item: number) => Uint8Array | null) => Uint8Array;

const SERVICE_DATA = [{ type: "service_data" }] as const;
const ITEM: Readonly<Record<DocumentItem["excess"], DocumentItem>> = {
  none: { items: SERVICE_DATA, excess: "none", strippable: false },
  some: { items: SERVICE_DATA, excess: "some", strippable: false },
  all: { items: SERVICE_DATA, excess: "all", strippable: false },
};

export class Batch implements Document {
  readonly items: readonly DocumentItem[];
  readonly #source: Uint8Array;
  readonly #root: Branch;
  readonly #items: Items;
  readonly #assemble: Assemble;

  constructor(source: Uint8Array, root: Branch, items: Items, assemble: Assemble) {
    this.#source = source;
    this.#root = root;
    this.#items = items;
    this.#assemble = assemble;
    this.items = Array.from({ length: items.count }, (_, item) => ITEM[items.excess(item)]);
  }

  /** What is excess is removed even of an item that is to stay whole. */
  write(fates: readonly Fate[]): Uint8Array | null {
    const left = (item: number) => (fates[item] === "gone" ? null : this.#items.left(item));
    let any = false;
    let all = true;
    for (let item = 0; item < this.#items.count; item++) {
      if (left(item) === null) all = false;
      else {
        any = true;
        if (this.#items.excess(item) !== "none") all = false;
      }
    }
    if (!any) return null;
    return all ? this.#source : this.#assemble(this.#root, left);
  }
}

/** Pieces in their order as one. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** A view of a few bytes costs more than copying them one by one. */
const VIEWED_MIN = 64;

export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): void {
  if (end - start >= VIEWED_MIN) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at + i - start] = from[i]!;
}
