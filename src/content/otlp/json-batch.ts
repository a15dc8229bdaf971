/**
 * OTLP in JSON, filtered: what stays is copied as the bytes that came. Names are those of the specification, in lowerCamelCase; a name or
 * a text with an escape is none that is known. For bytes that the strict profile has proven.
 */
import {
  CLOSE_ARRAY,
  CLOSE_OBJECT,
  COLON,
  COMMA,
  isDigit,
  LOWER_F,
  LOWER_N,
  LOWER_T,
  MINUS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
} from "../ascii.ts";
import { spaceEnd, stringTokenEnd, valueEnd } from "../json/walk.ts";
import { type AttributeRule, BODY_RULE, LIST_VALUES_MAX } from "./attributes.ts";
import { type Branch, copyBytes, type Items, type Left, type List } from "./batch.ts";
import type { Field, FieldType, Message, Scalar } from "./schema.ts";
import { ShortTexts } from "./short-texts.ts";
import { textHolds } from "./text-rules.ts";

/** No offset. */
const NONE = -1;

const NUMBER_BYTES_MAX = 64;
const INTEGER = /^-?\d{1,20}$/;
const NOT_FINITE = /^(?:NaN|-?Infinity)$/;
const HEX = /^[0-9a-fA-F]*$/;
const VALUES: ReadonlySet<string | null> = new Set([
  "stringValue",
  "boolValue",
  "intValue",
  "doubleValue",
  "arrayValue",
  "kvlistValue",
  "bytesValue",
]);

export class JsonBatch {
  readonly #bytes: Uint8Array;
  readonly #attributes: ReadonlyMap<string, AttributeRule>;
  readonly #items: Items;
  readonly #texts = new ShortTexts();
  /** What was written anew: never more than came. */
  readonly #out: Uint8Array;
  #at = 0;
  /** Where the value last read ends. */
  #end = 0;

  constructor(bytes: Uint8Array, attributes: ReadonlyMap<string, AttributeRule>, items: Items) {
    this.#bytes = bytes;
    this.#attributes = attributes;
    this.#items = items;
    this.#out = new Uint8Array(bytes.length);
  }

  /** `from` is at an object: a message on the way to items. */
  branch(message: Message, from: number): Branch {
    this.#items.countPart();
    const first = this.#items.count;
    const branch: Branch = { pieces: [], spilled: false };
    let less = false;
    let useless = false;
    for (let key = this.#first(from); key !== NONE; key = this.#next()) {
      const value = this.#valueOf(key);
      const field = this.#fieldAt(message, key);
      const list = field === undefined ? null : this.#list(field, key, value);
      if (list !== null) {
        branch.pieces.push(list);
        if (!this.#children(list, value)) less = true;
        continue;
      }
      const left = this.#ownField(field, key, value, branch);
      if (left !== "same") less = true;
      if (left === "gone" && field?.needed === true) useless = true;
    }
    if (useless || less) branch.spilled = !this.#items.shared(first, useless);
    return branch;
  }

  /** The field as one that holds items or leads to them; null: it does not. */
  #list(field: Field, key: number, value: number): List | null {
    if (field.type.kind !== "message" || field.type.message.role === "part") return null;
    if (this.#bytes[value] !== (field.repeated ? OPEN_ARRAY : OPEN_OBJECT)) return null;
    return { field, head: this.#bytes.subarray(key, stringTokenEnd(this.#bytes, key)), children: [] };
  }

  /** False: something was removed that no item lies in. */
  #children(list: List, value: number): boolean {
    if (!list.field.repeated) return this.#child(list, value);
    let same = true;
    for (let element = this.#first(value); element !== NONE; element = this.#next()) {
      if (!this.#child(list, element)) same = false;
    }
    return same;
  }

  #child(list: List, value: number): boolean {
    const { type } = list.field;
    if (type.kind !== "message" || this.#bytes[value] !== OPEN_OBJECT) {
      this.#end = valueEnd(this.#bytes, value);
      return false;
    }
    if (type.message.role === "branch") {
      const branch = this.branch(type.message, value);
      list.children.push(branch);
      return !branch.spilled;
    }
    this.#items.countPart();
    const mark = this.#at;
    const left = this.#message(type.message, value);
    list.children.push(this.#items.add(this.#kept(left, mark, value), left));
    return true;
  }

  /** A field of the branch itself, such as its resource. */
  #ownField(field: Field | undefined, key: number, value: number, branch: Branch): Left {
    const mark = this.#at;
    this.#copy(key, stringTokenEnd(this.#bytes, key));
    this.#put(COLON);
    const left = this.#field(field, value);
    const kept = this.#kept(left, mark, key);
    if (kept !== null) branch.pieces.push(kept);
    return left;
  }

  /** What is left of `[start, #end)`: the bytes that came, or what was written since `mark`, whose room is else free again. */
  #kept(left: Left, mark: number, start: number): Uint8Array | null {
    if (left === "less") return this.#out.subarray(mark, this.#at);
    this.#at = mark;
    return left === "same" ? this.#bytes.subarray(start, this.#end) : null;
  }

  /** Writes what may stay of the message at `from`. */
  #message(message: Message, from: number): Left {
    if (this.#bytes[from] !== OPEN_OBJECT) return this.#remove(from);
    const mark = this.#at;
    let any = false;
    let less = false;
    let useless = false;
    this.#put(OPEN_OBJECT);
    for (let key = this.#first(from); key !== NONE; key = this.#next()) {
      const field = this.#fieldAt(message, key);
      const before = this.#at;
      if (any) this.#put(COMMA);
      this.#copy(key, stringTokenEnd(this.#bytes, key));
      this.#put(COLON);
      const left = this.#field(field, this.#valueOf(key));
      if (left !== "same") less = true;
      if (left !== "gone") any = true;
      else {
        this.#at = before;
        if (field?.needed === true) useless = true;
      }
    }
    this.#put(CLOSE_OBJECT);
    if (useless || (less && !any)) {
      this.#at = mark;
      return "gone";
    }
    return less ? "less" : "same";
  }

  #field(field: Field | undefined, value: number): Left {
    if (field === undefined) return this.#remove(value);
    if (this.#bytes[value] === LOWER_N) {
      this.#end = valueEnd(this.#bytes, value);
      this.#copy(value, this.#end);
      return "same";
    }
    if (!field.repeated) return this.#value(field.type, value);
    return this.#bytes[value] === OPEN_ARRAY ? this.#array(field.type, value) : this.#remove(value);
  }

  #array(type: FieldType, from: number): Left {
    const mark = this.#at;
    let any = false;
    let less = false;
    this.#put(OPEN_ARRAY);
    for (let element = this.#first(from); element !== NONE; element = this.#next()) {
      const before = this.#at;
      if (any) this.#put(COMMA);
      const left = this.#value(type, element);
      if (left !== "same") less = true;
      if (left === "gone") this.#at = before;
      else any = true;
    }
    this.#put(CLOSE_ARRAY);
    // Numbers of a list count by their place: without one, the others would mean something else.
    if (less && (!any || type.kind === "number")) {
      this.#at = mark;
      return "gone";
    }
    return less ? "less" : "same";
  }

  #value(type: FieldType, from: number): Left {
    if (type.kind === "message") return this.#message(type.message, from);
    const end = valueEnd(this.#bytes, from);
    const holds = this.#holds(type, from, end);
    this.#end = end;
    if (!holds) return "gone";
    this.#copy(from, end);
    return "same";
  }

  #remove(value: number): Left {
    this.#end = valueEnd(this.#bytes, value);
    return "gone";
  }

  #holds(type: Exclude<FieldType, { kind: "message" }>, start: number, end: number): boolean {
    switch (type.kind) {
      case "number":
        return this.#isNumber(type.scalar, start, end);
      case "text": {
        const text = this.#text(start, end);
        return text !== null && textHolds(type.rule, text);
      }
      case "id": {
        const text = this.#text(start, end);
        return text !== null && (text === "" || text.length === 2 * type.size) && HEX.test(text);
      }
      case "attribute":
        return this.#isAttribute(start);
      case "body":
        return this.#isAnyValue(BODY_RULE, start);
    }
  }

  #isNumber(scalar: Scalar, start: number, end: number): boolean {
    const c = this.#bytes[start]!;
    if (scalar === "bool") return c === LOWER_T || c === LOWER_F;
    if (end - start > NUMBER_BYTES_MAX) return false;
    if (isDigit(c) || c === MINUS) return true;
    const text = this.#text(start, end);
    return text !== null && (INTEGER.test(text) || (scalar === "double" && NOT_FINITE.test(text)));
  }

  /** A KeyValue stays as a whole or goes. */
  #isAttribute(from: number): boolean {
    if (this.#bytes[from] !== OPEN_OBJECT) return false;
    let rule: AttributeRule | undefined;
    let value = NONE;
    let known = true;
    for (let key = this.#first(from); key !== NONE; key = this.#next()) {
      const at = this.#valueOf(key);
      const name = this.#name(key);
      this.#end = valueEnd(this.#bytes, at);
      if (name === "key") rule = this.#ruleAt(at);
      else if (name === "value") value = at;
      else known = false;
    }
    return known && rule !== undefined && (value === NONE || this.#isAnyValue(rule, value));
  }

  /** `#end` is after the key's text. */
  #ruleAt(key: number): AttributeRule | undefined {
    const text = this.#text(key, this.#end);
    return text === null ? undefined : this.#attributes.get(text);
  }

  /** At most one of its members may be there, and that must hold what the rule allows. */
  #isAnyValue(rule: AttributeRule, from: number): boolean {
    if (this.#bytes[from] === LOWER_N) return true;
    if (this.#bytes[from] !== OPEN_OBJECT) return false;
    let members = 0;
    let holds = true;
    for (let key = this.#first(from); key !== NONE; key = this.#next()) {
      members++;
      const value = this.#valueOf(key);
      const end = valueEnd(this.#bytes, value);
      if (!this.#isOneOf(rule, this.#name(key), value, end)) holds = false;
      this.#end = end;
    }
    return holds && members <= 1;
  }

  #isOneOf(rule: AttributeRule, name: string | null, start: number, end: number): boolean {
    if (this.#bytes[start] === LOWER_N) return VALUES.has(name);
    switch (name) {
      case "stringValue": {
        const text = this.#text(start, end);
        return rule.text !== null && text !== null && (text === "" || rule.text(text));
      }
      case "boolValue":
        return rule.boolean && this.#isNumber("bool", start, end);
      case "intValue":
        return rule.number && this.#isNumber("sfixed64", start, end);
      case "doubleValue":
        return rule.number && this.#isNumber("double", start, end);
      case "arrayValue":
        return rule.list && this.#isList({ ...rule, list: false }, start);
      default:
        return false;
    }
  }

  #isList(rule: AttributeRule, from: number): boolean {
    if (this.#bytes[from] !== OPEN_OBJECT) return false;
    let holds = true;
    for (let key = this.#first(from); key !== NONE; key = this.#next()) {
      const values = this.#valueOf(key);
      const end = valueEnd(this.#bytes, values);
      if (this.#name(key) !== "values" || !this.#areValues(rule, values)) holds = false;
      this.#end = end;
    }
    return holds;
  }

  #areValues(rule: AttributeRule, from: number): boolean {
    if (this.#bytes[from] !== OPEN_ARRAY) return false;
    let count = 0;
    for (let element = this.#first(from); element !== NONE; element = this.#next()) {
      const end = valueEnd(this.#bytes, element);
      if (++count > LIST_VALUES_MAX || !this.#isAnyValue(rule, element)) return false;
      this.#end = end;
    }
    return true;
  }

  #fieldAt(message: Message, key: number): Field | undefined {
    const name = this.#name(key);
    return name === null ? undefined : message.byName.get(name);
  }

  #name(key: number): string | null {
    return this.#text(key, stringTokenEnd(this.#bytes, key));
  }

  /** A short string of plain characters; null: it is none. */
  #text(start: number, end: number): string | null {
    if (this.#bytes[start] !== QUOTE) return null;
    const text = this.#texts.read(this.#bytes, start + 1, end - 1);
    return text?.includes("\\") === true ? null : text;
  }

  /** The first element of the array at `from`, or the first key of the object; NONE: there is none, and `#end` is after it. */
  #first(from: number): number {
    return this.#elementAt(spaceEnd(this.#bytes, from + 1));
  }

  /** The one after the value that ends at `#end`. */
  #next(): number {
    const i = spaceEnd(this.#bytes, this.#end);
    return this.#elementAt(this.#bytes[i] === COMMA ? spaceEnd(this.#bytes, i + 1) : i);
  }

  #elementAt(i: number): number {
    if (this.#bytes[i] !== CLOSE_ARRAY && this.#bytes[i] !== CLOSE_OBJECT) return i;
    this.#end = i + 1;
    return NONE;
  }

  #valueOf(key: number): number {
    const colon = spaceEnd(this.#bytes, stringTokenEnd(this.#bytes, key));
    return spaceEnd(this.#bytes, colon + 1);
  }

  #put(byte: number): void {
    this.#out[this.#at++] = byte;
  }

  #copy(start: number, end: number): void {
    copyBytes(this.#bytes, start, end, this.#out, this.#at);
    this.#at += end - start;
  }
}
