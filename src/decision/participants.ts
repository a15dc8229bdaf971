/** T15: have those whose content it is been told, have they agreed, does anyone object? Pure. */
import { versionStanding } from "./consent.ts";
import type {
  Account,
  ContentItem,
  Conversation,
  DenyReason,
  Instant,
  Interval,
  Kind,
  Notice,
  Participant,
  ParticipationRule,
  RouteTerms,
} from "./model.ts";
import { PARTICIPATION_RULES } from "./model.ts";

interface Question {
  readonly item: ContentItem;
  readonly kind: Kind;
  readonly capturedAt: Instant;
  readonly conversation: Conversation;
  readonly account: Account;
  readonly terms: RouteTerms;
  readonly service: string;
  readonly notices: readonly Notice[];
  readonly now: Instant;
  /** Where the acceptances and showings relied on are added. */
  readonly basis: string[];
}

/** The first reason that applies, in the order of the rule's list, or null. */
export function judgeParticipants(question: Question): DenyReason | null {
  const { item, kind, capturedAt, conversation, terms, service, now } = question;
  const { speaker, capturedUntil } = item;
  const rule = stricter(question.account.rule, terms.participationRuleMin);
  const span = spanOf(item, capturedAt, conversation);
  const checked = whoMustBeChecked(item, conversation, rule, span);

  if (speaker !== null && !isPresent(known(conversation, speaker), instantOf(capturedAt))) {
    return "speaker_unknown";
  }
  for (const person of checked) {
    if (objects(known(conversation, person), service, span, now)) return "participant_objected";
  }
  if (rule === "notice") {
    for (const person of checked) if (!reliesOnShowing(question, person)) return "participant_not_notified";
  }
  const mustAccept =
    rule !== "notice" || conversation.kind === "channel" || item.privateTo !== null || kind === "biometric";
  if (mustAccept) {
    for (const person of checked) if (!reliesOnAcceptance(question, person)) return "participant_undecided";
  }
  if (speaker === null) {
    if (![...conversation.people.values()].some((person) => isPresent(person, span)))
      return "participants_unknown";
    const end = typeof capturedUntil === "number" ? capturedUntil : capturedAt;
    if (end + terms.presenceSettleMs > now) return "participants_unknown";
  }
  return null;
}

/** An empty name is nobody, whatever the state holds under it. */
function known(conversation: Conversation, person: string): Participant | undefined {
  return person === "" ? undefined : conversation.people.get(person);
}

function stricter(a: ParticipationRule, b: ParticipationRule): ParticipationRule {
  return PARTICIPATION_RULES.indexOf(a) >= PARTICIPATION_RULES.indexOf(b) ? a : b;
}

function whoMustBeChecked(
  { speaker, privateTo }: ContentItem,
  conversation: Conversation,
  rule: ParticipationRule,
  span: Interval,
): Set<string> {
  const checked = new Set<string>();
  if (speaker !== null) checked.add(speaker);
  for (const person of privateTo ?? []) checked.add(person);
  if (speaker === null || rule === "everyone") {
    if (!conversation.peopleComplete)
      throw new Error("everyone is needed, and the state does not hold everyone");
    for (const [person, participant] of conversation.people) {
      if (isPresent(participant, span)) checked.add(person);
    }
  }
  return checked;
}

/** What of the conversation the item covers. */
function spanOf(
  { speaker, capturedUntil }: ContentItem,
  capturedAt: Instant,
  conversation: Conversation,
): Interval {
  if (typeof capturedUntil === "number" && capturedUntil > capturedAt)
    return { from: capturedAt, to: capturedUntil };
  if (capturedUntil !== null || speaker !== null) return instantOf(capturedAt);
  let from = conversation.startedAt ?? Number.POSITIVE_INFINITY;
  let to = conversation.endedAt;
  let stillOpen = false;
  for (const { presence } of conversation.people.values()) {
    for (const stay of presence) {
      from = Math.min(from, stay.from);
      if (stay.to === null) stillOpen = true;
      else to = Math.max(to ?? stay.to, stay.to);
    }
  }
  return {
    from: Number.isFinite(from) ? from : Number.NEGATIVE_INFINITY,
    to: stillOpen ? null : to,
  };
}

function instantOf(at: Instant): Interval {
  return { from: at, to: at + 1 };
}

function overlap(a: Interval, b: Interval): boolean {
  const until = Math.min(a.to ?? Number.POSITIVE_INFINITY, b.to ?? Number.POSITIVE_INFINITY);
  return Math.max(a.from, b.from) < until;
}

function isPresent(participant: Participant | undefined, span: Interval): boolean {
  return participant?.presence.some((stay) => overlap(stay, span)) ?? false;
}

/** Now, or while any of the item was captured. */
function objects(
  participant: Participant | undefined,
  service: string,
  span: Interval,
  now: Instant,
): boolean {
  return (
    participant?.objections.some(
      (objection) =>
        (objection.service === null || objection.service === service) &&
        (overlap(objection, instantOf(now)) || overlap(objection, span)),
    ) ?? false
  );
}

function reliesOnShowing(
  { conversation, service, notices, capturedAt, now, basis }: Question,
  person: string,
): boolean {
  const showing = known(conversation, person)?.shown.find(
    (one) =>
      one.service === service &&
      one.at <= capturedAt &&
      versionStanding(one.noticeVersion, notices, now) === "current",
  );
  if (showing === undefined) return false;
  basis.push(showing.id);
  return true;
}

function reliesOnAcceptance(
  { conversation, service, notices, capturedAt, now, basis }: Question,
  person: string,
): boolean {
  const acceptance = known(conversation, person)?.acceptances.get(service);
  if (
    acceptance !== undefined &&
    acceptance.since <= capturedAt &&
    versionStanding(acceptance.noticeVersion, notices, now) === "current"
  ) {
    basis.push(acceptance.id);
    return true;
  }
  // The person whose host consent stands counts as having accepted when they gave it (not since the start of its run, which another
  // host may have begun), unless they have objected since.
  const host = conversation.kind === "channel" ? undefined : conversation.hostConsents.get(service);
  const since = host?.person === person ? host.at : undefined;
  if (since === undefined || since > capturedAt) return false;
  const objections = known(conversation, person)?.objections ?? [];
  return !objections.some((one) => (one.service === null || one.service === service) && one.from >= since);
}
