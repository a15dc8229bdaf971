/**
 * OTLP written by tests: from one object, in the form its JSON has, both encodings; and protobuf read back into such an object. Field numbers are
 * the product's own table: that it is the protocol's is for real exporters to show.
 */
import { readAttribution } from "../../src/content/attribution.ts";
import type { Document, DocumentHead, DocumentReader } from "../../src/content/document.ts";
import type { Field, FieldType, Message, Scalar } from "../../src/content/otlp/schema.ts";

export type Model = { readonly [name: string]: unknown };

/** In a model, the member of this name is a field nobody knows: its text under this name in JSON, with this number in protobuf. */
export const UNKNOWN = { name: "resource_spans", number: 999 } as const;

/** By what a reader of a body is given besides it. */
export const otlpHead = (mediaType: string): DocumentHead => ({
  mediaType,
  attribution: readAttribution(() => null),
  signal: "none",
});

export function readOtlp(reader: DocumentReader, body: string | Uint8Array): Document | string {
  const json = typeof body === "string";
  const bytes = json ? new TextEncoder().encode(body) : body;
  const found = reader.read(bytes, otlpHead(json ? "application/json" : "application/x-protobuf"));
  return "fault" in found ? found.fault : found;
}

export const excessOf = (document: Document) => document.items.map(({ excess }) => excess);

/** What goes on if nothing but what is excess is removed. */
export function reduced(document: Document): Uint8Array | null {
  return document.write(
    document.items.map(({ excess }) =>
      excess === "none" ? "whole" : excess === "some" ? "stripped" : "gone",
    ),
  );
}

export function varintOf(value: bigint | number): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
}

export const field = (number: number, wire: number, ...value: number[]): number[] => [
  ...varintOf(number * 8 + wire),
  ...value,
];

export const lengthField = (number: number, value: Iterable<number> | string): number[] => {
  const bytes = typeof value === "string" ? [...Buffer.from(value)] : [...value];
  return [...field(number, 2, ...varintOf(bytes.length)), ...bytes];
};

const AS_NUMBERS: ReadonlySet<Scalar> = new Set(["uint64", "fixed64", "sfixed64"]);

function scalar(kind: Scalar, value: unknown): number[] {
  const word = (size: 4 | 8, set: (view: DataView) => void) => {
    const bytes = new Uint8Array(size);
    set(new DataView(bytes.buffer));
    return [...bytes];
  };
  switch (kind) {
    case "double":
      return word(8, (view) => view.setFloat64(0, Number(value), true));
    case "fixed64":
    case "sfixed64":
      return word(8, (view) => view.setBigUint64(0, BigInt.asUintN(64, BigInt(value as string)), true));
    case "fixed32":
      return word(4, (view) => view.setUint32(0, Number(value), true));
    case "sint32":
      return varintOf(Number(value) < 0 ? -2 * Number(value) - 1 : 2 * Number(value));
    case "bool":
      return [value === true ? 1 : 0];
    default:
      return varintOf(BigInt(value as string | number));
  }
}

const WIRE: Readonly<Record<Scalar, number>> = {
  bool: 0,
  int32: 0,
  uint32: 0,
  sint32: 0,
  uint64: 0,
  fixed32: 5,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
};

export function anyValue(value: Model): number[] {
  const [[name, of] = ["", null]] = Object.entries(value);
  switch (name) {
    case "stringValue":
      return lengthField(1, of as string);
    case "boolValue":
      return field(2, 0, of === true ? 1 : 0);
    case "intValue":
      return field(3, 0, ...varintOf(BigInt(of as string)));
    case "doubleValue":
      return field(4, 1, ...scalar("double", of));
    case "arrayValue":
      return lengthField(
        5,
        (of as { values: Model[] }).values.flatMap((one) => lengthField(1, anyValue(one))),
      );
    case "kvlistValue":
      return lengthField(
        6,
        (of as { values: Model[] }).values.flatMap((one) => lengthField(1, keyValue(one))),
      );
    case "bytesValue":
      return lengthField(7, Buffer.from(of as string, "base64"));
    default:
      return [];
  }
}

const keyValue = ({ key, value }: Model): number[] => [
  ...lengthField(1, key as string),
  ...lengthField(2, anyValue(value as Model)),
];

function one({ number, type }: Field, value: unknown): number[] {
  switch (type.kind) {
    case "number":
      return field(number, WIRE[type.scalar], ...scalar(type.scalar, value));
    case "text":
      return lengthField(number, value as string);
    case "id":
      return lengthField(number, Buffer.from(value as string, "hex"));
    case "attribute":
      return lengthField(number, keyValue(value as Model));
    case "body":
      return lengthField(number, anyValue(value as Model));
    case "message":
      return lengthField(number, fields(type.message, value as Model));
  }
}

function fields(message: Message, model: Model): number[] {
  return Object.entries(model).flatMap(([name, value]) => {
    if (name === UNKNOWN.name) return lengthField(UNKNOWN.number, String(value));
    const known = message.byName.get(name)!;
    const { type } = known;
    if (!known.repeated) return one(known, value);
    const values = value as readonly unknown[];
    if (type.kind !== "number") return values.flatMap((each) => one(known, each));
    return lengthField(
      known.number,
      values.flatMap((each) => scalar(type.scalar, each)),
    );
  });
}

export function toProtobuf(message: Message, model: Model): Uint8Array {
  return Uint8Array.from(fields(message, model));
}

/** Numbers of 64 bits as strings, all others as numbers; no packed numbers but those of `toProtobuf`. */
export function fromProtobuf(message: Message, bytes: Uint8Array): Model {
  const model: Record<string, unknown> = {};
  for (const { number, wire, value } of wireFields(bytes)) {
    const known = message.byNumber.get(number);
    if (known === undefined) {
      model[`field ${number}`] = Buffer.from(value).toString("latin1");
      continue;
    }
    const { name, type, repeated } = known;
    if (repeated && type.kind === "number" && wire === 2) model[name] = packed(type.scalar, value);
    else if (repeated) model[name] = [...((model[name] as unknown[]) ?? []), readOne(type, value)];
    else model[name] = readOne(type, value);
  }
  return model;
}

function readOne(type: FieldType, value: Uint8Array): unknown {
  switch (type.kind) {
    case "number":
      return readScalar(type.scalar, value);
    case "text":
      return Buffer.from(value).toString();
    case "id":
      return Buffer.from(value).toString("hex");
    case "attribute": {
      const [key, of] = [...wireFields(value)];
      return { key: Buffer.from(key!.value).toString(), value: readAnyValue(of!.value) };
    }
    case "body":
      return readAnyValue(value);
    case "message":
      return fromProtobuf(type.message, value);
  }
}

function readAnyValue(bytes: Uint8Array): Model {
  const [found] = [...wireFields(bytes)];
  if (found === undefined) return {};
  const { number, value } = found;
  const text = () => Buffer.from(value).toString();
  if (number === 1) return { stringValue: text() };
  if (number === 2) return { boolValue: value[0] === 1 };
  if (number === 3) return { intValue: String(BigInt.asIntN(64, varintAt(value, 0).value)) };
  if (number === 4) return { doubleValue: readScalar("double", value) };
  if (number === 5)
    return { arrayValue: { values: [...wireFields(value)].map((each) => readAnyValue(each.value)) } };
  return { [`value ${number}`]: text() };
}

function readScalar(kind: Scalar, value: Uint8Array): unknown {
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  switch (kind) {
    case "double":
      return view.getFloat64(0, true);
    case "fixed64":
      return String(view.getBigUint64(0, true));
    case "sfixed64":
      return String(view.getBigInt64(0, true));
    case "fixed32":
      return view.getUint32(0, true);
    case "bool":
      return value[0] === 1;
    case "sint32": {
      const zigzag = Number(varintAt(value, 0).value);
      return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    }
    default: {
      const number = varintAt(value, 0).value;
      return AS_NUMBERS.has(kind) ? String(number) : Number(number);
    }
  }
}

function packed(kind: Scalar, bytes: Uint8Array): unknown[] {
  const values: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = WIRE[kind] === 1 ? at + 8 : varintAt(bytes, at).end;
    values.push(readScalar(kind, bytes.subarray(at, end)));
    at = end;
  }
  return values;
}

function varintAt(bytes: Uint8Array, from: number): { value: bigint; end: number } {
  let value = 0n;
  let i = from;
  for (; ; i++) {
    value |= BigInt(bytes[i]! & 0x7f) << BigInt(7 * (i - from));
    if (bytes[i]! < 0x80) return { value, end: i + 1 };
  }
}

function* wireFields(bytes: Uint8Array): Generator<{ number: number; wire: number; value: Uint8Array }> {
  for (let at = 0; at < bytes.length; ) {
    const tag = varintAt(bytes, at);
    const wire = Number(tag.value & 7n);
    const length = wire === 2 ? varintAt(bytes, tag.end) : null;
    const start = length?.end ?? tag.end;
    const end =
      wire === 0
        ? varintAt(bytes, start).end
        : wire === 1
          ? start + 8
          : wire === 5
            ? start + 4
            : start + Number(length!.value);
    yield { number: Number(tag.value >> 3n), wire, value: bytes.subarray(start, end) };
    at = end;
  }
}
