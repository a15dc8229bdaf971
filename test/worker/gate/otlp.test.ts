/**
 * OpenTelemetry's own exporters, pointed at the running gate: content planted wherever their SDK lets it be never arrives, and they see success, at
 * once and once.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SeverityNumber } from "@opentelemetry/api-logs";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPLogExporter as JsonLogs } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtoLogs } from "@opentelemetry/exporter-logs-otlp-proto";
import { OTLPMetricExporter as JsonMetrics } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtoMetrics } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as JsonTraces } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoTraces } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from "@opentelemetry/sdk-logs";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { partialSuccess } from "../../../src/content/otlp/answer.ts";
import { REQUESTS } from "../../../src/content/otlp/schema.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { fromProtobuf, lengthField, toProtobuf } from "../../support/otlp.ts";
import { seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const SAID = `${MARKER} was said`;
const MESSAGES = JSON.stringify([{ role: "user", parts: [{ type: "text", content: SAID }] }]);
const USAGE = { "gen_ai.usage.input_tokens": 42, "gen_ai.request.model": "gpt-4o" };
const PLANTED = {
  "gen_ai.input.messages": MESSAGES,
  "gen_ai.prompt.0.content": SAID,
  "traceloop.entity.input": SAID,
  "llm.prompts": [SAID, SAID],
  "url.full": `https://h/x?q=${MARKER}`,
  "db.query.text": `SELECT '${SAID}'`,
  "service.name": SAID,
  [SAID]: 1,
};

async function spans(planted: boolean) {
  const memory = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "notes", ...(planted ? { "user.note": SAID } : {}) }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
  });
  const tracer = provider.getTracer("@acme/notes", "1.0.0");
  tracer.startSpan("chat gpt-4o", { attributes: USAGE }).end();
  if (planted) {
    const span = tracer.startSpan(`tell me ${SAID}`, { attributes: { ...USAGE, ...PLANTED } });
    span.addEvent("gen_ai.client.inference.operation.details", { "gen_ai.output.messages": MESSAGES });
    span.recordException(new Error(SAID));
    span.setStatus({ code: 2, message: SAID });
    span.end();
  }
  return memory.getFinishedSpans();
}

async function metrics(planted: boolean) {
  const memory = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: memory, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ "service.name": "notes" }),
    readers: [reader],
  });
  const meter = provider.getMeter("notes");
  meter.createCounter("gen_ai.client.token.usage").add(3, { "gen_ai.token.type": "input" });
  meter.createHistogram("latency", { unit: "ms" }).record(12.5);
  if (planted) {
    meter.createCounter("notes", { description: SAID }).add(1, PLANTED);
    meter.createCounter("notes2").add(1, PLANTED);
  }
  await reader.forceFlush();
  const [found] = memory.getMetrics();
  await provider.shutdown();
  return found!;
}

async function logs(planted: boolean) {
  const memory = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ "service.name": "notes" }),
    processors: [new SimpleLogRecordProcessor({ exporter: memory })],
  });
  const logger = provider.getLogger("notes");
  logger.emit({
    severityNumber: SeverityNumber.INFO,
    severityText: "INFO",
    eventName: "started",
    attributes: USAGE,
  });
  if (planted) {
    logger.emit({ body: SAID, severityText: SAID });
    logger.emit({ body: { prompt: SAID, nested: [{ a: SAID }] }, attributes: { ...USAGE, ...PLANTED } });
    logger.emit({ body: new Uint8Array(Buffer.from(SAID)), eventName: SAID });
  }
  await provider.forceFlush();
  return memory.getFinishedLogRecords();
}

type Exporter = {
  export(of: never, done: (result: { code: ExportResultCode }) => void): void;
  shutdown(): Promise<void>;
};
type Signal = "traces" | "metrics" | "logs";
type Encoding = "json" | "protobuf";

const SIGNALS = {
  traces: { made: spans, json: JsonTraces, protobuf: ProtoTraces },
  metrics: { made: metrics, json: JsonMetrics, protobuf: ProtoMetrics },
  logs: { made: logs, json: JsonLogs, protobuf: ProtoLogs },
} as const;
const TYPE = { json: "application/json", protobuf: "application/x-protobuf" } as const;

/** Exports to the gate, as often as the exporter thinks it must. */
async function exported(
  signal: Signal,
  encoding: Encoding,
  compression: "none" | "gzip",
  of: unknown,
  bearer = key,
) {
  const url = `${rig.url}/ingest/otlp/v1/${signal}`;
  return exportedTo(url, signal, encoding, of, {
    compression,
    headers: { authorization: `Bearer ${bearer}` },
  });
}

/** The body that the exporter sends, from a server of its own. */
async function exportedStraight(signal: Signal, encoding: Encoding, of: unknown): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const server = createServer((request, response) => {
    request.on("data", (piece) => pieces.push(piece)).on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await exportedTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, signal, encoding, of, {});
  await new Promise((resolve) => server.close(resolve));
  return Buffer.concat(pieces);
}

async function exportedTo(url: string, signal: Signal, encoding: Encoding, of: unknown, options: object) {
  const { [encoding]: Made } = SIGNALS[signal];
  const exporter = new (Made as unknown as new (options: object) => Exporter)({ url, ...options });
  const { code } = await new Promise<{ code: ExportResultCode }>((resolve) =>
    exporter.export(of as never, resolve),
  );
  await exporter.shutdown();
  return code;
}

const CASES = (["traces", "metrics", "logs"] as const).flatMap((signal) =>
  (["json", "protobuf"] as const).flatMap((encoding) =>
    (["none", "gzip"] as const).map((compression) => [signal, encoding, compression] as const),
  ),
);

describe.each(CASES)("%s as %s, %s", (signal, encoding, compression) => {
  test("with content in it: success at once, and what arrives is the telemetry", async () => {
    expect(await exported(signal, encoding, compression, await SIGNALS[signal].made(true))).toBe(
      ExportResultCode.SUCCESS,
    );
    const [request, ...more] = rig.upstreams.main.received;
    expect(more).toEqual([]);
    expect(request!.complete).toBe(true);
    expect(request!.headers["content-type"]).toBe(
      encoding === "json" ? "application/json" : "application/x-protobuf",
    );
    expect(request!.headers["content-encoding"]).toBe(undefined);
    assertNoMarker([request!.rawHead, request!.body], "the upstream");
    const model =
      encoding === "json"
        ? JSON.parse(request!.body.toString())
        : fromProtobuf(REQUESTS[signal], request!.body);
    expect(JSON.stringify(model)).toMatch(/gen_ai\.(usage\.input_tokens|client\.token\.usage)/);
    expect(JSON.stringify(model)).toContain('"notes"');
  });

  test("without any: the bytes that came", async () => {
    const of = await SIGNALS[signal].made(false);
    const straight = await exportedStraight(signal, encoding, of);
    expect(await exported(signal, encoding, compression, of)).toBe(ExportResultCode.SUCCESS);
    expect(rig.upstreams.main.received.map(({ body }) => body.equals(straight))).toEqual([true]);
  });
});

/** The same request by hand: what the sender is told. */
async function posted(
  signal: Signal,
  encoding: Encoding,
  body: Uint8Array,
  headers: Record<string, string> = {},
) {
  const answer = await rig.send({
    path: `/ingest/otlp/v1/${signal}`,
    headers: { authorization: `Bearer ${key}`, "content-type": TYPE[encoding], ...headers },
    pieces: [Buffer.from(body)],
  });
  assertNoMarker([JSON.stringify(answer.headers), answer.body], "the answer");
  return answer;
}

const PARTIAL = {
  traces: ["forwarded=0, stripped=2, dropped=0", "rejectedSpans", 0],
  metrics: ["forwarded=2, stripped=2, dropped=0", "rejectedDataPoints", 0],
  logs: ["forwarded=1, stripped=3, dropped=0", "rejectedLogRecords", 0],
} as const;
const MESSAGE = (stripped: number, dropped: number) =>
  `Removed what may hold content: ${dropped} items wholly, and parts of ${stripped}. See docs/formats/otlp.md.`;

describe.each(["traces", "metrics", "logs"] as const)("the answer to %s", (signal) => {
  const [counts, member, rejected] = PARTIAL[signal];
  const [, stripped] = /stripped=(\d)/.exec(counts)!;

  test.each(["json", "protobuf"] as const)(
    "as %s, partly removed, is a partial success",
    async (encoding) => {
      const body = await exportedStraight(signal, encoding, await SIGNALS[signal].made(true));
      const answer = await posted(signal, encoding, body);
      expect([answer.status, answer.headers["tenfour-outcome"], answer.headers["content-type"]]).toEqual([
        200,
        counts,
        TYPE[encoding],
      ]);
      const errorMessage = MESSAGE(Number(stripped), rejected);
      if (encoding === "json")
        expect(JSON.parse(answer.text)).toEqual({
          partialSuccess: { [member]: String(rejected), errorMessage },
        });
      else
        expect([...answer.body]).toEqual(lengthField(1, [0x08, rejected, ...lengthField(2, errorMessage)]));
    },
  );

  test("is the upstream's own where nothing was removed, or where it refused", async () => {
    const clean = await exportedStraight(signal, "json", await SIGNALS[signal].made(false));
    const own = { headers: { "content-type": "application/json" }, body: '{"partialSuccess":{}}' };
    rig.upstreams.main.next(own);
    expect((await posted(signal, "json", clean)).text).toBe(own.body);
    const planted = await exportedStraight(signal, "json", await SIGNALS[signal].made(true));
    rig.upstreams.main.next({ ...own, status: 429 });
    const refused = await posted(signal, "json", planted);
    expect([refused.status, refused.text]).toEqual([429, own.body]);
  });

  test.each(["json", "protobuf"] as const)(
    "says what the upstream did not take, too, in %s",
    async (encoding) => {
      const body = partialSuccess(encoding, signal, 7, "too many");
      rig.upstreams.main.next({ headers: { "content-type": TYPE[encoding] }, body });
      const planted = await exportedStraight(signal, "json", await SIGNALS[signal].made(true));
      const { partialSuccess: told } = JSON.parse((await posted(signal, "json", planted)).text);
      expect(told).toEqual({
        [member]: String(rejected + 7),
        errorMessage: `${MESSAGE(Number(stripped), rejected)} too many`,
      });
    },
  );
});

describe("of a batch that is nothing but content, nothing is sent", () => {
  const metric = { name: SAID, gauge: { dataPoints: [{ asInt: "1" }, { asInt: "2" }] } };
  const batch = { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] };

  test.each(["json", "protobuf"] as const)("and the sender is told how much, as %s", async (encoding) => {
    const body =
      encoding === "json" ? Buffer.from(JSON.stringify(batch)) : toProtobuf(REQUESTS.metrics, batch);
    const answer = await posted("metrics", encoding, body);
    expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([
      200,
      "forwarded=0, stripped=0, dropped=2",
    ]);
    if (encoding === "json") expect(JSON.parse(answer.text).partialSuccess.rejectedDataPoints).toBe("2");
    else expect([...answer.body].slice(2, 4)).toEqual([0x08, 2]);
    expect(rig.upstreams.main.begun).toBe(0);
  });

  test("and an empty one is a full success", async () => {
    const answer = await posted("traces", "json", Buffer.from("{}"));
    expect([answer.status, answer.text, rig.upstreams.main.begun]).toEqual([200, "{}", 0]);
  });
});

describe("a refusal is google.rpc.Status, with a status that nobody tries again", () => {
  const OTHERS = { authorization: "Bearer tf_none" };
  test.each<[string, number, number, Encoding, Uint8Array, Record<string, string>]>([
    ["a body of another signal", 400, 3, "json", Buffer.from('{"resourceLogs":[{}]}'), {}],
    ["a body cut off", 400, 3, "protobuf", Uint8Array.of(0x0a, 0x05), {}],
    ["no JSON", 400, 3, "json", Buffer.from(SAID), {}],
    ["a key nobody knows", 401, 16, "protobuf", Uint8Array.of(0x0a, 0x00), OTHERS],
    ["a key nobody knows, in JSON", 401, 16, "json", Buffer.from("{}"), OTHERS],
    ["a coding nobody reads", 415, 3, "protobuf", Uint8Array.of(0x0a, 0x00), { "content-encoding": "zstd" }],
    ["a type nobody reads", 415, 3, "json", Buffer.from("{}"), { "content-type": "text/plain" }],
  ])("%s: %d", async (_, status, code, encoding, body, headers) => {
    const answer = await posted("traces", encoding, body, headers);
    expect([answer.status, answer.headers["content-type"]]).toEqual([status, TYPE[encoding]]);
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["www-authenticate"]).toBe(status === 401 ? "Bearer" : undefined);
    const said =
      encoding === "json" ? JSON.parse(answer.text) : { code: answer.body[1], message: answer.text };
    expect([said.code, /[a-z_]+: .*\. /.test(said.message)]).toEqual([code, true]);
    expect(rig.upstreams.main.begun).toBe(0);
  });

  test.each(["json", "protobuf"] as const)("so an exporter gives up at once, as %s", async (encoding) => {
    const began = performance.now();
    const of = await spans(true);
    expect(await exported("traces", encoding, "gzip", of, "tf_none")).toBe(ExportResultCode.FAILED);
    // Its first wait before it tries again is a second.
    expect(performance.now() - began).toBeLessThan(900);
  });
});

test("without the consent database telemetry goes on; without the evidence's it does not", async () => {
  const of = await spans(true);
  const body = await exportedStraight("traces", "protobuf", of);
  await rig.faults({ faults: [{ binding: "CONSENT", action: "fail" }] });
  expect((await posted("traces", "protobuf", body)).status).toBe(200);
  await rig.faults({ faults: [{ binding: "EVIDENCE", action: "fail" }] });
  const answer = await posted("traces", "protobuf", body);
  await rig.faults({});
  expect([answer.status, answer.headers["retry-after"], answer.body[1]]).toEqual([503, "5", 14]);
  expect(rig.upstreams.main.received.length).toBe(1);
});
