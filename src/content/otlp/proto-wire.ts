/**
 * Protobuf's wire format, strictly: a field is read in one way or not at all. Groups, field 0, varints longer than they need be, and what
 * goes on past its end are unreadable. Pure.
 */
import { Unreadable } from "./batch.ts";

export const WIRE = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const VARINT_BYTES_MAX = 10;

/** A walk over the fields of a message: what the last `next` found. Copy it before anything else is read. */
export class Fields {
  readonly #bytes: Uint8Array;
  number = 0;
  wire = 0;
  /** Where the field begins, its tag included; where its tag ends; where its value begins, its length left out; where it ends. */
  from = 0;
  tagEnd = 0;
  start = 0;
  end = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Reads the field at `from`, in a message that ends at `to`. */
  next(from: number, to: number): void {
    const bytes = this.#bytes;
    const tagEnd = varintEnd(bytes, from, to);
    const tag = smallVarint(bytes, from, tagEnd);
    this.from = from;
    this.tagEnd = tagEnd;
    this.number = Math.floor(tag / 8);
    this.wire = tag % 8;
    this.start = tagEnd;
    if (this.number === 0) throw unreadable();
    switch (this.wire) {
      case WIRE.varint:
        this.end = varintEnd(bytes, tagEnd, to);
        break;
      case WIRE.fixed64:
        this.end = tagEnd + 8;
        break;
      case WIRE.fixed32:
        this.end = tagEnd + 4;
        break;
      case WIRE.bytes:
        this.start = varintEnd(bytes, tagEnd, to);
        this.end = this.start + smallVarint(bytes, tagEnd, this.start);
        break;
      default:
        throw unreadable();
    }
    if (this.end > to) throw unreadable();
  }
}

/** The offset after the varint at `from`. */
export function varintEnd(bytes: Uint8Array, from: number, to: number): number {
  let i = from;
  while (i < to && bytes[i]! >= 0x80) i++;
  const length = i + 1 - from;
  if (i >= to || length > VARINT_BYTES_MAX) throw unreadable();
  const last = bytes[i]!;
  if (length > 1 && last === 0) throw unreadable();
  if (length === VARINT_BYTES_MAX && last > 1) throw unreadable();
  return i + 1;
}

/** The value of the varint `bytes[from, end)`, which must fit into 32 bits. */
export function smallVarint(bytes: Uint8Array, from: number, end: number): number {
  if (end - from > 5) throw unreadable();
  let value = 0;
  for (let i = end - 1; i >= from; i--) value = value * 128 + (bytes[i]! & 0x7f);
  if (value > 0xffff_ffff) throw unreadable();
  return value;
}

/** A length or tag as it is written. */
export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

export function unreadable(): Unreadable {
  return new Unreadable("otlp_invalid");
}
