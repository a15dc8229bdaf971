/** One request through the data plane: to which part it goes, what ends it before it is an exchange, and what is kept alive behind it. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Gate } from "../../../src/gate/gate.ts";
import { passThrough } from "../../../src/gate/pipeline.ts";
import { issueProducerKey } from "../../../src/identity/producer-key.ts";
import { NOW } from "../../cases/decision/story.ts";
import { trainRoute } from "../config/example.ts";
import { beginWorlds, gateOf, requestOf, world } from "./passing.ts";
import { routesOf } from "./sound-routes.ts";

const SECRET = Buffer.alloc(32, 1).toString("base64url");
const { shape: _, formats: __, ...WHOLE } = trainRoute({ kinds: ["audio"] });
const TELEMETRY = { upstream: "metrics", purpose: "operate", services: [], kinds: [] };
const ROUTES = routesOf([
  trainRoute({ id: "records", path: "/ingest/records" }),
  { ...WHOLE, ...TELEMETRY, id: "spans", path: "/ingest/spans", document: { otlp: { signal: "traces" } } },
  { ...WHOLE, id: "words", path: "/ingest/words", kinds: ["transcript"], document: { transcript: {} } },
  { ...WHOLE, id: "sound", path: "/ingest/sound", media: { types: ["audio/wav"] }, on_deny: "drop" },
  {
    id: "opaque",
    path: "/ingest/opaque",
    upstream: "metrics",
    purpose: "operate",
    recipient: "first-party",
    opaque: { accepted_by: "Privacy office", reason: "not read yet", accepted_at: "2026-11-01T09:00:00Z" },
    content_types: ["application/x-protobuf"],
  },
]);
let key: string;
let begun: number[];
let asked: string[];
let revoked: boolean;
let deferred: Promise<unknown>[];

beginWorlds();
beforeAll(async () => {
  const routes = ["records", "spans", "words", "sound", "opaque"];
  const claims = {
    id: "key_1",
    producer: "p",
    accounts: ["*"],
    routes,
    issuedAt: NOW,
    expiresAt: NOW + 1_000_000,
  };
  key = await issueProducerKey(claims, SECRET);
});
beforeEach(() => {
  begun = [];
  asked = [];
  revoked = false;
  deferred = [];
});

async function through(
  path: string,
  type: string,
  body: string,
  { headers = {}, over = {} }: { headers?: Record<string, string>; over?: Partial<Gate> } = {},
) {
  const gate = {
    ...gateOf(ROUTES),
    keySecrets: [SECRET],
    revocations: {
      has: async (id: string, now: number) => {
        asked.push(`${id} at ${now}`);
        return revoked;
      },
    },
    ledgerHead: { begin: (now: number) => void begun.push(now) },
    laggingEvidence: { add: (entries: never[]) => void world.recorded.push(...entries) },
    ...over,
  } as unknown as Gate;
  const all = { host: "localhost", authorization: `Bearer ${key}`, "content-type": type, ...headers };
  const { request, taken } = requestOf(all, [body]);
  Object.assign(request, { url: `https://localhost/ingest/${path}` });
  const response = await passThrough(gate, request, (work) => void deferred.push(work));
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type"), text, taken };
}

describe("each form goes to its own part", () => {
  test.each([
    ["records", "application/x-ndjson", '{"type":"usage","tokens_used":1}\n', "records", 1, "service_data"],
    ["spans", "application/json", '{"resourceSpans":[]}', "spans", 1, undefined],
    ["words", "text/vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n", "words", 1, "unattributed"],
    ["sound", "audio/wav", "RIFF\x24\x08\0\0WAVEfmt ", "sound", 1, "kind_unknown"],
    ["opaque", "application/x-protobuf", "anything", "opaque", 0, "opaque_uninspected"],
  ])("%s", async (path, type, body, route, heads, reason) => {
    expect((await through(path, type, body)).status).toBe(200);
    expect(world.recorded[0]).toMatchObject({ type: "opened", route, producer: "p", key_id: "key_1" });
    const reasons = world.recorded.flatMap((entry) =>
      entry.type === "decided" ? entry.findings.map((finding) => finding.reason) : [],
    );
    expect(reasons).toEqual(reason === undefined ? [] : [reason]);
    expect(asked).toEqual([`key_1 at ${NOW}`]);
    // A body nobody looks into needs no consent database that can be trusted.
    expect(begun).toEqual(Array(heads).fill(NOW));
    expect(deferred).toHaveLength(1);
    expect(await deferred[0]).toBeUndefined();
  });
});

const LINES = ["application/x-ndjson", '{"type":"usage","tokens_used":1}\n'] as const;

describe("what ends it before it is an exchange", () => {
  test("a key that is revoked", async () => {
    revoked = true;
    const { status, text, taken } = await through("records", ...LINES);
    expect([status, JSON.parse(text).code, taken.pieces]).toEqual([401, "key_revoked", 1]);
    expect([world.recorded, begun, deferred]).toEqual([[], [], []]);
  });

  test.each([
    ["no key", { authorization: "" }, 401],
    ["another host", { host: "elsewhere" }, 421],
    ["a type nobody reads", { "content-type": "application/zip" }, 415],
  ])("%s", async (_, headers, status) => {
    expect((await through("records", ...LINES, { headers })).status).toBe(status);
    expect([world.recorded, asked]).toEqual([[], []]);
  });

  test("a bug", async () => {
    const over = { revocations: { has: () => Promise.reject(new Error("SECRET-7f3a")) } } as never;
    const { status, text } = await through("records", ...LINES, { over });
    expect([status, JSON.parse(text).code]).toEqual([500, "internal_error"]);
    expect(text).not.toContain("SECRET");
  });

  test.each([
    ["spans", "application/json", 415],
    ["words", "application/problem+json", 415],
    ["records", "application/problem+json", 415],
    ["nowhere", "application/problem+json", 404],
  ])("on the route %s its sender is told in %s: %i", async (path, type, status) => {
    const answer = await through(path, "application/x-protobuf-not", "x");
    expect([answer.status, answer.type]).toEqual([status, type]);
  });

  test("another host is told in nobody's words", async () => {
    const headers = { host: "elsewhere" };
    expect((await through("spans", "application/json", "{}", { headers })).type).toBe(
      "application/problem+json",
    );
  });
});

test("a bug where faults are dealt with: its sender is told so, and the platform hears of no rejection", async () => {
  const over = {
    attest: () => {
      throw new Error("SECRET-7f3a");
    },
    laggingEvidence: {
      add: () => {
        throw new Error("SECRET-7f3a");
      },
    },
  } as never;
  const { status, text } = await through("opaque", "application/x-protobuf", "x", { over });
  expect([status, JSON.parse(text).code]).toEqual([500, "internal_error"]);
  await expect(deferred[0]).rejects.toThrow("SECRET-7f3a");
});
