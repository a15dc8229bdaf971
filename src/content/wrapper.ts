/** The members of a wrapper beside its records: which may pass, and the bytes around the records that hold them. */
import type { WrapperConfig } from "../config/define.ts";
import type { ContentFaultCode } from "./fault.ts";
import { compileFieldRules, type FieldFilter } from "./field-rules.ts";
import { stringText } from "./json/string.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class WrapperMembers {
  readonly #items: string;
  readonly #filter: FieldFilter;
  readonly #bytesMax: number;
  readonly #keys = new Set<string>();
  readonly #before: string[] = [];
  readonly #after: string[] = [];
  #bytes = 0;
  itemsSeen = false;

  /** `bytesMax`: of all members but the records, together. */
  constructor(wrapper: WrapperConfig, bytesMax: number) {
    this.#items = wrapper.items;
    this.#filter = compileFieldRules(wrapper.fields ?? {});
    this.#bytesMax = bytesMax;
  }

  /** Whether a key, `bytes[start, end)` with its quotes, is that of the records. */
  isItems(bytes: Uint8Array, start: number, end: number): boolean {
    return stringText(bytes, start + 1, end - 1) === this.#items;
  }

  /** What is wrong with a key; null: nothing, and from now on it is taken. */
  key(bytes: Uint8Array, start: number, end: number): ContentFaultCode | null {
    const text = stringText(bytes, start + 1, end - 1);
    if (!/^[\x20-\x7e]*$/.test(text) || text === "__proto__") return "json_key";
    const size = this.#keys.size;
    return this.#keys.add(text.toLowerCase()).size === size ? "json_duplicate_key" : null;
  }

  /** Takes a proven member, `bytes[start, end)` from its key to the end of its value; false: too much by now. */
  take(bytes: Uint8Array, start: number, end: number): boolean {
    this.#bytes += end - start;
    if (this.#bytes > this.#bytesMax) return false;
    const alone = new Uint8Array(end - start + 2);
    alone[0] = 0x7b;
    alone.set(bytes.subarray(start, end), 1);
    alone[alone.length - 1] = 0x7d;
    const left = this.#filter.compact(alone, 0, alone.length);
    if (left === null) return true;
    (this.itemsSeen ? this.#after : this.#before).push(decoder.decode(left.subarray(1, -1)));
    return true;
  }

  get opening(): Uint8Array {
    return encoder.encode(`{${[...this.#before, JSON.stringify(this.#items)].join(",")}:[`);
  }

  get closing(): Uint8Array {
    return encoder.encode(`${["]", ...this.#after].join(",")}}`);
  }
}
