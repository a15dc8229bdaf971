/**
 * The lines of an export (`export.ndjson`), each canonical JSON: a header with a signed checkpoint, entries in ascending order, each with its
 * way into that checkpoint, and a signed end. `docs/evidence.md` describes it for readers. Pure.
 */
import { fromBase64, toBase64 } from "../base/base64.ts";
import { canonicalJson } from "../base/canonical-json.ts";
import { HASH_BYTES, type Hash } from "./hashing.ts";
import { hashOfLeaf, isSalt, type Leaf } from "./leaf.ts";

/** Of this format. */
const VERSION = 1;
const END_TITLE = "tenfour export end";

/** What was asked for: everything; all positions from one to another; or what matches, by name (`account`, `exchange`, …). */
export type Scope =
  | "whole"
  | { readonly positions: readonly [first: number, last: number] }
  | { readonly match: Readonly<Record<string, string>> };

/** That the log of an older size was the beginning of this one. */
export interface Consistency {
  readonly size: number;
  readonly proof: readonly Hash[];
}

export interface Header {
  readonly scope: Scope;
  /** Unix milliseconds. */
  readonly exportedAt: number;
  /** A signed checkpoint, as a note. */
  readonly checkpoint: string;
  readonly consistency: readonly Consistency[];
}

/** Why a body is not there. The ledger has an entry that says so. */
export type Withheld = "retention" | "erasure";

export interface EntryLine {
  readonly position: number;
  /** The position of the line before, where that is not the position before this: -1 if there is none. null: it is the position before. */
  readonly after: number | null;
  readonly hash: Hash;
  readonly entry: Leaf | { readonly withheld: Withheld };
  /** From the leaf up to the first node that the lines before have proven. */
  readonly proof: readonly Hash[];
}

export interface End {
  readonly origin: string;
  readonly size: number;
  readonly entries: number;
  /** SHA-256 of every byte before the last line. */
  readonly digest: Hash;
}

export function headerLine({ scope, exportedAt, checkpoint, consistency }: Header): string {
  return canonicalJson({
    tenfour_export: VERSION,
    scope,
    exported_at: exportedAt,
    checkpoint,
    consistency: consistency.map(({ size, proof }) => ({ size, proof: proof.map(toBase64) })),
  });
}

/** null if it is not what `headerLine` writes. */
export function readHeader(line: string): Header | null {
  const { scope, exported_at, checkpoint, consistency } = membersOf(line);
  if (!isScope(scope) || !isCount(exported_at) || typeof checkpoint !== "string") return null;
  if (!Array.isArray(consistency)) return null;
  const proofs = consistency.map(consistencyOf);
  if (!proofs.every((one) => one !== null)) return null;
  const header = { scope, exportedAt: exported_at, checkpoint, consistency: proofs };
  return isWritten(() => headerLine(header), line) ? header : null;
}

export function entryLine({ position, after, hash, entry, proof }: EntryLine): string {
  return canonicalJson({
    position,
    ...(after === null ? {} : { after }),
    leaf: toBase64(hash),
    proof: proof.map(toBase64),
    ...("withheld" in entry
      ? { withheld: entry.withheld }
      : { kind: entry.kind, id: entry.id, salt: entry.salt, body: entry.body }),
  });
}

/** null if it is not what `entryLine` writes. Whether the hash is the entry's is another question. */
export function readEntry(line: string): EntryLine | null {
  const { position, after = null, leaf, proof, withheld, kind, id, salt, body } = membersOf(line);
  const hash = hashOf(leaf);
  const path = hashesOf(proof);
  if (!isCount(position) || (after !== null && after !== -1 && !isCount(after))) return null;
  if (hash === null || path === null) return null;
  const entry = withheld === undefined ? leafOf({ kind, id, salt, body }) : withheldOf(withheld);
  if (entry === null) return null;
  const read: EntryLine = { position, after, hash, entry, proof: path };
  return isWritten(() => entryLine(read), line) ? read : null;
}

/** The hash of the entry that the line carries; null: it carries none, or no leaf can be made of it. */
export function hashOfEntry(entry: EntryLine["entry"]): Hash | null {
  if ("withheld" in entry) return null;
  try {
    return hashOfLeaf(entry);
  } catch {
    return null;
  }
}

export function endLine(note: string): string {
  return canonicalJson({ end: note });
}

/** The note of the last line; null if the line is not what `endLine` writes. */
export function readEnd(line: string): string | null {
  const { end } = membersOf(line);
  return typeof end === "string" && endLine(end) === line ? end : null;
}

/** The text that is signed at the end. */
export function endText({ origin, size, entries, digest }: End): string {
  return `${END_TITLE}\n${origin}\n${size}\n${entries}\n${toBase64(digest)}\n`;
}

export function parseEndText(text: string): End | null {
  const [, origin = "", size, entries, encoded] = text.split("\n");
  const digest = hashOf(encoded);
  if (digest === null) return null;
  const end = { origin, size: Number(size), entries: Number(entries), digest };
  return isCount(end.size) && isCount(end.entries) && endText(end) === text ? end : null;
}

/** The position a line claims, if it can be read at all: to name what is wrong with it. */
export function positionClaimed(line: string): number | null {
  const { position } = membersOf(line);
  return isCount(position) ? position : null;
}

// biome-ignore lint/suspicious/noExplicitAny: what a line holds is looked at member by member.
function membersOf(line: string): any {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** A value too deep to be written is one that we did not write. */
function isWritten(write: () => string, line: string): boolean {
  try {
    return write() === line;
  } catch {
    return false;
  }
}

function consistencyOf(one: { size?: unknown; proof?: unknown } | null): Consistency | null {
  const proof = hashesOf(one?.proof);
  const size = one?.size;
  return isCount(size) && proof !== null ? { size, proof } : null;
}

function leafOf({ kind, id, salt, body }: Record<keyof Leaf, unknown>): Leaf | null {
  return typeof kind === "string" && typeof id === "string" && isSalt(salt) ? { kind, id, salt, body } : null;
}

function withheldOf(withheld: unknown): { withheld: Withheld } | null {
  return withheld === "retention" || withheld === "erasure" ? { withheld } : null;
}

function isScope(scope: unknown): scope is Scope {
  if (scope === "whole") return true;
  if (typeof scope !== "object" || scope === null) return false;
  const { positions, match } = scope as { positions?: unknown; match?: unknown };
  if (positions !== undefined)
    return Array.isArray(positions) && positions.length === 2 && positions.every(isCount);
  return (
    typeof match === "object" && match !== null && Object.values(match).every((by) => typeof by === "string")
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function hashOf(text: unknown): Hash | null {
  const bytes = typeof text === "string" ? fromBase64(text) : null;
  return bytes?.length === HASH_BYTES ? bytes : null;
}

function hashesOf(texts: unknown): Hash[] | null {
  if (!Array.isArray(texts)) return null;
  const hashes = texts.map(hashOf);
  return hashes.every((hash) => hash !== null) ? hashes : null;
}
