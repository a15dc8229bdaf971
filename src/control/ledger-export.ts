/**
 * /v1/ledger/export: the ledger as lines that prove themselves (`docs/evidence.md`), streamed. Whoever is bound to an account gets the entries
 * that are of that account and of no other: an entry cannot be cut without its hash becoming another.
 */
import type { Hono } from "hono";
import type { ConsentChanged } from "../ledger/entries.ts";
import type { Scope } from "../ledger/export-format.ts";
import { type ExportEntry, exportLines } from "../ledger/export-write.ts";
import type { Hash } from "../ledger/hashing.ts";
import type { LedgerReader, StoredEntry } from "../ledger/port.ts";
import { isOfExchange, leafOf } from "../ledger/stored-leaf.ts";
import { hashAt, TILE_WIDTH, tileWidth } from "../ledger/tiles.ts";
import { askingOf } from "./asking.ts";
import { streamed } from "./bulk/routes.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { checkQuery, queryNumber } from "./resource.ts";

const PATH = "/ledger/export";

export function ledgerExport(app: Hono, deps: ControlDeps): void {
  app.get(PATH, async (c) => {
    checkQuery(c, ["since"]);
    const { account } = askingOf(c);
    const head = await deps.ledger.head();
    if (head === null) refuse({ code: "not_found", what: "checkpoint" });
    const since = queryNumber(c, "since", head.size, null);
    const scope: Scope = account === null ? "whole" : { match: { account } };
    const lines = exportLines({
      checkpoint: head.note,
      readTile: deps.ledger.readTile,
      entries: exportEntries(deps.ledger, head.size, account),
      scope,
      exportedAt: deps.now(),
      since: since === null ? [] : [since],
      keys: await deps.ledgerKeys(),
    });
    return streamed(c, lines, "application/x-ndjson");
  });
  app.all(PATH, () => refuse({ code: "method_not_allowed", allow: "GET" }));
}

/** Of an account, or all; in their order, those that were deleted by their hash. */
export async function* exportEntries(
  ledger: LedgerReader,
  size: number,
  account: string | null,
): AsyncGenerator<ExportEntry> {
  const hashes = leafHashes(ledger, size);
  for (let past = 0; past < size; ) {
    const { entries, to } = await ledger.after(past);
    if (to === past) return;
    const exchanges = [...new Set(entries.filter(isOfExchange).map(({ stream }) => stream))];
    const own = account === null ? null : await ledger.whollyOf(account, exchanges);
    const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
    for (let seq = past + 1; seq <= Math.min(to, size); seq++) {
      const entry = bySeq.get(seq);
      const position = seq - 1;
      if (entry === undefined) {
        // Whose it was nobody can say any more.
        if (account === null) yield { position, withheld: "retention", hash: await hashes(position) };
      } else if (account === null || isOf(entry, account, own!)) yield { position, leaf: leafOf(entry) };
    }
    past = to;
  }
}

/** The hash of a position, from its tile: one tile is kept in mind. */
function leafHashes(ledger: LedgerReader, size: number): (position: number) => Promise<Hash> {
  let kept: { readonly index: number; readonly hashes: Uint8Array } | null = null;
  return async (position) => {
    const index = Math.floor(position / TILE_WIDTH);
    if (kept?.index !== index) {
      kept = { index, hashes: await ledger.readTile(0, index, tileWidth(size, 0, index)) };
    }
    return hashAt(kept.hashes, position % TILE_WIDTH);
  };
}

function isOf(entry: StoredEntry, account: string, exchanges: ReadonlySet<string>): boolean {
  if (isOfExchange(entry)) return exchanges.has(entry.stream);
  return entry.type === "consent_changed" && (JSON.parse(entry.body) as ConsentChanged).account === account;
}
