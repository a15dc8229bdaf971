/**
 * What this gate lets through, to whom, on whose word. Reviewed like code: a request can change none of it, and the gate does not
 * start while anything here is wrong. This one is the demo's; copy it and make it yours.
 */
import {
  CUSTOMER_DATA_BATCH,
  cloudEvents,
  defineConfig,
  segmentEvents,
  tenfourRecord,
  trainingRecord,
  zoomEvents,
} from "tenfour/config";

/** The demo's upstream, which keeps what it receives. Yours is https. */
const demo = "http://127.0.0.1:8788";

/** Where most of what follows goes: our own training, of the model behind Meeting Summary. */
const training = {
  upstream: "training",
  purpose: "train",
  recipient: "first-party",
  services: ["meeting-summary"],
} as const;

export default defineConfig({
  /** Names clients reach the gate by; a request for any other gets 421. */
  hosts: ["localhost", "127.0.0.1"],

  /**
   * Who is believed to be whom: `issuers`, your identity providers, as demo/identity-providers.config.ts has them. Without any, the
   * operator's token alone opens /v1; on this machine, tokens of `npm run token` too.
   */

  /** AI features are opt-in: an account must have enabled one before its content may be used for it. */
  services: [
    { id: "meeting-summary", name: "Meeting Summary", opt_in: true },
    { id: "chat-compose", name: "Chat Compose", opt_in: true },
    { id: "recording", name: "Cloud Recording", opt_in: false },
    { id: "livestream", name: "Livestream", opt_in: false },
  ],

  /** Whoever speaks must have accepted. An account may be stricter, never looser. */
  participation_rule_min: "speaker",
  presence_settle_s: 60,

  /** What people's receipts say of whoever asks them, and of how long the upstreams keep what they get. */
  receipts: {
    controller: {
      id: "https://tenfour.example/",
      name: "Tenfour Demo Ltd",
      address: "1 Main Street, Dublin, Ireland",
      contact: "privacy@tenfour.example",
      jurisdiction: "loc:IE",
    },
    manage_at: "https://tenfour.example/my-answers",
    storage_duration: "P6M",
    storage_location: "loc:IE",
  },

  /** Where requests go. `train` shares an upstream with no other purpose. */
  upstreams: {
    training: { url: `${demo}/training`, purposes: ["train"] },
    partner: { url: `${demo}/partner`, purposes: ["train"] },
    recordings: { url: `${demo}/recordings`, purposes: ["serve"] },
    "spam-scan": { url: `${demo}/spam-scan`, purposes: ["protect"] },
    telemetry: { url: `${demo}/telemetry`, purposes: ["operate"] },
    traces: { url: `${demo}/traces`, purposes: ["operate"] },
    // Behind a key: headers_from_secrets: { authorization: "TRAINING_AUTHORIZATION" }
  },

  routes: [
    /** Of a denied record, only its service data goes on. */
    {
      id: "train-meetings",
      path: "/ingest/meetings",
      upstream: "training",
      purpose: "train",
      recipient: "first-party",
      services: ["meeting-summary"],
      kinds: ["audio", "video", "chat", "transcript", "screen", "whiteboard", "summary", "reaction", "poll"],
      shape: tenfourRecord(),
      formats: ["json", "ndjson"],
      on_deny: "strip",
    },
    /** All or nothing: one denied record, and none of the body goes on. */
    {
      id: "train-meetings-strict",
      path: "/ingest/meetings/strict",
      upstream: "training",
      purpose: "train",
      recipient: "first-party",
      services: ["meeting-summary"],
      kinds: ["chat", "transcript"],
      shape: tenfourRecord(),
      formats: ["json", "ndjson"],
      on_deny: "reject",
      limits: { hold_bytes_max: 4_194_304 },
    },
    /** A denied record does not go on at all. Takes `{"sent_at": …, "batch": […]}` as well. */
    {
      id: "train-chat",
      path: "/ingest/chat",
      upstream: "training",
      purpose: "train",
      recipient: "first-party",
      services: ["chat-compose"],
      kinds: ["chat"],
      shape: tenfourRecord(),
      formats: ["json", "ndjson"],
      wrapper: { items: "batch", fields: { "/sent_at": "timestamp" } },
      on_deny: "drop",
    },
    /** Zoom's webhook events, as Zoom sends them. */
    {
      id: "zoom-events",
      path: "/ingest/zoom",
      upstream: "training",
      purpose: "train",
      recipient: "first-party",
      services: ["meeting-summary"],
      kinds: ["audio", "video", "chat", "transcript", "screen", "summary"],
      shape: zoomEvents(),
      formats: ["json"],
      on_deny: "strip",
    },
    /** A model that is another company's: content never goes there, whoever consented. Usage numbers may, because this says so. */
    {
      id: "train-partner",
      path: "/ingest/partner",
      upstream: "partner",
      purpose: "train",
      recipient: "third-party",
      service_data_to_third_party: true,
      services: ["meeting-summary"],
      kinds: ["chat", "transcript"],
      shape: tenfourRecord(),
      formats: ["json", "ndjson"],
      on_deny: "drop",
    },
    /** What the customer asked for: no consent to train is needed to deliver their own recording to them. */
    {
      id: "serve-recording",
      path: "/ingest/recordings",
      upstream: "recordings",
      purpose: "serve",
      recipient: "first-party",
      services: ["recording"],
      kinds: ["audio", "video", "screen", "transcript"],
      shape: tenfourRecord(),
      formats: ["json", "ndjson"],
      on_deny: "reject",
    },
    /** Invites are scanned for spam and fraud. The kind is said here: no sender can call a chat an invite. */
    {
      id: "scan-invites",
      path: "/ingest/invites",
      upstream: "spam-scan",
      purpose: "protect",
      recipient: "first-party",
      services: [],
      kinds: ["invite"],
      shape: { variants: [{ content: { account: "/account", kind: { fixed: "invite" } } }] },
      formats: ["json", "ndjson"],
      on_deny: "drop",
    },
    /** Usage and quality: an allow-list of fields and of what each may hold. Anything else in a record is removed. */
    {
      id: "telemetry",
      path: "/ingest/telemetry",
      upstream: "telemetry",
      purpose: "operate",
      recipient: "first-party",
      services: [],
      kinds: [],
      shape: {
        variants: [
          {
            service_data: {
              "/event": { words: ["joined", "left", "quality", "feature_used", "failed"] },
              "/at": "timestamp",
              "/account": "id",
              "/conversation": "id",
              "/feature": { words: ["meeting-summary", "chat-compose", "recording", "livestream"] },
              "/duration_ms": "number",
              "/packet_loss": "number",
              "/bitrate_kbps": "number",
              "/error_code": "id",
              "/muted": "boolean",
            },
          },
        ],
      },
      formats: ["json", "ndjson"],
      on_deny: "drop",
    },
    /** What OpenTelemetry's exporters send, one route a signal: of spans, what cannot hold content. */
    {
      id: "otlp-traces",
      path: "/ingest/otlp/v1/traces",
      upstream: "traces",
      purpose: "operate",
      recipient: "first-party",
      services: [],
      kinds: [],
      document: { otlp: { signal: "traces" } },
      on_deny: "drop",
    },
    /** Other formats, one route each; docs/formats has a page for every one of them, with a line to send. */
    {
      ...training,
      id: "train-files",
      path: "/ingest/files",
      kinds: ["chat", "transcript"],
      shape: trainingRecord({ turns: "/messages" }),
      formats: ["ndjson", "multipart"],
      multipart: { file: "file", fields: { purpose: { words: ["fine-tune"] } } },
      on_deny: "strip",
    },
    {
      ...training,
      id: "train-batches",
      path: "/ingest/batches",
      kinds: ["chat", "transcript"],
      attribution: "headers",
      formats: ["ndjson"],
      on_deny: "drop",
    },
    {
      ...training,
      id: "train-transcripts",
      path: "/ingest/transcripts",
      kinds: ["transcript"],
      document: { transcript: { plain: true } },
      on_deny: "strip",
    },
    {
      ...training,
      id: "train-recordings",
      path: "/ingest/media",
      kinds: ["audio", "video"],
      media: { types: ["audio/wav", "video/mp4"], form: { metadata: "metadata", file: "file" } },
      on_deny: "reject",
    },
    {
      ...training,
      id: "train-calls",
      path: "/ingest/calls",
      kinds: ["audio", "video", "chat", "transcript", "summary"],
      document: { vcon: { person: ["uuid"] } },
      on_deny: "drop",
    },
    {
      ...training,
      id: "train-events",
      path: "/ingest/events",
      kinds: ["chat", "transcript"],
      shape: cloudEvents({
        account: "/account",
        conversation: "/data/room",
        speaker: "/data/by",
        kind: { fixed: "transcript" },
        service_data: { "com.example.cpu": { "/data/cpu": "number" } },
      }),
      formats: ["cloudevents", "cloudevents-batch", "cloudevents-binary"],
      on_deny: "strip",
    },
    {
      ...training,
      id: "train-analytics",
      path: "/ingest/analytics",
      kinds: ["chat"],
      shape: segmentEvents({
        account: "/context/groupId",
        conversation: "/context/room",
        speaker: "/userId",
        kind: { fixed: "chat" },
        usage: { "Meeting Ended": { "/properties/duration_s": "number" } },
        consent_categories: ["Training"],
      }),
      formats: ["json"],
      wrapper: CUSTOMER_DATA_BATCH,
      on_deny: "drop",
    },
  ],
});
