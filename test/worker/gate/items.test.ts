/** Black box: records in, bytes at the upstream out, and the exchange that says so. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { content, denied, seedWorld, telemetry, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  for (const request of rig.upstreams.main.received) assertNoMarker(request.body, "the upstream");
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const STRIPPED = '{"type":"content","id":"r1","account":"acme"';

interface Case {
  readonly name: string;
  readonly route: string;
  readonly type?: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly outcome: string;
  /** What the upstream gets; null: it is not called. A pattern where strip leaves more than the test cares for. */
  readonly upstream: string | RegExp | null;
}

const cases: readonly Case[] = [
  {
    name: "one record, allowed",
    route: "strip",
    body: content(),
    outcome: "forwarded=1, stripped=0, dropped=0",
    upstream: content(),
  },
  {
    name: "an odd spelling leaves as it came",
    route: "strip",
    body: ` ${content().replace('"id"', '"\\u0069d" ')} `,
    outcome: "forwarded=1, stripped=0, dropped=0",
    upstream: content().replace('"id"', '"\\u0069d" '),
  },
  {
    name: "one record, stripped",
    route: "strip",
    body: denied(),
    outcome: "forwarded=0, stripped=1, dropped=0",
    upstream:
      /^\{"type":"content","id":"r1","account":"acme","conversation":"m1","kind":"chat","captured_at":"[^"]*"\}$/,
  },
  {
    name: "one record, dropped",
    route: "drop",
    body: denied(),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "one record, rejected",
    route: "reject",
    body: denied(),
    status: 403,
    outcome: "forwarded=0, stripped=0, dropped=0, rejected=1",
    upstream: null,
  },
  {
    name: "an array",
    route: "drop",
    body: `[ ${content()} ,${denied()}, ${content({ id: "r2" })}]`,
    outcome: "forwarded=2, stripped=0, dropped=1",
    upstream: `[${content()},${content({ id: "r2" })}]`,
  },
  {
    name: "a wrapped array",
    route: "wrapped",
    body: `{"sent":"${MARKER}","batch":[${denied()},${content()}]}`,
    outcome: "forwarded=1, stripped=0, dropped=1",
    upstream: `{"batch":[${content()}]}`,
  },
  {
    name: "lines",
    route: "drop",
    type: "application/x-ndjson",
    body: `${content()}\r\n\n${denied()}\n${content({ id: "r2" })}`,
    outcome: "forwarded=2, stripped=0, dropped=1",
    upstream: `${content()}\n${content({ id: "r2" })}\n`,
  },
  {
    name: "lines in gzip",
    route: "drop",
    type: "application/jsonl",
    headers: { "content-encoding": "gzip" },
    body: gzipSync(`${denied()}\n${content()}\n`),
    outcome: "forwarded=1, stripped=0, dropped=1",
    upstream: `${content()}\n`,
  },
  {
    name: "telemetry on a content route",
    route: "strip",
    body: telemetry(),
    outcome: "forwarded=1, stripped=0, dropped=0",
    upstream: telemetry(),
  },
  {
    name: "telemetry on its own route",
    route: "telemetry",
    body: `[${telemetry()}]`,
    outcome: "forwarded=1, stripped=0, dropped=0",
    upstream: `[${telemetry()}]`,
  },
  {
    name: "content dressed as telemetry",
    route: "telemetry",
    body: telemetry({ text: MARKER }),
    outcome: "forwarded=0, stripped=1, dropped=0",
    upstream: telemetry(),
  },
  {
    name: "content on a telemetry route",
    route: "telemetry",
    body: denied(),
    outcome: "forwarded=0, stripped=1, dropped=0",
    upstream: new RegExp(`^\\${STRIPPED}`),
  },
  {
    name: "an objector",
    route: "drop",
    body: content({ speaker: "cy", text: MARKER }),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "the consenting host",
    route: "drop",
    body: content({ speaker: "ana" }),
    outcome: "forwarded=1, stripped=0, dropped=0",
    upstream: content({ speaker: "ana" }),
  },
  {
    name: "an account without consent",
    route: "drop",
    body: content({ account: "beta", conversation: "beta-m1", text: MARKER }),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "a school is dropped, never stripped",
    route: "strip",
    body: content({ account: "school", conversation: "school-m1", text: MARKER }),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "a third party",
    route: "third",
    body: content({ text: MARKER }),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "another purpose needs no consent to train",
    route: "serve",
    body: content({ account: "beta", conversation: "beta-m1" }),
    outcome: "forwarded=1, stripped=0, dropped=0",
    upstream: content({ account: "beta", conversation: "beta-m1" }),
  },
  {
    name: "a header that says no",
    route: "drop",
    headers: { "content-usage": "train-ai=n" },
    body: content({ text: MARKER }),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "a header nobody can read",
    route: "drop",
    headers: { "content-usage": "Train-AI=y" },
    body: content({ text: MARKER }),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
  {
    name: "a header that says yes grants nothing",
    route: "drop",
    headers: { "content-usage": "train-ai=y" },
    body: denied(),
    outcome: "forwarded=0, stripped=0, dropped=1",
    upstream: null,
  },
];

describe("what leaves", () => {
  test.each(cases)("$name", async ({ route, type, body, headers, status, outcome, upstream }) => {
    const answer = await rig.send({
      path: `/ingest/${route}`,
      headers: { authorization: `Bearer ${key}`, "content-type": type ?? "application/json", ...headers },
      pieces: [body],
    });
    expect(answer.text).not.toContain(MARKER);
    expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([status ?? 200, outcome]);
    const { received } = rig.upstreams.main;
    if (upstream === null) expect(rig.upstreams.main.begun).toBe(0);
    else if (typeof upstream === "string")
      expect(received.map((one) => one.body.toString())).toEqual([upstream]);
    else expect(received.map((one) => one.body.toString())).toEqual([expect.stringMatching(upstream)]);
    for (const one of received) {
      expect(one.complete).toBe(true);
      assertNoMarker([one.rawHead, one.body], "the upstream");
    }
  });

  test("a rejected body names each denied item by index and reason", async () => {
    const answer = await rig.send({
      path: "/ingest/reject",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      pieces: [`[${content()},${denied()},${content({ speaker: "cy" })}]`],
    });
    expect(JSON.parse(answer.text)).toMatchObject({
      code: "items_denied",
      outcome: "rejected",
      denied: [
        { index: 1, reason: "participant_undecided" },
        { index: 2, reason: "participant_objected" },
      ],
    });
  });

  test("a body of which nothing is denied passes a route that rejects", async () => {
    const answer = await rig.send({
      path: "/ingest/reject",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      pieces: [`${content()}\n${telemetry()}\n`],
    });
    expect(answer.headers["tenfour-outcome"]).toBe("forwarded=2, stripped=0, dropped=0");
    expect(rig.upstreams.main.received[0]?.body.toString()).toBe(`${content()}\n${telemetry()}\n`);
  });

  test("the upstream's status and body reach the sender, and no header of either reaches the other", async () => {
    rig.upstreams.main.next({
      status: 422,
      headers: { "content-type": "text/plain", "set-cookie": "a=b", "x-note": "hello" },
      body: "no thanks",
    });
    const answer = await rig.send({
      path: "/ingest/strip",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "x-note": MARKER,
        cookie: MARKER,
        "user-agent": MARKER,
        "tenfour-exchange": MARKER,
        "idempotency-key": '"k-1"',
      },
      pieces: [content()],
    });
    expect([answer.status, answer.text, answer.headers["set-cookie"], answer.headers["x-note"]]).toEqual([
      422,
      "no thanks",
      undefined,
      undefined,
    ]);
    const [received] = rig.upstreams.main.received;
    assertNoMarker(received!.rawHead, "the upstream's head");
    expect(received!.headers).toMatchObject({
      "idempotency-key": '"k-1"',
      "content-type": "application/json",
      "tenfour-exchange": answer.headers["tenfour-exchange"],
    });
    expect(received!.headers.authorization).toBeUndefined();
  });

  test("the exchange says what was done, on what, and holds no content", async () => {
    const answer = await rig.send({
      path: "/ingest/drop",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      pieces: [`[${content()},${denied()},${content({ account: MARKER, conversation: MARKER })}]`],
    });
    const exchange = await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`);
    assertNoMarker(JSON.stringify(exchange), "the exchange");
    expect(exchange).toMatchObject({
      exchange: answer.headers["tenfour-exchange"],
      route: "drop",
      producer: "recorder",
      outcome: "forwarded",
    });
    expect(JSON.stringify(exchange)).toContain("participant_undecided");
    expect(JSON.stringify(exchange)).toContain("c-acme");
  });
});
