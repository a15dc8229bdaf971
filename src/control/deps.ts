/** What the control plane is made with. It reaches for nothing else: no bindings, no clock, no randomness of its own. */
import type { ServiceConfig } from "../config/define.ts";
import type { ConsentRecords, ConsentWriter } from "../consent/writer.ts";
import type { ParticipationRule } from "../decision/model.ts";
import type { EvidenceReader } from "../evidence/port.ts";

export interface ControlDeps {
  readonly writer: ConsentWriter;
  readonly records: ConsentRecords;
  readonly evidence: EvidenceReader;
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

/** Who recorded an answer, for the person who gave it. People's own identities are not known here yet. */
export const RECORDED_BY = "operator";
