/**
 * Records of a stream differ from one another in little but their values. What a proven record is made of besides, its skeleton, is kept, and the
 * records that share it are found, and their values proven, by WebAssembly (`wasm/skeletons.ts`), many at a time. What that does not recognise is
 * for the scanner. Keeps skeletons and what records say of themselves; decides nothing.
 */
import { type Captures, tokenAt } from "../captures.ts";
import type { KeySlot } from "../claims.ts";
import { type Alikes, ROW } from "../framing.ts";
import { skeletonOf } from "./skeleton.ts";

/** How many records may be learnt from in a row, and what others earn of one more: those that are recognised, and those that are not. */
const CREDIT_MAX = 16;
const RECOGNISED_EARN = 1 / 64;
const OTHERS_EARN = 1 / 256;

/** After so many in a row that none is like, only one in so many is compared: each comparison may walk over a whole record. */
const MISSES_MAX = 16;
const COMPARED = 8;

/** Of a skeleton, bytes. */
const NUMBER_AT = 4;

const SEVERAL = -2;

const NOTHING = new Uint8Array(0);

/** What `wasm/skeletons.ts` exports: addresses and sizes, bytes. */
interface Matcher {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly match: (from: number, to: number, skeletons: number) => number;
  readonly INPUT_BYTES: { readonly value: number };
  readonly SKELETONS: { readonly value: number };
  readonly SKELETON_BYTES: { readonly value: number };
  readonly SKELETONS_MAX: { readonly value: number };
  readonly ROWS: { readonly value: number };
  readonly ROW_BYTES: { readonly value: number };
}

export class Skeletons implements Alikes {
  readonly #module: WebAssembly.Module;
  readonly #captures: Captures;
  readonly #keys: ReadonlySet<number>;
  /** null: nothing has been learnt yet. */
  #matcher: Matcher | null = null;
  #memory: Uint8Array = NOTHING;
  #rows = new Int32Array(0);
  #rowIntegers = 0;
  /** For each skeleton, the slots of the values it captures, in order. */
  readonly #slots: (readonly number[])[] = [];
  #learnt = 0;
  #credit = CREDIT_MAX;
  #misses = 0;
  /** The bytes at hand, and those of them that are in memory. */
  #bytes: Uint8Array = NOTHING;
  #from = 0;
  #to = 0;

  /** `keys`: where a record says what it says of itself. */
  constructor(module: WebAssembly.Module, captures: Captures, keys: readonly KeySlot[]) {
    this.#module = module;
    this.#captures = captures;
    this.#keys = new Set(keys.filter(({ presence }) => !presence).map(({ slot }) => slot));
  }

  /** Other bytes are at hand, or others in the same place. */
  begin(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#from = 0;
    this.#to = 0;
  }

  /** They are no longer: a route outlives its bodies, and each may be of megabytes. */
  letGo(): void {
    this.begin(NOTHING);
  }

  /** How many records in a row are recognised from `from` on, before `to`, each with a line break after it. */
  match(from: number, to: number): number {
    const matcher = this.#matcher;
    if (matcher === null) return 0;
    if (this.#misses > MISSES_MAX && ++this.#misses % COMPARED !== 0) return 0;
    if (from < this.#from || from >= this.#to) this.#load(matcher, from, to);
    let rows = matcher.match(from - this.#from, this.#to - this.#from, this.#slots.length);
    // Perhaps it is not in memory as a whole. Not for each record that is none of them: loading costs more than scanning one.
    if (rows === 0 && this.#to < to && 2 * (from - this.#from) >= this.#to - this.#from) {
      this.#load(matcher, from, to);
      rows = matcher.match(0, this.#to - from, this.#slots.length);
    }
    this.#misses = rows > 0 ? 0 : this.#misses + 1;
    this.#credit = Math.min(CREDIT_MAX, this.#credit + rows * RECOGNISED_EARN);
    return rows;
  }

  get rows(): Int32Array {
    return this.#rows;
  }

  get stride(): number {
    return this.#rowIntegers;
  }

  get from(): number {
    return this.#from;
  }

  startOf(row: number): number {
    return this.#from + this.#rows[row * this.#rowIntegers + ROW.start]!;
  }

  endOf(row: number): number {
    return this.#from + this.#rows[row * this.#rowIntegers + ROW.end]!;
  }

  indexOf(row: number, slot: number): number {
    const slots = this.#slotsOf(row);
    const index = slots.indexOf(slot);
    return slots.lastIndexOf(slot) === index ? index : SEVERAL;
  }

  /** Captures of the record in this row what a scan would have. */
  capture(row: number): void {
    const rows = this.#rows;
    const captures = this.#captures;
    const at = row * this.#rowIntegers;
    captures.clear();
    captures.says(rows[at + ROW.place]!, rows[at + ROW.number]!);
    let value = at + ROW.values;
    for (const slot of this.#slotsOf(row)) {
      const start = this.#from + rows[value]!;
      captures.add(slot, tokenAt(this.#bytes, start), start, this.#from + rows[value + 1]!);
      value += 2;
    }
  }

  #slotsOf(row: number): readonly number[] {
    return this.#slots[this.#rows[row * this.#rowIntegers + ROW.skeleton]!]!;
  }

  /** The record just scanned, which is a good one: others may be like it. */
  learn(bytes: Uint8Array, start: number, end: number): void {
    this.#credit += OTHERS_EARN;
    if (this.#credit < 1) return;
    this.#credit--;
    const skeleton = skeletonOf(bytes, start, end, this.#captures, this.#keys);
    if (skeleton === null) return;
    this.#matcher ??= this.#start();
    const { SKELETONS, SKELETON_BYTES, SKELETONS_MAX } = this.#matcher;
    const place = this.#learnt++ % SKELETONS_MAX.value;
    const at = SKELETONS.value + place * SKELETON_BYTES.value;
    this.#memory.set(skeleton.bytes, at);
    new DataView(this.#memory.buffer).setInt32(at + NUMBER_AT, this.#learnt, true);
    this.#slots[place] = skeleton.slots;
  }

  #load(matcher: Matcher, from: number, to: number): void {
    this.#from = from;
    this.#to = Math.min(to, from + matcher.INPUT_BYTES.value);
    this.#memory.set(this.#bytes.subarray(from, this.#to));
  }

  #start(): Matcher {
    const matcher = new WebAssembly.Instance(this.#module).exports as unknown as Matcher;
    const { memory, ROWS, ROW_BYTES } = matcher;
    this.#memory = new Uint8Array(memory.buffer);
    this.#rows = new Int32Array(memory.buffer, ROWS.value);
    this.#rowIntegers = ROW_BYTES.value / 4;
    return matcher;
  }
}
