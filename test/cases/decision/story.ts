/**
 * The story every case starts from, and how a case says what is different in it. Plain data in, the decision's arguments out.
 * Ana hosts a meeting of Acme from minute 10 to 60; Ben speaks at minute 20; everybody who must has agreed; it is minute 100.
 */
import {
  type Acceptance,
  type Account,
  type Consent,
  type ContentItem,
  type Conversation,
  type Instant,
  type Item,
  KINDS,
  type Notice,
  type ProducerTerms,
  type Reason,
  type RouteTerms,
  type ServiceSetting,
  type State,
} from "../../../src/decision/model.ts";

export const minute = (minutes: number): Instant => minutes * 60_000;

export const NOW = minute(100);
/** When the account and then the host consented, and when people were shown the notice and then accepted. */
export const ACCOUNT_CONSENTED = minute(1);
export const HOST_CONSENTED = minute(5);
export const SHOWN = minute(8);
export const ACCEPTED = minute(9);
export const START = minute(10);
/** The item's captured_at. */
export const AT = minute(20);
export const END = minute(60);

type Answers = Readonly<Record<string, Partial<Consent> | null>>;

/** A person differs from the story's in whatever is given; `service` is `summary` where it is left out. */
export interface Person {
  readonly there?: readonly (readonly [from: Instant, to: Instant | null])[];
  readonly shown?: readonly (readonly [version: string, at: Instant, service?: string])[];
  readonly accepted?: readonly (readonly [version: string, since: Instant, service?: string])[];
  /** `service` null: every service. */
  readonly objected?: readonly (readonly [from: Instant, to: Instant | null, service?: string | null])[];
}

/** What is different from the story, and what must come of it. */
export interface Case {
  readonly rule: `T${number}`;
  readonly name: string;
  readonly item?: Partial<ContentItem>;
  readonly itemType?: "service_data" | "opaque";
  readonly route?: Partial<RouteTerms>;
  readonly producer?: readonly string[];
  readonly account?: Partial<Pick<Account, "labels" | "rule">>;
  /** By service; null: there is none. */
  readonly settings?: Readonly<Record<string, ServiceSetting | null>>;
  /** By service; null: there is none. */
  readonly accountConsent?: Answers;
  readonly hostConsent?: Answers;
  readonly conversation?: Partial<Omit<Conversation, "hostConsents" | "people">>;
  /** Beside or instead of Ana and Ben; null: not in it. */
  readonly people?: Readonly<Record<string, Person | null>>;
  readonly notices?: readonly Notice[];
  readonly now?: Instant;
  readonly expect: Reason;
  /** Ids, in any order, where it matters on what an allowed item rests. */
  readonly basis?: readonly string[];
}

export const SUMMARY = { id: "summary", optIn: true };
export const COMPOSE = { id: "compose", optIn: true };
export const RECORDING = { id: "recording", optIn: false };
const SERVICES = [SUMMARY, COMPOSE, RECORDING];

const V1: Notice = { version: "v1", material: true, effectiveAt: 0 };
/** `v1`, then a second version. */
export const secondVersion = (material: boolean, effectiveAt: Instant): Notice[] => [
  V1,
  { version: "v2", material, effectiveAt },
];

export const ALLOWED = ["service_data", "opaque_uninspected", "protect", "serve", "consented"];

export function argumentsOf(it: Case): [Item, RouteTerms, ProducerTerms, State, Instant] {
  const item: Item = it.itemType
    ? { type: it.itemType }
    : {
        type: "content",
        account: "acme",
        conversation: "meeting-1",
        speaker: "ben",
        privateTo: null,
        kind: "transcript",
        capturedAt: AT,
        capturedUntil: null,
        labels: [],
        signal: "none",
        ...it.item,
      };
  const terms: RouteTerms = {
    purpose: "train",
    recipient: "first-party",
    serviceDataToThirdParty: false,
    kinds: KINDS,
    services: [SUMMARY],
    participationRuleMin: "notice",
    presenceSettleMs: minute(1),
    ...it.route,
  };
  const answers = (story: (service: string) => Consent, changes: Answers = {}) =>
    new Map(
      SERVICES.filter(({ id }) => changes[id] !== null).map(({ id }) => [
        id,
        { ...story(id), ...changes[id] },
      ]),
    );
  const account: Account = {
    labels: [],
    rule: "speaker",
    ...it.account,
    services: new Map(
      SERVICES.filter(({ id, optIn }) => optIn && it.settings?.[id] !== null).map(({ id }) => [
        id,
        it.settings?.[id] ?? { enabled: true, trialEndsAt: null },
      ]),
    ),
    consents: answers((id) => given(`account ${id}`, "olga", "owner", ACCOUNT_CONSENTED), it.accountConsent),
  };
  const people: Readonly<Record<string, Person | null>> = { ana: { accepted: [] }, ben: {}, ...it.people };
  const conversation: Conversation = {
    account: "acme",
    kind: "meeting",
    labels: [],
    startedAt: START,
    endedAt: END,
    peopleComplete: true,
    ...it.conversation,
    hostConsents: answers((id) => given(`host ${id}`, "ana", "host", HOST_CONSENTED), it.hostConsent),
    people: new Map(
      Object.entries(people).flatMap(([id, person]) =>
        person === null ? [] : [[id, participant(id, person)]],
      ),
    ),
  };
  const state: State = {
    accounts: new Map([
      ["acme", account],
      ["globex", { ...account, labels: [] }],
    ]),
    conversations: new Map([
      ["meeting-1", conversation],
      ["meeting-2", { ...conversation, account: "globex", labels: ["education_records"] }],
    ]),
    notices: new Map(SERVICES.map(({ id }) => [id, it.notices ?? [V1]])),
  };
  return [item, terms, { accounts: it.producer ?? ["acme"] }, state, it.now ?? NOW];
}

function given(id: string, person: string, role: string, at: Instant): Consent {
  const covers = new Map(KINDS.map((kind) => [kind, at]));
  return { id, answer: "given", person, role, at, noticeVersion: "v1", covers, expiresAt: null };
}

function participant(id: string, person: Person) {
  const everyService = (at: Instant) => SERVICES.map((service) => ["v1", at, service.id] as const);
  const shown = person.shown ?? everyService(SHOWN);
  const accepted = person.accepted ?? everyService(ACCEPTED);
  return {
    presence: (person.there ?? [[START, END]]).map(([from, to]) => ({ from, to })),
    shown: shown.map(([noticeVersion, at, service = "summary"]) => ({
      id: `${id} shown ${service}`,
      service,
      noticeVersion,
      at,
    })),
    acceptances: new Map<string, Acceptance>(
      accepted.map(([noticeVersion, since, service = "summary"]) => [
        service,
        { id: `${id} accepted ${service}`, noticeVersion, since },
      ]),
    ),
    objections: (person.objected ?? []).map(([from, to, service = "summary"], n) => ({
      id: `${id} objected ${n}`,
      service,
      from,
      to,
    })),
  };
}
