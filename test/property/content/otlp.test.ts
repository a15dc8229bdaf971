/**
 * Any OTLP request, with content planted in any of its strings, keys and unknown fields: none of it is left, both encodings are read alike, and
 * what is left is read as clean. One that holds none passes as the bytes that came.
 */
import { expect, test } from "vitest";
import type { Document, Fate } from "../../../src/content/document.ts";
import { compileOtlp } from "../../../src/content/otlp/otlp.ts";
import { type Field, type FieldType, type Message, REQUESTS } from "../../../src/content/otlp/schema.ts";
import type { TextRule } from "../../../src/content/otlp/text-rules.ts";
import { findMarker, MARKER } from "../../support/marker.ts";
import {
  excessOf,
  fromProtobuf,
  type Model,
  readOtlp,
  reduced,
  toProtobuf,
  UNKNOWN,
} from "../../support/otlp.ts";
import { casesOfRun } from "../../support/pace.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";

const REQUESTS_MADE = casesOfRun(150);
const CONTENT = `${MARKER} was said`;

const TEXTS: Readonly<Record<TextRule, readonly string[]>> = {
  none: [""],
  id: ["", "exception", "checkout.v2", "x".repeat(64)],
  scope: ["@opentelemetry/instrumentation-http", "demo"],
  span: ["GET /users/{id}", "chat gpt-4o", "POST", "orders.place"],
  template: ["/users/{id}"],
  unit: ["ms", "By/s", "{token}"],
  schema_url: ["https://opentelemetry.io/schemas/1.30.0"],
};
const BAD_TEXTS = [CONTENT, `${"x".repeat(65)}${MARKER}`, `é${MARKER}`, `"${MARKER}\\`, `\n${MARKER}`];

const KEPT: readonly Model[] = [
  { key: "service.name", value: { stringValue: "notes" } },
  { key: "gen_ai.usage.input_tokens", value: { intValue: "42" } },
  { key: "gen_ai.request.temperature", value: { doubleValue: 0.5 } },
  { key: "exception.escaped", value: { boolValue: true } },
  { key: "gen_ai.response.finish_reasons", value: { arrayValue: { values: [{ stringValue: "stop" }] } } },
  { key: "http.route", value: { stringValue: "/users/{id}" } },
  { key: "error.type", value: {} },
];
const REMOVED: readonly Model[] = [
  { key: "gen_ai.input.messages", value: { stringValue: `[{"content":"${MARKER}"}]` } },
  { key: "service.name", value: { stringValue: CONTENT } },
  { key: "service.name", value: { bytesValue: Buffer.from(CONTENT).toString("base64") } },
  {
    key: "service.name",
    value: { kvlistValue: { values: [{ key: CONTENT, value: { stringValue: MARKER } }] } },
  },
  {
    key: "service.name",
    value: { arrayValue: { values: [{ stringValue: MARKER }, { stringValue: "said" }] } },
  },
  { key: "gen_ai.usage.input_tokens", value: { stringValue: CONTENT } },
  { key: "gen_ai.response.finish_reasons", value: { arrayValue: { values: [{ stringValue: CONTENT }] } } },
  {
    key: "gen_ai.request.seed",
    value: { arrayValue: { values: [{ arrayValue: { values: [{ stringValue: MARKER }] } }] } },
  },
  { key: MARKER, value: { intValue: "1" } },
  { key: "url.full", value: { stringValue: `https://h/x?q=${MARKER}` } },
];

/** A message with all sorts of what it may hold, and, with the chance `bad`, of what it may not. */
function made(r: Random, message: Message, bad: number): Model {
  const model: Record<string, unknown> = {};
  for (const field of message.byName.values()) {
    const leads = field.type.kind === "message" && field.type.message.role !== "part";
    if (!r.chance(leads ? 0.9 : 0.6)) continue;
    model[field.name] = field.repeated
      ? Array.from({ length: r.int(1, 3) }, () => value(r, field, bad))
      : value(r, field, bad);
  }
  if (r.chance(bad / 4)) model[UNKNOWN.name] = CONTENT;
  return model;
}

function value(r: Random, { type }: Field, bad: number): unknown {
  return type.kind === "message" ? made(r, type.message, bad) : scalar(r, type, bad);
}

function scalar(r: Random, type: Exclude<FieldType, { kind: "message" }>, bad: number): unknown {
  const wrong = r.chance(bad);
  switch (type.kind) {
    case "number":
      if (type.scalar === "bool") return r.chance(0.5);
      if (type.scalar === "double") return r.int(-5, 5) / 4;
      if (/64$/.test(type.scalar)) return String(r.int(0, 1e15));
      return r.int(type.scalar === "sint32" ? -9 : 0, 1_000_000);
    case "text":
      return r.pick(wrong ? BAD_TEXTS : TEXTS[type.rule]);
    case "id":
      return wrong && r.chance(0.2) ? Buffer.from(CONTENT).toString("hex") : "ab".repeat(type.size);
    case "attribute":
      return r.pick(wrong ? REMOVED : KEPT);
    case "body":
      return r.pick(wrong ? REMOVED.filter(({ key }) => key === "service.name") : KEPT.slice(1, 4)).value;
  }
}

const SIGNALS = ["traces", "metrics", "logs"] as const;

function request(r: Random, bad: number) {
  const signal = r.pick(SIGNALS);
  const model = made(r, REQUESTS[signal], bad);
  const message = REQUESTS[signal];
  const space = r.chance(0.3) ? 1 : undefined;
  return {
    reader: compileOtlp({ signal }),
    message,
    json: JSON.stringify(model, null, space),
    protobuf: toProtobuf(message, model),
  };
}

function fates(r: Random, document: Document): Fate[] {
  return document.items.map(() => r.pick(["whole", "stripped", "gone"]));
}

test("what may hold content goes, and the rest is read alike in both encodings", () => {
  const seed = seedOfRun();
  const r = random(seed);
  let some = 0;
  for (let n = 0; n < REQUESTS_MADE; n++) {
    const { reader, message, json, protobuf } = request(r, r.pick([0.02, 0.1, 0.4]));
    const say = `seed ${seed}, request ${n}: ${json}`;
    const [ofJson, ofProtobuf] = [readOtlp(reader, json), readOtlp(reader, protobuf)];
    if (typeof ofJson === "string" || typeof ofProtobuf === "string") {
      expect([ofJson, ofProtobuf], say).toEqual(["otlp_invalid", "otlp_invalid"]);
      continue;
    }
    expect(excessOf(ofJson), say).toEqual(excessOf(ofProtobuf));
    const chosen = r.chance(0.5) ? fates(r, ofJson) : ofJson.items.map((): Fate => "stripped");
    const left = [ofJson.write(chosen), ofProtobuf.write(chosen)] as const;
    if (left[0] === null || left[1] === null) {
      expect([left[0], left[1]], say).toEqual([null, null]);
      continue;
    }
    some++;
    expect([findMarker(left[0]), findMarker(left[1])], say).toEqual([null, null]);
    const text = Buffer.from(left[0]).toString();
    expect(JSON.parse(text), say).toEqual(fromProtobuf(message, left[1]));
    const stay = chosen.filter((fate, i) => fate !== "gone" && excessOf(ofJson)[i] !== "all").length;
    for (const [again, was] of [
      [readOtlp(reader, text), left[0]],
      [readOtlp(reader, left[1]), left[1]],
    ] as const) {
      if (typeof again === "string") throw new Error(`${again}; ${say}`);
      expect(excessOf(again), say).toEqual(new Array(stay).fill("none"));
      expect(Buffer.from(reduced(again)!).equals(was), say).toBe(true);
    }
  }
  expect(some).toBeGreaterThan(REQUESTS_MADE / 2);
});

test("what cannot hold content passes as the bytes that came", () => {
  const seed = seedOfRun();
  const r = random(seed);
  for (let n = 0; n < REQUESTS_MADE; n++) {
    const { reader, json, protobuf } = request(r, 0);
    for (const body of [json, protobuf]) {
      const document = readOtlp(reader, body);
      if (typeof document === "string") throw new Error(`${document}; seed ${seed}, request ${n}`);
      if (document.items.length === 0) continue;
      const left = document.write(document.items.map(() => "whole"));
      expect(Buffer.from(left!).equals(Buffer.from(body)), `seed ${seed}, request ${n}: ${json}`).toBe(true);
    }
  }
});

test("damaged protobuf is refused or reduced, whatever was damaged", () => {
  const seed = seedOfRun();
  const r = random(seed);
  let refused = 0;
  for (let n = 0; n < 2 * REQUESTS_MADE; n++) {
    const { reader, protobuf } = request(r, 0.3);
    const bytes = protobuf.slice(0, r.chance(0.3) ? r.int(0, protobuf.length) : protobuf.length);
    for (let hits = r.int(0, 3); hits > 0 && bytes.length > 0; hits--)
      bytes[r.int(0, bytes.length - 1)] = r.int(0, 255);
    const document = readOtlp(reader, bytes);
    if (typeof document === "string") refused++;
    else {
      const left = reduced(document);
      // A damaged length may cut content into what looks like an id; the text as a whole is what must be gone.
      if (left !== null)
        expect(Buffer.from(left).includes(CONTENT), `seed ${seed}, request ${n}`).toBe(false);
    }
  }
  expect(refused).toBeGreaterThan(REQUESTS_MADE / 4);
});
