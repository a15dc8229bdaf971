/**
 * Contract, section 7: whatever fails after the first byte, the upstream sees an incomplete request, the sender is not told success, and the
 * evidence agrees. The upstream is a raw socket that knows whether a body arrived complete.
 */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type FaultPlan, PLAN_HEADER } from "../support/fault-plan.ts";
import { type Rig, startRig } from "../support/gate.ts";
import { assertNoMarker, MARKER } from "../support/marker.ts";
import type { RawRequest } from "../support/raw-client.ts";
import type { Behaviour } from "../support/raw-upstream.ts";
import { content, seedWorld, worldConfig } from "../support/world.ts";

let rig: Rig;
let key: string;

/** Of an exchange, by its id. */
interface Ended {
  readonly outcome: string;
  readonly upstream_complete: boolean | null;
  readonly settled: number;
}

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(() => rig.dispose());

/** Longer than a window waits and what was looked up for it serves the next, so that each piece becomes a window that asks anew. */
const PAUSE_MS = 650;
const line = (id: string): string => `${content({ id })}\n`;

/** What fails for this request alone: what others left behind, such as evidence that lags, may come meanwhile. */
const ownPlan = (plan: FaultPlan) => ({
  [PLAN_HEADER]: JSON.stringify(plan),
  "idempotency-key": crypto.randomUUID(),
});

interface Case {
  readonly name: string;
  readonly pieces: readonly string[];
  readonly ending?: RawRequest["ending"];
  readonly faults?: FaultPlan;
  readonly upstream?: Behaviour;
  /** Null: the sender is gone. */
  readonly told: readonly [status: number, code: string] | null;
  readonly outcome: string;
  /** Whether the upstream had it complete; left out: that is not for the gate to say. */
  readonly complete?: boolean;
  /** What is on record of it. */
  readonly upstreamComplete: boolean | null;
}

const cases: readonly Case[] = [
  {
    name: "the client resets",
    pieces: [line("a"), line("b")],
    ending: "rst",
    told: null,
    outcome: "aborted",
    complete: false,
    upstreamComplete: null,
  },
  {
    name: "the client closes early",
    pieces: [line("a"), line("b")],
    ending: "fin",
    told: [400, "client_cut"],
    outcome: "aborted",
    complete: false,
    upstreamComplete: null,
  },
  {
    name: "a bad line",
    pieces: [line("a"), `{"text":"${MARKER}"\n`, line("c")],
    told: [400, "json_syntax"],
    outcome: "aborted",
    complete: false,
    upstreamComplete: null,
  },
  {
    name: "a line cut off at the end",
    pieces: [line("a"), content().slice(0, 40)],
    told: [400, "body_truncated"],
    outcome: "aborted",
    complete: false,
    upstreamComplete: null,
  },
  {
    name: "consent cannot be read any more",
    pieces: [line("a"), line("b")],
    faults: { faults: [{ binding: "CONSENT", sql: "json_each", from: 2, action: "fail" }] },
    told: [503, "consent_unavailable"],
    outcome: "aborted",
    complete: false,
    upstreamComplete: null,
  },
  {
    name: "evidence cannot be written any more",
    pieces: [line("a"), line("b")],
    faults: { faults: [{ binding: "EVIDENCE", from: 2, times: 1, action: "fail" }] },
    told: [503, "evidence_unavailable"],
    outcome: "aborted",
    complete: false,
    upstreamComplete: null,
  },
  {
    name: "the upstream breaks off",
    pieces: [line("a"), line("b"), line("c")],
    upstream: { cutAfterBytes: 10 },
    told: [502, "upstream_unreachable"],
    outcome: "aborted",
    complete: false,
    upstreamComplete: false,
  },
  {
    name: "the upstream refuses early",
    pieces: [line("a"), line("b"), line("c")],
    upstream: { early: "all", status: 413 },
    told: [502, "upstream_refused"],
    outcome: "aborted",
    upstreamComplete: null,
  },
  {
    name: "a bad line after the upstream's early headers",
    pieces: [line("a"), line("b"), '{"a":nonsense}\n'],
    upstream: { early: "headers" },
    told: [400, "json_syntax"],
    outcome: "aborted",
    upstreamComplete: null,
  },
];

test.each(cases)(
  "$name",
  async ({ pieces, ending, faults, upstream, told, outcome, complete, upstreamComplete }) => {
    if (upstream !== undefined) rig.upstreams.main.next(upstream);
    const answer = await rig.send({
      path: "/ingest/strip",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/x-ndjson",
        ...(faults === undefined ? {} : ownPlan(faults)),
      },
      pieces,
      pauseMs: PAUSE_MS,
      ...(ending === undefined ? {} : { ending }),
    });
    const [received] = await rig.upstreams.main.until(1);
    assertNoMarker([received!.rawHead, received!.body], "the upstream");
    if (complete !== undefined) expect(received!.complete).toBe(complete);
    if (told === null) expect(answer.status).toBe(0);
    else expect([answer.status, JSON.parse(answer.text).code]).toEqual(told);
    expect(answer.text).not.toContain(MARKER);
    const exchange = received!.headers["tenfour-exchange"];
    await expect
      .poll(() => rig.operator("GET", `/v1/exchanges/${exchange}`), { timeout: 5_000 })
      .toMatchObject({ outcome, upstream_complete: upstreamComplete });
  },
);

test("an upstream that answers early and then breaks off is never said to have had everything", async () => {
  rig.upstreams.main.next({ early: "headers", body: "ok", cutAfterBytes: 10 });
  await rig.send({
    path: "/ingest/strip",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
    pieces: [line("a"), line("b")],
    pauseMs: PAUSE_MS,
  });
  expect((await rig.upstreams.main.until(1))[0]).toMatchObject({ complete: false });
  const id = rig.upstreams.main.received[0]!.headers["tenfour-exchange"];
  const exchange = await rig.operator<Ended>("GET", `/v1/exchanges/${id}`);
  expect([exchange.outcome, exchange.settled]).toEqual([expect.stringMatching(/^(aborted|unknown)$/), 0]);
  expect(exchange.upstream_complete).not.toBe(true);
});

test.each([600, 999])(
  "an upstream status no answer can have (%i) is the upstream's fault, opaque bodies included",
  async (status) => {
    for (const path of ["/ingest/strip", "/ingest/opaque/v1/traces"]) {
      rig.upstreams.main.next({ status });
      const answer = await rig.send({
        path,
        headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
        pieces: [content()],
      });
      expect([answer.status, JSON.parse(answer.text).code]).toEqual([502, "upstream_unreachable"]);
    }
  },
);

test("an upstream that answers early is heard; that it took everything is neither told nor on record", async () => {
  rig.upstreams.main.next({ early: "headers", body: "ok" });
  const answer = await rig.send({
    path: "/ingest/strip",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
    pieces: [line("a"), line("b")],
    pauseMs: PAUSE_MS,
  });
  expect([answer.status, answer.headers["tenfour-outcome"]]).toEqual([
    200,
    "forwarded=2, stripped=0, dropped=0, unconfirmed",
  ]);
  expect((await rig.upstreams.main.until(1))[0]).toMatchObject({ complete: true });
  expect(await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`)).toMatchObject({
    ...{ outcome: "unknown", fault: null, upstream_status: 200, upstream_complete: null },
    ...{ settled: 0, in_doubt: 2, counts: { forwarded: 2 } },
  });
});

test("what could not be recorded at the end is not told as success", async () => {
  const answer = await rig.send({
    path: "/ingest/strip",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...ownPlan({ faults: [{ binding: "EVIDENCE", from: 2, action: "fail" }] }),
    },
    pieces: [content()],
  });
  expect([answer.status, JSON.parse(answer.text)]).toMatchObject([
    502,
    { code: "outcome_unknown", outcome: "unknown", upstream_status: 200 },
  ]);
  expect(await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`)).toMatchObject({
    outcome: "open",
    closed_at: null,
  });
});

test.each([
  ["consent cannot be read", { faults: [{ binding: "CONSENT", action: "fail" }] }, "consent_unavailable"],
  [
    "evidence cannot be written",
    { faults: [{ binding: "EVIDENCE", action: "fail" }] },
    "evidence_unavailable",
  ],
  ["the consent binding is missing", { without: ["CONSENT"] }, "not_ready"],
  ["a secret is missing", { without: ["TENFOUR_KEY_SECRET"] }, "not_ready"],
  ["the clock cannot be read", { clock: "unreadable" }, "clock_unavailable"],
] satisfies [string, FaultPlan, string][])(
  "%s: 503 with Retry-After, and nothing leaves",
  async (_, plan, code) => {
    await rig.faults(plan);
    const answer = await rig.send({
      path: "/ingest/strip",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      pieces: [content()],
    });
    await rig.faults({});
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([503, code]);
    expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
    expect(rig.upstreams.main.begun).toBe(0);
  },
);

test("telemetry flows while consent cannot be read", async () => {
  await rig.faults({ faults: [{ binding: "CONSENT", action: "fail" }] });
  const body = '{"type":"telemetry","event":"call.quality","duration_ms":3}';
  const answer = await rig.send({
    path: "/ingest/telemetry",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    pieces: [body],
  });
  await rig.faults({});
  expect(answer.status).toBe(200);
  expect(rig.upstreams.main.received[0]?.body.toString()).toBe(body);
});
