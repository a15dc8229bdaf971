/** Half-open intervals and what an item covers (contract, section 4). Part of the reference. */
import type { ContentItem, Conversation, Instant, Interval } from "../../src/decision/model.ts";

/** Both ends may be infinite. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

function span(interval: Interval | Span): Span {
  return { from: interval.from, to: interval.to ?? Number.POSITIVE_INFINITY };
}

export function standsAt(interval: Interval, instant: Instant): boolean {
  const { from, to } = span(interval);
  return from <= instant && instant < to;
}

/** Whether some instant lies in both; an empty interval holds none. */
export function intervalsMeet(one: Interval | Span, other: Interval | Span): boolean {
  const from = Math.max(span(one).from, span(other).from);
  const to = Math.min(span(one).to, span(other).to);
  return from < to;
}

/**
 * "[captured_at, captured_until); without captured_until, the instant, if it has a speaker, and the whole conversation, if it has
 * none." Read: an empty span is the instant, one millisecond long; the whole conversation goes from its start or its first
 * join to its end or its last leave, and is open at an end of which nothing is known, or while somebody is still there.
 */
export function spanOf(item: ContentItem, at: Instant, conversation: Conversation): Span {
  if (typeof item.capturedUntil === "number" && item.capturedUntil > at) {
    return { from: at, to: item.capturedUntil };
  }
  if (typeof item.capturedUntil === "number" || item.speaker !== null) return { from: at, to: at + 1 };
  const presence = [...conversation.people.values()].flatMap((person) => person.presence.map(span));
  const starts = presence.map(({ from }) => from);
  if (conversation.startedAt !== null) starts.push(conversation.startedAt);
  const ends = presence.map(({ to }) => to);
  if (conversation.endedAt !== null) ends.push(conversation.endedAt);
  return {
    from: starts.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...starts),
    to: ends.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...ends),
  };
}
