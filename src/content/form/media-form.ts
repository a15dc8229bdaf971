/**
 * multipart/form-data that holds one recording: first the part that says whose it is, then fields, then the recording, and nothing after it.
 * Nothing of it goes on as it came but the recording: its part is written anew, between boundaries of the gate's own. Pure.
 */
import type { MediaFormConfig } from "../../config/define.ts";
import type { ContentFaultCode } from "../fault.ts";
import { fieldText } from "../field-rules.ts";
import { readPartHead } from "./part-head.ts";

/** All that stands before the recording, bytes: whose it is, and fields. */
export const FORM_HEAD_BYTES_MAX = 65_536;

export interface MediaFormHead {
  /** What says whose it is. */
  readonly metadata: Uint8Array;
  /** The recording's own type, in lower case. */
  readonly type: string;
  /** What goes before the recording. */
  readonly opening: Uint8Array;
  /** Where the recording's bytes begin. */
  readonly at: number;
}

const encoder = new TextEncoder();
const HEAD_END = Buffer.from("\r\n\r\n");

/** What goes after the recording. */
export function formClosing(ownBoundary: string): Uint8Array {
  return encoder.encode(`\r\n--${ownBoundary}--\r\n`);
}

/** The head of a form of which `bytes` are the first; null: it does not end in them. `ownBoundary`: nobody who wrote the form could know it. */
export function readFormHead(
  bytes: Uint8Array,
  rules: MediaFormConfig,
  boundary: string,
  ownBoundary: string,
): MediaFormHead | ContentFaultCode | null {
  const form = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  const first = delimiter.subarray(2);
  if (!first.subarray(0, form.length).equals(form.subarray(0, first.length))) return "multipart_invalid";
  const names = new Set<string>();
  let metadata: Uint8Array | null = null;
  let opening = "";
  for (let at = first.length; ; ) {
    if (form.length < at + 2) return null;
    if (form.toString("latin1", at, at + 2) !== "\r\n") return "multipart_invalid";
    const headEnd = form.indexOf(HEAD_END, at);
    if (headEnd < 0) return null;
    const head = readPartHead(form.toString("latin1", at + 2, headEnd));
    if (typeof head === "string") return head;
    if (names.has(head.name) || (metadata === null) !== (head.name === rules.metadata))
      return "multipart_invalid";
    names.add(head.name);
    const from = headEnd + HEAD_END.length;
    if (head.name === rules.file) {
      if (head.filename === null || metadata === null) return "multipart_invalid";
      if (head.type === null) return "part_type_unsupported";
      const disposition = `name="${head.name}"; filename="${fileName(head.type)}"`;
      opening += partHead(ownBoundary, disposition, head.type);
      return { metadata, type: head.type, opening: encoder.encode(opening), at: from };
    }
    const end = form.indexOf(delimiter, from);
    if (end < 0) return null;
    const value = bytes.subarray(from, end);
    if (metadata === null) {
      if (head.type !== null && head.type !== "application/json") return "part_type_unsupported";
      metadata = value;
    } else {
      if (head.filename !== null) return "multipart_invalid";
      if (head.type !== null && head.type !== "text/plain") return "part_type_unsupported";
      const left = fieldOf(rules, head.name, value);
      if (left !== null) opening += `${partHead(ownBoundary, `name="${head.name}"`)}${left}\r\n`;
    }
    at = end + delimiter.length;
  }
}

function fieldOf({ fields = {} }: MediaFormConfig, name: string, value: Uint8Array): string | null {
  return Object.hasOwn(fields, name) ? fieldText(fields[name]!, value) : null;
}

/** Its own name says what its sender likes. */
function fileName(type: string): string {
  return `recording.${type.slice(type.indexOf("/") + 1).replace(/^x-/, "")}`;
}

function partHead(boundary: string, disposition: string, type: string | null = null): string {
  const lines = type === null ? "" : `Content-Type: ${type}\r\n`;
  return `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n${lines}\r\n`;
}

/** The recording's own bytes, of those that come after the head; then the end of the form, and nothing more. */
export class MediaPart {
  readonly #delimiter: Buffer;
  /** What may turn out to be the beginning of the delimiter, or what comes after it. */
  #held = Buffer.alloc(0);
  #closed = false;
  /** Used for each in turn: a fresh one would soon be garbage. */
  #scratch = Buffer.alloc(0);

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`);
  }

  /** Those of `bytes` and of what was held back, to be used before the next are asked for; more may be held back now. */
  next(bytes: Uint8Array): Uint8Array | ContentFaultCode {
    const all = this.#joined(bytes);
    if (this.#closed) return this.#after(all, all.subarray(0, 0));
    const found = all.indexOf(this.#delimiter);
    if (found >= 0) {
      this.#closed = true;
      return this.#after(all.subarray(found + this.#delimiter.length), all.subarray(0, found));
    }
    const sure = Math.max(0, all.length - this.#delimiter.length + 1);
    this.#held = Buffer.from(all.subarray(sure));
    return all.subarray(0, sure);
  }

  /** What is wrong with a form of which nothing more comes; null: nothing. */
  end(): ContentFaultCode | null {
    if (!this.#closed) return "body_truncated";
    const rest = this.#held.toString("latin1");
    return rest === "--" || rest === "--\r\n" ? null : "body_truncated";
  }

  #joined(bytes: Uint8Array): Buffer {
    const size = this.#held.length + bytes.length;
    if (this.#scratch.length < size) this.#scratch = Buffer.alloc(size);
    this.#scratch.set(this.#held);
    this.#scratch.set(bytes, this.#held.length);
    return this.#scratch.subarray(0, size);
  }

  #after(rest: Buffer, before: Buffer): Uint8Array | ContentFaultCode {
    if (!"--\r\n".startsWith(rest.toString("latin1", 0, 5))) return "multipart_invalid";
    this.#held = Buffer.from(rest);
    return before;
  }
}
