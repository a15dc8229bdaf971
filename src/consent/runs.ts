/**
 * Runs: from when does an answer cover? Renewing an answer that still holds keeps its start; after a refusal, withdrawal,
 * revocation, objection or lapse a new answer starts anew. Pure. No I/O. No clock: the instant of giving is passed in.
 */
import { versionStanding } from "../decision/consent.ts";
import type { Consent, Instant, Kind, Notice } from "../decision/model.ts";

/** What of a past answer of an account or a host counts here. Histories are of one service, oldest first. */
export type PastConsent = Pick<Consent, "answer" | "role" | "at" | "noticeVersion" | "covers" | "expiresAt">;

export interface Giving {
  readonly kinds: readonly Kind[];
  readonly at: Instant;
}

/** A past answer of a participant, in the conversation or standing. */
export interface PastAnswer {
  readonly answer: "accepted" | "objected" | "objection_withdrawn";
  /** null: every service. */
  readonly service: string | null;
  readonly noticeVersion: string | null;
  readonly since: Instant;
}

const ACCOUNT_GIVERS: readonly string[] = ["owner", "admin"];
const HOST_GIVERS: readonly string[] = ["host"];

/** `coversFrom`: what the account asked for, or null for the instant of giving. */
export function accountCovers(
  history: readonly PastConsent[],
  notices: readonly Notice[],
  giving: Giving & { readonly coversFrom: Instant | null },
): Map<Kind, Instant> {
  if (giving.coversFrom === null) return renewed(history, notices, giving, ACCOUNT_GIVERS);
  const from = Math.max(giving.coversFrom, lastStop(history, notices, giving.at, ACCOUNT_GIVERS));
  return new Map(giving.kinds.map((kind) => [kind, from]));
}

/** Never before the giving, but for the kinds of an answer that still holds. */
export function hostCovers(
  history: readonly PastConsent[],
  notices: readonly Notice[],
  giving: Giving,
): Map<Kind, Instant> {
  return renewed(history, notices, giving, HOST_GIVERS);
}

/** The start of the run of an acceptance of `service` given at `at`. `history`: the person's answers that bear on it, oldest first. */
export function acceptanceSince(
  history: readonly PastAnswer[],
  notices: readonly Notice[],
  service: string,
  at: Instant,
): Instant {
  const last = history.findLastIndex((past) => past.answer === "accepted" && past.service === service);
  const acceptance = history[last];
  if (acceptance === undefined) return at;
  const objected = history.some(
    (past, index) =>
      index > last && past.answer === "objected" && (past.service === null || past.service === service),
  );
  if (objected || versionStanding(acceptance.noticeVersion ?? "", notices, at) !== "current") return at;
  return acceptance.since;
}

/** How the latest answer stands at `now`, in the words of the decision's reasons. */
export function consentStanding(
  of: "account" | "host",
  latest: PastConsent | undefined,
  notices: readonly Notice[],
  now: Instant,
): "missing" | "refused" | "withdrawn" | "revoked" | "expired" | "superseded" | "given" {
  if (latest === undefined || latest.at > now) return "missing";
  if (latest.answer !== "given") return latest.answer;
  const givers = of === "account" ? ACCOUNT_GIVERS : HOST_GIVERS;
  const version = versionStanding(latest.noticeVersion, notices, now);
  if (!givers.includes(latest.role) || version === "unknown") return "missing";
  if (latest.expiresAt !== null && now >= latest.expiresAt) return "expired";
  return version === "superseded" ? "superseded" : "given";
}

function renewed(
  history: readonly PastConsent[],
  notices: readonly Notice[],
  { kinds, at }: Giving,
  givers: readonly string[],
): Map<Kind, Instant> {
  const latest = history.at(-1);
  const held = latest !== undefined && gives(latest, givers) && at < lapse(latest, notices);
  return new Map(kinds.map((kind) => [kind, (held ? latest.covers.get(kind) : undefined) ?? at]));
}

/** The last instant, up to `at`, at which an answer said no or one that said yes lapsed. */
function lastStop(
  history: readonly PastConsent[],
  notices: readonly Notice[],
  at: Instant,
  givers: readonly string[],
): Instant {
  let stop = Number.NEGATIVE_INFINITY;
  history.forEach((past, index) => {
    if (past.answer !== "given") stop = Math.max(stop, past.at);
    else if (gives(past, givers)) {
      const lapsed = lapse(past, notices);
      const replaced = history[index + 1]?.at ?? at;
      if (lapsed <= replaced) stop = Math.max(stop, lapsed);
    }
  });
  return stop;
}

function gives(past: PastConsent, givers: readonly string[]): boolean {
  return past.answer === "given" && givers.includes(past.role);
}

/** When a given answer stops holding by itself: it expires, or a material version later in the order takes effect. */
function lapse({ at, noticeVersion, expiresAt }: PastConsent, notices: readonly Notice[]): Instant {
  const position = notices.findIndex((notice) => notice.version === noticeVersion);
  if (position < 0) return at;
  let end = expiresAt ?? Number.POSITIVE_INFINITY;
  notices.forEach((notice, later) => {
    if (later > position && notice.material) end = Math.min(end, Math.max(notice.effectiveAt, at));
  });
  return end;
}
