/** What the lines of every import share: where an answer came from and what proves it. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { refuseLine } from "./line-fault.ts";

const SOURCE_BYTES_MAX = 1_024;

const utf8 = new TextEncoder();

/** Where an imported row came from, in words: no control characters, and it fits in its column. */
export function isSource(text: string): boolean {
  return /^[^\p{Cc}\p{Cs}]+$/u.test(text) && utf8.encode(text).length <= SOURCE_BYTES_MAX;
}

export const source = v.pipe(v.string(), v.check(isSource));
/** Checked by `provenance`, so that its name can be told: what has digits in it may be anything a sender chose. */
export const evidenceSha256 = v.unknown();

const SHA256 = /^[0-9a-f]{64}$/;

/** What an import says of each of its lines. */
export interface Given {
  /** Of lines that name none; null: each must. */
  readonly source: string | null;
  /** Who imports. */
  readonly recordedBy: string;
  /** Unix ms: nothing imported is later. */
  readonly now: number;
}

/** `digest`: of the line itself, which is the evidence where it names no other. */
export function provenance(
  line: { readonly source?: string | undefined; readonly evidence_sha256?: unknown },
  given: Given,
  digest: string,
) {
  const source = line.source ?? given.source ?? refuseLine("field_missing", "source");
  const evidenceSha256 = line.evidence_sha256 ?? digest;
  if (typeof evidenceSha256 !== "string" || !SHA256.test(evidenceSha256)) {
    refuseLine("field_invalid", "evidence_sha256");
  }
  return { source, evidenceSha256, recordedBy: given.recordedBy };
}

/** The same id for the same answer, however often it is imported. */
export function idOf(prefix: string, answer: readonly unknown[]): string {
  return `${prefix}_${sha256(JSON.stringify(answer)).slice(0, 40)}`;
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What is remembered of a file's own lines: all of a batch, and over a dry run, which writes nothing, only so many. */
export class Ahead<V> {
  readonly #of = new Map<string, V>();

  get(key: string): V | undefined {
    return this.#of.get(key);
  }

  set(key: string, value: V): void {
    this.#of.delete(key);
    this.#of.set(key, value);
    if (this.#of.size <= REMEMBERED_MAX) return;
    for (const oldest of this.#of.keys()) {
      this.#of.delete(oldest);
      return;
    }
  }

  clear(): void {
    this.#of.clear();
  }
}

/** More than a batch has lines, so that it forgets nothing of one. */
const REMEMBERED_MAX = 50_000;
