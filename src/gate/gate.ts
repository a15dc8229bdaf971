/** What the data plane is made of: handed to it by the composition root. */
import type { ConsentReader } from "../consent/port.ts";
import type { EvidenceIntake } from "../evidence/port.ts";
import type { LaggingEvidence } from "./lagging-evidence.ts";
import type { LedgerHead } from "./ledger-head.ts";
import type { Revocations } from "./revocations.ts";
import type { Routes } from "./routes.ts";
import type { Attest } from "./upstream.ts";

/** Keeps work alive behind the answer: nothing that matters goes there. */
export type Defer = (work: Promise<unknown>) => void;

export interface Gate {
  readonly routes: Routes;
  readonly consent: ConsentReader;
  readonly evidence: EvidenceIntake;
  /** For opaque bodies only. */
  readonly laggingEvidence: LaggingEvidence;
  readonly revocations: Revocations;
  readonly ledgerHead: LedgerHead;
  /** Those that may have signed a producer's key, the current one first. */
  readonly keySecrets: readonly string[];
  readonly digestSecret: string;
  /** The gate's word to an upstream that a request comes from it. */
  readonly attest: Attest;
  /** Unix milliseconds. */
  readonly now: () => number;
}
