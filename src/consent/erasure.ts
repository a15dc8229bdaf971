/** What erasing a person's ids from the evidence asks of the consent database. The only implementation over D1 is in `store/`. */
import type { Instant } from "../decision/model.ts";

export interface Erased {
  readonly at: Instant;
  /** The ledger's entry of it. */
  readonly record: string;
}

/** By what the ledger knows a person of an account. */
export interface KnownAs {
  /** null: not erased. */
  readonly erased: Erased | null;
  /** Of the person's pseudonym; null: the ledger never spoke of them, or there is none any more. */
  readonly key: string | null;
  /** The person, and who recorded something where that was the same person. */
  readonly names: readonly string[];
}

/** Every method rejects if the database cannot be reached. */
export interface Erasures {
  knownAs(account: string, person: string): Promise<KnownAs>;
  /** At once and for good: their keys are gone and get no successor, and no change names them, now or later. Nothing that is decided by changes. */
  erase(account: string, names: readonly string[], erased: Erased): Promise<void>;
}
