/** Waits until the ledger is written. Measures nothing. */
const MS_MAX = 600_000;

/** Until a checkpoint covers every entry, calls `write`, which writes some of what is due. Rejects if that takes ten minutes. */
export async function ledgerWritten(evidence: D1Database, write: () => Promise<unknown>): Promise<void> {
  const due =
    "select (select max(seq) from entries) - coalesce((select max(size) from checkpoints), 0) as due";
  for (const began = performance.now(); ; await write()) {
    const row = await evidence.prepare(due).first<{ due: number | null }>();
    if ((row?.due ?? 0) === 0) return;
    if (performance.now() - began > MS_MAX) throw new Error("the ledger does not catch up");
  }
}
