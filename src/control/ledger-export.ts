/**
 * /v1/ledger/export: the ledger as lines that prove themselves (`docs/evidence.md`), streamed. Whoever is bound to an account gets the entries
 * that are of that account and of no other: an entry cannot be cut without its hash becoming another.
 */
import type { Hono } from "hono";
import type { ConsentChanged } from "../ledger/entries.ts";
import type { Scope } from "../ledger/export-format.ts";
import { type ExportEntry, exportLines } from "../ledger/export-write.ts";
import type { LedgerReader, StoredEntry } from "../ledger/port.ts";
import { isOfExchange, leafOf } from "../ledger/stored-leaf.ts";
import { askingOf } from "./asking.ts";
import { streamed } from "./bulk-routes.ts";
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
      entries: entriesOf(deps.ledger, head.size, account),
      scope,
      exportedAt: deps.now(),
      since: since === null ? [] : [since],
      keys: await deps.ledgerKeys(),
    });
    return streamed(c, lines, "application/x-ndjson");
  });
  app.all(PATH, () => refuse({ code: "method_not_allowed", allow: "GET" }));
}

async function* entriesOf(
  ledger: LedgerReader,
  size: number,
  account: string | null,
): AsyncGenerator<ExportEntry> {
  for (let past = 0; past < size; ) {
    const found = (await ledger.after(past)).filter(({ seq }) => seq <= size);
    const last = found.at(-1);
    if (last === undefined) return;
    past = last.seq;
    const exchanges = [...new Set(found.filter(isOfExchange).map(({ stream }) => stream))];
    const own = account === null ? null : await ledger.whollyOf(account, exchanges);
    for (const entry of found) {
      if (account !== null && !isOf(entry, account, own!)) continue;
      yield { position: entry.seq - 1, leaf: leafOf(entry) };
    }
  }
}

function isOf(entry: StoredEntry, account: string, exchanges: ReadonlySet<string>): boolean {
  if (isOfExchange(entry)) return exchanges.has(entry.stream);
  return entry.type === "consent_changed" && (JSON.parse(entry.body) as ConsentChanged).account === account;
}
