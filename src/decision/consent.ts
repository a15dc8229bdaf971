/** T13 and T14: does this answer, of an account or a host, cover this item? Pure. */
import type { Consent, DenyReason, Instant, Kind, Notice } from "./model.ts";

const REASONS = {
  account: {
    missing: "account_consent_missing",
    refused: "account_consent_refused",
    withdrawn: "account_consent_withdrawn",
    revoked: "account_consent_revoked",
    expired: "account_consent_expired",
    superseded: "account_consent_superseded",
    kind: "kind_not_covered",
    before: "captured_before_consent",
  },
  host: {
    missing: "host_consent_missing",
    refused: "host_consent_refused",
    withdrawn: "host_consent_withdrawn",
    revoked: "host_consent_revoked",
    expired: "host_consent_expired",
    superseded: "host_consent_superseded",
    kind: "host_kind_not_covered",
    before: "captured_before_host_consent",
  },
} as const satisfies Record<string, Record<string, DenyReason>>;

/** Who may give; anything else that says `given` counts as missing. */
const GIVERS: Record<keyof typeof REASONS, readonly string[]> = {
  account: ["owner", "admin"],
  host: ["host"],
};

/** The first reason that applies, in the order of the rule's list, or null. */
export function judgeConsent(
  of: keyof typeof REASONS,
  consent: Consent | undefined,
  kind: Kind,
  capturedAt: Instant,
  notices: readonly Notice[],
  now: Instant,
): DenyReason | null {
  const reasons = REASONS[of];
  if (consent === undefined || consent.at > now) return reasons.missing;
  if (consent.answer !== "given") return reasons[consent.answer];
  if (!GIVERS[of].includes(consent.role) || consent.person === "") return reasons.missing;
  const standing = versionStanding(consent.noticeVersion, notices, now);
  if (standing === "unknown") return reasons.missing;
  if (consent.expiresAt !== null && now >= consent.expiresAt) return reasons.expired;
  if (standing === "superseded") return reasons.superseded;
  const coversFrom = consent.covers.get(kind);
  if (coversFrom === undefined) return reasons.kind;
  if (capturedAt < coversFrom) return reasons.before;
  return null;
}

/** An answer to a version is superseded once a material version later in the order is in effect. */
export function versionStanding(
  version: string,
  notices: readonly Notice[],
  now: Instant,
): "current" | "superseded" | "unknown" {
  let standing: "current" | "unknown" = "unknown";
  for (const notice of notices) {
    if (standing === "unknown") {
      if (notice.version === version) standing = "current";
    } else if (notice.material && now >= notice.effectiveAt) return "superseded";
  }
  return standing;
}
