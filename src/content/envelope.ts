/**
 * The envelope around a record: what a line says about the record it carries, and never part of what goes on. A line that holds anything
 * beside the record that nobody looks at may say what would have tightened, so it is no envelope. Works on lines the scanner has proven.
 */
import type { Pointer } from "../config/define.ts";
import { CLOSE_ARRAY, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from "./ascii.ts";
import { TOKEN } from "./captures.ts";
import { spaceEnd, stringTokenEnd, valueEnd } from "./json/walk.ts";
import { childOf, keyHash, type Plan, type PlanNode } from "./pointer.ts";

export interface Span {
  readonly start: number;
  readonly end: number;
}

const UNKNOWN = -1;
const NOWHERE: Span = { start: -1, end: -1 };

export class Envelope {
  readonly #plan: Plan;
  readonly #slot: number;

  /** `plan` has been compiled from `record`, among others. */
  constructor(record: Pointer, plan: Plan) {
    this.#plan = plan;
    this.#slot = plan.slotOf(record);
  }

  /** Where the record is that the line just scanned, which begins at `start`, carries; null: it carries none, or something unknown beside it. */
  open(bytes: Uint8Array, start: number): Span | null {
    const { first, token, start: starts, end: ends } = this.#plan.captures;
    const value = first[this.#slot]!;
    // Of none at all, too.
    if (token[value] !== TOKEN.object) return null;
    const span = { start: starts[value]!, end: ends[value]! };
    return knownEnd(bytes, start, this.#plan.root, span) === UNKNOWN ? null : span;
  }
}

/** Whether the object just scanned, which begins at `start`, holds nothing that the plan does not look at. */
export function holdsOnlyKnown(bytes: Uint8Array, start: number, plan: Plan): boolean {
  return knownEnd(bytes, start, plan.root, NOWHERE) !== UNKNOWN;
}

/** The end of the value at `from`, of which `node` is about; UNKNOWN: something in it is looked at by nobody. */
function knownEnd(bytes: Uint8Array, from: number, node: PlanNode | null, record: Span): number {
  if (node === null) return UNKNOWN;
  if (from === record.start) return record.end;
  if (node.slot >= 0) return valueEnd(bytes, from);
  if (bytes[from] === OPEN_OBJECT && node.children.length > 0) return objectEnd(bytes, from, node, record);
  if (bytes[from] === OPEN_ARRAY && node.star !== null) return arrayEnd(bytes, from, node.star, record);
  return UNKNOWN;
}

function objectEnd(bytes: Uint8Array, from: number, node: PlanNode, record: Span): number {
  let i = spaceEnd(bytes, from + 1);
  while (bytes[i] === QUOTE) {
    const keyEnd = stringTokenEnd(bytes, i);
    // Raw bytes are compared, so a key with an escape is never known.
    const child = childOf(node, keyHash(bytes, i + 1, keyEnd - 1), bytes, i + 1, keyEnd - 1);
    const value = spaceEnd(bytes, spaceEnd(bytes, keyEnd) + 1);
    const end = knownEnd(bytes, value, child, record);
    if (end === UNKNOWN) return UNKNOWN;
    i = spaceEnd(bytes, end);
    if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
  }
  return i + 1;
}

function arrayEnd(bytes: Uint8Array, from: number, node: PlanNode, record: Span): number {
  let i = spaceEnd(bytes, from + 1);
  while (bytes[i] !== CLOSE_ARRAY) {
    const end = knownEnd(bytes, i, node, record);
    if (end === UNKNOWN) return UNKNOWN;
    i = spaceEnd(bytes, end);
    if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
  }
  return i + 1;
}
