/**
 * A reason in words: the rule it comes from, what it means to the customer whose content it is, and what would have to change before
 * the same content got another answer. Pure; names nobody and repeats nothing that was sent. `docs/reasons.md` says the same at length.
 */
import type { Item, Reason } from "./model.ts";

export interface Explanation {
  /** T1 to T15; null: none of them denies. */
  readonly rule: string | null;
  /** One sentence. */
  readonly says: string;
  /** At least one sentence. */
  readonly wouldChange: readonly string[];
}

/** What `decide` gave for an item of this type. */
export function explain(reason: Reason, itemType: Item["type"]): Explanation {
  if (reason === "third_party_recipient" && itemType !== "content") return SERVICE_DATA_ABROAD;
  return EXPLANATIONS[reason];
}

const SERVICE_DATA_ABROAD: Explanation = {
  rule: "T1",
  says: "This would go to a third party, and this route sends third parties nothing that the service generates.",
  wouldChange: ["The operator would have to declare on the route that such data may go to a third party."],
};

/** A yes never reaches back over a no, so a new one covers only what comes after it. */
const FROM_THEN_ON = "and then only content captured from that moment on could be used.";
const CURRENT_NOTICE = "Consent to the current version of the notice would have to be given.";

const EXPLANATIONS: Readonly<Record<Reason, Explanation>> = {
  service_data: {
    rule: "T1",
    says: "This is data that the service generates by running, and holds nothing that anybody said, showed or wrote.",
    wouldChange: [
      "Any member beyond those the route allows would be removed, or the record refused as the route has it.",
    ],
  },
  opaque_uninspected: {
    rule: "T1",
    says: "The operator has declared that nobody looks inside what this route carries, so it passes unread and outside the promise.",
    wouldChange: ["The operator would have to replace the route by one whose records the gate reads."],
  },
  protect: {
    rule: "T9",
    says: "Invites are scanned for spam and fraud and for nothing else, so no consent is asked for that.",
    wouldChange: ["Another purpose, another kind of content or a third party receiving it would be denied."],
  },
  serve: {
    rule: "T11",
    says: "The content is used to deliver what you asked for, and no model is trained on it.",
    wouldChange: ["Disabling the service would stop it."],
  },
  consented: {
    rule: null,
    says: "Everyone whose consent is needed has given it, and nobody whose content it is objects.",
    wouldChange: [
      "Withdrawing the account's or the host's consent would stop it, for content captured before too.",
      "An objection by anyone whose content it is would stop it.",
      "So would the consent's expiry, or a new notice that matters taking effect.",
    ],
  },

  third_party_recipient: {
    rule: "T2",
    says: "This would go to a third party, and your content goes to nobody else for any purpose but to deliver what you asked for.",
    wouldChange: ["No consent permits this: the operator would have to send it to a first party instead."],
  },
  purpose_not_permitted: {
    rule: "T3",
    says: "Your content may not be used for this purpose, whoever consented.",
    wouldChange: [
      "Only a route with another purpose could take it: to train with consent, to serve, or to scan invites.",
    ],
  },
  protected_education: {
    rule: "T4",
    says: "This is marked as holding education records, and those are never used to train.",
    wouldChange: ["No consent permits this; the mark would have to be removed where it was set by mistake."],
  },
  protected_health: {
    rule: "T4",
    says: "This is marked as holding health information, and that is never used to train.",
    wouldChange: ["No consent permits this; the mark would have to be removed where it was set by mistake."],
  },
  kind_unknown: {
    rule: "T5",
    says: "It is not said what kind of content this is, or not one that this route takes, so nobody can have consented to it.",
    wouldChange: [
      "The sender would have to name the kind as the list of kinds spells it.",
      "Or the operator would have to admit that kind on the route.",
    ],
  },
  label_unknown: {
    rule: "T5",
    says: "This carries a label that nobody here knows, and it may be one that protects it.",
    wouldChange: ["The sender would have to correct the label, or leave it out where it says nothing."],
  },
  unattributed: {
    rule: "T6",
    says: "It is not known whose content this is, or when it came about.",
    wouldChange: [
      "The sender would have to name a known account and, to train, a known conversation of that account.",
      "To train, the sender would also have to say when it was captured, as a readable time that does not end before it begins.",
    ],
  },
  producer_not_authorized: {
    rule: "T7",
    says: "Whoever sends this may not send anything for your account.",
    wouldChange: ["The operator would have to issue the sender a key that names the account and the route."],
  },
  captured_in_future: {
    rule: "T8",
    says: "This claims to have been captured at a time that has not come yet.",
    wouldChange: ["The sender's clock would have to be right; or that time has to come."],
  },
  service_not_enabled: {
    rule: "T10",
    says: "The service that this is for is not enabled for your account.",
    wouldChange: [
      "An owner or admin of the account would have to enable the service; to train, consent would still be asked for.",
    ],
  },
  trial_ended: {
    rule: "T10",
    says: "Your account's trial of the service that this is for has ended.",
    wouldChange: ["An owner or admin of the account would have to enable the service beyond the trial."],
  },
  signal_disallows: {
    rule: "T12",
    says: "What was sent says itself that it may not be used to train, or says so in a way that cannot be read.",
    wouldChange: ["The sender would have to leave that out or write it rightly, where that is the truth."],
  },

  account_consent_missing: {
    rule: "T13",
    says: "Your account has not consented to its content being used to train for this service.",
    wouldChange: [
      `An owner or admin of the account would have to consent to the current notice, ${FROM_THEN_ON}`,
    ],
  },
  account_consent_refused: {
    rule: "T13",
    says: "Your account was asked whether its content may be used to train for this service, and said no.",
    wouldChange: [`An owner or admin of the account would have to consent after all, ${FROM_THEN_ON}`],
  },
  account_consent_withdrawn: {
    rule: "T13",
    says: "Your account has withdrawn its consent, and that holds for content captured before it too.",
    wouldChange: [`An owner or admin of the account would have to consent anew, ${FROM_THEN_ON}`],
  },
  account_consent_revoked: {
    rule: "T13",
    says: "The operator has ended your account's consent, and cannot give it back.",
    wouldChange: [`An owner or admin of the account would have to consent anew, ${FROM_THEN_ON}`],
  },
  account_consent_expired: {
    rule: "T13",
    says: "Your account consented until a certain time, and that time has come.",
    wouldChange: [`An owner or admin of the account would have to consent anew, ${FROM_THEN_ON}`],
  },
  account_consent_superseded: {
    rule: "T13",
    says: "The notice that your account consented to has since changed in a way that matters.",
    wouldChange: [CURRENT_NOTICE],
  },
  kind_not_covered: {
    rule: "T13",
    says: "Your account has consented, and not to this kind of content.",
    wouldChange: [
      `An owner or admin of the account would have to give a consent that covers this kind, ${FROM_THEN_ON}`,
    ],
  },
  captured_before_consent: {
    rule: "T13",
    says: "This was captured before your account's consent begins.",
    wouldChange: [
      "An owner or admin of the account could consent to the past as well, where it has not said no or lapsed since; nothing else would change it.",
    ],
  },

  host_consent_missing: {
    rule: "T14",
    says: "No host of this conversation has consented to its content being used to train for this service.",
    wouldChange: [`Whoever hosts the conversation would have to consent while hosting, ${FROM_THEN_ON}`],
  },
  host_consent_refused: {
    rule: "T14",
    says: "A host of this conversation was asked whether it may be used to train, and said no.",
    wouldChange: [`Whoever hosts the conversation would have to consent after all, ${FROM_THEN_ON}`],
  },
  host_consent_withdrawn: {
    rule: "T14",
    says: "A host of this conversation has withdrawn the consent, and that holds for content captured before it too.",
    wouldChange: [`Whoever hosts the conversation would have to consent anew, ${FROM_THEN_ON}`],
  },
  host_consent_revoked: {
    rule: "T14",
    says: "The operator has ended the host's consent, and cannot give it back.",
    wouldChange: [`Whoever hosts the conversation would have to consent anew, ${FROM_THEN_ON}`],
  },
  host_consent_expired: {
    rule: "T14",
    says: "The host consented until a certain time, and that time has come.",
    wouldChange: [`Whoever hosts the conversation would have to consent anew, ${FROM_THEN_ON}`],
  },
  host_consent_superseded: {
    rule: "T14",
    says: "The notice that the host consented to has since changed in a way that matters.",
    wouldChange: [CURRENT_NOTICE],
  },
  host_kind_not_covered: {
    rule: "T14",
    says: "The host has consented, and not to this kind of content.",
    wouldChange: [
      `Whoever hosts the conversation would have to give a consent that covers this kind, ${FROM_THEN_ON}`,
    ],
  },
  captured_before_host_consent: {
    rule: "T14",
    says: "This was captured before the host consented.",
    wouldChange: ["Nothing changes it for this content: a host never consents for the past."],
  },

  speaker_unknown: {
    rule: "T15",
    says: "The person named as the speaker is not known to have been in the conversation at that time.",
    wouldChange: ["The joining and leaving of that person would have to be recorded as it was."],
  },
  participant_objected: {
    rule: "T15",
    says: "Somebody whose content this is objects or objected while it was captured, and an objection wins over every consent of others.",
    wouldChange: [
      "That person would have to take the objection back, and accept anew where acceptance is needed.",
      "What was captured while the objection stood stays out for good.",
    ],
  },
  participant_not_notified: {
    rule: "T15",
    says: "Somebody whose content this is had not been shown the current notice when it was captured.",
    wouldChange: [`Everyone would have to be shown the current notice first, ${FROM_THEN_ON}`],
  },
  participant_undecided: {
    rule: "T15",
    says: "Somebody whose content this is had not accepted the current notice when it was captured.",
    wouldChange: [`That person would have to accept the current notice, ${FROM_THEN_ON}`],
  },
  participants_unknown: {
    rule: "T15",
    says: "It is not known for certain who was there, so nobody can say whose content this is.",
    wouldChange: [
      "The joining and leaving of those present would have to be recorded as it was.",
      "If it was captured just now, the list of those present settles shortly: ask again then.",
    ],
  },
};
