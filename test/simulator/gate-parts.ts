/** What of the gate and of the ledger's writer a simulation drives: the real one, or another in its place, to see whether it would be found out. */
import { LIMITS } from "../../src/config/limits.ts";
import { cachedReader } from "../../src/consent/cache.ts";
import { Fault } from "../../src/gate/fault.ts";
import { LaggingEvidence } from "../../src/gate/lagging-evidence.ts";
import { LedgerHead } from "../../src/gate/ledger-head.ts";
import { passThrough } from "../../src/gate/pipeline.ts";
import { Revocations } from "../../src/gate/revocations.ts";
import { compileRoutes } from "../../src/gate/routes.ts";
import { archiveEntries } from "../../src/ledger-writer/archive.ts";
import { LedgerDriver } from "../../src/ledger-writer/drive.ts";
import { keepHead } from "../../src/ledger-writer/keep-head.ts";
import { sweepExchanges } from "../../src/ledger-writer/sweep.ts";
import { writeLedger } from "../../src/ledger-writer/write.ts";

/** As the worker's own: Unix milliseconds; throws rather than give none. */
function readClock(wall: () => number): number {
  const now = wall();
  if (!Number.isFinite(now)) throw new Fault("clock_unavailable");
  return now;
}

export const REAL_GATE = {
  /** May be lowered while a seed runs. */
  LIMITS: LIMITS as Record<string, number>,
  passThrough,
  compileRoutes,
  LaggingEvidence,
  LedgerHead,
  Revocations,
  cachedReader,
  readClock,
  archiveEntries,
  keepHead,
  LedgerDriver,
  sweepExchanges,
  writeLedger,
};

export type GateParts = typeof REAL_GATE;
