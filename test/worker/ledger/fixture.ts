/** A ledger over real databases: an intake, an outbox, a writer with a key, and what a stranger would check it with. */

import { publicKeyOf } from "../../../src/base/ed25519.ts";
import type { Closed, Decided, Entry, Opened } from "../../../src/evidence/entries.ts";
import { openCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { append, EMPTY_LOG, rootOf } from "../../../src/ledger/log.ts";
import {
  formatSignerKey,
  formatVerifierKey,
  parseSignerKey,
  parseVerifierKey,
} from "../../../src/ledger/note-keys.ts";
import type { StoredEntry } from "../../../src/ledger/port.ts";
import { leafOf } from "../../../src/ledger/stored-leaf.ts";
import { type LedgerWriterDeps, writeLedger } from "../../../src/ledger-writer/write.ts";
import { createEvidenceStore } from "../../../src/store/evidence-store.ts";
import { createLedgerStore } from "../../../src/store/ledger-store.ts";
import { createOutbox } from "../../../src/store/outbox-store.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";

export const ORIGIN = "gate.example/ledger";
const SEED = new Uint8Array(32).fill(7);

export async function signerKeyText(): Promise<string> {
  return formatSignerKey(ORIGIN, await publicKeyOf(SEED), SEED);
}

export async function openLedger() {
  const databases = await openDatabases();
  return ledgerOver(databases);
}

export async function ledgerOver(databases: Databases) {
  const signer = (await parseSignerKey(await signerKeyText()))!;
  const verifier = (await parseVerifierKey(formatVerifierKey(signer)))!;
  const clock = { now: Date.UTC(2026, 8, 1) };
  const store = createLedgerStore(databases.evidence);
  const outbox = createOutbox(databases.consent);
  const deps: LedgerWriterDeps = {
    store,
    outbox,
    signers: [signer],
    configuration: { digest: "d1", canonical: '{"routes":[{"id":"train","purpose":"train"}]}' },
    now: () => clock.now,
  };
  return {
    databases,
    intake: createEvidenceStore(databases.evidence),
    store,
    outbox,
    deps,
    clock,
    run: (more: Partial<LedgerWriterDeps> = {}) => writeLedger({ ...deps, ...more }),
    /** As a stranger would: the tree over all entries, against the signed head. Throws if it is not so. */
    async verify(): Promise<readonly StoredEntry[]> {
      const head = await store.head();
      if (head === null) throw new Error("no head");
      const opened = await openCheckpoint(head.note, [{ verifier, sizeMax: null }]);
      if (!opened.ok) throw new Error(opened.fault);
      const entries: StoredEntry[] = [];
      for (let more = await store.after(0); more.length > 0; more = await store.after(entries.length)) {
        entries.push(...more);
      }
      const covered = entries.slice(0, head.size);
      const tree = append(
        EMPTY_LOG,
        covered.map((entry) => hashOfLeaf(leafOf(entry))),
      );
      const same = Buffer.from(rootOf(tree.state)).equals(Buffer.from(opened.checkpoint.root));
      if (opened.checkpoint.size !== head.size || covered.length !== head.size || !same) {
        throw new Error("the checkpoint is not of these entries");
      }
      return covered;
    },
  };
}

export type Ledger = Awaited<ReturnType<typeof ledgerOver>>;

export function opened(exchange: string, at = 1, more: Partial<Opened> = {}): Opened {
  const who = { route: "train", purpose: "train", producer: "p", key_id: "k", config_digest: "d1" };
  return { type: "opened", exchange, position: 0, at, ...who, ...more };
}

export function decided(exchange: string, position: number, more: Partial<Decided> = {}): Decided {
  const finding = {
    account: "acme",
    conversation: "m1",
    outcome: "forwarded",
    reason: "consented",
    consents: ["con_a", "ans_bo"],
  } as const;
  return {
    type: "decided",
    exchange,
    position,
    at: 2,
    items: [0, 9],
    round: 0,
    findings_from: 0,
    findings: [finding],
    runs: [0, 10],
    ...more,
  };
}

export function closed(exchange: string, position: number, more: Partial<Closed> = {}): Closed {
  const nothing = { bytes: null, digest: null };
  const counts = { forwarded: 10, stripped: 0, dropped: 0, rejected: 0 };
  const end = { outcome: "forwarded", fault: null, upstream_status: 200, upstream_complete: true } as const;
  const far = { settled: 10, in_doubt: 10, counts, received: nothing, sent: nothing };
  return { type: "closed", exchange, position, at: 3, ...end, ...far, ...more };
}

export function whole(exchange: string): Entry[] {
  return [opened(exchange), decided(exchange, 1), closed(exchange, 2)];
}
