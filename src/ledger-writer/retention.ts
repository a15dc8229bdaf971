/**
 * Deletes archived entries that are older than the configuration keeps them: first it is on record which, then they go. Their hashes stay in the
 * tiles, so everything else is proven as before. No clock of its own.
 */
import { archiveName } from "../ledger/archive-format.ts";
import type { PositionRange, Retention } from "../ledger/entries.ts";
import type { Archive, ArchivedObject, LedgerStore } from "../ledger/port.ts";
import { RETENTION, retained } from "../ledger/retained.ts";

const DAY_MS = 86_400_000;

/** Resolves to how many objects were deleted. */
export async function expireEntries(
  store: LedgerStore,
  archive: Archive,
  keepDays: number,
  now: number,
): Promise<number> {
  const until = now - keepDays * DAY_MS;
  const old = (await store.archived(1, Number.MAX_SAFE_INTEGER)).filter((object) => endOf(object) <= until);
  const recorded = await store.stream(RETENTION);
  const gone = retained(recorded);
  const due = old.filter((object) => !gone(object.firstSeq));
  if (due.length > 0) {
    const body: Retention = { at: now, keep_days: keepDays, positions: joined(due) };
    const position = (recorded.at(-1)?.position ?? 0) + 1;
    // Refused: another writer records the same.
    if (!(await store.append([{ stream: RETENTION, position, type: "retention", at: now, body }]))) return 0;
  }
  // Those of the last record too: a run may have died after it had said so.
  const last = recorded.at(-1);
  const again = last === undefined ? [] : old.filter((object) => retained([last])(object.firstSeq));
  const names = [...new Set([...due, ...again].map(archiveName))];
  await archive.delete(names);
  return due.length;
}

function endOf({ day }: ArchivedObject): number {
  return Date.parse(`${day}T00:00:00Z`) + DAY_MS;
}

function joined(objects: readonly ArchivedObject[]): PositionRange[] {
  const whole: [number, number][] = [];
  for (const { firstSeq, lastSeq } of objects) {
    const open = whole.at(-1);
    if (open !== undefined && open[1] === firstSeq - 2) open[1] = lastSeq - 1;
    else whole.push([firstSeq - 1, lastSeq - 1]);
  }
  return whole;
}
