/** The OpenAPI 3.1 document, from the routes there are, their schemas and their words. For the build. No I/O. */
import { LIMITS } from "../../config/limits.ts";
import { ACCESS } from "../access.ts";
import type { ControlRoute } from "../control.ts";
import { ANSWERS } from "./answers.ts";
import { ELSEWHERE, ELSEWHERE_SCHEMAS, ELSEWHERE_TAGS } from "./elsewhere.ts";
import { exampleOf } from "./example.ts";
import { OPERATIONS, type Operation, TAGS } from "./operations.ts";
import { type Json, ref, schemaOf } from "./schema.ts";

const BODY_METHODS = ["PUT", "POST"];

const QUERY: Readonly<Record<string, Json>> = {
  limit: {
    description: "How many at most. Default: 100; of exchanges 20.",
    schema: { type: "integer", minimum: 1, maximum: 1_000 },
  },
  cursor: {
    description: "The `next` of the page before. Hand it back as it came.",
    schema: { type: "string" },
  },
  service: { description: "Only of this service.", schema: ref("Id") },
  account: { description: "Only those that held items of this account.", schema: ref("Id") },
  conversation: { description: "Only those that held items of this conversation.", schema: ref("Id") },
  person: {
    description: "Only those that held items of conversations this person is known in.",
    schema: ref("Id"),
  },
  route: { description: "Only on this route.", schema: ref("Id") },
  reason: { description: "Only those in which something was decided for this reason.", schema: ref("Id") },
  from: { description: "Only those opened at this instant or later.", schema: ref("Instant") },
  to: { description: "Only those opened before this instant.", schema: ref("Instant") },
  from_size: {
    description: "The smaller size, of a checkpoint you hold.",
    schema: { type: "integer", minimum: 1 },
  },
  to_size: { description: "The larger size. Default: the newest.", schema: { type: "integer", minimum: 1 } },
  since: {
    description: "The size of a checkpoint you hold: the export then proves that it is the beginning of it.",
    schema: { type: "integer", minimum: 1 },
  },
  source: {
    description: "Where lines without a source of their own came from.",
    schema: { type: "string", minLength: 1 },
  },
  dry_run: { description: "Judges every line and writes nothing.", schema: { enum: ["true", "false"] } },
};

const PATH: Readonly<Record<string, string>> = {
  account: "Id of the account.",
  service: "Id of a service of the configuration.",
  conversation: "Id of the conversation, percent-encoded.",
  person: "Id of the person.",
  key: "Id of the key, not the key itself.",
  consent: "Id of an answer of the account or a host.",
  answer: "Id of an answer of a participant.",
  objection: "Id of an answer of a participant.",
  level: "Level of the tile: 0 holds the leaves.",
  tile: "Which tile of its level, from 0.",
  exchange: "Id of the exchange, as in the gate's Tenfour-Exchange header.",
};

const PROBLEMS: Readonly<Record<string, readonly [name: string, says: string]>> = {
  400: ["Malformed", "Not as its schema has it; `field` names what is wrong."],
  401: ["Unauthenticated", "No token, or one that is not accepted."],
  403: ["NotPermitted", "Whoever asks sees this, and may not do it."],
  404: ["NotFound", "There is no such thing, or it is not for whoever asks to see."],
  409: ["Conflict", "It collides with what is on record."],
  412: ["PreconditionFailed", "Changed since the ETag in If-Match."],
  413: ["TooLarge", `More than ${LIMITS.control_body_bytes_max} bytes.`],
  415: ["UnsupportedType", "Another media type, or a content coding."],
  422: ["NotMeaningful", "Well formed, and it names something that is not there or may not be."],
  429: ["TooMany", "Too many requests of whoever asks; Retry-After says when again."],
  500: ["Bug", "The gate's fault."],
  503: ["Unavailable", "Consent state, evidence or an issuer's keys cannot be read now."],
};

/** `guide`: Markdown that comes before the routes. Throws an `Error` at a route that nothing is known of. */
export function openapiDocument(routes: readonly ControlRoute[], version: string, guide: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { method, path } of routes) {
    const operation = OPERATIONS[`${method} ${path}`];
    if (operation === undefined) throw new Error(`openapi-operations.ts has nothing on ${method} ${path}`);
    const at = `/v1${templateOf(path)}`;
    paths[at] = { ...paths[at], [method.toLowerCase()]: operationOf(method, path, operation) };
  }
  for (const [name, operation] of Object.entries(ELSEWHERE)) {
    const [method, at] = name.split(" ") as [string, string];
    paths[at] = { ...paths[at], [method.toLowerCase()]: operation };
  }
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Tenfour",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description: guide,
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }],
    tags: Object.entries({ ...TAGS, ...ELSEWHERE_TAGS }).map(([name, description]) => ({
      name,
      description,
    })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description:
            "A person's token of a configured issuer (JWT, with a role and what it is bound to), or the operator's token.",
        },
      },
      responses: Object.fromEntries(
        Object.values(PROBLEMS).map(([name, description]) => [
          name,
          { description, content: { "application/problem+json": { schema: ref("Problem") } } },
        ]),
      ),
      schemas: {
        Id: {
          type: "string",
          pattern: `^[\\x21-\\x7e]{1,${LIMITS.id_chars_max}}$`,
          description: "Printable ASCII without spaces, compared byte for byte.",
        },
        Instant: {
          type: "string",
          format: "date-time",
          description: "RFC 3339. Answers are in UTC, in milliseconds.",
        },
        ...ANSWERS,
        ...ELSEWHERE_SCHEMAS,
      },
    },
  };
}

/** `/accounts/:account` as `/accounts/{account}`. */
export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, "{$1}");
}

function operationOf(method: string, path: string, operation: Operation): Json {
  const { tag, summary, says, body, bodyOptional = false, tagged = false } = operation;
  const access = ACCESS[path];
  const roles = access?.may[method] ?? ["operator"];
  return {
    operationId: `${method} ${path}`.replaceAll(/[^A-Za-z]+/g, "_").toLowerCase(),
    tags: [tag],
    summary,
    description: [says, `For: ${roles.join(", ")}${access?.unbound ? " (bound to no account)" : ""}.`]
      .filter((part) => part !== undefined)
      .join(" "),
    parameters: parametersOf(method, path, operation),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !bodyOptional,
            content: {
              "application/json": {
                schema: schemaOf(body),
                example: exampleOf(schemaOf(body), operation.example),
              },
            },
          },
        }),
    ...(operation.bulk === "import" ? { requestBody: lines("The lines to import.") } : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(operation.answers).map(([status, name]) => [
          status,
          {
            description: status === "201" ? "Recorded." : "As it is now.",
            ...(tagged ? { headers: { ETag: { schema: { type: "string" } } } } : {}),
            content: { "application/json": { schema: ref(name) } },
          },
        ]),
      ),
      ...(operation.lines === undefined
        ? {}
        : {
            200: {
              description: operation.lines,
              content: { "application/x-ndjson": { schema: { type: "string" } } },
            },
          }),
      ...(operation.bulk === undefined ? {} : { 200: lines(BULK_ANSWERS[operation.bulk], operation.bulk) }),
      ...Object.fromEntries(
        problemsOf(method, operation).map((status) => [
          status,
          { $ref: `#/components/responses/${PROBLEMS[status]![0]}` },
        ]),
      ),
    },
  };
}

const BULK_ANSWERS = {
  import: "A report, a line at a time. Read the last line: without a `summary`, send the file again.",
  export: "What is on record, in the order of recording. CSV with Accept: text/csv.",
} as const;

function lines(description: string, of?: "import" | "export"): Json {
  const schema = { type: "string" };
  const csv = of === "import" ? {} : { "text/csv": { schema } };
  return {
    description,
    ...(of === undefined ? { required: true } : {}),
    content: { "application/x-ndjson": { schema }, ...csv },
  };
}

function parametersOf(method: string, path: string, { query = [], tagged, bulk }: Operation): Json[] {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    description: PATH[name!],
    schema: ref("Id"),
  }));
  const asked = query.map((name) => ({ name, in: "query", ...QUERY[name] }));
  const once = {
    name: "Idempotency-Key",
    in: "header",
    description:
      'A quoted string of your own, such as "8e03978e-40d5". The same request sent again is answered again, not done again.',
    schema: { type: "string" },
  };
  const ifMatch = {
    name: "If-Match",
    in: "header",
    description: "The ETag of an earlier answer: 412 if somebody changed it since.",
    schema: { type: "string" },
  };
  return [
    ...named,
    ...asked,
    ...(method === "POST" && bulk === undefined ? [once] : []),
    ...(method === "PUT" && tagged ? [ifMatch] : []),
  ];
}

function problemsOf(method: string, { body, tagged, bulk }: Operation): string[] {
  const writes = BODY_METHODS.includes(method);
  return [
    "400",
    "401",
    "403",
    "404",
    ...(writes && bulk === undefined ? ["409"] : []),
    ...(method === "PUT" && tagged ? ["412"] : []),
    ...(body === undefined ? [] : ["413"]),
    ...(writes ? ["415"] : []),
    "422",
    "429",
    "500",
    "503",
  ];
}
