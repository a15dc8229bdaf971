/** A log of every kind of entry, and exports of it. */

import { signCheckpoint } from "../../../src/ledger/checkpoint.ts";
import type { LedgerEntry } from "../../../src/ledger/entries.ts";
import type { Scope } from "../../../src/ledger/export-format.ts";
import { type Trust, type Verdict, verifyExport } from "../../../src/ledger/export-verify.ts";
import { type ExportEntry, exportLines } from "../../../src/ledger/export-write.ts";
import { hashOfLeaf, type Leaf } from "../../../src/ledger/leaf.ts";
import { rootOf } from "../../../src/ledger/log.ts";
import { StoredTree } from "../../../src/ledger/proofs.ts";
import { pseudonym } from "../../../src/ledger/pseudonym.ts";
import { type KeyPair, keyPair, ORIGIN } from "./keys.ts";
import { StoredLog } from "./stored-log.ts";

const CY = pseudonym("A".repeat(43), "cy");
const AT = 1_790_000_000_000;

/** The entry of a position: exchanges for the most part, and among them each other kind. */
function entryAt(position: number): LedgerEntry {
  const at = AT + position;
  const exchange = `ex_${position}`;
  const none = { conversation: null, service: null, person: null, role: null, recorded_by: null };
  switch (position % 7) {
    case 1:
      return {
        kind: "consent_changed",
        body: {
          ...none,
          at,
          revision: position,
          what: "participant_answer",
          record: `ans_${position}`,
          account: "acme",
          answer: "objected",
          person: CY,
          notice_version: null,
          notice_sha256: null,
          covers: null,
          expires_at: null,
          changed: { standing: true },
        },
      };
    case 2:
      return {
        kind: "configuration_changed",
        body: {
          at,
          digest: "b",
          previous_digest: "a",
          changes: [{ path: "/routes/meetings/purpose", before: "serve", after: "train" }],
        },
      };
    case 3:
      return {
        kind: "deletion_acknowledged",
        body: {
          at,
          record: "ans_1",
          upstream: "trainer",
          exchanges: [exchange],
          recorded_by: CY,
          evidence_sha256: null,
        },
      };
    default:
      return {
        kind: "exchange",
        body: {
          type: "decided",
          exchange,
          position: 1,
          at,
          items: [0, 3],
          round: 0,
          findings_from: 0,
          findings: [
            {
              account: "acme",
              conversation: null,
              outcome: "forwarded",
              reason: "consented",
              consents: ["con_1"],
            },
          ],
          runs: [0, 4],
        },
      };
  }
}

export class SampleLog {
  readonly log = new StoredLog();
  readonly leaves: Leaf[] = [];
  readonly withheld = new Set<number>();
  readonly key: KeyPair;

  constructor(key: KeyPair) {
    this.key = key;
  }

  add(entry: LedgerEntry): void {
    const position = this.leaves.length;
    const leaf = { ...entry, id: `id_${position}`, salt: String(position).padStart(22, "A") };
    // The last character of a salt holds four bits of nothing.
    this.leaves.push({ ...leaf, salt: `${leaf.salt.slice(0, 21)}A` });
    this.log.append([hashOfLeaf(this.leaves.at(-1)!)]);
  }

  grow(count: number): void {
    for (let added = 0; added < count; added++) this.add(entryAt(this.leaves.length));
  }

  /** Deletes bodies and says so, as retention does. */
  retain(first: number, last: number): void {
    for (let position = first; position <= last; position++) this.withheld.add(position);
    this.add({ kind: "retention", body: { at: AT, keep_days: 30, positions: [[first, last]] } });
  }

  get size(): number {
    return this.leaves.length;
  }

  async checkpoint(size = this.size, keys = [this.key]): Promise<string> {
    const root = await new StoredTree(size, this.log.readTile).root();
    return signCheckpoint(
      { origin: ORIGIN, size, root },
      keys.map(({ signer }) => signer),
    );
  }

  /** The lines, each with its newline. */
  async export(
    scope: Scope = "whole",
    picked?: readonly number[],
    since: readonly number[] = [],
  ): Promise<string[]> {
    const positions = picked ?? Array.from({ length: this.size }, (_, position) => position);
    const entries = positions.map((position): ExportEntry => {
      const leaf = this.leaves[position]!;
      return this.withheld.has(position)
        ? { position, withheld: "retention", hash: hashOfLeaf(leaf) }
        : { position, leaf };
    });
    const lines: string[] = [];
    for await (const line of exportLines({
      checkpoint: await this.checkpoint(),
      readTile: this.log.readTile,
      entries,
      scope,
      exportedAt: AT,
      since,
      keys: [this.key.signer],
    })) {
      lines.push(line);
    }
    return lines;
  }

  get root(): Uint8Array {
    return rootOf(this.log.state);
  }
}

export async function sampleLog(size: number): Promise<SampleLog> {
  const sample = new SampleLog(await keyPair(1));
  sample.grow(size);
  return sample;
}

/** `text`: an export, or bytes that are none. */
export async function verify(text: string | Uint8Array, trust: Partial<Trust> = {}): Promise<Verdict> {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  return verifyExport([bytes], { keys: [(await keyPair(1)).trusted], ...trust });
}

/** What was found, in short: `changed 5`, or `ok`. */
export async function found(text: string | Uint8Array, trust: Partial<Trust> = {}): Promise<string> {
  const verdict = await verify(text, trust);
  return verdict.ok ? "ok" : `${verdict.finding.code} ${verdict.finding.position}`;
}
