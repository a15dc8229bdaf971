/** What a receipt needs of consent state: whose answer it is, and which change of the outbox made it. The only implementation over D1 is in `store/`. */
import type { Instant } from "../decision/model.ts";

export interface AnsweredSubject {
  readonly id: string;
  readonly account: string;
  /** null: the account's own, or standing. */
  readonly conversation: string | null;
  readonly person: string;
  /** null: every service. */
  readonly service: string | null;
  /** Where an imported answer came from; null: it was given here. */
  readonly source: string | null;
  /** `at`: by the database's clock. */
  readonly change: { readonly seq: number; readonly mark: string; readonly at: Instant };
}

export interface ReceiptRecords {
  /** An answer of an account or host. null: there is none of that id, or whose it is was erased. */
  consent(id: string): Promise<AnsweredSubject | null>;
  /** An answer of a participant. null: there is none of that id, or whose it is was erased. */
  answer(id: string): Promise<AnsweredSubject | null>;
}
