/** Section 3 and rules T13 and T14 of the contract: what may be wrong with an account's or a host's answer. Part of the reference. */
import type { Consent, ContentItem, Instant, Notice } from "../../src/decision/model.ts";

/** In the order of rule T13. */
export type AnswerFault =
  | "missing"
  | "refused"
  | "withdrawn"
  | "revoked"
  | "expired"
  | "superseded"
  | "kind"
  | "before";

/** Known, and no material version later in the order is in effect. */
export function isCurrent(version: string, notices: readonly Notice[], now: Instant): boolean {
  const position = notices.findIndex((notice) => notice.version === version);
  const later = notices.filter((_, index) => index > position);
  return position >= 0 && !later.some((notice) => notice.material && notice.effectiveAt <= now);
}

/** "An owner or admin of the account" may give. */
export function accountAnswerFaults(
  answer: Consent | undefined,
  notices: readonly Notice[],
  item: ContentItem,
  now: Instant,
): AnswerFault[] {
  return answerFaults(answer, ["owner", "admin"], notices, item, now);
}

/** "A person hosting that conversation at that instant" may give. */
export function hostAnswerFaults(
  answer: Consent | undefined,
  notices: readonly Notice[],
  item: ContentItem,
  now: Instant,
): AnswerFault[] {
  return answerFaults(answer, ["host"], notices, item, now);
}

function answerFaults(
  answer: Consent | undefined,
  mayGive: readonly string[],
  notices: readonly Notice[],
  item: ContentItem,
  now: Instant,
): AnswerFault[] {
  // "Missing (or not yet in force)": an answer made after now is none yet, whatever it says.
  if (answer === undefined || answer.at > now) return ["missing"];
  // A refusal, withdrawal or revocation stands whoever made it and whatever version it names.
  if (answer.answer !== "given") return [answer.answer];
  const known = notices.some((notice) => notice.version === answer.noticeVersion);
  // "Each answer names the person and role that gave it. Anything else that says `given` counts as missing."
  if (!mayGive.includes(answer.role) || answer.person === "" || !known) return ["missing"];
  const faults: AnswerFault[] = [];
  if (answer.expiresAt !== null && now >= answer.expiresAt) faults.push("expired");
  if (!isCurrent(answer.noticeVersion, notices, now)) faults.push("superseded");
  const covered = [...answer.covers].find(([kind]) => kind === item.kind);
  if (covered === undefined) faults.push("kind");
  else if (item.capturedAt !== null && item.capturedAt < covered[1]) faults.push("before");
  return faults;
}
