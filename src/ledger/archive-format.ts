/** The objects of the archive: entries as NDJSON, named by their place and content. Pure. */
import type { ArchivedObject, StoredEntry } from "./port.ts";

const utf8 = new TextEncoder();

/** YYYY-MM-DD, UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function archiveName({
  day,
  firstSeq,
  sha256,
}: Pick<ArchivedObject, "day" | "firstSeq" | "sha256">): string {
  return `entries/${day}/${String(firstSeq).padStart(16, "0")}-${sha256}.ndjson`;
}

export function formatArchive(entries: readonly StoredEntry[]): Uint8Array {
  return utf8.encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(""));
}

export function parseArchive(bytes: Uint8Array): StoredEntry[] {
  const lines = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as StoredEntry);
}
