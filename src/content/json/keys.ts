/** The keys of the objects open at one moment of a scan, so that none occurs twice. Holds offsets into one record. */
import { LIMITS } from "../../config/limits.ts";
import { stringText } from "./string.ts";

/** Up to here keys are compared one by one, which costs nearly nothing; beyond, as text in a set. */
const COMPARED_MAX = 64;

const INITIAL = 128;

interface OpenObject {
  /** Its first entry. */
  base: number;
  /** One bit for each of 32 hash classes seen: most keys are new, and need no comparing. */
  seen: number;
  /** Its keys as text: for an object with many keys, or with one that holds an escape. */
  texts: Set<string> | null;
}

export class OpenKeys {
  #hash = new Int32Array(INITIAL);
  #start = new Int32Array(INITIAL);
  #end = new Int32Array(INITIAL);
  #top = 0;
  #depth = -1;
  /** Keys held as text, of all objects open. */
  #held = 0;
  readonly #objects: OpenObject[] = [];
  #object: OpenObject = { base: 0, seen: 0, texts: null };

  /** Whether the last key was refused because there are too many to be held. */
  get full(): boolean {
    return this.#held >= LIMITS.json_keys_max;
  }

  clear(): void {
    this.#top = 0;
    this.#held = 0;
    this.#depth = -1;
  }

  open(): void {
    const depth = ++this.#depth;
    this.#objects[depth] ??= { base: 0, seen: 0, texts: null };
    const object = this.#objects[depth];
    object.base = this.#top;
    object.seen = 0;
    object.texts = null;
    this.#object = object;
  }

  close(): void {
    this.#top = this.#object.base;
    this.#held -= this.#object.texts?.size ?? 0;
    this.#object.texts = null;
    this.#depth--;
    if (this.#depth >= 0) this.#object = this.#objects[this.#depth]!;
  }

  /** A key without escapes; `folded`: keys that differ by ASCII case are the same. False: it occurred before. */
  add(hash: number, bytes: Uint8Array, start: number, end: number, folded: boolean): boolean {
    const object = this.#object;
    const bit = 1 << (hash >>> 27);
    const top = this.#top;
    if ((object.seen & bit) !== 0) {
      for (let k = object.base; k < top; k++) {
        if (this.#hash[k] === hash && this.#same(k, bytes, start, end, folded)) return false;
      }
    }
    return this.addNew(hash, start, end) || this.addText(stringText(bytes, start, end), bytes, folded);
  }

  /** A key without escapes that is known to be none of those before it. False: it must be added as any other. */
  addNew(hash: number, start: number, end: number): boolean {
    const object = this.#object;
    const top = this.#top;
    if (object.texts !== null || top - object.base === COMPARED_MAX) return false;
    object.seen |= 1 << (hash >>> 27);
    if (top === this.#hash.length) this.#grow();
    this.#hash[top] = hash;
    this.#start[top] = start;
    this.#end[top] = end;
    this.#top = top + 1;
    return true;
  }

  /** `add` for a key given as its text. */
  addText(text: string, bytes: Uint8Array, folded: boolean): boolean {
    const object = this.#object;
    if (object.texts === null) {
      object.texts = new Set();
      for (let k = object.base; k < this.#top; k++) {
        object.texts.add(keyText(stringText(bytes, this.#start[k]!, this.#end[k]!), folded));
      }
      this.#top = object.base;
      this.#held += object.texts.size;
    }
    if (this.full) return false;
    const size = object.texts.size;
    const added = object.texts.add(keyText(text, folded)).size > size;
    if (added) this.#held++;
    return added;
  }

  #same(entry: number, bytes: Uint8Array, start: number, end: number, folded: boolean): boolean {
    let other = this.#start[entry]!;
    if (this.#end[entry]! - other !== end - start) return false;
    for (let i = start; i < end; i++, other++) {
      const a = bytes[i]!;
      const b = bytes[other]!;
      if (a === b) continue;
      const lower = a | 0x20;
      if (!folded || (a ^ b) !== 0x20 || lower < 0x61 || lower > 0x7a) return false;
    }
    return true;
  }

  #grow(): void {
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const bigger = new Int32Array(old.length * 2);
      bigger.set(old);
      return bigger;
    };
    this.#hash = grown(this.#hash);
    this.#start = grown(this.#start);
    this.#end = grown(this.#end);
  }
}

/** Where keys are folded they are ASCII, so lower-casing does no more than that. */
function keyText(text: string, folded: boolean): string {
  return folded ? text.toLowerCase() : text;
}
