/**
 * What the worker answers outside /v1 and outside the routes of its configuration, as OpenAPI: the decision API, the receiver of Zoom's
 * webhooks, and what it says of itself. For the build; tests hold a running worker to it.
 */
import { SEMANTICS } from "../authzen/evaluation.ts";
import { type Json, ref } from "./schema.ts";

export const ELSEWHERE_TAGS = {
  "Decision API":
    "OpenID AuthZEN Authorization API 1.0: a decision asked for rather than enforced. At length: docs/authzen.md.",
  "From the source": "Zoom's webhooks keep conversations and presence true. How to set it up: docs/bulk.md.",
  "The gate itself":
    "No token is needed. The paths that data is sent to, such as `/ingest/meetings`, are the configuration's own, and described there.",
} as const;

const STRING: Json = { type: "string" };
const text = (description: string): Json => ({ ...STRING, description });
const json = (schema: Json) => ({ "application/json": { schema } });

function object(properties: Readonly<Record<string, Json>>, optional: readonly string[] = []): Json {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: "object", properties, ...(required.length > 0 ? { required } : {}) };
}

const anything: Json = { type: "object", description: "As the asker's words have it." };
const entity = (type: string, id: string): Json =>
  object({ type: text(type), id: text(id), properties: anything }, ["properties"]);
const EVALUATION = {
  subject: entity("person or user (whose content it is), or producer.", "Of a producer, the id of its key."),
  action: object({ name: text("A purpose, or the id of a route."), properties: anything }, ["properties"]),
  resource: entity("content.", "The asker's own."),
  context: {
    type: "object",
    properties: { route: text("Id of the route."), content_usage: text("The Content-Usage signal.") },
  },
};
const ITEM = {
  subject: { type: "person", id: "ana" },
  action: { name: "train" },
  resource: {
    type: "content",
    id: "message-17",
    properties: {
      ...{ account: "northwind", conversation: "monday", kind: "transcript" },
      captured_at: "2026-11-22T09:00:00Z",
    },
  },
  context: { route: "train-meetings" },
};

export const ELSEWHERE_SCHEMAS: Readonly<Record<string, Json>> = {
  Evaluation: {
    ...object(EVALUATION, ["context"]),
    description: "Members that nobody here knows are passed over.",
  },
  Evaluations: {
    ...object(
      {
        ...EVALUATION,
        evaluations: {
          type: "array",
          items: { type: "object" },
          description: "At most 1,000. What one lacks it has from the top level.",
        },
        options: {
          type: "object",
          properties: { evaluations_semantic: { ...STRING, enum: SEMANTICS } },
          description: "When to stop. Default: execute_all.",
        },
      },
      [...Object.keys(EVALUATION), "evaluations", "options"],
    ),
    description: "Without `evaluations`, a single evaluation.",
  },
  Decision: object({
    decision: { type: "boolean", description: "A no is 200." },
    context: {
      type: "object",
      properties: {
        reason: text("One of the reasons of docs/reasons.md, or why it could not be told what was asked."),
        rule: { anyOf: [STRING, { type: "null" }], description: "T1 to T15; null: none of them denies." },
        route: ref("Id"),
        reason_user: object({ en: text("The reason in one sentence.") }),
        basis: { type: "array", items: ref("Id"), description: "Of a yes: the answers it rests on." },
        obligations: {
          type: "array",
          items: { type: "object" },
          description: "Of a yes on condition: what must be removed.",
        },
        error: object({ status: { type: "integer" }, message: STRING }),
      },
    },
  }),
  Decisions: object({
    evaluations: { type: "array", items: ref("Decision"), description: "In their order." },
  }),
  AuthzenConfiguration: object({
    policy_decision_point: text("The origin that was asked."),
    access_evaluation_endpoint: STRING,
    access_evaluations_endpoint: STRING,
    obligations_supported: { type: "array", items: STRING },
  }),
  ZoomEvent: {
    ...object({ event: text("Such as meeting.started."), payload: anything }, ["payload"]),
    description: "As Zoom sends it.",
  },
  ZoomKept: {
    anyOf: [
      object({ kept: { type: "boolean", description: "Whether it is of use here." } }),
      object({ plainToken: STRING, encryptedToken: STRING }),
    ],
    description: "The second answers endpoint.url_validation.",
  },
  Health: object({
    status: { ...STRING, enum: ["ok", "failing"] },
    config_digest: text("SHA-256 of the configuration in force."),
    parts: {
      type: "object",
      additionalProperties: object(
        { ok: { type: "boolean" }, ms: { type: "number" }, detail: text("What is wrong.") },
        ["detail"],
      ),
      description: "By part, as just measured.",
    },
  }),
};

const header = (name: string, description: string, required = false): Json => ({
  ...{ name, in: "header", description, schema: STRING },
  ...(required ? { required } : {}),
});
const told = (description: string): Json => ({ description, content: { "text/plain": { schema: STRING } } });
const problem = (name: string): Json => ({ $ref: `#/components/responses/${name}` });

function evaluation(
  tag: string,
  id: string,
  summary: string,
  says: string,
  sent: string,
  answers: Json,
): Json {
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${says} For: operator, owner, admin, auditor.`,
    parameters: [header("X-Request-ID", "Comes back as it was sent.")],
    requestBody: { required: true, content: { "application/json": { schema: ref(sent), example: ITEM } } },
    responses: {
      200: { description: "The decision, yes or no.", content: json(answers) },
      ...Object.fromEntries(
        [
          [400, "No such request: a sentence says why."],
          [401, "No token, or one that is not accepted."],
          [403, "Whoever asks may not."],
          [413, "Too large."],
          [429, "Too many requests."],
          [503, "Consent state cannot be read now: no answer is a yes."],
        ].map(([status, says]) => [status, told(String(says))]),
      ),
    },
  };
}

/** By method and path. The receiver's path is its source's in the configuration: this one stands for it. */
export const ELSEWHERE: Readonly<Record<string, Json>> = {
  "POST /access/v1/evaluation": evaluation(
    "Decision API",
    "authzen_evaluation",
    "Ask for one decision",
    "By the gate's own function. Records nothing.",
    "Evaluation",
    ref("Decision"),
  ),
  "POST /access/v1/evaluations": evaluation(
    "Decision API",
    "authzen_evaluations",
    "Ask for several decisions at once",
    "All of them rest on one reading of consent state.",
    "Evaluations",
    { anyOf: [ref("Decisions"), ref("Decision")] },
  ),
  "GET /.well-known/authzen-configuration": {
    operationId: "authzen_configuration",
    tags: ["Decision API"],
    summary: "Read what there is, and where",
    description: "Needs no token.",
    security: [],
    parameters: [header("X-Request-ID", "Comes back as it was sent.")],
    responses: { 200: { description: "The metadata.", content: json(ref("AuthzenConfiguration")) } },
  },
  "POST /sources/zoom": {
    operationId: "zoom_webhook",
    tags: ["From the source"],
    summary: "Receive an event of Zoom's",
    description:
      "At the path that `sources.zoom` of the configuration gives it; there is none without. Known by its signature, and needs no token. The same event twice, or events out of order, change nothing.",
    security: [],
    parameters: [
      header(
        "x-zm-signature",
        "HMAC-SHA-256 over the timestamp and the body, by the webhook's secret token.",
        true,
      ),
      header("x-zm-request-timestamp", "Unix seconds.", true),
    ],
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: ref("ZoomEvent"),
          example: { event: "endpoint.url_validation", payload: { plainToken: "qgg8vlvZRS6UYooatFL8Aw" } },
        },
      },
    },
    responses: {
      200: { description: "Kept, or of no use here.", content: json(ref("ZoomKept")) },
      400: problem("Malformed"),
      401: problem("Unauthenticated"),
      403: problem("NotPermitted"),
      409: problem("Conflict"),
      413: problem("TooLarge"),
      422: problem("NotMeaningful"),
      429: problem("TooMany"),
      503: problem("Unavailable"),
    },
  },
  "GET /healthz": {
    operationId: "healthz",
    tags: ["The gate itself"],
    summary: "Read whether it works, as just measured",
    description: "Measures before it answers.",
    security: [],
    parameters: [],
    responses: {
      200: { description: "Everything does.", content: json(ref("Health")) },
      503: { description: "Something does not.", content: json(ref("Health")) },
    },
  },
  "GET /openapi.json": {
    operationId: "openapi",
    tags: ["The gate itself"],
    summary: "Read this description",
    description: "OpenAPI 3.1.",
    security: [],
    parameters: [],
    responses: { 200: { description: "The document.", content: json({ type: "object" }) } },
  },
  "GET /docs": {
    operationId: "docs",
    tags: ["The gate itself"],
    summary: "Read it as a page",
    description: "One file, which loads nothing else.",
    security: [],
    parameters: [],
    responses: { 200: { description: "The page.", content: { "text/html": { schema: STRING } } } },
  },
};
