/**
 * Finds exchanges that never closed, and closes them as `unknown`: nobody can say what the upstream kept. The closing takes the place the
 * gate's next entry would have had, so a gate that was only late is refused, and tells its sender that it does not know. No clock of its own.
 */

import { LIMITS } from "../config/limits.ts";
import type { Closed } from "../evidence/entries.ts";
import type { EntryOutline, LedgerStore } from "../ledger/port.ts";

/** In one sweep; the next takes the others. */
const SWEPT_MAX = 200;
const NOTHING_SEEN = { bytes: null, digest: null };

/** Resolves to how many were closed. */
export async function sweepExchanges(store: LedgerStore, now: number): Promise<number> {
  const open = await store.openSince(now - LIMITS.exchange_open_ms_max, SWEPT_MAX);
  let closed = 0;
  for (const exchange of open) {
    const entries = await store.outline(exchange);
    if (entries.length === 0 || entries.some(({ type }) => type === "closed")) continue;
    const body = closingOf(exchange, entries, now);
    if (await store.append([{ stream: exchange, position: body.position, type: body.type, at: now, body }])) {
      closed += 1;
    }
  }
  return closed;
}

/** All that was decided may have left, and nothing else: the gate records before it forwards. */
export function closingOf(exchange: string, entries: readonly EntryOutline[], at: number): Closed {
  return {
    type: "closed",
    exchange,
    position: Math.max(...entries.map(({ position }) => position)) + 1,
    at,
    outcome: "unknown",
    fault: null,
    upstream_status: null,
    upstream_complete: null,
    counts: { forwarded: 0, stripped: 0, dropped: 0, rejected: 0 },
    settled: 0,
    in_doubt: Math.max(...entries.map(({ items }) => (items === null ? 0 : items[1] + 1))),
    received: NOTHING_SEEN,
    sent: NOTHING_SEEN,
  };
}
