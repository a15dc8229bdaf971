/** T, for OTLP: content in what OpenTelemetry's exporters send, in JSON and protobuf, at every level. */
import { expect } from "vitest";
import { REQUESTS } from "../../../src/content/otlp/schema.ts";
import { MARKER } from "../../support/marker.ts";
import { field, fromProtobuf, lengthField, type Model, toProtobuf, UNKNOWN } from "../../support/otlp.ts";
import type { Try } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";

const SAID = `${MARKER} was said`;
const MESSAGE = JSON.stringify([{ role: "user", parts: [{ type: "text", content: MARKER }] }]);
const SERVICE = { key: "service.name", value: { stringValue: "notes" } };
const USAGE = { key: "gen_ai.usage.input_tokens", value: { intValue: "7" } };

/** A request of one span; what is undefined is not there. */
interface Parts {
  readonly resource?: object;
  readonly schemaUrl?: string;
  readonly scope?: object;
  readonly span?: object;
}
const spanOf = ({ resource, schemaUrl, scope, span }: Parts): Model =>
  JSON.parse(
    JSON.stringify({
      resourceSpans: [{ resource, schemaUrl, scopeSpans: [{ scope, spans: [{ ...span, kind: 1 }] }] }],
    }),
  );

/** Told of in JSON: what goes in, and what comes out of it. */
const leaves = (dirty: Model, clean: Model, signal = "traces"): Try => ({
  path: `/ingest/otlp/v1/${signal}`,
  body: JSON.stringify(dirty),
  gets: { counts: [0, 1, 0], upstream: JSON.stringify(clean) },
});

const spanLeaves = (dirty: Parts, clean: Parts = {}): Try => leaves(spanOf(dirty), spanOf(clean));

const withAttributes = (more: readonly object[]): Parts => ({
  resource: { attributes: [SERVICE, ...more] },
  scope: { name: "notes", attributes: more.length === 0 ? undefined : more },
  span: {
    attributes: [USAGE, ...more],
    events: [{ name: "exception", attributes: more.length === 0 ? undefined : more }],
    links: [{ flags: 1, attributes: more.length === 0 ? undefined : more }],
  },
});

/** Attributes of these names at every level of a span, and of a log record and a data point. */
export const otlpAttributes = (names: string): Try[] =>
  names.split(/\s+/).flatMap((key) => {
    const planted = [
      { key, value: { stringValue: MESSAGE } },
      { key, value: { kvlistValue: { values: [{ key: "content", value: { stringValue: MARKER } }] } } },
      { key, value: { arrayValue: { values: [{ stringValue: MARKER }] } } },
    ];
    return [
      spanLeaves(withAttributes(planted), withAttributes([])),
      leaves(
        recordOf({ eventName: key, body: planted[1]!.value, attributes: [USAGE, ...planted] }),
        recordOf({ eventName: key, attributes: [USAGE] }),
        "logs",
      ),
      leaves(
        pointOf({
          attributes: [USAGE, ...planted],
          exemplars: [{ asInt: "1", filteredAttributes: planted }],
        }),
        pointOf({ attributes: [USAGE], exemplars: [{ asInt: "1" }] }),
        "metrics",
      ),
    ];
  });

const recordOf = (record: object): Model => ({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] });
const pointOf = (point: object): Model => ({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge: { dataPoints: [point] } }] }] }],
});

/** As protobuf, which a string in a row cannot show. */
async function leavesProtobuf(bench: Bench, dirty: Uint8Array, clean: Model): Promise<void> {
  bench.reset();
  const answer = await bench.send({
    path: "/ingest/otlp/v1/traces",
    type: "application/x-protobuf",
    body: dirty,
  });
  expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([
    200,
    "forwarded=0, stripped=1, dropped=0",
  ]);
  expect(bench.upstream.received.map(({ body }) => fromProtobuf(REQUESTS.traces, body))).toEqual([clean]);
  bench.sawNoMarker();
}

const inSpan = (...span: number[][]): Uint8Array =>
  Uint8Array.from(lengthField(1, lengthField(2, lengthField(2, span.flat()))));

async function refusesProtobuf(bench: Bench, body: Uint8Array): Promise<void> {
  bench.reset();
  const answer = await bench.send({ path: "/ingest/otlp/v1/traces", type: "application/x-protobuf", body });
  expect([answer.status, answer.headers["content-type"], bench.upstream.begun]).toEqual([
    400,
    "application/x-protobuf",
    0,
  ]);
  expect(answer.text).toContain("otlp_invalid");
  bench.sawNoMarker();
}

export const OTLP_ROWS: readonly Row[] = [
  {
    id: "T14",
    what: "resource attributes, schemaUrl and traceState",
    tries: [
      spanLeaves({ resource: { attributes: [{ key: "host.name", value: { stringValue: MARKER } }] } }),
      spanLeaves({ resource: { attributes: [{ key: "service.name", value: { stringValue: SAID } }] } }),
      spanLeaves({ schemaUrl: `https://example.com/${MARKER}` }),
      spanLeaves({ schemaUrl: `https://opentelemetry.io/schemas/${MARKER}` }),
      spanLeaves({ scope: { name: SAID, version: SAID } }),
      spanLeaves({ span: { traceState: `a=${MARKER}`, links: [{ traceState: MARKER }] } }),
      spanLeaves({ span: { name: SAID, status: { message: SAID }, events: [{ name: SAID }] } }),
    ],
    run: (bench) =>
      leavesProtobuf(
        bench,
        toProtobuf(
          REQUESTS.traces,
          spanOf({ schemaUrl: SAID, scope: { name: SAID }, span: { name: SAID, traceState: MARKER } }),
        ),
        spanOf({}),
      ),
  },
  {
    id: "T16",
    what: "bytes, lists and maps as attribute values",
    tries: [
      ...[
        { bytesValue: Buffer.from(SAID).toString("base64") },
        { kvlistValue: { values: [{ key: SAID, value: { stringValue: MARKER } }] } },
        {
          arrayValue: { values: [{ stringValue: MARKER }, { stringValue: "was" }, { stringValue: "said" }] },
        },
        { arrayValue: { values: [{ kvlistValue: { values: [{ key: MARKER }] } }] } },
      ].flatMap((value) => [
        spanLeaves(withAttributes([{ key: "service.name", value }]), withAttributes([])),
        leaves(recordOf({ body: value, flags: 1 }), recordOf({ flags: 1 }), "logs"),
      ]),
    ],
  },
  {
    id: "T17",
    what: "unknown fields of a protobuf message",
    run: async (bench) => {
      const { name } = UNKNOWN;
      const deep = {
        [name]: MARKER,
        resourceSpans: [
          {
            [name]: MARKER,
            resource: { [name]: MARKER, droppedAttributesCount: 1 },
            scopeSpans: [
              {
                [name]: MARKER,
                scope: { [name]: MARKER, name: "a" },
                spans: [{ kind: 1, status: { [name]: MARKER, code: 2 } }],
              },
            ],
          },
        ],
      };
      await leavesProtobuf(
        bench,
        toProtobuf(REQUESTS.traces, deep),
        spanOf({
          resource: { droppedAttributesCount: 1 },
          scope: { name: "a" },
          span: { status: { code: 2 } },
        }),
      );
      await leavesProtobuf(bench, inSpan(field(6, 0, 1), lengthField(536_870_911, MARKER)), spanOf({}));
      await refusesProtobuf(bench, inSpan([...field(99, 3), ...lengthField(1, MARKER), ...field(99, 4)]));
    },
  },
  {
    id: "T18",
    what: "a protobuf field twice",
    run: async (bench) => {
      await refusesProtobuf(bench, inSpan(lengthField(5, "a"), lengthField(5, SAID)));
      await refusesProtobuf(
        bench,
        inSpan(lengthField(15, field(3, 0, 1)), lengthField(15, lengthField(2, SAID))),
      );
      await refusesProtobuf(
        bench,
        inSpan(
          lengthField(9, [
            ...lengthField(1, "service.name"),
            ...lengthField(1, "note"),
            ...lengthField(2, lengthField(1, SAID)),
          ]),
        ),
      );
    },
  },
  {
    id: "T19",
    what: "OTLP JSON under its other names",
    tries: [
      {
        path: "/ingest/otlp/v1/traces",
        body: `{"resource_spans":[{"schema_url":"${MARKER}"}]}`,
        gets: [400, "otlp_invalid"],
      },
      spanLeaves({ span: { trace_state: MARKER, TraceState: MARKER, attribute: MARKER } }),
      spanLeaves(
        {
          span: { attributes: [USAGE, { Key: "service.name", key: "note", value: { string_value: SAID } }] },
        },
        { span: { attributes: [USAGE] } },
      ),
      {
        path: "/ingest/otlp/v1/logs",
        body: `{"resourceSpans":[{"note":"${MARKER}"}]}`,
        gets: [400, "otlp_invalid"],
      },
    ],
  },
];

/** As names: of attributes, of metrics, of members. */
export const OTLP_NAMES: readonly Try[] = [
  spanLeaves(withAttributes([{ key: MARKER, value: { intValue: "1" } }]), withAttributes([])),
  spanLeaves({ span: { [MARKER]: 1 } }),
  leaves(
    pointOf({
      exemplars: [{ asInt: "1", filteredAttributes: [{ key: MARKER, value: { boolValue: true } }] }],
    }),
    pointOf({ exemplars: [{ asInt: "1" }] }),
    "metrics",
  ),
  {
    path: "/ingest/otlp/v1/metrics",
    body: JSON.stringify({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: SAID, gauge: { dataPoints: [{}, {}] } }] }] }],
    }),
    gets: { counts: [0, 0, 2] },
  },
];
