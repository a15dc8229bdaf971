/** The members and elements of JSON already proven, by where they stand. Reads; decides and changes nothing. */
import { COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "../ascii.ts";
import { stringText } from "../json-string.ts";
import { eachElement, spaceEnd, stringTokenEnd, valueEnd } from "../json-walk.ts";

/** `[start, end)` of the bytes at hand. */
export interface Part {
  readonly start: number;
  readonly end: number;
}

export interface Member extends Part {
  readonly key: string;
  /** Of the value alone; the member begins at its key. */
  readonly value: Part;
}

/** In their order; empty for what is no object. */
export function membersOf(bytes: Uint8Array, object: Part): readonly Member[] {
  const members: Member[] = [];
  if (bytes[object.start] !== OPEN_OBJECT) return members;
  let i = spaceEnd(bytes, object.start + 1);
  while (bytes[i] === QUOTE) {
    const keyEnd = stringTokenEnd(bytes, i);
    const start = spaceEnd(bytes, spaceEnd(bytes, keyEnd) + 1);
    const end = valueEnd(bytes, start);
    members.push({ key: stringText(bytes, i + 1, keyEnd - 1), start: i, end, value: { start, end } });
    i = spaceEnd(bytes, end);
    if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
  }
  return members;
}

/** null: it is no array. */
export function elementsOf(bytes: Uint8Array, array: Part): readonly Part[] | null {
  if (bytes[array.start] !== OPEN_ARRAY) return null;
  const elements: Part[] = [];
  eachElement(bytes, array.start, (start, end) => elements.push({ start, end }));
  return elements;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function readValue(bytes: Uint8Array, part: Part): unknown {
  return JSON.parse(decoder.decode(bytes.subarray(part.start, part.end)));
}

/** Values by key, only of those asked for: content stays unread. */
export type Values = Readonly<Record<string, unknown>>;

export function valuesOf(bytes: Uint8Array, members: readonly Member[], keys: ReadonlySet<string>): Values {
  const values: Record<string, unknown> = Object.create(null);
  for (const { key, value } of members) if (keys.has(key)) values[key] = readValue(bytes, value);
  return values;
}
