/**
 * Whose a whole body is, from its request's headers: for formats whose bytes do not say. What is missing, unreadable or there twice
 * is nobody's. Pure.
 */
import { type ContentItem, type Instant, KINDS, type Kind, LABELS } from "../decision/model.ts";
import { readId } from "./ids.ts";
import type { Signal } from "./shape.ts";
import { rfc3339Ms } from "./time.ts";

/** Stands for a speaker or label that is claimed but is none that anybody knows. */
const NOBODY = "";
const SPEAKERS_MAX = 100;

/** The request's headers that are read here; they never go on. */
export const ATTRIBUTION_HEADERS = {
  account: "tenfour-account",
  conversation: "tenfour-conversation",
  /** One id, or several between commas: then all must be allowed. */
  speaker: "tenfour-speaker",
  kind: "tenfour-kind",
  /** RFC 3339. */
  captured_at: "tenfour-captured-at",
  captured_until: "tenfour-captured-until",
  /** One or several between commas. */
  labels: "tenfour-labels",
  /** Where a text names its speakers: which ids the names stand for, `Ana+Lima=ana&Cy=cy` (application/x-www-form-urlencoded). */
  names: "tenfour-names",
} as const;

export interface Attribution {
  readonly account: string | null;
  readonly conversation: string | null;
  /** Empty: no speaker is named. One of them "": somebody who is nobody. */
  readonly speakers: readonly string[];
  readonly kind: Kind | null;
  readonly capturedAt: Instant | null;
  readonly capturedUntil: ContentItem["capturedUntil"];
  readonly labels: readonly string[];
  /** Ids by the names people go by, "" where a name stands for two; null: no names were given, and ids are the names. */
  readonly names: ReadonlyMap<string, string> | null;
}

/** `header` gives a header's value by its name in lower case; null: there is none. */
export function readAttribution(header: (name: string) => string | null): Attribution {
  const id = (name: string): string | null => readId(header(name) ?? "");
  const kind = header(ATTRIBUTION_HEADERS.kind);
  const from = header(ATTRIBUTION_HEADERS.captured_at);
  const until = header(ATTRIBUTION_HEADERS.captured_until);
  const speakers = listed(header(ATTRIBUTION_HEADERS.speaker)).map((one) => readId(one) ?? NOBODY);
  return {
    account: id(ATTRIBUTION_HEADERS.account),
    conversation: id(ATTRIBUTION_HEADERS.conversation),
    speakers: speakers.length > SPEAKERS_MAX ? [NOBODY] : [...new Set(speakers)],
    kind: KINDS.find((known) => known === kind) ?? null,
    capturedAt: from === null ? null : instant(from, false),
    capturedUntil: until === null ? null : (instant(until, true) ?? "unreadable"),
    labels: listed(header(ATTRIBUTION_HEADERS.labels)).map(
      (one) => LABELS.find((known) => known === one) ?? NOBODY,
    ),
    names: namesOf(header(ATTRIBUTION_HEADERS.names)),
  };
}

function namesOf(value: string | null): ReadonlyMap<string, string> | null {
  if (value === null) return null;
  const names = new Map<string, string>();
  for (const [name, id] of new URLSearchParams(value)) {
    const known = names.get(name);
    names.set(name, known !== undefined && known !== id ? NOBODY : (readId(id) ?? NOBODY));
  }
  return names;
}

/** The items of something said by these people: one for each of them. */
export function attributedItems(attribution: Attribution, signal: Signal): readonly ContentItem[] {
  const { account, conversation, kind, capturedAt, capturedUntil, labels } = attribution;
  const speakers = attribution.speakers.length === 0 ? [null] : attribution.speakers;
  return speakers.map((speaker) => ({
    type: "content",
    account,
    conversation,
    speaker,
    privateTo: null,
    kind,
    capturedAt,
    capturedUntil,
    labels,
    signal,
  }));
}

function listed(value: string | null): readonly string[] {
  return value === null ? [] : value.split(",").map((one) => one.trim());
}

function instant(text: string, up: boolean): Instant | null {
  const bytes = new TextEncoder().encode(text);
  const ms = rfc3339Ms(bytes, 0, bytes.length, up);
  return Number.isNaN(ms) ? null : ms;
}
