/** Black box: requests the gate refuses, each with its status, its code, and nothing forwarded. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { MARKER } from "../../support/marker.ts";
import { content, seedKey, seedWorld, telemetry, worldConfig } from "../../support/world.ts";

let rig: Rig;
const keys: Record<string, string> = {};

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  keys.good = await seedWorld(rig);
  keys.narrow = await seedKey(rig, "k2", ["beta"], ["drop"]);
  keys.revoked = await seedKey(rig, "k3", ["*"]);
  await rig.operator("DELETE", "/v1/producer-keys/k3");
  keys.tampered = `${keys.good.slice(0, -2)}${keys.good.endsWith("AA") ? "BB" : "AA"}`;
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(() => rig.dispose());

interface Case {
  readonly name: string;
  readonly method?: string;
  readonly path?: string;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly framing?: "chunked" | number | null;
  readonly expected: readonly [status: number, code: string];
}

const cases: readonly Case[] = [
  { name: "another host", headers: { host: "evil.example" }, expected: [421, "host_unknown"] },
  {
    name: "a host with a path",
    headers: { host: "127.0.0.1/ingest/telemetry?" },
    expected: [421, "host_unknown"],
  },
  {
    name: "a host with user information",
    headers: { host: "127.0.0.1@evil.example" },
    expected: [421, "host_unknown"],
  },
  { name: "no such route", path: "/ingest/none", expected: [404, "route_unknown"] },
  { name: "a trailing slash", path: "/ingest/drop/", expected: [404, "route_unknown"] },
  { name: "upper case", path: "/ingest/DROP", expected: [404, "route_unknown"] },
  {
    name: "P01 encoded dot segments",
    path: "/ingest/telemetry/%2e%2e/drop",
    expected: [400, "path_malformed"],
  },
  { name: "P02 plain dot segments", path: "/ingest/telemetry/../drop", expected: [400, "path_malformed"] },
  { name: "P04 a double slash", path: "//ingest/drop", expected: [400, "path_malformed"] },
  { name: "P05 an encoded letter", path: "/ingest/%64rop", expected: [400, "path_malformed"] },
  { name: "P06 a backslash", path: "/ingest\\drop", expected: [400, "path_malformed"] },
  { name: "P07 a semicolon", path: "/ingest/drop;a=b", expected: [400, "path_malformed"] },
  {
    name: "P12 a query",
    path: "/ingest/drop?upstream=http://127.0.0.1/",
    expected: [400, "query_not_accepted"],
  },
  { name: "P15 GET", method: "GET", framing: null, expected: [405, "method_not_allowed"] },
  { name: "P16 PUT", method: "PUT", expected: [405, "method_not_allowed"] },
  { name: "P16 a range", headers: { "content-range": "bytes 5-9/10" }, expected: [400, "header_refused"] },
  {
    name: "an idempotency key that says something",
    headers: { "idempotency-key": `"${MARKER} and more words"` },
    expected: [400, "header_refused"],
  },
  {
    name: "an idempotency key with one quote",
    headers: { "idempotency-key": '"k-1' },
    expected: [400, "header_refused"],
  },
  {
    name: "an idempotency key with the other quote",
    headers: { "idempotency-key": 'k-1"' },
    expected: [400, "header_refused"],
  },
  {
    name: "P17 an upgrade",
    headers: { upgrade: "websocket", connection: "upgrade" },
    expected: [400, "header_refused"],
  },
  {
    name: "P22 a connection header that names others",
    headers: { connection: "close, authorization" },
    expected: [400, "header_refused"],
  },
  {
    name: "H01 another media type",
    headers: { "content-type": "text/plain" },
    expected: [415, "content_type_unsupported"],
  },
  {
    name: "H03 another charset",
    headers: { "content-type": "application/json; charset=utf-16" },
    expected: [415, "content_type_unsupported"],
  },
  {
    name: "H05 two media types",
    headers: { "content-type": "application/json, text/plain" },
    expected: [400, "header_refused"],
  },
  {
    name: "H06 an unknown suffix",
    headers: { "content-type": "application/foo+json" },
    expected: [415, "content_type_unsupported"],
  },
  {
    name: "H09 two codings",
    headers: { "content-encoding": "gzip, gzip" },
    expected: [400, "header_refused"],
  },
  {
    name: "H10 another coding",
    headers: { "content-encoding": "br" },
    expected: [415, "content_coding_unsupported"],
  },
  { name: "H13 not gzip at all", headers: { "content-encoding": "gzip" }, expected: [400, "coding_invalid"] },
  { name: "no key", key: null, expected: [401, "key_missing"] },
  { name: "a key with another signature", key: "tampered", expected: [401, "key_signature"] },
  { name: "a revoked key", key: "revoked", expected: [401, "key_revoked"] },
  {
    name: "a key for another route",
    path: "/ingest/strip",
    key: "narrow",
    expected: [403, "route_not_permitted"],
  },
  { name: "too long by its own word", framing: 2_000_000_000, expected: [413, "body_too_large"] },
  { name: "J35 an empty body", body: " \n", expected: [400, "body_empty"] },
  { name: "J22 trailing garbage", body: `${telemetry()}x`, expected: [400, "json_syntax"] },
  { name: "J23 two values", body: `${telemetry()}${content()}`, expected: [400, "json_syntax"] },
  {
    name: "J01 a repeated member",
    body: `{"type":"content","text":"${MARKER}","type":"telemetry"}`,
    expected: [400, "json_duplicate_key"],
  },
  {
    name: "J05 a repeated member in another case",
    body: `{"type":"telemetry","Type":"content","TEXT":"${MARKER}"}`,
    expected: [400, "json_duplicate_key"],
  },
  { name: "J14 a byte order mark", body: `\ufeff${content()}`, expected: [400, "json_bom"] },
  {
    name: "J16 not UTF-8",
    body: Buffer.from(content({ text: "\xff" }), "latin1"),
    expected: [400, "json_utf8"],
  },
  { name: "J30 nested too deep", body: `{"a":${"[".repeat(100_000)}`, expected: [400, "json_depth"] },
  {
    name: "J31 a prototype",
    body: `{"__proto__":{"consent":true},"text":"${MARKER}"}`,
    expected: [400, "json_key"],
  },
  {
    name: "J36 a record too large",
    body: `{"text":"${"a".repeat(1_100_000)}"}`,
    expected: [413, "record_too_large"],
  },
  {
    name: "L04 pretty-printed JSON as lines",
    headers: { "content-type": "application/x-ndjson" },
    body: `{\n"type":"content"\n}`,
    expected: [400, "json_syntax"],
  },
  { name: "L15 an array that does not end", body: `[${content()},`, expected: [400, "body_truncated"] },
  {
    name: "a line cut off",
    headers: { "content-type": "application/x-ndjson" },
    body: `${content()}\n{"type":"con`,
    expected: [400, "body_truncated"],
  },
  {
    name: "a wrapper without its records",
    path: "/ingest/wrapped",
    body: `{"batch":1}`,
    expected: [400, "wrapper_invalid"],
  },
];

test.each(cases)("$name", async ({ method, path, key, headers, body, framing, expected }) => {
  const answer = await rig.send({
    ...(method === undefined ? {} : { method }),
    path: path ?? "/ingest/drop",
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${keys[key ?? "good"]}` }),
      "content-type": "application/json",
      ...headers,
    },
    ...(framing === undefined ? {} : { framing }),
    pieces: framing === undefined ? [body ?? content()] : [],
  });
  expect([answer.status, answer.text === "" ? "" : JSON.parse(answer.text).code]).toEqual(expected);
  expect(answer.headers["content-type"]).toBe("application/problem+json");
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.text).not.toContain(MARKER);
  expect(rig.upstreams.main.begun).toBe(0);
});

test("a producer sends only for its own accounts", async () => {
  const answer = await rig.send({
    path: "/ingest/drop",
    headers: { authorization: `Bearer ${keys.narrow}`, "content-type": "application/json" },
    pieces: [content({ text: MARKER })],
  });
  expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([
    200,
    "forwarded=0, stripped=0, dropped=1",
  ]);
  expect(rig.upstreams.main.begun).toBe(0);
});
