/**
 * Archives entries of days that are over: writes them to objects named by their content, says so in the database, and only then lets the rows go.
 * What the writer itself looks back at stays. A run that dies has at most written an object that the next one writes again. No clock of its own.
 */
import { createHash } from "node:crypto";
import { archiveName, dayOf, formatArchive } from "../ledger/archive-format.ts";
import type { Archive, LedgerStore, StoredEntry } from "../ledger/port.ts";

/** A day is archived this long after its end, ms: nothing that belongs to it is still on its way. */
const SETTLED_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Objects of one run. */
const OBJECTS_MAX = 20;

/** Resolves to how many entries were archived. */
export async function archiveEntries(store: LedgerStore, archive: Archive, now: number): Promise<number> {
  const before = Math.floor((now - SETTLED_MS) / DAY_MS) * DAY_MS;
  // Of an exchange that has not ended all is needed to end it.
  const open = (await store.oldestOpen()) ?? Number.MAX_SAFE_INTEGER;
  const size = Math.min((await store.head())?.size ?? 0, open - 1);
  let archived = 0;
  for (let object = 0; object < OBJECTS_MAX; object++) {
    const entries = ofOneDay(await store.after(await store.archivedTo()), before, size);
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined) break;
    const bytes = formatArchive(entries);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const object = {
      firstSeq: first.seq,
      lastSeq: last.seq,
      day: dayOf(first.at),
      sha256,
      bytes: bytes.length,
      at: now,
    };
    await archive.put(archiveName(object), bytes);
    if (!(await store.noteArchived(object))) break;
    archived += entries.length;
  }
  await store.dropArchived();
  return archived;
}

function ofOneDay(entries: readonly StoredEntry[], before: number, size: number): readonly StoredEntry[] {
  const [first] = entries;
  if (first === undefined) return [];
  const end = entries.findIndex(({ at, seq }) => at >= before || seq > size || dayOf(at) !== dayOf(first.at));
  return end < 0 ? entries : entries.slice(0, end);
}
