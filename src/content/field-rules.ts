/**
 * The allow-list: what may pass of a record as service data, and in which form. Works on records the scanner has proven.
 * Nothing is written that the record did not hold: values leave as the bytes that came, only less of them.
 */
import type { FieldRules, Pointer, ValueRule } from "../config/define.ts";
import { LIMITS } from "../config/limits.ts";
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isDigit,
  LOWER_F,
  LOWER_T,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from "./ascii.ts";
import { eachElement, spaceEnd, stringTokenEnd, valueEnd } from "./json/walk.ts";
import { childOf, compilePlan, keyHash, type Plan, type PlanNode } from "./pointer.ts";
import { rfc3339Ms } from "./time.ts";
import { Words } from "./words.ts";

export interface Filtered {
  /** What remains, as one object: the record's own bytes if nothing was removed. */
  readonly bytes: Uint8Array;
  readonly removed: boolean;
  /** Something was removed and nothing remains; `bytes` has no length. */
  readonly empty: boolean;
}

const NOTHING = new Uint8Array(0);

/** What is kept together, bytes. */
const BLOCK_BYTES = 32_768;

/**
 * `list`: an array of which elements may be kept as they are; `needs`: of the pointers of `rules`, those without which nothing is left. Throws on a
 * pointer that cannot be compiled: configuration is checked before.
 */
export function compileFieldRules(
  rules: FieldRules,
  needs: readonly Pointer[] = [],
  list: Pointer | null = null,
): FieldFilter {
  return new FieldFilter(rules, needs, list);
}

export class FieldFilter {
  readonly #plan: Plan;
  /** By slot. */
  readonly #rules: readonly CompiledRule[];
  /** The slot of the list; -1: there is none. */
  readonly #list: number;
  /** Which elements of the list stay; null: none. */
  #elementsKept: readonly boolean[] | null = null;
  #out = NOTHING;
  #at = 0;
  #removed = false;
  #block = NOTHING;
  #blockUsed = 0;
  /** Where the value last walked over ends. */
  #end = 0;
  /** Slots without which what is left counts as nothing. */
  readonly #needs: readonly number[];
  /** By slot: whether a value there was kept. */
  readonly #kept: Uint8Array;

  constructor(rules: FieldRules, needs: readonly Pointer[], list: Pointer | null) {
    const pointers = Object.keys(rules);
    this.#plan = compilePlan(list === null ? pointers : [...pointers, list]);
    this.#list = list === null ? -1 : this.#plan.slotOf(list);
    const compiled: CompiledRule[] = [];
    for (const pointer of pointers) compiled[this.#plan.slotOf(pointer)] = compileRule(rules[pointer]!);
    this.#rules = compiled;
    this.#needs = needs.map((pointer) => this.#plan.slotOf(pointer));
    this.#kept = new Uint8Array(pointers.length);
  }

  /** `bytes[start, end)` is a proven object. `kept`: for each element of the list whether it stays; without, none does. */
  apply(bytes: Uint8Array, start: number, end: number, kept?: readonly boolean[]): Filtered {
    const anything = this.#write(bytes, start, end, kept);
    if (!this.#removed) return { bytes: bytes.subarray(start, end), removed: false, empty: false };
    if (!anything) return { bytes: NOTHING, removed: true, empty: true };
    return { bytes: this.#copyOut(), removed: true, empty: false };
  }

  /** What may pass of the same, without white space between tokens even where nothing is removed; null: nothing. */
  compact(bytes: Uint8Array, start: number, end: number): Uint8Array | null {
    return this.#write(bytes, start, end) ? this.#copyOut() : null;
  }

  /** What has been written, in memory of its own: many share a block, since a buffer for each would cost more than it holds. */
  #copyOut(): Uint8Array {
    const size = this.#at;
    if (this.#blockUsed + size > this.#block.length) {
      this.#block = new Uint8Array(Math.max(BLOCK_BYTES, size));
      this.#blockUsed = 0;
    }
    const kept = this.#block.subarray(this.#blockUsed, this.#blockUsed + size);
    kept.set(this.#out.subarray(0, size));
    this.#blockUsed += size;
    return kept;
  }

  #write(bytes: Uint8Array, start: number, end: number, kept?: readonly boolean[]): boolean {
    this.#elementsKept = kept ?? null;
    if (this.#out.length < end - start) this.#out = new Uint8Array(end - start);
    this.#at = 0;
    this.#removed = false;
    this.#kept.fill(0);
    return this.#object(bytes, start, this.#plan.root) && this.#needs.every((slot) => this.#kept[slot] === 1);
  }

  /** Writes what may pass of the value at `from`, which `node` is about; false: nothing of it, and what was written is to be taken back. */
  #value(bytes: Uint8Array, from: number, node: PlanNode | null): boolean {
    const c = bytes[from];
    if (node !== null && node.slot >= 0 && node.slot === this.#list) return this.#elements(bytes, from);
    if (node !== null && c === OPEN_OBJECT) return this.#nested(bytes, from, node);
    if (node !== null && c === OPEN_ARRAY && node.star !== null) return this.#nested(bytes, from, node);
    const end = valueEnd(bytes, from);
    this.#end = end;
    if (node === null || node.slot < 0 || !this.#rules[node.slot]!(bytes, from, end)) {
      this.#removed = true;
      return false;
    }
    this.#kept[node.slot] = 1;
    this.#copy(bytes, from, end);
    return true;
  }

  /** The list without the elements that do not stay; false: nothing of it. */
  #elements(bytes: Uint8Array, from: number): boolean {
    this.#removed = true;
    this.#end = valueEnd(bytes, from);
    const kept = this.#elementsKept;
    if (kept === null || bytes[from] !== OPEN_ARRAY) return false;
    this.#put(OPEN_ARRAY);
    let element = 0;
    let anything = false;
    eachElement(bytes, from, (start, end) => {
      if (kept[element++] !== true) return;
      if (anything) this.#put(COMMA);
      anything = true;
      this.#copy(bytes, start, end);
    });
    this.#put(CLOSE_ARRAY);
    return anything;
  }

  #nested(bytes: Uint8Array, from: number, node: PlanNode): boolean {
    const anything =
      bytes[from] === OPEN_OBJECT ? this.#object(bytes, from, node) : this.#array(bytes, from, node.star!);
    if (!anything) this.#removed = true;
    return anything;
  }

  #object(bytes: Uint8Array, from: number, node: PlanNode): boolean {
    this.#put(OPEN_OBJECT);
    let anything = false;
    let i = spaceEnd(bytes, from + 1);
    while (bytes[i] === QUOTE) {
      const keyEnd = stringTokenEnd(bytes, i);
      const value = spaceEnd(bytes, spaceEnd(bytes, keyEnd) + 1);
      const before = this.#at;
      if (anything) this.#put(COMMA);
      this.#copy(bytes, i, keyEnd);
      this.#put(COLON);
      // Raw bytes are compared, so a key with an escape is never one of the list.
      const child = childOf(node, keyHash(bytes, i + 1, keyEnd - 1), bytes, i + 1, keyEnd - 1);
      if (this.#value(bytes, value, child)) anything = true;
      else this.#at = before;
      i = spaceEnd(bytes, this.#end);
      if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
    }
    this.#put(CLOSE_OBJECT);
    this.#end = i + 1;
    return anything;
  }

  #array(bytes: Uint8Array, from: number, node: PlanNode): boolean {
    this.#put(OPEN_ARRAY);
    let anything = false;
    let i = spaceEnd(bytes, from + 1);
    while (bytes[i] !== CLOSE_ARRAY) {
      const before = this.#at;
      if (anything) this.#put(COMMA);
      if (this.#value(bytes, i, node)) anything = true;
      else this.#at = before;
      i = spaceEnd(bytes, this.#end);
      if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
    }
    this.#put(CLOSE_ARRAY);
    this.#end = i + 1;
    return anything;
  }

  #put(byte: number): void {
    this.#out[this.#at++] = byte;
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    const out = this.#out;
    let at = this.#at;
    for (let i = start; i < end; i++) out[at++] = bytes[i]!;
    this.#at = at;
  }
}

/** Whether the value `bytes[start, end)` may pass. */
type CompiledRule = (bytes: Uint8Array, start: number, end: number) => boolean;

function compileRule(rule: ValueRule): CompiledRule {
  if (typeof rule === "object") {
    const words = new Words(rule.words);
    return (bytes, start, end) => isString(bytes, start) && words.indexOfRaw(bytes, start + 1, end - 1) >= 0;
  }
  switch (rule) {
    case "number":
      // No longer than an id may be: a number of a million digits is a text.
      return (bytes, start, end) =>
        (isDigit(bytes[start]!) || bytes[start] === MINUS) && end - start <= LIMITS.service_id_chars_max;
    case "boolean":
      return (bytes, start) => bytes[start] === LOWER_T || bytes[start] === LOWER_F;
    case "timestamp":
      return (bytes, start, end) =>
        isString(bytes, start) &&
        end - start - 2 <= LIMITS.service_id_chars_max &&
        !Number.isNaN(rfc3339Ms(bytes, start + 1, end - 1, false));
    case "id":
      return (bytes, start, end) => isString(bytes, start) && isServiceId(bytes, start + 1, end - 1);
  }
}

function isString(bytes: Uint8Array, start: number): boolean {
  return bytes[start] === QUOTE;
}

const ID_BYTES = new Uint8Array(256);
for (const c of new TextEncoder().encode(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:+/=-",
)) {
  ID_BYTES[c] = 1;
}

function isServiceId(bytes: Uint8Array, start: number, end: number): boolean {
  if (end === start || end - start > LIMITS.service_id_chars_max) return false;
  for (let i = start; i < end; i++) if (ID_BYTES[bytes[i]!] === 0) return false;
  return true;
}

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The same allow-list for a value that stands on its own, outside JSON: the text it is, or null if it may not pass. */
export function fieldText(rule: ValueRule, value: Uint8Array): string | null {
  if (value.length > LIMITS.service_id_chars_max) return null;
  const text = String.fromCharCode(...value);
  if (rule === "number") return NUMBER.test(text) ? text : null;
  if (rule === "boolean") return text === "true" || text === "false" ? text : null;
  if (!/^[\x20-\x7e]*$/.test(text) || /["\\]/.test(text)) return null;
  const token = new TextEncoder().encode(`"${text}"`);
  return compileRule(rule)(token, 0, token.length) ? text : null;
}
