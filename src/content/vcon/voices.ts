/** Who is heard in a part of a vCon, and when. Pure. */
import type { ContentItem, Instant } from "../../decision/model.ts";

/** An item's times, as a decision takes them. */
export interface Span {
  readonly at: Instant | null;
  readonly until: ContentItem["capturedUntil"];
}

/** Stands for somebody whom nobody knows. */
export const NOBODY = "";

export class Voices {
  /** By speaker; null: everybody present. */
  readonly spans = new Map<string | null, Span>();
  /** Their places among the parties. */
  readonly parties = new Set<number>();
  /** The dialogs it is about, by place. */
  readonly dialogs = new Set<number>();
  /** It points at something that is not there. */
  astray = false;

  add(speaker: string | null, span: Span, party?: number): void {
    if (party !== undefined) this.parties.add(party);
    const known = this.spans.get(speaker);
    this.spans.set(speaker, known === undefined ? span : joined(known, span, speaker === null));
  }

  goAstray(span: Span): void {
    this.astray = true;
    this.add(NOBODY, span);
  }

  addAll(other: Voices): void {
    for (const [speaker, span] of other.spans) this.add(speaker, span);
    for (const party of other.parties) this.parties.add(party);
    for (const dialog of other.dialogs) this.dialogs.add(dialog);
  }
}

/** From the beginning of the earlier to the end of the later; what is unknown of one is unknown of both. */
function joined(a: Span, b: Span, everybody: boolean): Span {
  if (a.at === b.at && a.until === b.until) return a;
  const at = a.at === null || b.at === null ? null : Math.min(a.at, b.at);
  if (a.until === "unreadable" || b.until === "unreadable") return { at, until: "unreadable" };
  // Everybody without an end is everybody of the whole conversation.
  if (everybody && (a.until === null || b.until === null)) return { at, until: null };
  return { at, until: Math.max(endOf(a), endOf(b)) };
}

function endOf({ at, until }: Span): number {
  return typeof until === "number" ? until : (at ?? 0) + 1;
}
