/**
 * One pass over the bytes of one JSON value, proving the strict profile and noting where the values are that a plan asks
 * for. Decodes nothing and copies nothing; UTF-8 is proven by the framings, for whole runs of records.
 */
import { LIMITS } from "../../config/limits.ts";
import {
  BACKSLASH,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  CR,
  DIGIT_0,
  DIGIT_9,
  LF,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SPACE,
  TAB,
} from "../ascii.ts";
import { TOKEN } from "../captures.ts";
import { childOf, KEY_HASH_PRIME, KEY_HASH_SEED, keyHash, type Plan, type PlanNode } from "../pointer.ts";
import { DEPTH, DUPLICATE_KEY, KEY, NEED_MORE, SYNTAX, TOO_LARGE } from "../scan-result.ts";
import { OpenKeys } from "./keys.ts";
import { Layout, type Step } from "./layout.ts";
import { numberEnd } from "./number.ts";
import { escapeEnd, SPECIAL, stringEnd, stringText } from "./string.ts";

const PROTO = new TextEncoder().encode("__proto__");
const TRUE = new TextEncoder().encode("true");
const FALSE = new TextEncoder().encode("false");
const NULL = new TextEncoder().encode("null");

const encoder = new TextEncoder();

export class JsonScanner {
  readonly #plan: Plan;
  readonly #lines: boolean;
  readonly #keys = new OpenKeys();
  readonly #opened = new Uint8Array(LIMITS.json_depth_max);
  readonly #starts = new Int32Array(LIMITS.json_depth_max);
  readonly #nodes: (PlanNode | null)[] = new Array(LIMITS.json_depth_max).fill(null);
  readonly #layout: Layout;
  /** For each open object, its last key; for each open array, the key whose value it is in. null: of no known layout. */
  readonly #steps: (Step | null)[] = new Array(LIMITS.json_depth_max).fill(null);
  /** Where the plan has the value of the member last read. */
  #child: PlanNode | null = null;
  #bytes: Uint8Array | null = null;
  #words = new Int32Array(0);

  /** `lines`: a line break outside strings is a fault (NDJSON). */
  constructor(plan: Plan, lines: boolean) {
    this.#plan = plan;
    this.#lines = lines;
    this.#layout = new Layout(plan.root);
  }

  /**
   * Scans one value of `bytes[from, to)`, white space before it included. Returns the offset after it, NEED_MORE or a
   * fault; `plan.captures` then holds what was found. A value that runs past `to` is never whole, a number at `to` neither.
   */
  scan(bytes: Uint8Array, from: number, to: number): number {
    const { captures, root } = this.#plan;
    const keys = this.#keys;
    const base = bytes.byteOffset;
    const words = this.#wordsOf(bytes);
    captures.clear();
    keys.clear();
    let here: PlanNode | null = root;
    let member: Step | null = this.#layout.outside;
    let depth = 0;
    let i = from;
    value: while (true) {
      i = this.#space(bytes, i, to);
      if (i < 0) return i;
      let start = i;
      let token: number;
      const c = bytes[i]!;
      if (c === QUOTE) {
        i = stringEnd(bytes, words, base, i + 1, to);
        if (i < 0) return i;
        i++;
        token = TOKEN.string;
      } else if (c === OPEN_OBJECT || c === OPEN_ARRAY) {
        if (depth === LIMITS.json_depth_max) return DEPTH;
        i = this.#space(bytes, i + 1, to);
        if (i < 0) return i;
        if (bytes[i] !== c + 2) {
          this.#opened[depth] = c;
          this.#starts[depth] = start;
          this.#nodes[depth] = here;
          if (c === OPEN_OBJECT) {
            keys.open();
            this.#steps[depth] = this.#layout.beginning(member, here);
            i = this.#member(bytes, i, to, here, depth);
            if (i < 0) return i;
            here = this.#child;
            member = this.#steps[depth]!;
          } else {
            this.#steps[depth] = member;
            if (here !== null) here = here.star;
          }
          depth++;
          continue;
        }
        i++;
        token = c === OPEN_OBJECT ? TOKEN.object : TOKEN.array;
      } else if ((c >= DIGIT_0 && c <= DIGIT_9) || c === MINUS) {
        i = numberEnd(bytes, i, to);
        token = TOKEN.number;
      } else if (c === LOWER_T) {
        i = wordEnd(bytes, i, to, TRUE);
        token = TOKEN.true;
      } else if (c === LOWER_F) {
        i = wordEnd(bytes, i, to, FALSE);
        token = TOKEN.false;
      } else if (c === LOWER_N) {
        i = wordEnd(bytes, i, to, NULL);
        token = TOKEN.null;
      } else return SYNTAX;
      if (i < 0) return i;

      for (;;) {
        if (here !== null && here.slot >= 0) captures.add(here.slot, token, start, i);
        if (depth === 0) {
          this.#layout.recordEnds();
          return i;
        }
        const opened = this.#opened[depth - 1]!;
        i = this.#space(bytes, i, to);
        if (i < 0) return i;
        const next = bytes[i]!;
        if (next === COMMA) {
          const node: PlanNode | null = this.#nodes[depth - 1]!;
          i++;
          if (opened === OPEN_OBJECT) {
            i = this.#space(bytes, i, to);
            if (i < 0) return i;
            i = this.#member(bytes, i, to, node, depth - 1);
            if (i < 0) return i;
            here = this.#child;
          } else here = node === null ? null : node.star;
          member = this.#steps[depth - 1]!;
          continue value;
        }
        if (next !== opened + 2) return SYNTAX;
        i++;
        depth--;
        here = this.#nodes[depth]!;
        start = this.#starts[depth]!;
        if (next === CLOSE_OBJECT) {
          keys.close();
          token = TOKEN.object;
        } else token = TOKEN.array;
      }
    }
  }

  /** A key and its colon, in the object at `node`, open at `depth`. Leaves the place of its value in `#child`, its step in `#steps`. */
  #member(bytes: Uint8Array, from: number, to: number, node: PlanNode | null, depth: number): number {
    if (bytes[from] !== QUOTE) return SYNTAX;
    const before = this.#steps[depth]!;
    const step = before === null ? null : before.at(bytes, from, to);
    if (step === null) return this.#newMember(bytes, from, to, node, depth, before);
    const i = from + step.key.length;
    if (!this.#keys.addNew(step.hash, from + 1, i - 1))
      return this.#newMember(bytes, from, to, node, depth, null);
    this.#steps[depth] = step;
    this.#child = step.node;
    return this.#colon(bytes, i, to);
  }

  /** The same, whatever is known of earlier records; null: nothing is, or may be, remembered of this object. */
  #newMember(
    bytes: Uint8Array,
    from: number,
    to: number,
    node: PlanNode | null,
    depth: number,
    before: Step | null,
  ): number {
    this.#steps[depth] = null;
    const start = from + 1;
    const looked = node !== null && node.children.length > 0;
    let hash = KEY_HASH_SEED;
    let printable = true;
    let i = start;
    for (;;) {
      if (i >= to) return NEED_MORE;
      const c = bytes[i]!;
      if (SPECIAL[c] !== 0) break;
      if (c > 0x7e) printable = false;
      hash = Math.imul(hash ^ (c | 0x20), KEY_HASH_PRIME);
      i++;
    }
    if (bytes[i] !== QUOTE) return this.#escapedMember(bytes, start, i, to, node);
    if (looked && !printable) return KEY;
    if (isProto(bytes, start, i)) return KEY;
    if (!this.#keys.add(hash, bytes, start, i, looked)) return this.#keys.full ? TOO_LARGE : DUPLICATE_KEY;
    this.#child = looked ? childOf(node, hash, bytes, start, i) : null;
    if (before !== null) this.#steps[depth] = this.#layout.learn(before, bytes, start, i, hash, this.#child);
    return this.#colon(bytes, i + 1, to);
  }

  /** The same for a key with an escape (or a fault) at `special`: the rules hold for what it stands for. PHP reads none that begins with NUL. */
  #escapedMember(
    bytes: Uint8Array,
    start: number,
    special: number,
    to: number,
    node: PlanNode | null,
  ): number {
    let i = special;
    for (;;) {
      if (i >= to) return NEED_MORE;
      const c = bytes[i]!;
      if (c === QUOTE) break;
      if (SPECIAL[c] === 0) i++;
      else if (c !== BACKSLASH) return SYNTAX;
      else {
        i = escapeEnd(bytes, i, to);
        if (i < 0) return i;
      }
    }
    const text = stringText(bytes, start, i);
    const looked = node !== null && node.children.length > 0;
    if (looked && !/^[\x20-\x7e]*$/.test(text)) return KEY;
    if (text === "__proto__" || text.startsWith("\0")) return KEY;
    if (!this.#keys.addText(text, bytes, looked)) return this.#keys.full ? TOO_LARGE : DUPLICATE_KEY;
    this.#child = null;
    if (looked) {
      const key = encoder.encode(text);
      this.#child = childOf(node, keyHash(key, 0, key.length), key, 0, key.length);
    }
    return this.#colon(bytes, i + 1, to);
  }

  #colon(bytes: Uint8Array, from: number, to: number): number {
    const i = this.#space(bytes, from, to);
    if (i < 0) return i;
    return bytes[i] === COLON ? i + 1 : SYNTAX;
  }

  /** The first byte that is no white space. */
  #space(bytes: Uint8Array, from: number, to: number): number {
    let i = from;
    for (; i < to; i++) {
      const c = bytes[i]!;
      if (c === SPACE || c === TAB) continue;
      if (c !== LF && c !== CR) return i;
      if (this.#lines) return SYNTAX;
    }
    return NEED_MORE;
  }

  #wordsOf(bytes: Uint8Array): Int32Array {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#words = new Int32Array(bytes.buffer as ArrayBuffer, 0, bytes.buffer.byteLength >> 2);
    }
    return this.#words;
  }
}

function isProto(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== PROTO.length) return false;
  for (let i = 0; i < PROTO.length; i++) if (bytes[start + i] !== PROTO[i]) return false;
  return true;
}

function wordEnd(bytes: Uint8Array, from: number, to: number, word: Uint8Array): number {
  for (let k = 1; k < word.length; k++) {
    if (from + k >= to) return NEED_MORE;
    if (bytes[from + k] !== word[k]) return SYNTAX;
  }
  return from + word.length;
}
