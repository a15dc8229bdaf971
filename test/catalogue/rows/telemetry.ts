/** T: content dressed as telemetry. What is not in the allow-list, by name and by the form of its value, is removed. */
import { expect } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { assertNoMarker, MARKER } from "../../support/marker.ts";
import { sayBytes } from "../../support/raw-bytes.ts";
import { content, telemetry } from "../../support/world.ts";
import { nothing, type Try } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import { catalogueConfig } from "../world.ts";
import { OTLP_NAMES, otlpAttributes } from "./otlp.ts";

/** Longer than an id may be. Up to that, an id may say what it likes: `docs/bypass-table.md` has it among what remains. */
const BASE64 = Buffer.from(`${MARKER} and then a whole long sentence of what was said`).toString("base64");

/** Telemetry with members that may not pass: what is left is the telemetry. */
const excess = (over: Readonly<Record<string, unknown>>): Try => ({
  path: "/ingest/telemetry",
  body: telemetry(over),
  gets: { counts: [0, 1, 0], upstream: telemetry() },
});

/** Attributes of a span beside allowed ones, named with dots and nested, as text and as structure, and in its events. */
const attributes = (names: string): Try[] =>
  names.split(/\s+/).map((name) => {
    const nested = name
      .split(".")
      .reduceRight<unknown>((value, part) => ({ [part]: value }), MARKER) as object;
    const message = JSON.stringify([{ role: "user", parts: [{ type: "text", content: MARKER }] }]);
    const allowed = { "gen_ai.usage.input_tokens": 7 };
    const span = {
      span_id: "s1",
      attributes: { ...allowed, [name]: message, ...nested },
      [name]: MARKER,
      events: [{ name, attributes: { [name]: [{ content: MARKER }] } }, MARKER],
    };
    return {
      path: "/ingest/attributes",
      body: JSON.stringify(span),
      gets: { counts: [0, 1, 0], upstream: JSON.stringify({ span_id: "s1", attributes: allowed }) },
    };
  });

/** Whatever the rule, a route that would let these through does not start. */
function notConfigurable(names: string): void {
  const config = catalogueConfig({ main: "http://127.0.0.1:1", other: "http://127.0.0.1:2" });
  for (const name of names.split(/\s+/))
    for (const rule of ["id", "number", { words: ["a"] }] as const) {
      const route = config.routes.find(({ id }) => id === "attributes")!;
      const shape = { variants: [{ service_data: { [`/attributes/${name}`]: rule } }] };
      const parsed = parseConfig({ ...config, routes: [{ ...route, shape }] });
      expect(parsed.ok, `${name} as ${JSON.stringify(rule)}`).toBe(false);
    }
}

const withheld = (id: string, what: string, names: string): Row => ({
  id,
  what,
  tries: [...attributes(names), ...otlpAttributes(names)],
  run: async () => notConfigurable(names),
});

/** Headers that say something: the request is served, and they stay here. */
const headers = (names: readonly string[], value = MARKER): Try[] =>
  names.map((name) => ({
    headers: { [name]: value },
    body: content(),
    gets: { counts: [1, 0, 0], upstream: content() },
  }));

export const TELEMETRY_ROWS: readonly Row[] = [
  {
    id: "T01",
    what: "content under another name in a record that claims to be telemetry",
    tries: [
      excess({ transcript: MARKER }),
      excess({ Text: MARKER, message: { text: MARKER } }),
      { path: "/ingest/telemetry", body: content({ text: MARKER, type: "telemetry " }), gets: nothing },
    ],
  },
  {
    id: "T02",
    what: "content deep inside a record of telemetry",
    tries: [
      excess({ payload: { items: [{ type: "content", text: MARKER }] } }),
      excess({ extra: [[[{ a: MARKER }]]] }),
      {
        ...excess({}),
        body: telemetry({ region: { text: MARKER } }),
        gets: leaves(telemetry({ region: undefined })),
      },
    ],
  },
  {
    id: "T03",
    what: "content in base64 as a label",
    tries: [
      excess({ labels: { h: BASE64 } }),
      { ...excess({}), body: telemetry({ region: BASE64 }), gets: leaves(telemetry({ region: undefined })) },
      { ...excess({}), body: telemetry({ id: `${MARKER} a` }), gets: leaves(telemetry({ id: undefined })) },
    ],
  },
  withheld(
    "T05",
    "messages and system instructions as attributes of a span",
    "gen_ai.input.messages gen_ai.output.messages gen_ai.system_instructions",
  ),
  withheld(
    "T06",
    "prompts and completions under deprecated and vendors' attribute names",
    `gen_ai.prompt gen_ai.completion gen_ai.prompt.0.content llm.prompts llm.input_messages.0.message.content
    traceloop.entity.input ai.prompt.messages ai.response.text input.value output.value`,
  ),
  withheld(
    "T07",
    "arguments and results of tools, what was retrieved, explanations",
    `gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.retrieval.documents gen_ai.retrieval.query.text
    gen_ai.evaluation.explanation gen_ai.memory.records`,
  ),
  withheld(
    "T08",
    "bodies of HTTP requests as attributes",
    "http.request.body.content http.response.body.content",
  ),
  withheld("T10", "URLs and their queries as attributes", "url.full url.query"),
  withheld(
    "T11",
    "queries, command lines and headers as attributes",
    "db.query.text graphql.document process.command_args http.request.header.cookie",
  ),
  {
    id: "T15",
    what: "content as the name of a member",
    tries: [
      excess({ [MARKER]: 1 }),
      { path: "/ingest/attributes", body: `{"attributes":{"${MARKER}":1}}`, gets: nothing },
      ...OTLP_NAMES,
      {
        path: "/ingest/strip",
        body: content({ speaker: "dee", [MARKER]: { [MARKER]: true } }),
        gets: strippedContent(),
      },
    ],
  },
  {
    id: "T21",
    what: "baggage and trace headers",
    tries: headers(["baggage", "tracestate", "traceparent", "b3", "x-b3-traceid"], `note=${MARKER}`),
  },
  {
    id: "T22",
    what: "any other header of the sender's",
    tries: headers([
      "user-agent",
      "referer",
      "cookie",
      "x-note",
      "x_note",
      "from",
      "via",
      "accept-language",
      "content-disposition",
      "content-language",
      "content-location",
      "link",
    ]),
  },
  {
    id: "T28",
    what: "trailers after the body",
    tries: [{ headers: { trailer: `x-note, ${MARKER}` }, gets: [400, "header_refused"] }],
    run: (bench) => trailers(bench),
  },
];

function leaves(upstream: string): Try["gets"] {
  return { counts: [0, 1, 0], upstream };
}

function strippedContent(): Try["gets"] {
  const { speaker: _, text: __, ...rest } = JSON.parse(content());
  return leaves(JSON.stringify(rest));
}

/** Trailers that were not announced: dropped by the platform, and never sent on. */
async function trailers(bench: Bench): Promise<void> {
  bench.reset();
  const body = content();
  const request = [
    "POST /ingest/drop HTTP/1.1",
    `Host: ${new URL(bench.rig.url).host}`,
    `Authorization: Bearer ${bench.keys.good}`,
    "Content-Type: application/json",
    "Transfer-Encoding: chunked",
    "",
    `${body.length.toString(16)}\r\n${body}`,
    `0\r\nX-Note: ${MARKER}\r\n\r\n`,
  ].join("\r\n");
  const { text } = await sayBytes(bench.rig.url, request);
  assertNoMarker(text, "the answer");
  bench.sawNoMarker();
  expect(bench.upstream.received.map(({ body }) => body.toString())).toEqual([body]);
}
