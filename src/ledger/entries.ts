/**
 * What the ledger holds. Ids, counts, times, digests, answers, policy: never content. People appear under pseudonyms alone (`pseudonym.ts`),
 * in `recorded_by` too. Times are Unix milliseconds. Types only.
 */
import type { Entry } from "../evidence/entries.ts";

/** As `pseudonym()` makes it. */
export type Pseudonym = `p_${string}`;

export type LedgerEntry =
  | { readonly kind: "exchange"; readonly body: Entry }
  | { readonly kind: "consent_changed"; readonly body: ConsentChanged }
  | { readonly kind: "configuration_changed"; readonly body: ConfigurationChanged }
  | { readonly kind: "keys_changed"; readonly body: KeysChanged }
  | { readonly kind: "retention"; readonly body: Retention }
  | { readonly kind: "erasure"; readonly body: Erasure }
  | { readonly kind: "reconciliation"; readonly body: Reconciliation }
  | { readonly kind: "deletion_acknowledged"; readonly body: DeletionAcknowledged };

export type LedgerKind = LedgerEntry["kind"];

/** First and last position, both inclusive. */
export type PositionRange = readonly [first: number, last: number];

/** A change of what a decision may depend on, written together with the change itself. */
export interface ConsentChanged {
  readonly at: number;
  /** Counts every change of the consent database: a database that is behind the ledger was rolled back. */
  readonly revision: number;
  readonly what:
    | "account"
    | "service_setting"
    | "notice"
    | "account_consent"
    | "host_consent"
    | "conversation"
    | "presence"
    | "notice_shown"
    | "participant_answer"
    | "producer_key";
  /** The id of what changed. */
  readonly record: string;
  readonly account: string | null;
  readonly conversation: string | null;
  readonly service: string | null;
  /** `given`, `refused`, `withdrawn`, `revoked`, `accepted`, `objected`, `objection_withdrawn`; null where it is no answer. */
  readonly answer: string | null;
  /** Whose it is. */
  readonly person: Pseudonym | null;
  readonly role: string | null;
  readonly recorded_by: Pseudonym | null;
  readonly notice_version: string | null;
  /** SHA-256 of the notice's text, hexadecimal: which words were shown. */
  readonly notice_sha256: string | null;
  /** For each kind a given consent covers, the earliest instant of capture. */
  readonly covers: Readonly<Record<string, number>> | null;
  readonly expires_at: number | null;
  /** What else changed, by name: labels, participation rule, trial, times. */
  readonly changed: Readonly<Record<string, JsonValue>> | null;
}

export interface ConfigurationChanged {
  readonly at: number;
  readonly digest: string;
  /** null: it is the first. */
  readonly previous_digest: string | null;
  readonly changes: readonly {
    /** JSON Pointer into the configuration. */
    readonly path: string;
    /** null: it was not there. Secrets appear as `{"sha256": …}`. */
    readonly before: JsonValue;
    readonly after: JsonValue;
  }[];
}

/** Keys that sign checkpoints. */
export interface KeysChanged {
  readonly at: number;
  /** Verifier keys as in the file of keys, oldest first, retired ones with their `until`. */
  readonly keys: readonly string[];
}

/** Bodies deleted because they were older than the rule lets them be. Their leaf hashes stay. */
export interface Retention {
  readonly at: number;
  readonly keep_days: number;
  readonly positions: readonly PositionRange[];
}

/** A person's pseudonym key destroyed, or bodies deleted, on request. Names nobody: the pseudonym is all that is left. */
export interface Erasure {
  readonly at: number;
  readonly account: string | null;
  readonly pseudonym: Pseudonym | null;
  readonly positions: readonly PositionRange[];
  readonly recorded_by: Pseudonym | null;
}

/** A consent database that was behind the ledger is taken for good again: by whom, on what ground. */
export interface Reconciliation {
  readonly at: number;
  readonly revision_expected: number;
  readonly revision_found: number;
  /** Of that revision: as `changed.mark` of its entry will have it. */
  readonly mark_found: string;
  readonly recorded_by: Pseudonym | null;
  /** SHA-256 of the operator's note, which is kept elsewhere, hexadecimal. */
  readonly reason_sha256: string | null;
}

/** An upstream's word that it deleted, or untrained, what had rested on a consent. The gate records it and does not claim it. */
export interface DeletionAcknowledged {
  readonly at: number;
  /** The consent, acceptance or objection whose impact it is. */
  readonly record: string;
  readonly upstream: string;
  readonly exchanges: readonly string[];
  readonly recorded_by: Pseudonym | null;
  /** SHA-256 of the acknowledgement as it came, hexadecimal. */
  readonly evidence_sha256: string | null;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };
