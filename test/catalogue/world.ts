/** The world of `test/support/world.ts`, and routes that look where the vectors of content are made to be looked at. */
import type { RecordRouteConfig, ShapeConfig, TenfourConfig } from "../../src/config/define.ts";
import { cloudEvents } from "../../src/config/presets/cloud-events.ts";
import { CUSTOMER_DATA_BATCH, rudderEvents } from "../../src/config/presets/customer-data.ts";
import { trainingRecord } from "../../src/config/presets/training-record.ts";
import { KINDS } from "../../src/decision/model.ts";
import { ISSUER } from "../support/issuer.ts";
import { ROUTE_IDS, worldConfig } from "../support/world.ts";
import { FORM_OPTIONS } from "../unit/content/multipart-vectors.ts";

const MORE = [
  "envelope",
  "envelope-64",
  "envelope-wrapped",
  "envelope-wrapped-64",
  "envelope-form",
  "envelope-form-refuse",
  "lines",
  "headers",
  "attributes",
  "other",
  "vcon",
  "events",
  "analytics",
];
export const ROUTES: readonly string[] = [...ROUTE_IDS, ...MORE];

const SMALL = { limits: { record_bytes_max: 64 } };
const WRAPPER = {
  wrapper: { items: "batch", fields: { "/sent_at": "timestamp", "/meta/n": "number" } },
} as const;

/** The rules of the content tests' forms. */
const FORM: Partial<RecordRouteConfig> = { formats: ["multipart"], multipart: FORM_OPTIONS.rules };

export function catalogueConfig({ main, other }: Readonly<Record<"main" | "other", string>>): TenfourConfig {
  const world = worldConfig(main);
  const route = (id: string, more: Partial<RecordRouteConfig>): RecordRouteConfig => ({
    id,
    path: `/ingest/${id}`,
    upstream: "train",
    purpose: "train",
    recipient: "first-party",
    services: ["meeting-summary"],
    kinds: ["chat", "transcript"],
    shape: ENVELOPE,
    formats: ["json", "ndjson"],
    on_deny: "drop",
    ...more,
  });
  const { shape: _, ...attributed } = route("headers", { attribution: "headers" });
  const { jwks, ...issuer } = ISSUER;
  return {
    ...world,
    issuers: [{ ...issuer, jwks: jwks as never }],
    upstreams: { ...world.upstreams, other: { url: `${other}/other`, purposes: ["operate"] } },
    routes: [
      ...world.routes,
      route("envelope", { formats: ["json", "ndjson", "cloudevents", "cloudevents-batch"] }),
      route("envelope-64", SMALL),
      route("envelope-wrapped", WRAPPER),
      route("envelope-wrapped-64", { ...WRAPPER, ...SMALL }),
      route("envelope-form", FORM),
      route("envelope-form-refuse", { ...FORM, service_data_excess: "refuse" }),
      route("lines", { shape: trainingRecord({ turns: "/messages" }), on_deny: "strip" }),
      attributed,
      route("attributes", {
        upstream: "operate",
        purpose: "operate",
        services: [],
        kinds: [],
        shape: { variants: [{ service_data: ATTRIBUTES }] },
      }),
      {
        id: "vcon",
        path: "/ingest/vcon",
        upstream: "train",
        purpose: "train",
        recipient: "first-party",
        services: ["meeting-summary"],
        kinds: [...KINDS],
        document: { vcon: {} },
        on_deny: "drop",
      },
      route("events", {
        formats: ["json", "cloudevents", "cloudevents-batch", "cloudevents-binary"],
        shape: EVENTS,
        on_deny: "strip",
      }),
      route("analytics", {
        formats: ["json"],
        shape: rudderEvents(PERSON),
        wrapper: CUSTOMER_DATA_BATCH,
        json_sent_as: ["application/x-www-form-urlencoded"],
        on_deny: "strip",
      }),
      route("other", { upstream: "other", purpose: "operate", services: [], kinds: [] }),
    ],
  };
}

const EVENTS = cloudEvents({
  account: "/account",
  conversation: "/room",
  speaker: "/data/by",
  kind: { fixed: "chat" },
  attributes: { "/sequence": "id" },
  service_data: { cpu: { "/data/cpu": "number" } },
});

const PERSON = {
  account: "/context/groupId",
  conversation: "/context/room",
  speaker: "/userId",
  kind: { fixed: "chat" },
} as const;

/** Looks where `ENVELOPE` of the content tests does. */
const ENVELOPE: ShapeConfig = {
  discriminator: "/type",
  variants: [
    {
      when: ["content"],
      content: {
        account: "/account",
        conversation: "/conversation",
        speaker: "/speaker",
        private_to: ["/consent/ok"],
        kind: { pointer: "/kind" },
        captured_at: { pointer: "/captured_at" },
      },
    },
    { when: ["telemetry"], service_data: { "/type": { words: ["telemetry"] } } },
  ],
};

/** A span as a flat record, the way a careful deployer would allow it. */
const ATTRIBUTES = {
  "/name": { words: ["chat", "execute_tool", "embeddings"] },
  "/span_id": "id",
  "/attributes/gen_ai.provider.name": { words: ["openai", "anthropic", "self"] },
  "/attributes/gen_ai.request.model": "id",
  "/attributes/gen_ai.usage.input_tokens": "number",
  "/attributes/gen_ai.usage.output_tokens": "number",
  "/attributes/http.response.status_code": "number",
  "/attributes/http.route": "id",
  "/events/*/name": { words: ["gen_ai.client.inference.operation.details"] },
  "/events/*/at": "timestamp",
} as const;
