/** An export as it is read: bytes to lines, in the memory of one line, with the digest of all that came before. Pure. */
import { createHash } from "node:crypto";
import { Found } from "./finding.ts";
import type { Hash } from "./hashing.ts";

export interface InputLine {
  /** From 1. */
  readonly number: number;
  /** Without its newline; null if it is not UTF-8. */
  readonly text: string | null;
  /** Whether a newline ended it. */
  readonly ended: boolean;
  /** SHA-256 of every byte before it. */
  readonly digestBefore: () => Hash;
}

/** No entry is as long as this; a longer line is none of ours. */
export const LINE_BYTES_MAX = 64 * 1024 * 1024;

const NEWLINE = 10;

/** Rejects with a `Found` at a line longer than `LINE_BYTES_MAX`. */
export async function* inputLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<InputLine> {
  const digest = createHash("sha256");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [number, held, heldBytes]: [number, Uint8Array[], number] = [0, [], 0];
  const line = (bytes: Uint8Array, ended: boolean): InputLine => {
    number++;
    let text: string | null = null;
    try {
      text = decoder.decode(bytes);
    } catch {}
    return { number, text, ended, digestBefore: () => digest.copy().digest() };
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const bytes = held.length === 0 ? chunk.subarray(from, at) : whole([...held, chunk.subarray(from, at)]);
      yield line(bytes, true);
      digest.update(bytes).update("\n");
      [held, heldBytes, from] = [[], 0, at + 1];
    }
    if (from === chunk.length) continue;
    held.push(chunk.slice(from));
    heldBytes += chunk.length - from;
    if (heldBytes > LINE_BYTES_MAX) {
      throw new Found("unreadable", "A line is longer than any entry.", { line: number + 1 });
    }
  }
  if (heldBytes > 0) yield line(whole(held), false);
}

function whole(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
