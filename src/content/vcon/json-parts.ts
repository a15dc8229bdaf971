/** The members and elements of JSON already proven, by where they stand. Reads; decides and changes nothing, and holds little at a time. */
import { CLOSE_OBJECT, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "../ascii.ts";
import { stringText } from "../json/string.ts";
import { eachElement, spaceEnd, stringTokenEnd, valueEnd } from "../json/walk.ts";
import { Words } from "../words.ts";

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

/** What a part says of itself is short; longer values are content, or nothing anybody has to read. */
const READ_BYTES_MAX = 262_144;

/** Stands for a value too long to be read: it is neither text nor number nor anything else. */
const TOO_LONG = Symbol("too long");

/** Names of members, to look for among a thousand others. */
export class Names {
  readonly all: readonly string[];
  readonly #words: Words;
  readonly #folded: ReadonlySet<string>;
  readonly #charsMax: number;

  constructor(names: Iterable<string>) {
    this.all = [...new Set(names)];
    this.#words = new Words(this.all);
    this.#folded = new Set(this.all.map((name) => name.toLowerCase()));
    this.#charsMax = Math.max(...this.all.map(({ length }) => length));
  }

  /** The one that stands at `bytes[start, end)`, a string token; undefined: none of them. */
  at(bytes: Uint8Array, start: number, end: number): string | undefined {
    return this.all[this.#words.indexOf(bytes, start + 1, end - 1)];
  }

  /** Whether a key is one of them but for its case. */
  isNear(key: string): boolean {
    return this.#folded.has(key.toLowerCase()) && !this.all.includes(key);
  }

  /** The same of a string token. */
  isNearAt(bytes: Uint8Array, start: number, end: number): boolean {
    // Each character may be an escape of six.
    return end - start - 2 <= 6 * this.#charsMax && this.isNear(stringText(bytes, start + 1, end - 1));
  }
}

/** Calls `onMember` with the offsets of each member of an object, in their order. */
function eachMember(
  bytes: Uint8Array,
  object: Part,
  onMember: (start: number, keyEnd: number, value: number, end: number) => void,
): void {
  let i = spaceEnd(bytes, object.start + 1);
  while (bytes[i] === QUOTE) {
    const keyEnd = stringTokenEnd(bytes, i);
    const value = spaceEnd(bytes, spaceEnd(bytes, keyEnd) + 1);
    const end = valueEnd(bytes, value);
    onMember(i, keyEnd, value, end);
    i = spaceEnd(bytes, end);
    if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
  }
}

/** At most `max`; null: there are more. */
export function membersOf(bytes: Uint8Array, object: Part, max: number): readonly Member[] | null {
  const members: Member[] = [];
  let more = false;
  eachMember(bytes, object, (start, keyEnd, value, end) => {
    if (members.length === max) more = true;
    else
      members.push({
        key: stringText(bytes, start + 1, keyEnd - 1),
        start,
        end,
        value: { start: value, end },
      });
  });
  return more ? null : members;
}

/** The short members of those names, and whether there are no others. */
export function listedMembers(
  bytes: Uint8Array,
  object: Part,
  names: Names,
): { readonly listed: readonly Part[]; readonly all: boolean } {
  const listed: Part[] = [];
  let all = true;
  eachMember(bytes, object, (start, keyEnd, _, end) => {
    if (isShort({ start, end }) && names.at(bytes, start, keyEnd) !== undefined) listed.push({ start, end });
    else all = false;
  });
  return { listed, all };
}

/** The objects an array consists of; null: it is none, holds something else, or more than `max`. */
export function objectsOf(bytes: Uint8Array, array: Part, max: number): readonly Part[] | null {
  if (bytes[array.start] !== OPEN_ARRAY) return null;
  const objects: Part[] = [];
  let sound = true;
  eachElement(bytes, array.start, (start, end) => {
    if (bytes[start] !== OPEN_OBJECT || objects.length === max) sound = false;
    else objects.push({ start, end });
  });
  return sound ? objects : null;
}

/** Whether an object has a member that is one of the names but for its case. */
export function hasNear(bytes: Uint8Array, object: Part, names: Names): boolean {
  let found = false;
  eachMember(bytes, object, (start, keyEnd) => {
    found ||= names.isNearAt(bytes, start, keyEnd);
  });
  return found;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readValue(bytes: Uint8Array, { start, end }: Part): unknown {
  return end - start > READ_BYTES_MAX ? TOO_LONG : JSON.parse(decoder.decode(bytes.subarray(start, end)));
}

/** Values by key. */
export type Values = Readonly<Record<string, unknown>>;

/** Only of the members asked for: content stays unread. */
export function valuesOf(bytes: Uint8Array, object: Part, names: Names): Values {
  const values: Record<string, unknown> = Object.create(null);
  eachMember(bytes, object, (start, keyEnd, value, end) => {
    const name = names.at(bytes, start, keyEnd);
    if (name !== undefined) values[name] = readValue(bytes, { start: value, end });
  });
  return values;
}

/** Whether a value is null, an empty object or an empty array. */
export function isEmpty(bytes: Uint8Array, { start, end }: Part): boolean {
  const c = bytes[start]!;
  if (c !== OPEN_OBJECT && c !== OPEN_ARRAY) return c === 0x6e;
  return spaceEnd(bytes, start + 1) === end - 1;
}

/** An object of these members alone, as the bytes they are. */
export function objectOf(bytes: Uint8Array, members: readonly Part[]): Uint8Array {
  const size = members.reduce((sum, { start, end }) => sum + end - start + 1, 1);
  const object = new Uint8Array(Math.max(size, 2));
  object[0] = OPEN_OBJECT;
  let at = 1;
  for (const { start, end } of members) {
    object.set(bytes.subarray(start, end), at);
    at += end - start;
    object[at++] = COMMA;
  }
  object[object.length - 1] = CLOSE_OBJECT;
  return object;
}

/** Whether a member may be looked at beside others: short enough, whatever it holds. */
export function isShort({ start, end }: Part): boolean {
  return end - start <= READ_BYTES_MAX;
}
