/** An allow-list over the members of one object of a vCon. Never walks over what it is not about: that may be a recording. */
import type { FieldRules } from "../../config/define.ts";
import { compileFieldRules, type FieldFilter } from "../field-rules.ts";
import { listedMembers, Names, objectOf, type Part } from "./json-parts.ts";

export class AllowList {
  readonly #filter: FieldFilter;
  /** Members that any rule is about. */
  readonly #names: Names;

  /** Throws on a pointer that cannot be compiled. */
  constructor(rules: FieldRules) {
    this.#filter = compileFieldRules(rules);
    const first = Object.keys(rules).map((pointer) => pointer.split("/")[1]!);
    this.#names = new Names(first.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")));
  }

  /** Whether an object holds nothing else. */
  passes(bytes: Uint8Array, object: Part): boolean {
    const { listed, all } = listedMembers(bytes, object, this.#names);
    if (!all) return false;
    const whole = objectOf(bytes, listed);
    return !this.#filter.apply(whole, 0, whole.length).removed;
  }

  /** What may stay of an object; of no length: nothing. */
  reduce(bytes: Uint8Array, object: Part): Uint8Array {
    const { listed } = listedMembers(bytes, object, this.#names);
    const few = objectOf(bytes, listed);
    return listed.length === 0 ? few.subarray(0, 0) : this.#filter.apply(few, 0, few.length).bytes;
  }
}
