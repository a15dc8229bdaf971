/** Which entries were deleted because of their age, as the ledger says. Pure. */
import type { Retention } from "./entries.ts";
import type { StoredEntry } from "./port.ts";

/** The stream that says so. */
export const RETENTION = "retention";

/** Whether the entry of a seq is among those the records speak of. */
export function retained(records: readonly StoredEntry[]): (seq: number) => boolean {
  const ranges = records.flatMap(({ body }) => (JSON.parse(body) as Retention).positions);
  return (seq) => ranges.some(([first, last]) => seq - 1 >= first && seq - 1 <= last);
}
