/**
 * When else an item might have been captured, or decided on, without changing its decision: so that records that differ in nothing else are
 * decided once. Says where a decision may turn, never what it is. Pure.
 */
import { AHEAD_MS } from "./decide.ts";
import type { Consent, ContentItem, Instant, Participant, RouteTerms, State } from "./model.ts";

/** Someone who came and went more often is decided on record by record. */
const POINTS_MAX = 64;

/**
 * In order: all else being the same, an item is decided on alike whichever instant it was captured at from one of them to before the next, and
 * to the end of `inTime`. `item` has a captured_at and no captured_until. null: not known, because more than one person is to be checked.
 */
export function turningPoints(
  item: Omit<ContentItem, "capturedAt">,
  terms: RouteTerms,
  state: State,
): readonly Instant[] | null {
  const points: Instant[] = [];
  const account = item.account === null ? undefined : state.accounts.get(item.account);
  const conversation = item.conversation === null ? undefined : state.conversations.get(item.conversation);
  if (account === undefined || conversation === undefined) return points;
  const everyone = account.rule === "everyone" || terms.participationRuleMin === "everyone";
  if (everyone || item.speaker === null || item.privateTo !== null || item.capturedUntil !== null)
    return null;
  for (const { id } of terms.services) {
    addConsent(points, account.consents.get(id));
    addConsent(points, conversation.hostConsents.get(id));
  }
  addPerson(points, conversation.people.get(item.speaker));
  return points.length > POINTS_MAX ? null : points.sort((a, b) => a - b);
}

/** Whether what was captured then is not in the future, so that it will not be later either. */
export function inTime(capturedAt: Instant, now: Instant): boolean {
  return capturedAt <= now + AHEAD_MS;
}

/** The first instant after `now` at which a decision that `turningPoints` knows about may turn by itself; Infinity: there is none. */
export function turnsAt(state: State, now: Instant): Instant {
  let first = Number.POSITIVE_INFINITY;
  const may = (instant: Instant | null): void => {
    if (instant !== null && instant > now && instant < first) first = instant;
  };
  const answer = (consent: Consent): void => {
    may(consent.at);
    may(consent.expiresAt);
  };
  for (const versions of state.notices.values()) for (const { effectiveAt } of versions) may(effectiveAt);
  for (const { services, consents } of state.accounts.values()) {
    for (const { trialEndsAt } of services.values()) may(trialEndsAt);
    for (const consent of consents.values()) answer(consent);
  }
  for (const { hostConsents, people } of state.conversations.values()) {
    for (const consent of hostConsents.values()) answer(consent);
    for (const { objections } of people.values()) {
      for (const { from, to } of objections) {
        may(from);
        may(to);
      }
    }
  }
  return first;
}

function addConsent(points: Instant[], consent: Consent | undefined): void {
  if (consent === undefined) return;
  points.push(consent.at);
  for (const from of consent.covers.values()) points.push(from);
}

function addPerson(points: Instant[], person: Participant | undefined): void {
  if (person === undefined) return;
  for (const one of [...person.presence, ...person.objections]) {
    points.push(one.from);
    if (one.to !== null) points.push(one.to);
  }
  for (const { at } of person.shown) points.push(at);
  for (const { since } of person.acceptances.values()) points.push(since);
}
