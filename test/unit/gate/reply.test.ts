/** What a sender is told: each fault in words and with a status that makes no client retry a refusal (contract, sections 6 and 10). */
import { describe, expect, test } from "vitest";
import { CONTENT_FAULTS } from "../../../src/content/fault.ts";
import type { ExchangeOutcome } from "../../../src/evidence/entries.ts";
import { FAULT_WORDS, Fault, GATE_FAULTS } from "../../../src/gate/fault.ts";
import type { Denied, Told } from "../../../src/gate/reply.ts";
import { answerCounts, answerFault, answerForwarded, answerRefused } from "../../../src/gate/reply.ts";

const CODES = [...GATE_FAULTS, ...CONTENT_FAULTS];
/** 400 where nothing is said: grammar. */
const STATUSES: Readonly<Record<number, readonly string[]>> = {
  401: ["key_missing", "key_malformed", "key_signature", "key_expired", "key_revoked"],
  403: ["route_not_permitted", "items_denied", "consent_changed"],
  404: ["route_unknown"],
  405: ["method_not_allowed"],
  408: ["body_idle"],
  413: [
    "inflate_ratio",
    "hold_exceeded",
    "exchange_too_long",
    "exchange_d1_calls",
    "body_too_large",
    "record_too_large",
  ],
  415: [
    "media_type_differs",
    "content_type_unsupported",
    "content_coding_unsupported",
    "part_type_unsupported",
    "vcon_sealed",
  ],
  421: ["host_unknown"],
  422: ["vcon_invalid"],
  500: ["internal_error"],
  502: ["upstream_unreachable", "upstream_redirect", "upstream_refused", "outcome_unknown"],
  503: [
    "not_ready",
    "clock_unavailable",
    "consent_unavailable",
    "consent_rolled_back",
    "evidence_unavailable",
  ],
  504: ["upstream_stalled", "upstream_timeout"],
};
const statusOf = (code: string) =>
  Number(Object.entries(STATUSES).find(([, codes]) => codes.includes(code))?.[0] ?? 400);

const TOLD: Told = { id: "x_1", counts: { forwarded: 3, stripped: 2, dropped: 1, rejected: 0 } };
const read = async (response: Response) => ({
  status: response.status,
  headers: Object.fromEntries(response.headers),
  body: await response.json(),
});

describe.each(CODES)("%s", (code) => {
  test("in words, with what to do next", () => {
    const { title, advice } = FAULT_WORDS[code];
    expect(title).toMatch(/^[A-Z][^.]*[a-zA-Z0-9]$/);
    expect(advice).toMatch(/^[A-Z].{7,}\.$/);
  });

  test("with its status", async () => {
    const { status, headers, body } = await read(answerRefused(new Fault(code)));
    expect(status).toBe(statusOf(code));
    const { title, advice } = FAULT_WORDS[code];
    expect(body).toEqual({ type: `urn:tenfour:problem:${code}`, title, status, detail: advice, code });
    expect(headers).toEqual({
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      ...(status === 503 ? { "retry-after": "5" } : {}),
      ...(status === 401 ? { "www-authenticate": "Bearer" } : {}),
      ...(status === 405 ? { allow: "POST" } : {}),
    });
  });
});

test("a fault is an error of its code, and says where it was found", () => {
  expect(new Fault("json_syntax", 7)).toMatchObject({
    message: "json_syntax",
    code: "json_syntax",
    index: 7,
  });
  expect(new Fault("json_syntax").index).toBeNull();
});

test("the words of one fault are no other's, but for keys that tell a stranger nothing", () => {
  const titles = CODES.map((code) => FAULT_WORDS[code].title);
  expect(new Set(titles).size).toBe(titles.length - 1);
  expect(FAULT_WORDS.key_malformed).toEqual(FAULT_WORDS.key_signature);
});

describe("a fault of an exchange", () => {
  const denied: Denied = { items: [{ index: 4, reason: "unattributed" }], total: 9 };

  test("names the record, the outcome, the counts and what the upstream said", async () => {
    const { status, headers, body } = await read(
      answerFault(new Fault("json_syntax", 6), TOLD, "aborted", 202),
    );
    expect(status).toBe(400);
    expect(headers).toMatchObject({
      "tenfour-exchange": "x_1",
      "tenfour-outcome": "forwarded=3, stripped=2, dropped=1, unconfirmed",
      "cache-control": "no-store",
      "content-type": "application/problem+json",
    });
    expect(body).toEqual({
      type: "urn:tenfour:problem:json_syntax",
      title: FAULT_WORDS.json_syntax.title,
      status: 400,
      detail: FAULT_WORDS.json_syntax.advice,
      code: "json_syntax",
      index: 6,
      exchange: "x_1",
      outcome: "aborted",
      forwarded: 3,
      stripped: 2,
      dropped: 1,
      upstream_status: 202,
    });
  });

  test("names the items denied, and how many there are", async () => {
    const rejected = { ...TOLD, counts: { forwarded: 0, stripped: 0, dropped: 0, rejected: 9 } };
    const { headers, body } = await read(
      answerFault(new Fault("items_denied"), rejected, "rejected", null, denied),
    );
    expect(headers["tenfour-outcome"]).toBe("forwarded=0, stripped=0, dropped=0, rejected=9");
    expect(body).toMatchObject({ denied: denied.items, denied_total: 9, outcome: "rejected" });
    expect(body).not.toHaveProperty("upstream_status");
    expect(body).not.toHaveProperty("index");
  });

  test("names none where none is denied", async () => {
    const { body } = await read(answerFault(new Fault("client_cut"), TOLD, "unknown", null));
    expect(body).not.toHaveProperty("denied");
    expect(body).not.toHaveProperty("denied_total");
  });
});

test("nothing left: 200 and the counts", async () => {
  const { status, headers, body } = await read(answerCounts(TOLD, "dropped"));
  expect(status).toBe(200);
  expect(headers).toEqual({
    "content-type": "application/json",
    "cache-control": "no-store",
    "tenfour-exchange": "x_1",
    "tenfour-outcome": "forwarded=3, stripped=2, dropped=1",
  });
  expect(body).toEqual({ exchange: "x_1", forwarded: 3, stripped: 2, dropped: 1 });
});

test("forwarded: the upstream's status and body, of its headers those that say what the body is, and ours", async () => {
  const upstream = new Response("taken", {
    status: 202,
    headers: {
      "content-type": "text/x",
      "content-language": "en",
      "retry-after": "9",
      "set-cookie": "a=b",
      "cache-control": "public",
      "tenfour-outcome": "forwarded=99",
      location: "/x",
    },
  });
  const answer = answerForwarded(TOLD, upstream, "forwarded");
  expect([answer.status, await answer.text()]).toEqual([202, "taken"]);
  expect(Object.fromEntries(answer.headers)).toEqual({
    "content-type": "text/x",
    "content-language": "en",
    "retry-after": "9",
    "cache-control": "no-store",
    "tenfour-exchange": "x_1",
    "tenfour-outcome": "forwarded=3, stripped=2, dropped=1",
  });
});

test.each<[ExchangeOutcome, boolean]>([
  ["forwarded", false],
  ["failed", false],
  ["unknown", true],
  ["aborted", true],
])("%s, and whether the upstream has confirmed it", (outcome, doubt) => {
  const answer = answerForwarded(TOLD, new Response(), outcome);
  expect(answer.headers.get("tenfour-outcome")).toBe(
    `forwarded=3, stripped=2, dropped=1${doubt ? ", unconfirmed" : ""}`,
  );
});
