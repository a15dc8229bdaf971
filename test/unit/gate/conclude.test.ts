/** How an exchange ends: what is on record of it and what its sender is told, whatever fails when. Doubt is `unknown` (contract, section 7). */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { Course } from "../../../src/gate/conclude.ts";
import { conclude } from "../../../src/gate/conclude.ts";
import type { Ending } from "../../../src/gate/exchange.ts";
import { Fault, type FaultCode } from "../../../src/gate/fault.ts";
import type { Answers, Denied } from "../../../src/gate/reply.ts";

let log: string[];
let ending: Ending | null;
let told: unknown[];
beforeEach(() => {
  log = [];
  ending = null;
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
});

interface Situation {
  readonly recorded?: boolean;
  readonly closed?: boolean;
  readonly upstream?: object;
}
const DENIED: Denied = { items: [], total: 0 };
const answers = {
  forwarded: (_: unknown, response: Response, outcome: string) => {
    told = [outcome, response.status];
    return response;
  },
  nothingLeft: () => {
    told = ["nothing left"];
    return new Response();
  },
  fault: (fault: Fault, _: unknown, outcome: string, status: number | null, denied?: Denied) => {
    told = [fault.code, outcome, status, denied === DENIED];
    return new Response(null, { status: 500 });
  },
} as unknown as Answers;

const course = ({ recorded = true, closed = false, upstream = {} }: Situation): Course =>
  ({
    exchange: {
      ages: { watch: () => {}, stop: () => {} },
      closed,
      close: async (how: Ending) => {
        log.push("close");
        ending = how;
        return recorded;
      },
    },
    upstream: {
      begun: true,
      handedOver: false,
      answeredEarly: false,
      answeredBeforeEnd: false,
      cutShows: true,
      status: null,
      finish: async () => new Response("taken", { status: 202 }),
      cut: () => log.push("cut"),
      ...upstream,
    },
    body: { stop: async () => log.push("stop") },
    denied: DENIED,
    answers,
    measureRest: () => log.push("measure the rest"),
  }) as unknown as Course;

test.each<[name: string, left: boolean, situation: Situation, ending: Ending, told: unknown[]]>([
  [
    "forwarded",
    true,
    {},
    { outcome: "forwarded", fault: null, upstreamStatus: 202, upstreamComplete: true },
    ["forwarded", 202],
  ],
  [
    "answered before its end: nobody knows whether that was taken",
    true,
    { upstream: { answeredBeforeEnd: true } },
    { outcome: "unknown", fault: null, upstreamStatus: 202, upstreamComplete: null },
    ["unknown", 202],
  ],
  [
    "refused before its end",
    true,
    { upstream: { answeredBeforeEnd: true, finish: async () => new Response(null, { status: 422 }) } },
    { outcome: "unknown", fault: null, upstreamStatus: 422, upstreamComplete: null },
    ["unknown", 422],
  ],
  [
    "refused by the upstream",
    true,
    { upstream: { finish: async () => new Response(null, { status: 422 }) } },
    { outcome: "failed", fault: null, upstreamStatus: 422, upstreamComplete: true },
    ["failed", 422],
  ],
  [
    "of which nothing left",
    false,
    { upstream: { answeredBeforeEnd: true } },
    { outcome: "dropped", fault: null, upstreamStatus: null, upstreamComplete: false },
    ["nothing left"],
  ],
  [
    "forwarded, and nobody can write it down",
    true,
    { recorded: false },
    { outcome: "forwarded", fault: null, upstreamStatus: 202, upstreamComplete: true },
    ["outcome_unknown", "unknown", 202, false],
  ],
  [
    "of which nothing left, and nobody can write it down",
    false,
    { recorded: false },
    { outcome: "dropped", fault: null, upstreamStatus: null, upstreamComplete: false },
    ["outcome_unknown", "unknown", null, false],
  ],
])("one %s", async (_, left, situation, expected, answer) => {
  await conclude(course(situation), async () => left);
  expect([ending, told]).toEqual([expected, answer]);
  expect(log).toEqual(["close"]);
});

test("an answer that is not passed on is given up", async () => {
  const cancel = vi.fn(() => Promise.reject(new Error("SECRET-7f3a")));
  const finish = async () => new Response(new ReadableStream({ cancel }));
  await conclude(course({ recorded: false, upstream: { finish } }), async () => true);
  expect(cancel).toHaveBeenCalledOnce();
});

type Failure = [
  name: string,
  fault: FaultCode,
  upstream: object,
  outcome: Ending["outcome"],
  complete: boolean | null,
];
const FAILURES: readonly Failure[] = [
  ["before anything left, by the sender", "client_cut", { begun: false }, "refused", false],
  ["before anything left, by the gate", "consent_unavailable", { begun: false }, "failed", false],
  ["before anything left, by a denial", "items_denied", { begun: false }, "rejected", false],
  ["before anything left, by a bug", "internal_error", { begun: false }, "failed", false],
  ["under way", "client_cut", {}, "aborted", false],
  [
    "under way, and the upstream had answered",
    "client_cut",
    { answeredEarly: true, status: 200 },
    "aborted",
    null,
  ],
  ["under way, and a cut may not show", "client_cut", { cutShows: false }, "aborted", null],
  ["after all was handed over", "upstream_timeout", { handedOver: true }, "unknown", null],
  ["by a redirect", "upstream_redirect", { handedOver: true, status: 307 }, "unknown", null],
];

test.each(FAILURES)("one that fails %s", async (_, code, upstream, outcome, upstreamComplete) => {
  await conclude(course({ upstream }), () => Promise.reject(new Fault(code)));
  const status = (upstream as { status?: number }).status ?? null;
  expect(ending).toEqual({ outcome, fault: code, upstreamStatus: status, upstreamComplete });
  expect(told).toEqual([code, outcome, status, true]);
  expect(log).toEqual(["cut", "measure the rest", "close", "stop"]);
});

test.each(FAILURES)("one that fails %s, and nobody can write it down", async (_, code, upstream, outcome) => {
  await conclude(course({ upstream, recorded: false }), () => Promise.reject(new Fault(code)));
  expect(told[1]).toBe("begun" in upstream ? outcome : "unknown");
});

test("one that fails by what is no fault is the gate's own fault, and says no more", async () => {
  await conclude(course({}), () => Promise.reject(new TypeError("SECRET-7f3a")));
  expect(told).toEqual(["internal_error", "aborted", null, true]);
});

test("one whose upstream fails at the end", async () => {
  const finish = () => Promise.reject(new Fault("upstream_unreachable"));
  await conclude(course({ upstream: { finish, handedOver: true } }), async () => true);
  expect([told[0], ending!.outcome]).toEqual(["upstream_unreachable", "unknown"]);
});

test("one that was closed already is not measured any more", async () => {
  await conclude(course({ closed: true }), () => Promise.reject(new Fault("client_cut")));
  expect(log).toEqual(["cut", "close", "stop"]);
});

test("one that never ends is ended", async () => {
  vi.useFakeTimers();
  const answer = conclude(course({}), () => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(LIMITS.exchange_ms_max - 1);
  expect(log).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  await answer;
  expect(told).toEqual(["exchange_too_long", "aborted", null, true]);
});
