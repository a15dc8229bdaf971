/** What may stay of a vCon without anybody's consent: what the services that made it say, and nothing people said. */
import type { FieldRules } from "../../config/define.ts";

/** Members of the vCon itself. An empty object or array of the kind writers put in every vCon says nothing. */
export const VCON_FIELDS: FieldRules = {
  "/vcon": "id",
  "/uuid": "id",
  "/created_at": "timestamp",
  "/updated_at": "timestamp",
  "/extensions/*": "id",
};
export const MAY_BE_EMPTY: readonly string[] = [
  "extensions",
  "critical",
  "must_support",
  "redacted",
  "amended",
  "appended",
  "group",
  "meta",
  "tags",
];

export const PARTY_FIELDS: FieldRules = {
  "/type": { words: ["person", "bot", "organization"] },
  "/role": {
    words: [
      "agent",
      "customer",
      "supervisor",
      "sme",
      "thirdparty",
      "host",
      "chair",
      "participant",
      "attendee",
    ],
  },
};

const TYPES = {
  words: ["recording", "text", "transfer", "incomplete", "recording-set", "audio", "video"],
} as const;
const DISPOSITIONS = {
  words: ["no-answer", "congestion", "failed", "busy", "hung-up", "voicemail-no-message"],
} as const;
const EVENTS = { words: ["join", "drop", "hold", "unhold", "mute", "unmute"] } as const;

/** Of a dialog that is denied: not who took part. */
export const STRIPPED_DIALOG_FIELDS: FieldRules = {
  "/type": TYPES,
  "/start": "timestamp",
  "/duration": "number",
  "/disposition": DISPOSITIONS,
};

/** Of a dialog without content. */
export const EMPTY_DIALOG_FIELDS: FieldRules = {
  ...STRIPPED_DIALOG_FIELDS,
  "/parties": "number",
  "/parties/*": "number",
  "/parties/*/*": "number",
  "/originator": "number",
  "/party_history/*/party": "number",
  "/party_history/*/time": "timestamp",
  "/party_history/*/event": EVENTS,
  "/session_id/local": "id",
  "/session_id/remote": "id",
  "/transferee": "number",
  "/transferor": "number",
  "/transfer_target": "number",
  "/transfer_target/*": "number",
  "/original": "number",
  "/original/*": "number",
  "/consultation": "number",
  "/consultation/*": "number",
  "/target_dialog": "number",
  "/target_dialog/*": "number",
  "/recordings/*": "number",
};
