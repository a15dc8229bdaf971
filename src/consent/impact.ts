/** What impact asks of consent state: which answers and notices a withdrawal or an objection is about. The only implementation over D1 is in `store/`. */
import type { Instant } from "../decision/model.ts";

/** An answer somebody asks the impact of. */
export interface ImpactSubject {
  readonly id: string;
  readonly account: string;
  /** null: the account's own, or standing. */
  readonly conversation: string | null;
  readonly person: string;
  readonly answer: string;
  readonly at: Instant;
  /** Ids that decisions rest on: the consents it ends, or of an objection the person's acceptances, the notices they were shown, and what they gave as host. */
  readonly bases: readonly string[];
}

export interface ImpactRecords {
  /** An answer of an account or host. null: there is none of that id. */
  consent(id: string): Promise<ImpactSubject | null>;
  /** An answer of a participant. null: there is none of that id. */
  objection(id: string): Promise<ImpactSubject | null>;
  /** Conversations of the account that the person is known in. */
  conversationsOf(account: string | null, person: string): Promise<readonly string[]>;
}
