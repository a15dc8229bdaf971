/** What the demo sends, in order, and what must come of it. Data only: `run.ts` sends it, and compares. */
import type { Operator } from "../scripts/operator.ts";
import type { Reason } from "../src/decision/model.ts";
import { withdraw } from "./world.ts";

/** `whole`: byte for byte what was sent. `service data`: some of it, and none of the content. */
export type Arrival = "whole" | "service data" | "nothing";

export interface Send {
  readonly who: string;
  readonly what: string;
  readonly path: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly allow: boolean;
  readonly reason: Reason;
  readonly arrival: Arrival;
}

export interface Turn {
  /** What happens between two items. */
  readonly happens: string;
  readonly change: (operator: Operator) => Promise<void>;
}

/** Stands in every item for what people said: it must arrive with those allowed, and with no other. */
export const CONTENT = "what was said";

/** `capturedAt`, RFC 3339: after everybody answered. */
export function story(capturedAt: string): readonly (Send | Turn)[] {
  const content = (account: string, conversation: string, speaker: string, kind = "transcript") =>
    json({
      type: "content",
      id: `${conversation}-1`,
      account,
      conversation,
      speaker,
      kind,
      captured_at: capturedAt,
      text: `${CONTENT} by ${speaker}`,
    });
  const usage = (account: string, more: object = {}) =>
    json({ event: "quality", at: capturedAt, account, packet_loss: 0.02, bitrate_kbps: 1800, ...more });
  const toMeetings = { path: "/ingest/meetings", contentType: "application/json" };
  const toTelemetry = { path: "/ingest/telemetry", contentType: "application/json" };
  const toPartner = { path: "/ingest/partner", contentType: "application/json" };
  const span = json({
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "notes" } }] },
        scopeSpans: [
          {
            spans: [
              {
                name: "chat gpt-4o",
                attributes: [
                  { key: "gen_ai.usage.input_tokens", value: { intValue: "42" } },
                  { key: "gen_ai.input.messages", value: { stringValue: CONTENT } },
                ],
              },
            ],
          },
        ],
      },
    ],
  });
  const consented = { allow: true, reason: "consented", arrival: "whole" } as const;
  const serviceData = { allow: true, reason: "service_data", arrival: "whole" } as const;
  const stripped = { allow: false, arrival: "service data" } as const;
  const dropped = { allow: false, arrival: "nothing" } as const;

  return [
    {
      who: "ana, host at acme: both consented",
      what: "transcript",
      ...toMeetings,
      body: content("acme", "acme-standup", "ana"),
      ...consented,
    },
    {
      who: "bo, in the same meeting: accepted",
      what: "chat",
      ...toMeetings,
      body: content("acme", "acme-standup", "bo", "chat"),
      ...consented,
    },
    {
      who: "bo, speaking",
      what: "transcript",
      ...toMeetings,
      body: content("acme", "acme-standup", "bo"),
      ...consented,
    },
    {
      who: "cy, in the same meeting: objected",
      what: "transcript",
      ...toMeetings,
      body: content("acme", "acme-standup", "cy"),
      ...stripped,
      reason: "participant_objected",
    },
    {
      who: "dee, in the same meeting: has not answered",
      what: "transcript",
      ...toMeetings,
      body: content("acme", "acme-standup", "dee"),
      ...stripped,
      reason: "participant_undecided",
    },
    {
      who: "the same call's quality",
      what: "telemetry",
      ...toTelemetry,
      body: usage("acme"),
      ...serviceData,
    },
    {
      who: "quality with a comment in it",
      what: "telemetry",
      ...toTelemetry,
      body: usage("acme", { comment: CONTENT }),
      allow: true,
      reason: "service_data",
      arrival: "service data",
    },
    {
      who: "eli, host at acme: has not consented",
      what: "transcript",
      ...toMeetings,
      body: content("acme", "acme-review", "eli"),
      ...stripped,
      reason: "host_consent_missing",
    },
    {
      who: "fay at birch: enabled, never consented",
      what: "transcript",
      ...toMeetings,
      body: content("birch", "birch-weekly", "fay"),
      ...stripped,
      reason: "account_consent_missing",
    },
    {
      who: "fay's own recording, delivered to birch",
      what: "video",
      path: "/ingest/recordings",
      contentType: "application/json",
      body: content("birch", "birch-weekly", "fay", "video"),
      allow: true,
      reason: "serve",
      arrival: "whole",
    },
    {
      who: "birch's call quality",
      what: "telemetry",
      ...toTelemetry,
      body: usage("birch"),
      ...serviceData,
    },
    {
      who: "hana at elm-school: all consented",
      what: "transcript",
      ...toMeetings,
      body: content("elm-school", "elm-lesson", "hana"),
      ...dropped,
      reason: "protected_education",
    },
    {
      who: "ana again, to another company's model",
      what: "transcript",
      ...toPartner,
      body: content("acme", "acme-standup", "ana"),
      ...dropped,
      reason: "third_party_recipient",
    },
    {
      who: "a usage number, to the other company",
      what: "telemetry",
      ...toPartner,
      body: json({ type: "telemetry", id: "t-1", event: "call_ended", at: capturedAt, duration_ms: 63_000 }),
      ...serviceData,
    },
    {
      who: "gus, host at cedar: both consented",
      what: "transcript",
      ...toMeetings,
      body: content("cedar", "cedar-planning", "gus"),
      ...consented,
    },
    {
      happens: "cedar's owner withdraws the account's consent",
      change: (operator) => withdraw(operator, "cedar"),
    },
    {
      who: "gus, the same words again",
      what: "transcript",
      ...toMeetings,
      body: content("cedar", "cedar-planning", "gus"),
      ...stripped,
      reason: "account_consent_withdrawn",
    },
    {
      who: "cedar's call quality",
      what: "telemetry",
      ...toTelemetry,
      body: usage("cedar"),
      ...serviceData,
    },
    {
      who: "a span, with a prompt in it",
      what: "telemetry",
      path: "/ingest/otlp/v1/traces",
      contentType: "application/json",
      body: span,
      ...serviceData,
      arrival: "service data",
    },
  ];
}

function json(value: object): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
