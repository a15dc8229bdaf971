/**
 * What a source of events tells of conversations and presence. Events may come in any order and more than once: what is on record
 * afterwards depends only on which have come. The only implementation over D1 is in `store/`. No I/O here.
 */
import type { ConversationKind, Instant } from "../decision/model.ts";

export interface SourceEvent {
  readonly account: string;
  readonly conversation: string;
  readonly kind: ConversationKind;
  readonly recordedBy: string;
  readonly told:
    | { readonly type: "started" | "ended"; readonly at: Instant }
    /** `session`: what the source calls this stay, so that its end is told from that of another. */
    | {
        readonly type: "joined";
        readonly at: Instant;
        readonly person: string;
        readonly session: string;
        readonly host: boolean;
      }
    | { readonly type: "left"; readonly at: Instant; readonly session: string };
}

/** `fixed`: the conversation is on record with another account or kind. Where it is not `kept`, nothing was written. */
export type Kept = "kept" | "account_unknown" | "fixed";

export interface SourceFeed {
  /**
   * A stay lasts from its join to the first end told of its session, or of the conversation, that is not before. Rejects if the state
   * cannot be written.
   */
  keep(event: SourceEvent, now: Instant): Promise<Kept>;
}
