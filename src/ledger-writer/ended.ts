/**
 * What rests on what in an exchange that ended and whose entries came over several runs: read again page by page, and written part by part before
 * the checkpoint that says it ended. A run that dies in between writes the same parts again. No clock.
 */
import type { Closed, Entry } from "../evidence/entries.ts";
import { RestsRead, standing } from "../evidence/rests.ts";
import type { LedgerStore } from "../ledger/port.ts";
import { decidedOf, readTogether, toFound } from "./summaries.ts";

/** `number`: the exchange's in the ledger. */
export async function addEnded(store: LedgerStore, number: number, closed: Closed): Promise<void> {
  const outline = await store.outline(closed.exchange);
  const rests = new RestsRead(standing(outline), closed.in_doubt);
  for (let from = 0; ; ) {
    const page = await store.pageOf(closed.exchange, from);
    if (page.length === 0) break;
    const decided = decidedOf(page.map(({ body }) => JSON.parse(body) as Entry));
    for (const part of readTogether(rests, decided)) await store.addFound(toFound(part, number));
    from = page.at(-1)!.position + 1;
  }
  for (const part of rests.rest()) await store.addFound(toFound(part, number));
}
