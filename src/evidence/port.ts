/** Where evidence goes. The only implementation over D1 is in `store/`. */
import type { Entry } from "./entries.ts";

export interface EvidenceIntake {
  /** Durable when it resolves. Rejects if it is not: then nothing the entries speak of may leave. */
  append(entries: readonly Entry[]): Promise<void>;
}

/** What the ledger knows of the consent database. */
export interface ConsentHeadReader {
  /** The last of its changes that is in the ledger. */
  consentHead(): Promise<{ readonly seq: number; readonly mark: string }>;
}

export interface EvidenceReader {
  /** In the order they were accepted; empty if there is no such exchange. */
  entries(exchange: string): Promise<readonly Entry[]>;
  /** Exchanges, newest first, those before a position of the list; null: from the newest. */
  recent(
    limit: number,
    before?: number | null,
  ): Promise<readonly { readonly exchange: string; readonly position: number }[]>;
}
