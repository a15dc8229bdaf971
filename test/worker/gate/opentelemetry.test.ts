/** A real client nobody here wrote, pointed at a route declared opaque: it sees success, and every byte arrives as it was sent. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ExportResultCode } from "@opentelemetry/core";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { FaultPlan } from "../../support/fault-plan.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { content, seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(() => rig.dispose());

const EXPORTERS = { json: JsonExporter, protobuf: ProtoExporter };
const PLANS: readonly (readonly [string, FaultPlan])[] = [
  ["as usual", {}],
  [
    "while both databases fail",
    {
      faults: [
        { binding: "CONSENT", action: "fail" },
        { binding: "EVIDENCE", action: "fail" },
      ],
    },
  ],
];

describe.each(PLANS)("%s", (_, plan) => {
  test.each([
    ["json", "none"],
    ["json", "gzip"],
    ["protobuf", "none"],
    ["protobuf", "gzip"],
  ] as const)("%s, %s", async (format, compression) => {
    await rig.faults(plan);
    const straight = await exported(format, compression, null);
    const through = await exported(format, compression, `${rig.url}/ingest/opaque/v1/traces`);
    await rig.faults({});
    expect(through.code).toBe(ExportResultCode.SUCCESS);
    const [received, ...more] = rig.upstreams.main.received;
    expect(more).toEqual([]);
    expect(received!.complete).toBe(true);
    expect(received!.body.equals(straight.body)).toBe(true);
    expect(received!.headers["content-type"]).toBe(straight.contentType);
    expect(received!.headers["content-encoding"]).toBe(straight.contentEncoding);
  });
});

test("while both databases fail, content gets 503 with Retry-After", async () => {
  await rig.faults(PLANS[1]![1]);
  const answer = await rig.send({
    path: "/ingest/strip",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    pieces: [content()],
  });
  await rig.faults({});
  expect([answer.status, answer.headers["retry-after"], rig.upstreams.main.begun]).toEqual([503, "5", 0]);
});

/** Exports the same spans each time: to `url`, or straight to a server of its own that keeps the body. */
async function exported(format: keyof typeof EXPORTERS, compression: "none" | "gzip", url: string | null) {
  const pieces: Buffer[] = [];
  let head: Readonly<Record<string, string | undefined>> = {};
  const server = createServer((request, response) => {
    head = request.headers as Record<string, string>;
    request.on("data", (piece) => pieces.push(piece)).on("end", () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const exporter = new EXPORTERS[format]({
    url: url ?? own,
    headers: { authorization: `Bearer ${key}` },
    compression: compression as never,
  });
  const code = await new Promise<ExportResultCode>((resolve) =>
    exporter.export(spans(), (result) => resolve(result.code)),
  );
  await exporter.shutdown();
  await new Promise((resolve) => server.close(resolve));
  return {
    code,
    body: Buffer.concat(pieces),
    contentType: head["content-type"],
    contentEncoding: head["content-encoding"],
  };
}

let kept: ReturnType<InMemorySpanExporter["getFinishedSpans"]> | null = null;

function spans() {
  if (kept === null) {
    const memory = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": "recorder" }),
      spanProcessors: [new SimpleSpanProcessor(memory)],
    });
    const tracer = provider.getTracer("test");
    for (let i = 0; i < 50; i++) {
      tracer.startSpan(`chat model-${i}`, { attributes: { "gen_ai.usage.input_tokens": i } }).end();
    }
    kept = memory.getFinishedSpans();
  }
  return kept;
}
