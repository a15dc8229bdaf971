/**
 * `tenfour/verify`: the `verify` command, apart from files and the terminal. What was read goes in, what to print comes out; `verifyExport` and
 * `verifyReceipt` are its parts. Pure.
 */
import { toBase64 } from "../base/base64.ts";
import { openCheckpoint, type TrustedKey } from "./checkpoint.ts";
import type { Scope } from "./export-format.ts";
import { type Summary, untrusted, verifyExport } from "./export-verify.ts";
import { type Finding, Found } from "./finding.ts";
import type { HeldCheckpoint, HeldLeaf } from "./held.ts";
import { parseKeyFile } from "./key-file.ts";
import { type ReceiptSummary, verifyReceipt } from "./receipt.ts";

export { type Summary, type Trust, type Verdict, verifyExport } from "./export-verify.ts";
export { type KeyFile, parseKeyFile } from "./key-file.ts";
export { type ReceiptVerdict, verifyReceipt } from "./receipt.ts";

export interface NamedText {
  readonly name: string;
  readonly text: string;
}

export interface Files {
  /** The file of the operator's public keys. */
  readonly key: NamedText;
  readonly checkpoints: readonly NamedText[];
  readonly receipts: readonly NamedText[];
  /** null: only the receipts are to be verified. */
  readonly exported: { readonly name: string; readonly chunks: AsyncIterable<Uint8Array> } | null;
}

export type Told =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly name: string; readonly finding: Finding };

/** Everything against everything else; the first thing that does not fit ends it. Rejects only if a file cannot be read. */
export async function verifyFiles({ key, checkpoints, receipts, exported }: Files): Promise<Told> {
  let name = key.name;
  try {
    const keys = await keysOf(key);
    const held: HeldCheckpoint[] = [];
    const leaves: HeldLeaf[] = [];
    const lines: string[] = [];
    for (const one of checkpoints) {
      name = one.name;
      held.push(await checkpointOf(one, keys));
    }
    for (const one of receipts) {
      name = one.name;
      const verdict = await verifyReceipt(one.text, one.name, keys);
      if (!verdict.ok) return { ok: false, name, finding: verdict.finding };
      lines.push(receiptLine(verdict.receipt));
      leaves.push(verdict.receipt.leaf);
      if (verdict.receipt.checkpoint !== null) held.push(verdict.receipt.checkpoint);
    }
    if (exported === null) return { ok: true, lines };
    name = exported.name;
    const verdict = await verifyExport(exported.chunks, { keys, checkpoints: held, leaves });
    if (!verdict.ok) return { ok: false, name, finding: verdict.finding };
    return { ok: true, lines: [...exportLines(name, verdict.summary, held), ...lines] };
  } catch (error) {
    if (error instanceof Found) return { ok: false, name, finding: error.finding };
    throw error;
  }
}

async function keysOf({ name, text }: NamedText): Promise<readonly TrustedKey[]> {
  const file = await parseKeyFile(text);
  if (file.ok) return file.keys;
  if (file.line === 0) throw new Found("unreadable", `${name} holds no key.`);
  throw new Found("unreadable", `${name} has a line that is no key.`, { line: file.line });
}

async function checkpointOf({ name, text }: NamedText, keys: readonly TrustedKey[]): Promise<HeldCheckpoint> {
  const opened = await openCheckpoint(text, keys);
  if (!opened.ok) throw untrusted(name, opened.fault);
  return { name, checkpoint: opened.checkpoint };
}

function exportLines(name: string, summary: Summary, held: readonly HeldCheckpoint[]): string[] {
  const { origin, size, root, entries, kinds, withheld, scope, exportedAt } = summary;
  const counts = Object.entries(kinds).map(([kind, count]) => `${count} ${printable(kind)}`);
  return [
    `${name}: ${entries} ${entries === 1 ? "entry" : "entries"} of the log ${origin}, as of ${instant(exportedAt)}`,
    `  the log had ${size} entries, root ${toBase64(root)}`,
    ...(counts.length === 0 ? [] : [`  ${counts.join(", ")}`]),
    ...(withheld === 0 ? [] : [`  ${withheld} without their body, which was deleted`]),
    `  ${scopeLine(scope)}`,
    ...held.map((one) => `  ${one.name}: the first ${one.checkpoint.size} entries are the same`),
  ];
}

function scopeLine(scope: Scope): string {
  if (scope === "whole") return "the whole log: nothing was left out";
  if ("positions" in scope) {
    return `positions ${scope.positions[0]} to ${scope.positions[1]}: nothing was left out between them`;
  }
  return "a selection: each entry is in the log; that none was left out, only an export of the whole log shows";
}

function receiptLine({ leaf, person, answer, at }: ReceiptSummary): string {
  const where = leaf.position === null ? "promised to the log" : `at position ${leaf.position} of the log`;
  return `${leaf.name}: ${printable(answer)} by ${printable(person)} at ${instant(at)}, ${where}`;
}

/** A file is not to steer the terminal it is printed on. */
function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, "?");
}

function instant(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? String(at) : date.toISOString();
}
