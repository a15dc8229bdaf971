/** A batch of an import, judged anew until it is written as it was judged: others may write meanwhile. Knows nothing of what it writes. */

import type { Outcome } from "./import.ts";
import { lineFault } from "./line-fault.ts";

/** Each further attempt means that another writer got through. */
const ATTEMPTS_MAX = 8;

/** `attempt` reads, judges every line and writes; `whole`: there was nothing to write, or all of it was. */
export async function untilWhole(
  attempt: () => Promise<{ readonly judged: readonly Outcome[]; readonly whole: boolean }>,
): Promise<readonly Outcome[]> {
  /** Lines that may have been written by an attempt that fell short. */
  const tried = new Set<number>();
  let outcomes: Outcome[] = [];
  for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
    const { judged, whole } = await attempt();
    outcomes = judged.map((outcome, index) =>
      outcome === "unchanged" && tried.has(index) ? "applied" : outcome,
    );
    if (whole) return outcomes;
    for (const [index, outcome] of outcomes.entries()) if (outcome === "applied") tried.add(index);
  }
  return outcomes.map((outcome) => (outcome === "applied" ? lineFault("write_contended") : outcome));
}
