/**
 * Every field of OTLP's messages that may stay, in both encodings, with the numbers and types of opentelemetry-proto: it stays as it came, and what
 * holds something else goes, alone or, where nothing can be meant without it, with its message.
 */
import { expect, test } from "vitest";
import { compileOtlp } from "../../../../src/content/otlp/otlp.ts";
import { excessOf, field, lengthField, readOtlp, reduced, varintOf } from "../../../support/otlp.ts";

interface Said {
  readonly json: unknown;
  readonly bytes: readonly number[];
}
interface Leaf extends Said {
  readonly wire: 0 | 1 | 2 | 5;
  /** What it may not say; undefined bytes: whatever protobuf's type can say may be said. */
  readonly bad: { readonly json: unknown; readonly bytes?: readonly number[] };
  /** Its message goes with it. */
  readonly needed?: true;
}
type Of = Leaf | Tree;
/** By name: its number and what it holds; as a list of one: it may be there many times. */
type Tree = { readonly [name: string]: readonly [number: number, of: Of | readonly [Of]] };

const isLeaf = (of: Of): of is Leaf => "wire" in of;
const utf8 = (text: string) => [...Buffer.from(text)];
const number = (wire: Leaf["wire"], json: unknown, ...bytes: number[]): Leaf => ({
  json,
  wire,
  bytes,
  bad: { json: "SECRET-7f3a" },
});
const NO_TEXT = { json: "so it is", bytes: utf8("so it is") };
const text = (json: string): Leaf => ({ json, wire: 2, bytes: utf8(json), bad: NO_TEXT });
const id = (size: number): Leaf => ({
  json: "ab".repeat(size),
  wire: 2,
  bytes: Array(size).fill(0xab),
  bad: { json: "ab".repeat(size + 1), bytes: Array(size + 1).fill(0xab) },
});
const needed = (leaf: Leaf): Leaf => ({ ...leaf, needed: true });

const COUNT = number(0, 300, ...varintOf(300));
const WORD = number(0, 2, 2);
const FLAGS = number(5, 257, 1, 1, 0, 0);
const TIME = number(1, "258", 2, 1, 0, 0, 0, 0, 0, 0);
const DOUBLE = number(1, 1.5, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f);
const keyValue = (key: string): Said => ({
  json: { key, value: { intValue: "1" } },
  bytes: [...lengthField(1, key), ...lengthField(2, field(3, 0, 1))],
});
const ATTRIBUTES = [{ ...keyValue("gen_ai.request.seed"), wire: 2, bad: keyValue("note") }] as const;
const NOTHING = text("");

const RESOURCE: Tree = { attributes: [1, ATTRIBUTES], droppedAttributesCount: [2, COUNT] };
const SCOPE: Tree = {
  name: [1, text("@a/b")],
  version: [2, text("1.0")],
  attributes: [3, ATTRIBUTES],
  droppedAttributesCount: [4, COUNT],
};
const SPAN: Tree = {
  traceId: [1, needed(id(16))],
  spanId: [2, needed(id(8))],
  traceState: [3, NOTHING],
  parentSpanId: [4, id(8)],
  name: [5, text("GET /a/{b}")],
  kind: [6, WORD],
  startTimeUnixNano: [7, TIME],
  endTimeUnixNano: [8, TIME],
  attributes: [9, ATTRIBUTES],
  droppedAttributesCount: [10, COUNT],
  events: [
    11,
    [
      {
        timeUnixNano: [1, TIME],
        name: [2, needed(text("exception"))],
        attributes: [3, ATTRIBUTES],
        droppedAttributesCount: [4, COUNT],
      },
    ],
  ],
  droppedEventsCount: [12, COUNT],
  links: [
    13,
    [
      {
        traceId: [1, needed(id(16))],
        spanId: [2, needed(id(8))],
        traceState: [3, NOTHING],
        attributes: [4, ATTRIBUTES],
        droppedAttributesCount: [5, COUNT],
        flags: [6, FLAGS],
      },
    ],
  ],
  droppedLinksCount: [14, COUNT],
  status: [15, { message: [2, NOTHING], code: [3, WORD] }],
  flags: [16, FLAGS],
};
const LOG_RECORD: Tree = {
  timeUnixNano: [1, TIME],
  severityNumber: [2, WORD],
  severityText: [3, text("INFO")],
  body: [
    5,
    {
      json: { intValue: "1" },
      wire: 2,
      bytes: field(3, 0, 1),
      bad: { json: { stringValue: "a" }, bytes: lengthField(1, "a") },
    },
  ],
  attributes: [6, ATTRIBUTES],
  droppedAttributesCount: [7, COUNT],
  flags: [8, FLAGS],
  traceId: [9, id(16)],
  spanId: [10, id(8)],
  observedTimeUnixNano: [11, TIME],
  eventName: [12, text("a.b")],
};
const EXEMPLARS = [
  {
    timeUnixNano: [2, TIME],
    asDouble: [3, DOUBLE],
    spanId: [4, id(8)],
    traceId: [5, id(16)],
    asInt: [6, TIME],
    filteredAttributes: [7, ATTRIBUTES],
  },
] as const satisfies readonly [Tree];
const NUMBER_POINT: Tree = {
  startTimeUnixNano: [2, TIME],
  timeUnixNano: [3, TIME],
  asDouble: [4, DOUBLE],
  exemplars: [5, EXEMPLARS],
  asInt: [6, TIME],
  attributes: [7, ATTRIBUTES],
  flags: [8, COUNT],
};
const HISTOGRAM_POINT: Tree = {
  startTimeUnixNano: [2, TIME],
  timeUnixNano: [3, TIME],
  count: [4, TIME],
  sum: [5, DOUBLE],
  bucketCounts: [6, [TIME]],
  explicitBounds: [7, [DOUBLE]],
  exemplars: [8, EXEMPLARS],
  attributes: [9, ATTRIBUTES],
  flags: [10, COUNT],
  min: [11, DOUBLE],
  max: [12, DOUBLE],
};
const BUCKETS: Tree = {
  offset: [1, number(0, -1, 1)],
  bucketCounts: [2, [number(0, "300", ...varintOf(300))]],
};
const EXPONENTIAL_POINT: Tree = {
  attributes: [1, ATTRIBUTES],
  startTimeUnixNano: [2, TIME],
  timeUnixNano: [3, TIME],
  count: [4, TIME],
  sum: [5, DOUBLE],
  scale: [6, number(0, -1, 1)],
  zeroCount: [7, TIME],
  positive: [8, BUCKETS],
  negative: [9, BUCKETS],
  flags: [10, COUNT],
  exemplars: [11, EXEMPLARS],
  min: [12, DOUBLE],
  max: [13, DOUBLE],
  zeroThreshold: [14, DOUBLE],
};
const SUMMARY_POINT: Tree = {
  startTimeUnixNano: [2, TIME],
  timeUnixNano: [3, TIME],
  count: [4, TIME],
  sum: [5, DOUBLE],
  quantileValues: [6, [{ quantile: [1, DOUBLE], value: [2, DOUBLE] }]],
  attributes: [7, ATTRIBUTES],
  flags: [8, COUNT],
};
const metric = (data: string, at: number, of: Tree): Tree => ({
  name: [1, needed(text("a.b"))],
  description: [2, NOTHING],
  unit: [3, text("{token}/s")],
  [data]: [at, of],
});
const TEMPORALITY: Tree = { aggregationTemporality: [2, WORD] };
const BOOLEAN: Leaf = number(0, true, 1);

function request(resources: string, scopes: string, items: string, item: Tree): Tree {
  const schemaUrl = text("https://opentelemetry.io/schemas/1.30.0");
  const scoped: Tree = { scope: [1, SCOPE], [items]: [2, [item]], schemaUrl: [3, schemaUrl] };
  const resourced: Tree = { resource: [1, RESOURCE], [scopes]: [2, [scoped]], schemaUrl: [3, schemaUrl] };
  return { [resources]: [1, [resourced]] };
}
const metrics = (of: Tree) => request("resourceMetrics", "scopeMetrics", "metrics", of);

/** [signal, request, what in it is the item]. */
const REQUESTS: readonly (readonly ["traces" | "logs" | "metrics", Tree, Tree])[] = [
  ["traces", request("resourceSpans", "scopeSpans", "spans", SPAN), SPAN],
  ["logs", request("resourceLogs", "scopeLogs", "logRecords", LOG_RECORD), LOG_RECORD],
  ["metrics", metrics(metric("gauge", 5, { dataPoints: [1, [NUMBER_POINT]] })), NUMBER_POINT],
  [
    "metrics",
    metrics(metric("sum", 7, { dataPoints: [1, [NUMBER_POINT]], ...TEMPORALITY, isMonotonic: [3, BOOLEAN] })),
    NUMBER_POINT,
  ],
  [
    "metrics",
    metrics(metric("histogram", 9, { dataPoints: [1, [HISTOGRAM_POINT]], ...TEMPORALITY })),
    HISTOGRAM_POINT,
  ],
  [
    "metrics",
    metrics(metric("exponentialHistogram", 10, { dataPoints: [1, [EXPONENTIAL_POINT]], ...TEMPORALITY })),
    EXPONENTIAL_POINT,
  ],
  ["metrics", metrics(metric("summary", 11, { dataPoints: [1, [SUMMARY_POINT]] })), SUMMARY_POINT],
];

const isMany = (of: Of | readonly [Of]): of is readonly [Of] => Array.isArray(of);
const whatOf = (of: Of | readonly [Of]): Of => (isMany(of) ? of[0] : of);
/** Each leaf by its path. */
function leaves(
  tree: Tree,
  above: readonly string[] = [],
): (readonly [path: readonly string[], leaf: Leaf])[] {
  return Object.entries(tree).flatMap(([name, [, listed]]) => {
    const of = whatOf(listed);
    const path = [...above, name];
    return isLeaf(of) ? [[path, of] as const] : leaves(of, path);
  });
}

interface Change {
  /** Is there two times wherever it is. */
  readonly item: Tree;
  readonly bad?: string;
  /** What is left out, with what then has nothing in it. */
  readonly without?: string;
}
/** In JSON, and in protobuf; undefined: nothing is in it. */
function written(tree: Tree, change: Change, above = ""): Said | undefined {
  const json: Record<string, unknown> = {};
  const bytes: number[] = [];
  for (const [name, [at, listed]] of Object.entries(tree)) {
    const path = `${above}/${name}`;
    const of = whatOf(listed);
    if (path === change.without) continue;
    const said: Said | undefined = isLeaf(of)
      ? path === change.bad
        ? { json: of.bad.json, bytes: of.bad.bytes ?? of.bytes }
        : of
      : written(of, change, path);
    if (said === undefined) continue;
    const times = of === change.item ? 2 : 1;
    json[name] = isMany(listed) ? Array(times).fill(said.json) : said.json;
    const wire = isLeaf(of) ? of.wire : 2;
    const one = wire === 2 ? lengthField(at, said.bytes) : field(at, wire, ...said.bytes);
    for (let n = 0; n < times; n++) bytes.push(...one);
  }
  return bytes.length === 0 ? undefined : { json, bytes };
}

const pathTo = (tree: Tree, item: Tree, above = ""): string | null => {
  for (const [name, [, listed]] of Object.entries(tree)) {
    const of = whatOf(listed);
    if (of === item) return `${above}/${name}`;
    const found = isLeaf(of) ? null : pathTo(of, item, `${above}/${name}`);
    if (found !== null) return found;
  }
  return null;
};

const hex = (bytes: readonly number[] | Uint8Array | null) => bytes && Buffer.from(bytes).toString("hex");

test.each(REQUESTS)("of %s", (signal, tree, item) => {
  const reader = compileOtlp({ signal });
  const itemAt = pathTo(tree, item)!;
  const read = (body: string | Uint8Array) => {
    const document = readOtlp(reader, body);
    if (typeof document === "string") return document;
    const left = reduced(document);
    return {
      excess: excessOf(document),
      left: typeof body === "string" ? left && Buffer.from(left).toString() : hex(left),
    };
  };
  const whole = written(tree, { item })!;
  const excess = ["none", "none"];
  expect(read(JSON.stringify(whole.json))).toEqual({ excess, left: JSON.stringify(whole.json) });
  expect(read(Uint8Array.from(whole.bytes))).toEqual({ excess, left: hex(whole.bytes) });
  for (const [path, leaf] of leaves(tree)) {
    const bad = `/${path.join("/")}`;
    const message = bad.slice(0, bad.lastIndexOf("/"));
    const without = leaf.needed === true ? message : bad;
    // Whatever is needed of an item, or of what an item lies in, takes the item with it.
    const all = itemAt === without || itemAt.startsWith(`${without}/`);
    const rest = all ? undefined : written(tree, { item, without });
    const excess = all ? ["all", "all"] : ["some", "some"];
    const sent = written(tree, { item, bad })!;
    expect([bad, read(JSON.stringify(sent.json))]).toEqual([
      bad,
      { excess, left: rest === undefined ? null : JSON.stringify(rest.json) },
    ]);
    if (leaf.bad.bytes === undefined) continue;
    expect([bad, read(Uint8Array.from(sent.bytes))]).toEqual([
      bad,
      { excess, left: rest === undefined ? null : hex(rest.bytes) },
    ]);
  }
});
