/** Whole situations a decision is asked about, built valid: content that may be used. Plain data, to be broken by `breaks.ts`. */
import {
  CONVERSATION_KINDS,
  type Consent,
  type ContentItem,
  type Conversation,
  type Instant,
  type Item,
  KINDS,
  type Kind,
  type Notice,
  PARTICIPATION_RULES,
  type Participant,
  type ProducerTerms,
  type RouteTerms,
  type ServiceTerms,
  type State,
} from "../../src/decision/model.ts";
import type { Random } from "../support/random.ts";

export type Mutable<T> =
  T extends ReadonlyMap<infer K, infer V>
    ? Map<K, Mutable<V>>
    : T extends readonly (infer E)[]
      ? Mutable<E>[]
      : T extends object
        ? { -readonly [P in keyof T]: Mutable<T[P]> }
        : T;

export interface Situation {
  item: Mutable<Item>;
  terms: Mutable<RouteTerms>;
  producer: Mutable<ProducerTerms>;
  state: Mutable<State>;
  now: Instant;
}

export type Content = Mutable<ContentItem>;

export const ACCOUNT = "acme";
export const OTHER_ACCOUNT = "globex";
export const CONVERSATION = "c-1";
export const OTHER_CONVERSATION = "c-2";
export const HOST = "ana";
export const PEOPLE = [HOST, "ben", "cy", "dee"] as const;
const SERVICES: readonly ServiceTerms[] = [
  { id: "meeting-summary", optIn: true },
  { id: "chat-compose", optIn: true },
  { id: "recording", optIn: false },
];

export const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Allowed as `consented`, in one of the many ways that may be so. */
export function validSituation(r: Random): Situation {
  const now = 1_790_000_000_000 + r.int(0, 1_000_000_000);
  const services = r.chance(0.5) ? [r.pick(SERVICES)] : shuffled(r).slice(0, r.int(1, 3));
  const rule = r.pick(PARTICIPATION_RULES);
  const looser = r.pick(PARTICIPATION_RULES.slice(0, PARTICIPATION_RULES.indexOf(rule) + 1));
  const [accountRule, ruleMin] = r.chance(0.5) ? ([rule, looser] as const) : ([looser, rule] as const);
  const kind = r.pick(KINDS);
  const people = PEOPLE.slice(0, r.int(1, PEOPLE.length));
  const settle = r.pick([0, 1, MINUTE]);
  const at = now - settle - r.int(1, 20 * 24 * HOUR);
  const item: Content = {
    type: "content",
    account: ACCOUNT,
    conversation: CONVERSATION,
    speaker: r.chance(0.6) ? r.pick(people) : null,
    privateTo: r.chance(0.25) ? r.some(people) : null,
    kind,
    capturedAt: at,
    capturedUntil: r.chance(0.4) ? null : Math.min(at + r.pick([0, 1, 5_000, HOUR]), now - settle),
    labels: [],
    signal: "none",
  };
  const notices = new Map(services.map(({ id }) => [id, noticesOf(r, now)]));
  const conversationKind = r.pick(CONVERSATION_KINDS);
  const accept =
    rule !== "notice" || conversationKind === "channel" || item.privateTo !== null || kind === "biometric";
  const version = (service: string) => r.pick(currentVersions(notices.get(service) ?? [], now));
  const given = (by: "account" | "host", service: string): Mutable<Consent> => {
    const covered = new Map<Kind, Instant>(r.some(KINDS).map((other) => [other, at - r.int(0, HOUR)]));
    return {
      id: `${by}-${service}`,
      answer: "given",
      person: by === "host" ? r.pick(people) : "olga",
      role: by === "host" ? "host" : r.pick(["owner", "admin"]),
      at: r.chance(0.5) ? at - r.int(0, HOUR) : r.int(at, now),
      noticeVersion: version(service),
      covers: covered.set(kind, at - r.pick([0, 1, HOUR])),
      expiresAt: r.chance(0.5) ? null : now + r.pick([1, HOUR]),
    };
  };
  const hostConsents = new Map(services.map(({ id }) => [id, given("host", id)]));
  const hasHost = conversationKind !== "channel";
  const conversation: Mutable<Conversation> = {
    account: ACCOUNT,
    kind: conversationKind,
    labels: [],
    startedAt: r.chance(0.3) ? null : at - r.int(0, HOUR),
    endedAt: r.chance(0.5) ? null : now,
    hostConsents: hasHost || r.chance(0.2) ? hostConsents : new Map(),
    people: new Map(),
    peopleComplete: true,
  };
  for (const id of people) {
    const person: Mutable<Participant> = {
      presence: presenceOf(r, at, id === item.speaker || id === people[0]),
      shown: [],
      acceptances: new Map(),
      objections: [],
    };
    for (const { id: service } of services) {
      const since = at - r.pick([0, 1, HOUR]);
      const isHost = hasHost && hostConsents.get(service)?.person === id;
      if (rule === "notice" || r.chance(0.4)) {
        person.shown.push({
          id: `shown-${id}-${service}`,
          service,
          noticeVersion: version(service),
          at: since,
        });
      }
      if (r.chance(0.1)) {
        person.shown.push({ id: `late-${id}-${service}`, service, noticeVersion: "v1", at: at + 1 });
      }
      if ((accept && !(isHost && r.chance(0.5))) || r.chance(0.3)) {
        const id_ = `accepted-${id}-${service}`;
        person.acceptances.set(service, { id: id_, noticeVersion: version(service), since });
      }
    }
    conversation.people.set(id, person);
  }
  const state: Mutable<State> = {
    accounts: new Map([
      [
        ACCOUNT,
        {
          labels: [],
          rule: accountRule,
          services: new Map(
            services
              .filter(({ optIn }) => optIn || r.chance(0.5))
              .map(({ id, optIn }) => [
                id,
                {
                  enabled: optIn || r.chance(0.5),
                  trialEndsAt: r.chance(0.6) ? null : now + (optIn ? r.pick([1, HOUR]) : r.int(-1, 1)),
                },
              ]),
          ),
          consents: new Map(services.map(({ id }) => [id, given("account", id)])),
        },
      ],
      [OTHER_ACCOUNT, { labels: [], rule: "speaker", services: new Map(), consents: new Map() }],
    ]),
    conversations: new Map([
      [CONVERSATION, conversation],
      [
        OTHER_CONVERSATION,
        { ...conversation, account: OTHER_ACCOUNT, labels: r.some(["education_records"]) },
      ],
    ]),
    notices,
  };
  const terms: Mutable<RouteTerms> = {
    purpose: "train",
    recipient: "first-party",
    serviceDataToThirdParty: r.chance(0.5),
    kinds: KINDS.filter((other) => other === kind || r.chance(0.5)),
    services: services.map((service) => ({ ...service })),
    participationRuleMin: ruleMin,
    presenceSettleMs: settle,
  };
  return {
    item,
    terms,
    producer: { accounts: r.chance(0.5) ? ["*"] : [OTHER_ACCOUNT, ACCOUNT] },
    state,
    now,
  };
}

function shuffled(r: Random) {
  const rest = [...SERVICES];
  return SERVICES.map(() => rest.splice(r.int(0, rest.length - 1), 1)[0]!);
}

function noticesOf(r: Random, now: Instant): Mutable<Notice>[] {
  return Array.from({ length: r.int(1, 4) }, (_, index) => ({
    version: `v${index + 1}`,
    material: r.chance(0.5),
    effectiveAt: r.chance(0.7) ? now - r.pick([0, 1, 30 * 24 * HOUR]) : now + r.pick([1, HOUR]),
  }));
}

/** From the last backwards, up to and including the first that is material and in effect. Never empty. */
function currentVersions(notices: readonly Notice[], now: Instant): string[] {
  const current: string[] = [];
  for (const notice of [...notices].reverse()) {
    current.push(notice.version);
    if (notice.material && notice.effectiveAt <= now) break;
  }
  return current;
}

/** Up to three stays. `there`: one of them holds `at`. Nobody's other stays touch it. */
function presenceOf(r: Random, at: Instant, there: boolean): { from: Instant; to: Instant | null }[] {
  const stays: { from: Instant; to: Instant | null }[] = [];
  if (r.chance(0.2)) stays.push({ from: at - 3 * HOUR, to: at - r.pick([1, 2 * HOUR]) });
  if (there || r.chance(0.5)) {
    stays.push({ from: at - r.pick([0, 1, MINUTE]), to: r.chance(0.2) ? null : at + r.pick([1, 2, HOUR]) });
  }
  if (r.chance(0.1)) stays.push({ from: at + 2 * HOUR, to: at + 2 * HOUR + r.pick([0, MINUTE]) });
  return stays;
}
