/** Bodies of records, without a worker: what leaves, what is told, what is on record, of each form and each way to deny. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import { tenfourRecord } from "../../../src/config/presets/tenfour-record.ts";
import type { Entry } from "../../../src/evidence/entries.ts";
import { BEN_OBJECTS, beginWorlds, passing, SMALL, world } from "./passing.ts";
import { routesOf } from "./sound-routes.ts";
import { digestOf } from "./windows-of.ts";

const HOLD = 2_000;
const route = (id: string, over: object = {}) => ({
  id,
  path: `/ingest/${id}`,
  upstream: "training",
  purpose: "train",
  recipient: "first-party",
  services: ["summary"],
  kinds: ["chat"],
  shape: tenfourRecord(),
  formats: ["ndjson"],
  on_deny: "drop",
  ...over,
});
const { shape: _, ...SHAPELESS } = route("headers");
const ROUTES = routesOf(
  [
    route("drop"),
    route("reject", { on_deny: "reject", limits: { hold_bytes_max: HOLD } }),
    route("held", { on_deny: "reject", limits: { hold_bytes_max: 5_000 } }),
    route("form", { formats: ["multipart"], multipart: { file: "file" } }),
    route("wrapped", { formats: ["json"], wrapper: { items: "batch" } }),
    { ...SHAPELESS, attribution: "headers" },
    route("event", {
      formats: ["cloudevents-binary"],
      shape: cloudEvents({
        account: "/account",
        conversation: "/room",
        speaker: "/data/by",
        kind: { fixed: "chat" },
        service_data: { cpu: { "/data/cpu": "number" } },
      }),
    }),
    route("long", { limits: { record_bytes_max: 200 } }),
  ],
  { services: [{ id: "summary", name: "Summary", opt_in: true }] },
);
const LINES = { "content-type": "application/x-ndjson" };

beginWorlds();

const pass = (path: string, pieces: readonly string[], headers: Record<string, string> = {}) =>
  passing(ROUTES, `/ingest/${path}`, { ...LINES, ...headers }, pieces);

const said = (speaker: string, text = "hi") =>
  JSON.stringify({
    type: "content",
    account: "acme",
    conversation: "meeting-1",
    speaker,
    kind: "chat",
    captured_at: "1970-01-01T00:20:00Z",
    text,
  });
const BEN = said("ben");
const EVE = said("eve", "SECRET-7f3a");
const USAGE = '{"type":"telemetry","count":1}';
const decided = () => world.recorded.filter((entry: Entry) => entry.type === "decided");

describe("a route that drops", () => {
  test("forwards what it may, as it came and framed", async () => {
    const passed = await pass("drop", [`${BEN}\n${EVE}\n${USAGE}\n`], { "idempotency-key": '"a"' });
    expect(passed).toMatchObject({
      status: 200,
      outcome: "forwarded=2, stripped=0, dropped=1",
      left: `${BEN}\n${USAGE}\n`,
      recorded: "forwarded",
      aborted: false,
    });
    expect(Object.fromEntries(world.sent[0]!.headers)).toEqual({
      "accept-encoding": "identity",
      "content-type": "application/x-ndjson",
      "idempotency-key": '"a"',
    });
    expect(world.recorded.map(({ type }) => type)).toEqual(["opened", "decided", "closed"]);
    expect(passed.closed).toMatchObject({
      counts: { forwarded: 2, stripped: 0, dropped: 1, rejected: 0 },
      settled: 3,
      received: { bytes: BEN.length + EVE.length + USAGE.length + 3 },
      sent: { bytes: BEN.length + USAGE.length + 2 },
    });
  });

  test("calls no upstream where nothing is left", async () => {
    expect(await pass("drop", [`${EVE}\n`])).toMatchObject({
      status: 200,
      outcome: "forwarded=0, stripped=0, dropped=1",
      left: null,
      aborted: null,
      recorded: "dropped",
    });
  });

  test("takes a signal of the request's as a denial", async () => {
    expect(await pass("drop", [`${BEN}\n`], { "content-usage": "train-ai=n" })).toMatchObject({
      outcome: "forwarded=0, stripped=0, dropped=1",
    });
  });

  test("streams what is longer than a window, each on record before it leaves, by the state of its time", async () => {
    const long = said("ben", "x".repeat(1_500));
    const piece = `${long}\n`.repeat(6);
    world.onTaken = () => {
      world.stories = [BEN_OBJECTS, {}];
      world.now += 5_000;
    };
    const passed = await pass("drop", [piece, piece]);
    expect(passed).toMatchObject({ status: 200, recorded: "forwarded" });
    const [first] = passed.outcome!.match(/\d+/g)!;
    expect(Number(first)).toBeLessThan(12);
    expect(passed.left).toBe(`${long}\n`.repeat(Number(first)));
    expect(passed.closed.received.bytes).toBe(2 * piece.length);
  });

  test("streams all of it where nothing changes", async () => {
    const long = said("ben", "x".repeat(1_500));
    const piece = `${long}\n`.repeat(6);
    const passed = await pass("drop", [piece, piece, piece]);
    expect(passed.left === piece.repeat(3)).toBe(true);
    expect(passed.closed).toMatchObject({ settled: 18, sent: { bytes: 3 * piece.length } });
    expect(passed.closed.sent).toEqual(passed.closed.received);
    expect(decided().length).toBeGreaterThan(1);
  });

  test("is cut by a bad record after others have left, and measures what it read", async () => {
    const long = `${said("ben", "x".repeat(1_500))}\n`;
    const passed = await pass("drop", [long.repeat(6), long.repeat(6), "{bad\n"]);
    expect(passed).toMatchObject({ status: 400, recorded: "aborted", aborted: true });
    expect(passed.closed.received.bytes).toBe(12 * long.length + 5);
  });

  test("measures what came in a coding as it came, once", async () => {
    const packed = gzipSync(`${BEN}\n`);
    const headers = { "content-encoding": "gzip" };
    const { status, closed } = await pass("drop", [packed.toString("latin1")], headers);
    expect([status, closed.received]).toEqual([200, digestOf(packed)]);
  });

  test("refuses a record longer than its limit, of whatever form", async () => {
    expect((await pass("long", [`${said("ben", "x".repeat(200))}\n`])).status).toBe(413);
    expect((await pass("long", [`${BEN}\n`])).status).toBe(200);
  });
});

describe("a route that rejects", () => {
  test("forwards what is allowed as a whole", async () => {
    expect(await pass("reject", [`${BEN}\n`, `${USAGE}\n`])).toMatchObject({
      status: 200,
      outcome: "forwarded=2, stripped=0, dropped=0",
      left: `${BEN}\n${USAGE}\n`,
    });
  });

  test("forwards nothing where one is denied, and says which", async () => {
    const passed = await pass("reject", [`${BEN}\n${EVE}\n`]);
    expect(passed).toMatchObject({
      status: 403,
      code: "items_denied",
      outcome: "forwarded=0, stripped=0, dropped=0, rejected=2",
      left: null,
      aborted: null,
      recorded: "rejected",
    });
    expect(JSON.parse(passed.answer)).toMatchObject({
      denied: [{ index: 1, reason: "speaker_unknown" }],
      denied_total: 1,
    });
    expect(passed.answer).not.toContain("SECRET");
  });

  test.each([
    [HOLD, 200],
    [HOLD + 1, 413],
  ])("holds as much as it may and no more: of %i bytes, %i", async (bytes, status) => {
    const line = said("ben", "x".repeat(bytes - said("ben", "").length));
    expect(await pass("reject", [line])).toMatchObject({
      status,
      code: status === 200 ? null : "hold_exceeded",
    });
  });

  test("counts what it holds over its windows", async () => {
    const keyed = Array.from(
      { length: 2 * SMALL.window_keys_min },
      (_, i) => `{"type":"content","account":"a${i}"}\n`,
    );
    expect(await pass("held", [`${keyed.join("")}${BEN}\n`])).toMatchObject({
      status: 413,
      code: "hold_exceeded",
    });
  });
});

test("a form is read with its boundary, and leaves in one of the exchange's", async () => {
  const form = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n${BEN}\n${EVE}\n\r\n--b--\r\n`;
  const passed = await pass("form", [form], { "content-type": "multipart/form-data; boundary=b" });
  expect(passed).toMatchObject({ status: 200, outcome: "forwarded=1, stripped=0, dropped=1" });
  const { exchange } = world.recorded[0]!;
  expect(world.sent[0]!.headers.get("content-type")).toContain(exchange);
  expect(passed.left).toContain(`--${exchange}`);
  expect(passed.left).toContain(BEN);
  expect(passed.left).not.toContain("SECRET");
});

test("a wrapped array is opened", async () => {
  const passed = await pass("wrapped", [`{"batch":[${BEN},${EVE}]}`], { "content-type": "application/json" });
  expect(passed).toMatchObject({ status: 200, outcome: "forwarded=1, stripped=0, dropped=1" });
  expect(JSON.parse(passed.left!)).toMatchObject({ batch: [{ speaker: "ben" }] });
});

const WHOSE = {
  "tenfour-account": "acme",
  "tenfour-conversation": "meeting-1",
  "tenfour-speaker": "ben",
  "tenfour-kind": "chat",
  "tenfour-captured-at": "1970-01-01T00:20:00Z",
};

test.each([
  ["ben", "forwarded=1, stripped=0, dropped=0"],
  ["eve", "forwarded=0, stripped=0, dropped=1"],
])("records whose headers say that they are %s's", async (speaker, outcome) => {
  const passed = await pass("headers", ['{"messages":[]}\n'], { ...WHOSE, "tenfour-speaker": speaker });
  expect(passed).toMatchObject({ status: 200, outcome });
});

const EVENT = {
  "content-type": "application/json",
  "ce-specversion": "1.0",
  "ce-id": "1",
  "ce-source": "rooms",
  "ce-type": "said",
  "ce-time": "1970-01-01T00:20:00Z",
  "ce-account": "acme",
  "ce-room": "meeting-1",
};

test.each([
  ["ben", {}, "forwarded=1, stripped=0, dropped=0"],
  ["eve", {}, "forwarded=0, stripped=0, dropped=1"],
  ["ben", { "content-usage": "train-ai=n" }, "forwarded=0, stripped=0, dropped=1"],
])("an event of %s whose attributes are headers %o", async (by, more, outcome) => {
  const data = JSON.stringify({ by, text: "hi" });
  const passed = await pass("event", [data.slice(0, 5), data.slice(5)], { ...EVENT, ...more });
  expect(passed).toMatchObject({ status: 200, outcome });
  if (passed.left === null) return;
  expect(passed.left).toBe(data);
  expect(Object.fromEntries(world.sent[0]!.headers)).toEqual({
    "accept-encoding": "identity",
    "content-type": "application/json",
    "ce-specversion": "1.0",
    "ce-id": "1",
    "ce-source": "rooms",
    "ce-time": "1970-01-01T00:20:00Z",
    "ce-type": "said",
  });
});
