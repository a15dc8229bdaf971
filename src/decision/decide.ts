/**
 * May this item be used? The whole meaning of the product: the rules T2 to T15 of the contract, in order; the first that applies
 * names the reason. Pure: no I/O, no clock; `now` is passed in. A missing answer is never a yes.
 */
import { judgeConsent } from "./consent.ts";
import type {
  ContentItem,
  Decision,
  DenyReason,
  Instant,
  Item,
  Kind,
  Label,
  ProducerTerms,
  RouteTerms,
  State,
} from "./model.ts";
import { KINDS, LABELS } from "./model.ts";
import { judgeParticipants } from "./participants.ts";

/** Clock skew allowed to a producer (T8), ms. */
export const AHEAD_MS = 5 * 60_000;

export function decide(
  item: Item,
  terms: RouteTerms,
  producer: ProducerTerms,
  state: State,
  now: Instant,
): Decision {
  const thirdParty = terms.recipient !== "first-party";
  if (item.type !== "content") {
    if (thirdParty && !terms.serviceDataToThirdParty) return deny("third_party_recipient");
    return allow(item.type === "opaque" ? "opaque_uninspected" : "service_data");
  }
  const { purpose } = terms;
  const train = purpose === "train";
  const account = item.account === null ? undefined : state.accounts.get(item.account);
  const conversation = item.conversation === null ? undefined : state.conversations.get(item.conversation);
  const ours = conversation !== undefined && conversation.account === item.account;

  if (thirdParty && purpose !== "serve") return deny("third_party_recipient");
  if (purpose === "protect" ? item.kind !== "invite" : !train && purpose !== "serve") {
    return deny("purpose_not_permitted");
  }
  if (train) {
    const labelled = (label: Label) =>
      item.labels.includes(label) ||
      account?.labels.includes(label) ||
      (ours && conversation.labels.includes(label));
    if (labelled("education_records")) return deny("protected_education");
    if (labelled("health_information")) return deny("protected_health");
  }
  const { kind, capturedAt } = item;
  if (!isKind(kind) || !terms.kinds.includes(kind)) return deny("kind_unknown");
  if (!item.labels.every(isLabel)) return deny("label_unknown");
  if (account === undefined || item.account === null) return deny("unattributed");
  if (train && (!ours || capturedAt === null || !spanReadable(item))) return deny("unattributed");
  if (!producer.accounts.includes("*") && !producer.accounts.includes(item.account)) {
    return deny("producer_not_authorized");
  }
  if (isAhead(capturedAt, now) || isAhead(item.capturedUntil, now)) return deny("captured_in_future");
  if (purpose === "protect") return allow("protect");
  for (const service of terms.services) {
    if (!service.optIn) continue;
    const setting = account.services.get(service.id);
    if (!setting?.enabled) return deny("service_not_enabled");
    if (setting.trialEndsAt !== null && now >= setting.trialEndsAt) return deny("trial_ended");
  }
  if (purpose === "serve") return allow("serve");
  if (item.signal !== "none") return deny("signal_disallows");
  if (!ours || capturedAt === null || terms.services.length === 0) {
    throw new Error("a train item reached the consent rules unattributed, or its route names no service");
  }

  const basis: string[] = [];
  const noticesOf = (service: string) => state.notices.get(service) ?? [];
  for (const service of terms.services) {
    const consent = account.consents.get(service.id);
    const failing = judgeConsent("account", consent, kind, capturedAt, noticesOf(service.id), now);
    if (failing !== null) return deny(failing);
    basis.push(consent!.id);
  }
  if (conversation.kind !== "channel") {
    for (const service of terms.services) {
      const consent = conversation.hostConsents.get(service.id);
      const failing = judgeConsent("host", consent, kind, capturedAt, noticesOf(service.id), now);
      if (failing !== null) return deny(failing);
      basis.push(consent!.id);
    }
  }
  for (const service of terms.services) {
    const failing = judgeParticipants({
      item,
      kind,
      capturedAt,
      conversation,
      account,
      terms,
      service: service.id,
      notices: noticesOf(service.id),
      now,
      basis,
    });
    if (failing !== null) return deny(failing);
  }
  return { allow: true, reason: "consented", basis };
}

function deny(reason: DenyReason): Decision {
  return { allow: false, reason };
}

function allow(reason: "service_data" | "opaque_uninspected" | "protect" | "serve"): Decision {
  return { allow: true, reason, basis: [] };
}

function isKind(word: string | null): word is Kind {
  return (KINDS as readonly (string | null)[]).includes(word);
}

function isLabel(word: string): boolean {
  return (LABELS as readonly string[]).includes(word);
}

function spanReadable({ capturedAt, capturedUntil }: ContentItem): boolean {
  return capturedUntil !== "unreadable" && (capturedUntil === null || capturedAt! <= capturedUntil);
}

function isAhead(instant: Instant | null | "unreadable", now: Instant): boolean {
  return typeof instant === "number" && instant > now + AHEAD_MS;
}
