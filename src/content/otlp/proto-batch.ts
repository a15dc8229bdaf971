/**
 * OTLP in protobuf, filtered: what stays is copied as the bytes that came, and the lengths of what lies around it are written anew. A known
 * field of another wire type, or there twice where it may be there once, makes the body unreadable: two readers would read it differently.
 */
import { type AttributeRule, BODY_RULE, LIST_VALUES_MAX } from "./attributes.ts";
import { type Branch, copyBytes, type Items, type Left, type List } from "./batch.ts";
import { Fields, smallVarint, unreadable, varint, varintEnd, WIRE } from "./proto-wire.ts";
import type { Field, FieldType, Message, Scalar } from "./schema.ts";
import { ShortTexts } from "./short-texts.ts";
import { textHolds } from "./text-rules.ts";

const SCALAR_WIRE: Readonly<Record<Scalar, number>> = {
  bool: WIRE.varint,
  int32: WIRE.varint,
  uint32: WIRE.varint,
  sint32: WIRE.varint,
  uint64: WIRE.varint,
  fixed32: WIRE.fixed32,
  fixed64: WIRE.fixed64,
  sfixed64: WIRE.fixed64,
  double: WIRE.fixed64,
};

/** The numbers of AnyValue's members, and of the only field of KeyValue's and ArrayValue's that is of interest. */
const VALUE = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const;
const KEY = 1;
const KEY_VALUE = 2;
const ARRAY_VALUES = 1;

export class ProtoBatch {
  readonly #bytes: Uint8Array;
  readonly #attributes: ReadonlyMap<string, AttributeRule>;
  readonly #items: Items;
  readonly #texts = new ShortTexts();
  readonly #fields: Fields;
  /** What was written anew: never more than came. */
  readonly #out: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array, attributes: ReadonlyMap<string, AttributeRule>, items: Items) {
    this.#bytes = bytes;
    this.#attributes = attributes;
    this.#items = items;
    this.#fields = new Fields(bytes);
    this.#out = new Uint8Array(bytes.length);
  }

  /** `[start, to)` is a message on the way to items. */
  branch(message: Message, start: number, to: number): Branch {
    this.#items.countPart();
    const first = this.#items.count;
    const branch: Branch = { pieces: [], spilled: false };
    let seen = 0;
    let less = false;
    let useless = false;
    for (let i = start; i < to; ) {
      const field = this.#read(message, i, to);
      const { from, tagEnd, start: value, end } = this.#fields;
      i = end;
      seen = once(field, seen);
      if (field?.type.kind === "message" && field.type.message.role !== "part") {
        const list = listOf(branch, field, this.#bytes.subarray(from, tagEnd));
        if (!this.#child(field.type.message, list, value, end)) less = true;
        continue;
      }
      const mark = this.#at;
      const left = this.#field(field, from, tagEnd, value, end);
      const kept = this.#kept(left, mark, from, end);
      if (kept !== null) branch.pieces.push(kept);
      if (left !== "same") less = true;
      if (left === "gone" && field?.needed === true) useless = true;
    }
    if (useless || less) branch.spilled = !this.#items.shared(first, useless);
    return branch;
  }

  /** False: something was removed that no item lies in. */
  #child(message: Message, list: List, start: number, end: number): boolean {
    if (message.role === "branch") {
      const branch = this.branch(message, start, end);
      list.children.push(branch);
      return !branch.spilled;
    }
    this.#items.countPart();
    const mark = this.#at;
    const left = this.#message(message, start, end);
    list.children.push(this.#items.add(this.#kept(left, mark, start, end), left));
    return true;
  }

  /** What is left of `[start, end)`: the bytes that came, or what was written since `mark`, whose room is else free again. */
  #kept(left: Left, mark: number, start: number, end: number): Uint8Array | null {
    if (left === "less") return this.#out.subarray(mark, this.#at);
    this.#at = mark;
    return left === "same" ? this.#bytes.subarray(start, end) : null;
  }

  /** Writes what may stay of the message `[start, to)`. */
  #message(message: Message, start: number, to: number): Left {
    const mark = this.#at;
    let seen = 0;
    let less = false;
    let useless = false;
    for (let i = start; i < to; ) {
      const field = this.#read(message, i, to);
      const { from, tagEnd, start: value, end } = this.#fields;
      i = end;
      seen = once(field, seen);
      const left = this.#field(field, from, tagEnd, value, end);
      if (left !== "same") less = true;
      if (left === "gone" && field?.needed === true) useless = true;
    }
    if (useless || (less && this.#at === mark)) {
      this.#at = mark;
      return "gone";
    }
    return less ? "less" : "same";
  }

  /** Reads the field at `from`; undefined: it is not known. */
  #read(message: Message, from: number, to: number): Field | undefined {
    this.#fields.next(from, to);
    const { number, wire } = this.#fields;
    const field = message.byNumber.get(number);
    if (field !== undefined && !wireFits(field, wire)) throw unreadable();
    return field;
  }

  /** Writes what may stay of the field whose tag is `[from, tagEnd)` and whose value is `[start, end)`. */
  #field(field: Field | undefined, from: number, tagEnd: number, start: number, end: number): Left {
    if (field === undefined) return "gone";
    const { type } = field;
    if (type.kind === "message") return this.#nested(type.message, from, tagEnd, start, end);
    if (!this.#holds(type, field.repeated, start, end)) return "gone";
    this.#copy(from, end);
    return "same";
  }

  /** The length is written before what it is of is known: no more bytes than it had, and what follows moves up if it is fewer. */
  #nested(message: Message, from: number, tagEnd: number, start: number, end: number): Left {
    const mark = this.#at;
    this.#copy(from, tagEnd);
    const lengthAt = this.#at;
    this.#copy(tagEnd, start);
    const content = this.#at;
    const left = this.#message(message, start, end);
    if (left === "gone") this.#at = mark;
    if (left !== "less") return left;
    const length = varint(this.#at - content);
    this.#out.set(length, lengthAt);
    this.#out.copyWithin(lengthAt + length.length, content, this.#at);
    this.#at -= content - lengthAt - length.length;
    return left;
  }

  #holds(
    type: Exclude<FieldType, { kind: "message" }>,
    repeated: boolean,
    start: number,
    end: number,
  ): boolean {
    switch (type.kind) {
      case "number":
        if (repeated && this.#fields.wire === WIRE.bytes) this.#packed(type.scalar, start, end);
        else this.#number(type.scalar, start, end);
        return true;
      case "text": {
        const text = this.#texts.read(this.#bytes, start, end);
        return text !== null && textHolds(type.rule, text);
      }
      case "id":
        return end === start || end - start === type.size;
      case "attribute":
        return this.#isAttribute(start, end);
      case "body":
        return this.#isAnyValue(BODY_RULE, start, end);
    }
  }

  /** Numbers that another reader might cut to fewer bits are unreadable. */
  #number(scalar: Scalar, start: number, end: number): void {
    if (SCALAR_WIRE[scalar] !== WIRE.varint || scalar === "uint64") return;
    const value = smallVarint(this.#bytes, start, end);
    if (scalar === "bool" && value > 1) throw unreadable();
    if (scalar === "int32" && value > 0x7fff_ffff) throw unreadable();
  }

  #packed(scalar: Scalar, start: number, end: number): void {
    if (SCALAR_WIRE[scalar] === WIRE.fixed64) {
      if ((end - start) % 8 !== 0) throw unreadable();
      return;
    }
    // Varints in lists are of 64 bits.
    for (let i = start; i < end; ) i = varintEnd(this.#bytes, i, end);
  }

  /** A KeyValue stays as a whole or goes. */
  #isAttribute(start: number, to: number): boolean {
    const fields = this.#fields;
    let rule: AttributeRule | undefined;
    let value: readonly [number, number] | null = null;
    let known = true;
    let seen = 0;
    for (let i = start; i < to; i = fields.end) {
      fields.next(i, to);
      const { number, wire, start: from, end } = fields;
      if (number !== KEY && number !== KEY_VALUE) {
        known = false;
        continue;
      }
      if (wire !== WIRE.bytes || (seen & (1 << number)) !== 0) throw unreadable();
      seen |= 1 << number;
      if (number === KEY_VALUE) value = [from, end];
      else rule = this.#ruleOf(from, end);
    }
    return known && rule !== undefined && (value === null || this.#isAnyValue(rule, ...value));
  }

  #ruleOf(start: number, end: number): AttributeRule | undefined {
    const key = this.#texts.read(this.#bytes, start, end);
    return key === null ? undefined : this.#attributes.get(key);
  }

  /** At most one of its members may be there, and that must hold what the rule allows. */
  #isAnyValue(rule: AttributeRule, start: number, to: number): boolean {
    const fields = this.#fields;
    let members = 0;
    let holds = true;
    for (let i = start; i < to; ) {
      fields.next(i, to);
      i = fields.end;
      members++;
      if (!this.#isOneOf(rule)) holds = false;
    }
    return holds && members <= 1;
  }

  /** Of the field just read. */
  #isOneOf(rule: AttributeRule): boolean {
    const { number, wire, start, end } = this.#fields;
    const is = (expected: number): boolean => {
      if (wire !== expected) throw unreadable();
      return true;
    };
    switch (number) {
      case VALUE.string: {
        const text = is(WIRE.bytes) ? this.#texts.read(this.#bytes, start, end) : null;
        return rule.text !== null && text !== null && (text === "" || rule.text(text));
      }
      case VALUE.bool:
        if (is(WIRE.varint)) this.#number("bool", start, end);
        return rule.boolean;
      case VALUE.int:
        return is(WIRE.varint) && rule.number;
      case VALUE.double:
        return is(WIRE.fixed64) && rule.number;
      case VALUE.array:
        return is(WIRE.bytes) && rule.list && this.#areValues({ ...rule, list: false }, start, end);
      default:
        return false;
    }
  }

  #areValues(rule: AttributeRule, start: number, to: number): boolean {
    const fields = this.#fields;
    let count = 0;
    let holds = true;
    for (let i = start; i < to; ) {
      fields.next(i, to);
      const { number, wire, start: from, end } = fields;
      i = end;
      if (number !== ARRAY_VALUES) holds = false;
      else if (wire !== WIRE.bytes) throw unreadable();
      else if (++count > LIST_VALUES_MAX || !this.#isAnyValue(rule, from, end)) holds = false;
    }
    return holds;
  }

  #copy(start: number, end: number): void {
    copyBytes(this.#bytes, start, end, this.#out, this.#at);
    this.#at += end - start;
  }
}

/** Marks a field as seen; one that may be there once must not have been. */
function once(field: Field | undefined, seen: number): number {
  if (field === undefined || field.repeated) return seen;
  const bit = 1 << field.number;
  if ((seen & bit) !== 0) throw unreadable();
  return seen | bit;
}

/** Lists of numbers may be packed or not. */
function wireFits({ type, repeated }: Field, wire: number): boolean {
  if (type.kind !== "number") return wire === WIRE.bytes;
  return wire === SCALAR_WIRE[type.scalar] || (repeated && wire === WIRE.bytes);
}

/** The list that one more of this field goes into: in protobuf they need not stand together. */
function listOf(branch: Branch, field: Field, head: Uint8Array): List {
  const last = branch.pieces.at(-1);
  if (last !== undefined && !(last instanceof Uint8Array) && last.field === field) return last;
  const list: List = { field, head, children: [] };
  branch.pieces.push(list);
  return list;
}
