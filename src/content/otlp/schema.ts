/**
 * The messages of OTLP (opentelemetry-proto v1, trace, metrics, logs): which fields there are, and what each may hold. Data; what is not
 * here is unknown and removed: Metric.metadata, entity references, what profiles add.
 */
import type { TextRule } from "./text-rules.ts";

export type Scalar =
  | "bool"
  | "int32"
  | "uint32"
  | "sint32"
  | "uint64"
  | "fixed32"
  | "fixed64"
  | "sfixed64"
  | "double";

export type FieldType =
  | { readonly kind: "number"; readonly scalar: Scalar }
  | { readonly kind: "text"; readonly rule: TextRule }
  /** Of a trace or span, of this many bytes or none; hexadecimal in JSON. */
  | { readonly kind: "id"; readonly size: 8 | 16 }
  /** A KeyValue: stays if its key is in the list and its value what that allows. */
  | { readonly kind: "attribute" }
  /** An AnyValue that may be a number or a boolean. */
  | { readonly kind: "body" }
  | { readonly kind: "message"; readonly message: Message };

export interface Field {
  /** In JSON. */
  readonly name: string;
  /** In protobuf. */
  readonly number: number;
  readonly type: FieldType;
  readonly repeated: boolean;
  /** Where this is removed its message means nothing, and goes too. */
  readonly needed: boolean;
}

export interface Message {
  /** `branch`: on the way to items; `item`: what is counted; `part`: of an item or a branch. */
  readonly role: "branch" | "item" | "part";
  readonly byName: ReadonlyMap<string, Field>;
  readonly byNumber: ReadonlyMap<number, Field>;
}

type Entry = Omit<Field, "name">;

function message(role: Message["role"], entries: Readonly<Record<string, Entry>>): Message {
  const fields = Object.entries(entries).map(([name, entry]) => ({ name, ...entry }));
  return {
    role,
    byName: new Map(fields.map((field) => [field.name, field])),
    byNumber: new Map(fields.map((field) => [field.number, field])),
  };
}

const one = (number: number, type: FieldType): Entry => ({ number, type, repeated: false, needed: false });
const many = (number: number, type: FieldType): Entry => ({ number, type, repeated: true, needed: false });
const needed = (number: number, type: FieldType): Entry => ({ number, type, repeated: false, needed: true });

const number = (scalar: Scalar): FieldType => ({ kind: "number", scalar });
const text = (rule: TextRule): FieldType => ({ kind: "text", rule });
const a = (of: Message): FieldType => ({ kind: "message", message: of });
const TRACE_ID: FieldType = { kind: "id", size: 16 };
const SPAN_ID: FieldType = { kind: "id", size: 8 };
const ATTRIBUTE: FieldType = { kind: "attribute" };
const BODY: FieldType = { kind: "body" };
const NOTHING = text("none");
const COUNT = number("uint32");
const TIME = number("fixed64");

const RESOURCE = message("part", {
  attributes: many(1, ATTRIBUTE),
  droppedAttributesCount: one(2, COUNT),
});

const SCOPE = message("part", {
  name: one(1, text("scope")),
  version: one(2, text("id")),
  attributes: many(3, ATTRIBUTE),
  droppedAttributesCount: one(4, COUNT),
});

const STATUS = message("part", { message: one(2, NOTHING), code: one(3, number("int32")) });

const EVENT = message("part", {
  timeUnixNano: one(1, TIME),
  name: needed(2, text("id")),
  attributes: many(3, ATTRIBUTE),
  droppedAttributesCount: one(4, COUNT),
});

const LINK = message("part", {
  traceId: needed(1, TRACE_ID),
  spanId: needed(2, SPAN_ID),
  traceState: one(3, NOTHING),
  attributes: many(4, ATTRIBUTE),
  droppedAttributesCount: one(5, COUNT),
  flags: one(6, number("fixed32")),
});

const SPAN = message("item", {
  traceId: needed(1, TRACE_ID),
  spanId: needed(2, SPAN_ID),
  traceState: one(3, NOTHING),
  parentSpanId: one(4, SPAN_ID),
  /** Without a name it is, by the protocol, a span of unknown name. */
  name: one(5, text("span")),
  kind: one(6, number("int32")),
  startTimeUnixNano: one(7, TIME),
  endTimeUnixNano: one(8, TIME),
  attributes: many(9, ATTRIBUTE),
  droppedAttributesCount: one(10, COUNT),
  events: many(11, a(EVENT)),
  droppedEventsCount: one(12, COUNT),
  links: many(13, a(LINK)),
  droppedLinksCount: one(14, COUNT),
  status: one(15, a(STATUS)),
  flags: one(16, number("fixed32")),
});

const LOG_RECORD = message("item", {
  timeUnixNano: one(1, TIME),
  severityNumber: one(2, number("int32")),
  severityText: one(3, text("id")),
  body: one(5, BODY),
  attributes: many(6, ATTRIBUTE),
  droppedAttributesCount: one(7, COUNT),
  flags: one(8, number("fixed32")),
  traceId: one(9, TRACE_ID),
  spanId: one(10, SPAN_ID),
  observedTimeUnixNano: one(11, TIME),
  eventName: one(12, text("id")),
});

const EXEMPLAR = message("part", {
  timeUnixNano: one(2, TIME),
  asDouble: one(3, number("double")),
  spanId: one(4, SPAN_ID),
  traceId: one(5, TRACE_ID),
  asInt: one(6, number("sfixed64")),
  filteredAttributes: many(7, ATTRIBUTE),
});

const NUMBER_POINT = message("item", {
  startTimeUnixNano: one(2, TIME),
  timeUnixNano: one(3, TIME),
  asDouble: one(4, number("double")),
  exemplars: many(5, a(EXEMPLAR)),
  asInt: one(6, number("sfixed64")),
  attributes: many(7, ATTRIBUTE),
  flags: one(8, COUNT),
});

const HISTOGRAM_POINT = message("item", {
  startTimeUnixNano: one(2, TIME),
  timeUnixNano: one(3, TIME),
  count: one(4, number("fixed64")),
  sum: one(5, number("double")),
  bucketCounts: many(6, number("fixed64")),
  explicitBounds: many(7, number("double")),
  exemplars: many(8, a(EXEMPLAR)),
  attributes: many(9, ATTRIBUTE),
  flags: one(10, COUNT),
  min: one(11, number("double")),
  max: one(12, number("double")),
});

const BUCKETS = message("part", {
  offset: one(1, number("sint32")),
  bucketCounts: many(2, number("uint64")),
});

const EXPONENTIAL_POINT = message("item", {
  attributes: many(1, ATTRIBUTE),
  startTimeUnixNano: one(2, TIME),
  timeUnixNano: one(3, TIME),
  count: one(4, number("fixed64")),
  sum: one(5, number("double")),
  scale: one(6, number("sint32")),
  zeroCount: one(7, number("fixed64")),
  positive: one(8, a(BUCKETS)),
  negative: one(9, a(BUCKETS)),
  flags: one(10, COUNT),
  exemplars: many(11, a(EXEMPLAR)),
  min: one(12, number("double")),
  max: one(13, number("double")),
  zeroThreshold: one(14, number("double")),
});

const QUANTILE = message("part", {
  quantile: one(1, number("double")),
  value: one(2, number("double")),
});

const SUMMARY_POINT = message("item", {
  startTimeUnixNano: one(2, TIME),
  timeUnixNano: one(3, TIME),
  count: one(4, number("fixed64")),
  sum: one(5, number("double")),
  quantileValues: many(6, a(QUANTILE)),
  attributes: many(7, ATTRIBUTE),
  flags: one(8, COUNT),
});

const TEMPORALITY = one(2, number("int32"));

const METRIC = message("branch", {
  name: needed(1, text("id")),
  description: one(2, NOTHING),
  unit: one(3, text("unit")),
  gauge: one(5, a(message("branch", { dataPoints: many(1, a(NUMBER_POINT)) }))),
  sum: one(
    7,
    a(
      message("branch", {
        dataPoints: many(1, a(NUMBER_POINT)),
        aggregationTemporality: TEMPORALITY,
        isMonotonic: one(3, number("bool")),
      }),
    ),
  ),
  histogram: one(
    9,
    a(
      message("branch", {
        dataPoints: many(1, a(HISTOGRAM_POINT)),
        aggregationTemporality: TEMPORALITY,
      }),
    ),
  ),
  exponentialHistogram: one(
    10,
    a(
      message("branch", {
        dataPoints: many(1, a(EXPONENTIAL_POINT)),
        aggregationTemporality: TEMPORALITY,
      }),
    ),
  ),
  summary: one(11, a(message("branch", { dataPoints: many(1, a(SUMMARY_POINT)) }))),
});

function request(resources: string, scopes: string, items: string, of: Message): Message {
  const scoped = message("branch", {
    scope: one(1, a(SCOPE)),
    [items]: many(2, a(of)),
    schemaUrl: one(3, text("schema_url")),
  });
  const resourced = message("branch", {
    resource: one(1, a(RESOURCE)),
    [scopes]: many(2, a(scoped)),
    schemaUrl: one(3, text("schema_url")),
  });
  return message("branch", { [resources]: many(1, a(resourced)) });
}

/** The Export…ServiceRequest of each signal. */
export const REQUESTS = {
  traces: request("resourceSpans", "scopeSpans", "spans", SPAN),
  metrics: request("resourceMetrics", "scopeMetrics", "metrics", METRIC),
  logs: request("resourceLogs", "scopeLogs", "logRecords", LOG_RECORD),
} as const;
