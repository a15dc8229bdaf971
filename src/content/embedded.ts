/**
 * Something of another type within a record, as a CloudEvent's `data` is: whether claims that should be found in it can be. Where they
 * cannot, nobody knows whose it is.
 */
import type { EmbeddedConfig, Pointer } from "../config/define.ts";
import { type Captures, TOKEN } from "./captures.ts";
import { stringText } from "./json/string.ts";
import { isJsonType } from "./json/type.ts";
import type { ClaimPointers, Plan } from "./pointer.ts";

export class Embedded {
  readonly #captures: Captures;
  readonly #text: number;
  readonly #binary: number;
  readonly #type: number;
  /** Whether any claim is to be found in it. */
  readonly #claims: boolean;

  /** `plan` has been compiled from all of them. */
  constructor({ pointer, binary, media_type }: EmbeddedConfig, claims: ClaimPointers, plan: Plan) {
    this.#captures = plan.captures;
    this.#text = plan.slotOf(pointer);
    this.#binary = plan.slotOf(binary);
    this.#type = plan.slotOf(media_type);
    this.#claims = Object.values<readonly Pointer[]>({ ...claims }).some((pointers) =>
      pointers.some((claim) => claim.startsWith(`${pointer}/`)),
    );
  }

  /** Of the record just scanned. */
  hides(bytes: Uint8Array): boolean {
    const { first } = this.#captures;
    const binary = first[this.#binary]! >= 0;
    // Both at once: readers would choose differently.
    if (binary && first[this.#text]! >= 0) return true;
    return this.#claims && (binary || !this.#isJson(bytes));
  }

  #isJson(bytes: Uint8Array): boolean {
    const { first, next, token, start, end } = this.#captures;
    const value = first[this.#type]!;
    if (value < 0) return true;
    if (next[value]! >= 0 || token[value] !== TOKEN.string) return false;
    return isJsonType(stringText(bytes, start[value]! + 1, end[value]! - 1));
  }
}
