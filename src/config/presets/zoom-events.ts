/**
 * Zoom's webhook events (field names of zoom/rivet-javascript v0.3.0). Events not named here are content of an unknown kind,
 * so they are denied. What opens content (`download_url`, `play_url`, `share_url`, `download_token`, `password`, passcodes,
 * `stream_key`) is content and in no list here, nor is anything people named or wrote: topics, titles, names, addresses.
 */
import type { FieldRules, Pointer, ShapeConfig, VariantConfig } from "../define.ts";

export interface ZoomEventsOptions {
  /** Member of a chat message's object that holds the sender's id as the consent state knows it. */
  readonly chat_speaker?: Pointer;
  /** The same for those a chat message is for. */
  readonly chat_recipient?: Pointer;
  /** Members of meeting and usage events that may pass beside those below. */
  readonly service_data?: FieldRules;
}

const MESSAGE = "/payload/object/chat_message";
const FILES = "/payload/object/recording_files/*";

/** A meeting occurrence is its `uuid`: its `id` is used again. */
const CONVERSATION = "/payload/object/uuid";

const ENVELOPE: FieldRules = {
  "/event_ts": "number",
  "/payload/account_id": "id",
};

/** By `file_type`. An MP4 may show a shared screen. A TIMELINE says who spoke when. Others (CSV, TB) are of an unknown kind. */
const FILE_KINDS = {
  MP4: ["video", "audio", "screen"],
  M4A: "audio",
  CHAT: "chat",
  CHAT_MESSAGE: "chat",
  TRANSCRIPT: "transcript",
  CC: "transcript",
  TIMELINE: "transcript",
  SUMMARY: "summary",
} as const;

const CHAT_EVENTS = ["meeting.chat_message_sent", "webinar.chat_message_sent"];
const RECORDING_EVENTS = ["recording.completed", "recording.transcript_completed"];
const SUMMARY_EVENTS = ["meeting.summary_completed", "meeting.summary_updated", "meeting.summary_shared"];
const TEAM_CHAT_EVENTS = ["chat_message.sent"];
const USAGE_EVENTS = [
  "meeting.started",
  "meeting.ended",
  "webinar.started",
  "webinar.ended",
  "meeting.participant_joined",
  "meeting.participant_left",
  "webinar.participant_joined",
  "webinar.participant_left",
  "recording.cloud_storage_usage_updated",
];

export function zoomEvents(options: ZoomEventsOptions = {}): ShapeConfig {
  return {
    discriminator: "/event",
    variants: [
      chat(options),
      RECORDING,
      SUMMARY,
      TEAM_CHAT,
      {
        when: USAGE_EVENTS,
        service_data: {
          ...options.service_data,
          ...ENVELOPE,
          "/event": { words: USAGE_EVENTS },
          [CONVERSATION]: "id",
          "/payload/object/type": "number",
          "/payload/object/duration": "number",
          "/payload/object/start_time": "timestamp",
          "/payload/object/end_time": "timestamp",
          "/payload/object/timezone": "id",
          "/payload/object/participant/join_time": "timestamp",
          "/payload/object/participant/leave_time": "timestamp",
        },
      },
    ],
  };
}

function chat(options: ZoomEventsOptions): VariantConfig {
  return {
    when: CHAT_EVENTS,
    content: {
      account: "/payload/account_id",
      conversation: CONVERSATION,
      speaker: options.chat_speaker ?? `${MESSAGE}/sender_session_id`,
      speaker_required: true,
      private_to: [options.chat_recipient ?? `${MESSAGE}/recipient_session_id`],
      public_when: { pointer: `${MESSAGE}/recipient_type`, values: ["everyone"] },
      kind: { fixed: "chat" },
      also: { [`${MESSAGE}/file_ids`]: "file" },
      captured_at: { pointer: `${MESSAGE}/date_time` },
    },
    strip_to: {
      ...ENVELOPE,
      "/event": { words: CHAT_EVENTS },
      [CONVERSATION]: "id",
      [`${MESSAGE}/date_time`]: "timestamp",
      [`${MESSAGE}/message_id`]: "id",
    },
  };
}

/** No one speaker: everyone who was there. It spans all its files. */
const RECORDING: VariantConfig = {
  when: RECORDING_EVENTS,
  content: {
    account: "/payload/account_id",
    conversation: CONVERSATION,
    kind: { pointer: `${FILES}/file_type`, map: FILE_KINDS },
    also: { "/payload/object/participant_audio_files": "audio" },
    captured_at: { pointer: `${FILES}/recording_start` },
    captured_until: { pointer: `${FILES}/recording_end` },
  },
  strip_to: {
    ...ENVELOPE,
    "/event": { words: RECORDING_EVENTS },
    [CONVERSATION]: "id",
    "/payload/object/type": "number",
    "/payload/object/start_time": "timestamp",
    "/payload/object/duration": "number",
    "/payload/object/total_size": "number",
    "/payload/object/recording_count": "number",
    [`${FILES}/recording_start`]: "timestamp",
    [`${FILES}/recording_end`]: "timestamp",
    [`${FILES}/file_type`]: { words: Object.keys(FILE_KINDS) },
    [`${FILES}/file_size`]: "number",
    [`${FILES}/status`]: { words: ["completed", "processing"] },
  },
};

const SUMMARY: VariantConfig = {
  when: SUMMARY_EVENTS,
  content: {
    account: "/payload/account_id",
    conversation: "/payload/object/meeting_uuid",
    kind: { fixed: "summary" },
    captured_at: { pointer: "/payload/object/meeting_start_time" },
    captured_until: { pointer: "/payload/object/meeting_end_time" },
  },
  strip_to: {
    ...ENVELOPE,
    "/event": { words: SUMMARY_EVENTS },
    "/payload/object/meeting_uuid": "id",
    "/payload/object/meeting_start_time": "timestamp",
    "/payload/object/meeting_end_time": "timestamp",
    "/payload/object/summary_created_time": "timestamp",
  },
};

/** Direct messages have no channel, so they are unattributed. The sender acts as the event's operator. */
const TEAM_CHAT: VariantConfig = {
  when: TEAM_CHAT_EVENTS,
  content: {
    account: "/payload/account_id",
    conversation: "/payload/object/channel_id",
    speaker: "/payload/operator_id",
    speaker_required: true,
    private_to: ["/payload/object/contact_id"],
    public_when: { pointer: "/payload/object/type", values: ["to_channel"] },
    kind: { fixed: "chat" },
    also: { "/payload/object/files": "file" },
    captured_at: { pointer: "/payload/object/date_time" },
  },
  strip_to: {
    ...ENVELOPE,
    "/event": { words: TEAM_CHAT_EVENTS },
    "/payload/object/id": "id",
    "/payload/object/date_time": "timestamp",
  },
};
