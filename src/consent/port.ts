/** What the gate asks of consent state. The only implementation over D1 is in `store/`. No I/O here. */
import type { Instant, State } from "../decision/model.ts";

/** Every key the items of one window need, each once. */
export interface LookupKeys {
  readonly accounts: readonly string[];
  readonly conversations: readonly string[];
  /** [conversation, person]: speakers and those a private message was for. */
  readonly people: readonly (readonly [conversation: string, person: string])[];
  /** Conversations of which everyone is needed, because an item has no speaker. Those of accounts under `everyone` are added by the reader. */
  readonly whole: readonly string[];
}

/** While these are the same, nothing has changed that a decision about these accounts and services depends on, but the time. */
export interface Revisions {
  /** Of every account asked for; null: there is none of that id. */
  readonly accounts: ReadonlyMap<string, number | null>;
  /** Of every service asked for, how many versions its notice has: they are only ever added. */
  readonly notices: ReadonlyMap<string, number>;
}

/** A change of the consent database: its number, and what tells it from another of that number. 0 and empty: none. */
export interface KnownChange {
  readonly seq: number;
  readonly mark: string;
}

export interface RevisionsResult {
  readonly revisions: Revisions;
  /** Whether the producer's key is revoked by now. */
  readonly keyRevoked: boolean;
  /** The database no longer holds a change that the ledger knows of: it was restored, or rolled back. */
  readonly putBack?: boolean;
}

export interface LookupResult extends RevisionsResult {
  readonly state: State;
  /** How long before it was asked for the state was read, ms: 0 but from a cache. */
  readonly ageMs: number;
}

export interface ConsentReader {
  /**
   * All of a window's consent state in one query, from the primary.
   * `services` are the route's; `keyId` the producer key's id; `everyone` whether the configuration's least rule is `everyone`.
   * Rejects if the state cannot be read: the caller must not forward.
   */
  lookup(
    keys: LookupKeys,
    services: readonly string[],
    keyId: string,
    everyone: boolean,
  ): Promise<LookupResult>;
  /** A small query, from the primary, that says whether what was looked up still holds. Never from a cache. Rejects as `lookup` does. */
  revisions(
    accounts: readonly string[],
    services: readonly string[],
    keyId: string,
  ): Promise<RevisionsResult>;
  /** Revoked keys that have not expired: id to the instant of revocation, which may be to come. For routes without a lookup. */
  revokedKeys(): Promise<ReadonlyMap<string, Instant>>;
}
