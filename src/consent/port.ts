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

export interface LookupResult {
  readonly state: State;
  /** Whether the producer's key has been revoked; a revocation set ahead counts from its instant. */
  readonly keyRevoked: boolean;
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
  /** Revoked keys that have not expired: id to the instant of revocation, which may be to come. For routes without a lookup. */
  revokedKeys(): Promise<ReadonlyMap<string, Instant>>;
}
