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
  Objection,
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

/** Someone whose content it is, and what the state knows of them. */
interface Person {
  readonly id: string;
  readonly known: Participant | undefined;
}

/** The first reason that applies, in the order of the rule's list, or null. */
export function judgeParticipants(question: Question): DenyReason | null {
  const { item, kind, capturedAt, conversation, terms, service, now } = question;
  const { speaker, capturedUntil } = item;
  const rule = stricter(question.account.rule, terms.participationRuleMin);
  const span = spanOf(item, capturedAt, conversation);
  const checked = whoMustBeChecked(item, conversation, rule, span);

  if (speaker !== null && !isPresent(checked[0]!.known, instantOf(capturedAt))) return "speaker_unknown";
  for (const person of checked) {
    if (objects(person.known, service, span, now)) return "participant_objected";
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
function personOf(conversation: Conversation, id: string): Person {
  return { id, known: id === "" ? undefined : conversation.people.get(id) };
}

function stricter(a: ParticipationRule, b: ParticipationRule): ParticipationRule {
  return PARTICIPATION_RULES.indexOf(a) >= PARTICIPATION_RULES.indexOf(b) ? a : b;
}

/** Each once; the speaker, if there is one, first. */
function whoMustBeChecked(
  { speaker, privateTo }: ContentItem,
  conversation: Conversation,
  rule: ParticipationRule,
  span: Interval,
): readonly Person[] {
  const everyone = speaker === null || rule === "everyone";
  if (!everyone && privateTo === null) return [personOf(conversation, speaker)];
  const checked = new Set<string>();
  if (speaker !== null) checked.add(speaker);
  for (const person of privateTo ?? []) checked.add(person);
  if (everyone) {
    if (!conversation.peopleComplete)
      throw new Error("everyone is needed, and the state does not hold everyone");
    for (const [person, participant] of conversation.people) {
      if (isPresent(participant, span)) checked.add(person);
    }
  }
  return Array.from(checked, (id) => personOf(conversation, id));
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
  const from = a.from > b.from ? a.from : b.from;
  return (a.to === null || from < a.to) && (b.to === null || from < b.to);
}

function isPresent(participant: Participant | undefined, span: Interval): boolean {
  if (participant === undefined) return false;
  for (const stay of participant.presence) if (overlap(stay, span)) return true;
  return false;
}

/** Now, or while any of the item was captured. */
function objects(
  participant: Participant | undefined,
  service: string,
  span: Interval,
  now: Instant,
): boolean {
  if (participant === undefined) return false;
  for (const objection of participant.objections) {
    if (!concerns(objection, service)) continue;
    if (overlap(objection, instantOf(now)) || overlap(objection, span)) return true;
  }
  return false;
}

function concerns(objection: Objection, service: string): boolean {
  return objection.service === null || objection.service === service;
}

function reliesOnShowing({ service, notices, capturedAt, now, basis }: Question, { known }: Person): boolean {
  const showing = known?.shown.find(
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
  { id, known }: Person,
): boolean {
  const acceptance = known?.acceptances.get(service);
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
  const since = host?.person === id ? host.at : undefined;
  if (since === undefined || since > capturedAt) return false;
  return !known?.objections.some((one) => concerns(one, service) && one.from >= since);
}
