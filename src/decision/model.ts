/**
 * What a decision is made from: words and shapes only. No I/O, no clock, no framework.
 * Words are those of the contract, sections 2 to 4. All instants are Unix milliseconds, UTC; all intervals half-open.
 */

export const KINDS = [
  "audio",
  "video",
  "chat",
  "transcript",
  "screen",
  "whiteboard",
  "file",
  "reaction",
  "poll",
  "summary",
  "invite",
  "embedding",
  "biometric",
] as const;
export type Kind = (typeof KINDS)[number];

export const LABELS = ["education_records", "health_information"] as const;
export type Label = (typeof LABELS)[number];

export const PURPOSES = ["train", "serve", "protect", "operate"] as const;
export type Purpose = (typeof PURPOSES)[number];

export const RECIPIENTS = ["first-party", "third-party"] as const;
export type Recipient = (typeof RECIPIENTS)[number];

export const CONVERSATION_KINDS = ["meeting", "webinar", "call", "channel"] as const;
export type ConversationKind = (typeof CONVERSATION_KINDS)[number];

/** From the least to the most strict. */
export const PARTICIPATION_RULES = ["notice", "speaker", "everyone"] as const;
export type ParticipationRule = (typeof PARTICIPATION_RULES)[number];

export type Instant = number;

export interface Interval {
  readonly from: Instant;
  /** null: still open. */
  readonly to: Instant | null;
}

/** The unit of a decision. Its fields are the producer's claims. */
export type Item = ServiceDataItem | OpaqueItem | ContentItem;

/** A record that holds nothing but allow-listed fields (or has been reduced to them). */
export interface ServiceDataItem {
  readonly type: "service_data";
}

/** The body of a route declared opaque. */
export interface OpaqueItem {
  readonly type: "opaque";
}

export interface ContentItem {
  readonly type: "content";
  /** null: missing or unreadable. */
  readonly account: string | null;
  /** null: missing or unreadable. */
  readonly conversation: string | null;
  /** null: the item has no single speaker. An empty string: one is claimed but unreadable, so it is nobody. */
  readonly speaker: string | null;
  /** Those a private message was for; null: not private. An empty string among them is nobody. */
  readonly privateTo: readonly string[] | null;
  /** null: missing, unreadable or of no known shape. */
  readonly kind: string | null;
  /** null: missing or unreadable. */
  readonly capturedAt: Instant | null;
  /** null: not given. */
  readonly capturedUntil: Instant | null | "unreadable";
  /** The labels claimed on the item, known words or not. */
  readonly labels: readonly string[];
  /** What the item or request says about training: it may tighten, never grant. */
  readonly signal: "none" | "disallows" | "malformed";
}

/** What the route's configuration says that a decision depends on. */
export interface RouteTerms {
  readonly purpose: string;
  readonly recipient: string;
  /** Whether service data may go to a third party (contract, section 5). */
  readonly serviceDataToThirdParty: boolean;
  /** The kinds the route admits. */
  readonly kinds: readonly Kind[];
  /** Every service the route's model improves, in the route's order. */
  readonly services: readonly ServiceTerms[];
  /** The least strict participation rule allowed. */
  readonly participationRuleMin: ParticipationRule;
  readonly presenceSettleMs: number;
}

export interface ServiceTerms {
  readonly id: string;
  readonly optIn: boolean;
}

/** What the producer's key says it may send for. */
export interface ProducerTerms {
  /** `"*"` stands for every account. */
  readonly accounts: readonly string[];
}

/** Consent state, as far as the items of one window need it. */
export interface State {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly conversations: ReadonlyMap<string, Conversation>;
  /** For each service, its notice versions in their order. */
  readonly notices: ReadonlyMap<string, readonly Notice[]>;
}

export interface Notice {
  readonly version: string;
  /** Older answers lapse when this version takes effect. */
  readonly material: boolean;
  readonly effectiveAt: Instant;
}

export interface Account {
  readonly labels: readonly Label[];
  readonly rule: ParticipationRule;
  /** By service. */
  readonly services: ReadonlyMap<string, ServiceSetting>;
  /** The latest answer of the account, by service. */
  readonly consents: ReadonlyMap<string, Consent>;
}

export interface ServiceSetting {
  readonly enabled: boolean;
  readonly trialEndsAt: Instant | null;
}

/** An answer of an account or of a host to one notice, for one service. */
export interface Consent {
  readonly id: string;
  readonly answer: "given" | "refused" | "withdrawn" | "revoked";
  readonly person: string;
  /** Only an owner or admin (account) or host (conversation) may give. */
  readonly role: string;
  readonly at: Instant;
  readonly noticeVersion: string;
  /** For each kind covered, the earliest captured_at covered: the start of the run, or the covers_from asked for. */
  readonly covers: ReadonlyMap<Kind, Instant>;
  readonly expiresAt: Instant | null;
}

export interface Conversation {
  readonly account: string;
  readonly kind: ConversationKind;
  readonly labels: readonly Label[];
  readonly startedAt: Instant | null;
  readonly endedAt: Instant | null;
  /** The latest answer of a host, by service. */
  readonly hostConsents: ReadonlyMap<string, Consent>;
  readonly people: ReadonlyMap<string, Participant>;
  /** Whether `people` is everyone known; else only those the window's items name, and the consenting hosts. */
  readonly peopleComplete: boolean;
}

export interface Participant {
  readonly presence: readonly Interval[];
  readonly shown: readonly Showing[];
  /** The person's acceptance in force, by service: none once an objection was made after it. */
  readonly acceptances: ReadonlyMap<string, Acceptance>;
  /** In this conversation or standing, every one ever made. */
  readonly objections: readonly Objection[];
}

export interface Showing {
  readonly id: string;
  readonly service: string;
  readonly noticeVersion: string;
  readonly at: Instant;
}

export interface Acceptance {
  readonly id: string;
  readonly noticeVersion: string;
  /** The start of its run. */
  readonly since: Instant;
}

export interface Objection extends Interval {
  readonly id: string;
  /** null: every service. */
  readonly service: string | null;
}

export type Decision =
  | { readonly allow: true; readonly reason: AllowReason; readonly basis: readonly string[] }
  | { readonly allow: false; readonly reason: DenyReason };

export const ALLOW_REASONS = ["service_data", "opaque_uninspected", "protect", "serve", "consented"] as const;
export type AllowReason = (typeof ALLOW_REASONS)[number];

/** The closed list, in the order of the rules T2 to T15. */
export const DENY_REASONS = [
  "third_party_recipient",
  "purpose_not_permitted",
  "protected_education",
  "protected_health",
  "kind_unknown",
  "label_unknown",
  "unattributed",
  "producer_not_authorized",
  "captured_in_future",
  "service_not_enabled",
  "trial_ended",
  "signal_disallows",
  "account_consent_missing",
  "account_consent_refused",
  "account_consent_withdrawn",
  "account_consent_revoked",
  "account_consent_expired",
  "account_consent_superseded",
  "kind_not_covered",
  "captured_before_consent",
  "host_consent_missing",
  "host_consent_refused",
  "host_consent_withdrawn",
  "host_consent_revoked",
  "host_consent_expired",
  "host_consent_superseded",
  "host_kind_not_covered",
  "captured_before_host_consent",
  "speaker_unknown",
  "participant_objected",
  "participant_not_notified",
  "participant_undecided",
  "participants_unknown",
] as const;
export type DenyReason = (typeof DENY_REASONS)[number];
export type Reason = AllowReason | DenyReason;
