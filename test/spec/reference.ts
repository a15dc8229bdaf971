/**
 * The decision once more, from the contract's words (sections 2 to 4), to be read beside them and not to be fast.
 * Every rule says by itself whether it applies, whatever the others say; the first that applies names the reason.
 * It shares words and shapes with `src/decision/model.ts` and nothing else: it may not import the decision it judges.
 */
import {
  CONVERSATION_KINDS,
  type ContentItem,
  type Conversation,
  type Instant,
  type Item,
  KINDS,
  LABELS,
  PARTICIPATION_RULES,
  type ProducerTerms,
  type Reason,
  type RouteTerms,
  type ServiceTerms,
  type State,
} from "../../src/decision/model.ts";
import { type AnswerFault, accountAnswerFaults, hostAnswerFaults, isCurrent } from "./reference-answers.ts";
import { intervalsMeet, type Span, spanOf, standsAt } from "./reference-time.ts";

export type Rule = `T${number}`;

export interface Verdict {
  readonly rule: Rule | "otherwise";
  readonly allow: boolean;
  readonly reason: Reason;
}

export interface ReferenceDecision {
  /** Every verdict of every rule that applies, in the order of the rules; the first is the decision. Never empty. */
  readonly verdicts: readonly Verdict[];
  /** What `consented` rests on. Of each group at least one id is named, and no id is named that is in none of them. */
  readonly basis: readonly (readonly string[])[];
}

const FIVE_MINUTES = 5 * 60 * 1000;

export function referenceDecision(
  item: Item,
  terms: RouteTerms,
  producer: ProducerTerms,
  state: State,
  now: Instant,
): ReferenceDecision {
  if (item.type !== "content") {
    // Section 5: service data goes to a third party only where the route says so. Read: an opaque body likewise.
    const mayGo = terms.recipient === "first-party" || terms.serviceDataToThirdParty;
    const reason = item.type === "opaque" ? "opaque_uninspected" : "service_data";
    const verdict: Verdict = mayGo
      ? { rule: "T1", allow: true, reason }
      : { rule: "T1", allow: false, reason: "third_party_recipient" };
    return { verdicts: [verdict], basis: [] };
  }
  const rules = [
    ...rulesOfRouteAndItem(item, terms, producer, state, now),
    ...rulesOfSettings(item, terms, state, now),
    ...rulesOfAnswers(item, terms, state, now),
    ...terms.services.flatMap((service) => rulesOfPeople(item, terms, service, state, now)),
  ];
  const verdicts: Verdict[] = rules
    .filter(([, , applies]) => applies)
    .map(([rule, reason]) => verdict(rule, reason));
  verdicts.push({ rule: "otherwise", allow: true, reason: "consented" });
  return { verdicts, basis: basisOf(item, terms, state, now) };
}

type Line = readonly [rule: Rule, reason: Reason, applies: boolean];

function verdict(rule: Rule, reason: Reason): Verdict {
  return { rule, reason, allow: reason === "protect" || reason === "serve" };
}

/** T2 to T9. */
function rulesOfRouteAndItem(
  item: ContentItem,
  terms: RouteTerms,
  producer: ProducerTerms,
  state: State,
  now: Instant,
): Line[] {
  const account = item.account === null ? undefined : state.accounts.get(item.account);
  const conversation = conversationOf(item, state);
  const train = terms.purpose === "train";
  // "The account, its conversation or the item": another account's conversation is not its conversation.
  const labels: string[] = [...(account?.labels ?? []), ...(conversation?.labels ?? []), ...item.labels];
  const until = item.capturedUntil;
  const instants = [item.capturedAt, until].filter((instant) => typeof instant === "number");
  // A captured_until that cannot be read leaves it unknown whether captured_at is after it.
  const timesUnusable =
    item.capturedAt === null || until === "unreadable" || (until !== null && item.capturedAt > until);
  return [
    ["T2", "third_party_recipient", terms.purpose !== "serve" && terms.recipient !== "first-party"],
    ["T3", "purpose_not_permitted", !["train", "serve", "protect"].includes(terms.purpose)],
    ["T3", "purpose_not_permitted", terms.purpose === "protect" && item.kind !== "invite"],
    ["T4", "protected_education", train && labels.includes("education_records")],
    ["T4", "protected_health", train && labels.includes("health_information")],
    ["T5", "kind_unknown", !(KINDS as readonly unknown[]).includes(item.kind)],
    ["T5", "kind_unknown", !(terms.kinds as readonly unknown[]).includes(item.kind)],
    ["T5", "label_unknown", item.labels.some((label) => !(LABELS as readonly string[]).includes(label))],
    ["T6", "unattributed", account === undefined],
    ["T6", "unattributed", train && conversation === undefined],
    ["T6", "unattributed", train && timesUnusable],
    ["T7", "producer_not_authorized", !producer.accounts.some((may) => may === "*" || may === item.account)],
    ["T8", "captured_in_future", instants.some((instant) => instant - now > FIVE_MINUTES)],
    ["T9", "protect", terms.purpose === "protect"],
  ];
}

/** T10 to T12. */
function rulesOfSettings(item: ContentItem, terms: RouteTerms, state: State, now: Instant): Line[] {
  const account = item.account === null ? undefined : state.accounts.get(item.account);
  const optIn = terms.services.filter((service) => service.optIn);
  return [
    ...optIn.flatMap((service): Line[] => {
      const setting = account?.services.get(service.id);
      const trialEnd = setting?.trialEndsAt ?? null;
      return [
        ["T10", "service_not_enabled", setting === undefined || !setting.enabled],
        ["T10", "trial_ended", trialEnd !== null && now >= trialEnd],
      ];
    }),
    ["T11", "serve", terms.purpose === "serve"],
    ["T12", "signal_disallows", item.signal !== "none"],
  ];
}

const ACCOUNT_REASONS: Readonly<Record<AnswerFault, Reason>> = {
  missing: "account_consent_missing",
  refused: "account_consent_refused",
  withdrawn: "account_consent_withdrawn",
  revoked: "account_consent_revoked",
  expired: "account_consent_expired",
  superseded: "account_consent_superseded",
  kind: "kind_not_covered",
  before: "captured_before_consent",
};

const HOST_REASONS: Readonly<Record<AnswerFault, Reason>> = {
  missing: "host_consent_missing",
  refused: "host_consent_refused",
  withdrawn: "host_consent_withdrawn",
  revoked: "host_consent_revoked",
  expired: "host_consent_expired",
  superseded: "host_consent_superseded",
  kind: "host_kind_not_covered",
  before: "captured_before_host_consent",
};

/** T13 and T14. "Must hold for each, in the route's order": T13 for every service, and only then T14 for every service. */
function rulesOfAnswers(item: ContentItem, terms: RouteTerms, state: State, now: Instant): Line[] {
  const account = item.account === null ? undefined : state.accounts.get(item.account);
  const conversation = conversationOf(item, state);
  const ofAccount = terms.services.flatMap((service) => {
    const answer = account?.consents.get(service.id);
    return accountAnswerFaults(answer, state.notices.get(service.id) ?? [], item, now);
  });
  const ofHost = terms.services.flatMap((service) => {
    if (conversation === undefined || !hasHostKind(conversation)) return [];
    const answer = conversation.hostConsents.get(service.id);
    return hostAnswerFaults(answer, state.notices.get(service.id) ?? [], item, now);
  });
  return [
    ...ofAccount.map((fault): Line => ["T13", ACCOUNT_REASONS[fault], true]),
    ...ofHost.map((fault): Line => ["T14", HOST_REASONS[fault], true]),
  ];
}

/** T15 for one service: every reason of one service comes before any of the next. */
function rulesOfPeople(
  item: ContentItem,
  terms: RouteTerms,
  service: ServiceTerms,
  state: State,
  now: Instant,
): Line[] {
  const conversation = conversationOf(item, state);
  const at = item.capturedAt;
  if (conversation === undefined || at === null) return [["T15", "participants_unknown", true]];
  const span = spanOf(item, at, conversation);
  const checked = whoMustBeChecked(item, terms, state, conversation, span);
  const speaker =
    item.speaker === null || item.speaker === "" ? undefined : conversation.people.get(item.speaker);
  const speakerThere = speaker?.presence.some((presence) => standsAt(presence, at)) ?? false;
  const objects = (person: string) =>
    (conversation.people.get(person)?.objections ?? [])
      .filter((objection) => objection.service === null || objection.service === service.id)
      .some((objection) => standsAt(objection, now) || intervalsMeet(objection, span));
  const end = typeof item.capturedUntil === "number" ? item.capturedUntil : at;
  const unsettled = item.speaker === null && end + terms.presenceSettleMs > now;
  return [
    ["T15", "speaker_unknown", item.speaker !== null && !speakerThere],
    ["T15", "participant_objected", checked.some(objects)],
    [
      "T15",
      "participant_not_notified",
      noticeNeeded(item, terms, state) &&
        checked.some((person) => showingsThatCount(person, item, service, state, now).length === 0),
    ],
    [
      "T15",
      "participant_undecided",
      acceptanceNeeded(item, terms, state) &&
        checked.some((person) => acceptancesThatCount(person, item, service, state, now).length === 0),
    ],
    ["T15", "participants_unknown", presentDuring(conversation, span).length === 0 || unsettled],
  ];
}

/** The item's conversation, if it is one of its account's. */
function conversationOf(item: ContentItem, state: State): Conversation | undefined {
  const conversation = item.conversation === null ? undefined : state.conversations.get(item.conversation);
  return conversation !== undefined && conversation.account === item.account ? conversation : undefined;
}

/** "The first three have a host; a channel has none." */
function hasHostKind(conversation: Conversation): boolean {
  return CONVERSATION_KINDS.slice(0, 3).includes(conversation.kind);
}

/** Read: the stricter of the account's rule and the least strict one the configuration allows. */
function participationRule(item: ContentItem, terms: RouteTerms, state: State) {
  const account = item.account === null ? undefined : state.accounts.get(item.account);
  const strictness = [account?.rule ?? "notice", terms.participationRuleMin].map((rule) =>
    PARTICIPATION_RULES.indexOf(rule),
  );
  return PARTICIPATION_RULES[Math.max(...strictness)];
}

function presentDuring(conversation: Conversation, span: Span): string[] {
  return [...conversation.people]
    .filter(([, person]) => person.presence.some((presence) => intervalsMeet(presence, span)))
    .map(([id]) => id);
}

/** Read: those a private message was for are checked whether or not they were present, also where there is no speaker. */
function whoMustBeChecked(
  item: ContentItem,
  terms: RouteTerms,
  state: State,
  conversation: Conversation,
  span: Span,
): string[] {
  const all = item.speaker === null || participationRule(item, terms, state) === "everyone";
  return [
    ...(item.speaker === null ? [] : [item.speaker]),
    ...(item.privateTo ?? []),
    ...(all ? presentDuring(conversation, span) : []),
  ];
}

function noticeNeeded(item: ContentItem, terms: RouteTerms, state: State): boolean {
  return participationRule(item, terms, state) === "notice";
}

/** Read: a private message to an empty list is private all the same. */
function acceptanceNeeded(item: ContentItem, terms: RouteTerms, state: State): boolean {
  if (participationRule(item, terms, state) !== "notice") return true;
  return (
    conversationOf(item, state)?.kind === "channel" || item.privateTo !== null || item.kind === "biometric"
  );
}

/** Read: only a showing is one; to have accepted, or to be the host who consented, is not to have been shown. */
function showingsThatCount(
  person: string,
  item: ContentItem,
  service: ServiceTerms,
  state: State,
  now: Instant,
): string[] {
  const shown = conversationOf(item, state)?.people.get(person)?.shown ?? [];
  return shown
    .filter((showing) => showing.service === service.id)
    .filter((showing) => isCurrent(showing.noticeVersion, state.notices.get(service.id) ?? [], now))
    .filter((showing) => item.capturedAt !== null && showing.at <= item.capturedAt)
    .map((showing) => showing.id);
}

/**
 * The ids of what stands for the person's acceptance: the person's own, or the host consent, from the instant this person gave it.
 * Read: not from the start of its run, which another host may have begun; a host who also accepted rests on either; a host who
 * objected after giving, even if the objection was withdrawn, has to accept anew like everybody else.
 */
function acceptancesThatCount(
  person: string,
  item: ContentItem,
  service: ServiceTerms,
  state: State,
  now: Instant,
): string[] {
  const conversation = conversationOf(item, state);
  if (conversation === undefined || item.capturedAt === null || person === "") return [];
  const notices = state.notices.get(service.id) ?? [];
  const ids: string[] = [];
  const hostConsent = hasHostKind(conversation) ? conversation.hostConsents.get(service.id) : undefined;
  if (hostConsent?.person === person && hostAnswerFaults(hostConsent, notices, item, now).length === 0) {
    const start = hostConsent.at;
    const objectedSince = (conversation.people.get(person)?.objections ?? []).filter(
      (objection) => objection.from >= start && [null, service.id].includes(objection.service),
    );
    if (start <= item.capturedAt && objectedSince.length === 0) ids.push(hostConsent.id);
  }
  const own = conversation.people.get(person)?.acceptances.get(service.id);
  if (own !== undefined && own.since <= item.capturedAt && isCurrent(own.noticeVersion, notices, now)) {
    ids.push(own.id);
  }
  return ids;
}

function basisOf(item: ContentItem, terms: RouteTerms, state: State, now: Instant): string[][] {
  const conversation = conversationOf(item, state);
  if (conversation === undefined || item.capturedAt === null) return [];
  const span = spanOf(item, item.capturedAt, conversation);
  const checked = whoMustBeChecked(item, terms, state, conversation, span);
  const one = (id: string | undefined) => (id === undefined ? [] : [[id]]);
  return terms.services.flatMap((service) => [
    ...one(state.accounts.get(item.account ?? "")?.consents.get(service.id)?.id),
    ...(hasHostKind(conversation) ? one(conversation.hostConsents.get(service.id)?.id) : []),
    ...checked.flatMap((person) => [
      ...(noticeNeeded(item, terms, state) ? [showingsThatCount(person, item, service, state, now)] : []),
      ...(acceptanceNeeded(item, terms, state)
        ? [acceptancesThatCount(person, item, service, state, now)]
        : []),
    ]),
  ]);
}
