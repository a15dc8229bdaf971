/** What the control plane is made with. It reaches for nothing else: no bindings, no clock, no randomness of its own. */
import type { AuthzenTermConfig, ServiceConfig } from "../config/define.ts";
import type { BulkStore } from "../consent/bulk.ts";
import type { Erasures } from "../consent/erasure.ts";
import type { Claim, IdempotencyKeys } from "../consent/idempotency.ts";
import type { ImpactRecords } from "../consent/impact.ts";
import type { ConsentReader } from "../consent/port.ts";
import type { ReceiptRecords } from "../consent/receipts.ts";
import type { ConsentRecords, ConsentWriter } from "../consent/writer.ts";
import type { ParticipationRule } from "../decision/model.ts";
import type { EvidenceReader } from "../evidence/port.ts";
import type { PersonVerifier } from "../identity/person-token.ts";
import type { SignerKey } from "../ledger/note-keys.ts";
import type { LedgerReader, Outbox } from "../ledger/port.ts";
import type { RouteRules } from "../rules/route-rules.ts";
import type { RateLimits } from "./rate-limits.ts";
import type { ReceiptTerms } from "./receipt-terms.ts";

export interface ControlDeps {
  readonly writer: ConsentWriter;
  readonly records: ConsentRecords;
  readonly evidence: EvidenceReader;
  readonly ledger: LedgerReader;
  readonly outbox: Outbox;
  readonly erasures: Erasures;
  readonly impact: ImpactRecords;
  readonly receipts: ReceiptRecords;
  /** What receipts say of the operator, by the name of the log. */
  readonly receiptTerms: (name: string) => ReceiptTerms;
  /** They sign checkpoints and exports. */
  readonly ledgerKeys: () => Promise<readonly SignerKey[]>;
  /** Takes what was accepted into the ledger at once. null: it could not. */
  readonly writeLedger: () => Promise<unknown>;
  readonly bulk: BulkStore;
  readonly idempotency: IdempotencyKeys;
  /** A writer whose changes mark the claim. */
  readonly writerMarking: (claim: Claim) => ConsentWriter;
  /** Whose a token of a configured issuer is. */
  readonly verifyPerson: PersonVerifier;
  readonly rateLimits: RateLimits;
  /** The gate's own reader, never a cache. */
  readonly consent: ConsentReader;
  /** What each route does with a record, by its id. */
  readonly rules: ReadonlyMap<string, RouteRules>;
  /** Words of other systems at the decision API. */
  readonly vocabulary: readonly AuthzenTermConfig[];
  readonly services: readonly ServiceConfig[];
  /** The least strict participation rule an account may have. */
  readonly participationRuleMin: ParticipationRule;
  /** Ids of the routes that producer keys may name. */
  readonly routeIds: readonly string[];
  readonly operatorToken: string;
  /** Signs producer keys: at least 32 random bytes in base64url. */
  readonly keySecret: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** A new id that begins with the prefix and `_`. */
  readonly newId: (prefix: string) => string;
  /** Told the class of an error that nothing here expects, and no more: its message may hold what was sent. */
  readonly onBug?: (errorName: string) => void;
}

/** Who recorded what came with the operator's token. */
export const RECORDED_BY = "operator";
