/** An opaque body: what the upstream is sent, what the sender is told, what is on record (contract, sections 5 and 8). Nobody looks inside. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Forwarded } from "../../../src/attestation/sign.ts";
import type { Closed, Entry } from "../../../src/evidence/entries.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import { forwardOpaque } from "../../../src/gate/opaque.ts";
import { opaque } from "./sound-routes.ts";

const NOW = 1_790_000_000_000;
let sent: { url: string; init: RequestInit }[];
let upstream: () => Promise<Response>;
let recorded: Entry[];

beforeEach(() => {
  sent = [];
  recorded = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return upstream();
  });
});
afterEach(() => {
  attested.length = 0;
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const attested: object[] = [];

async function passed(headers: Record<string, string> = {}, coding: string | null = null, now = () => NOW) {
  const gate = {
    now,
    attest: ({ exchange, ...forwarded }: Forwarded) => {
      attested.push(forwarded);
      return { "tenfour-exchange": exchange, signature: "of the gate" };
    },
    routes: { digest: "digest of the configuration" },
    laggingEvidence: { add: (entries: readonly Entry[]) => void recorded.push(...entries) },
  } as unknown as Gate;
  const body = new ReadableStream();
  const request = { headers: new Headers(headers), body } as unknown as Request;
  const route = {
    ...opaque(),
    upstream: { url: "https://metrics.example/in", headers: [["x-api-key", "k"]] as const },
  };
  const admission = { form: "opaque", route, contentType: "application/x-protobuf", coding } as const;
  const producer = { id: "collector", keyId: "key_1", accounts: ["*"] };
  const response = await forwardOpaque(gate, request, admission, producer, () => {});
  return { body, response };
}
const problemOf = async (response: Response) => (await response.json()) as Record<string, unknown>;
const closed = () => recorded[2] as Closed;

test("it leaves as it came, with the route's headers and no others", async () => {
  upstream = async () => new Response("ok", { status: 202 });
  const headers = {
    "idempotency-key": '"a"',
    "content-type": "x/y",
    cookie: "SECRET-7f3a",
    "x-forwarded-for": "1",
  };
  const { body } = await passed(headers, "gzip");
  expect(sent).toHaveLength(1);
  const { url, init } = sent[0]!;
  expect([url, init.method, init.redirect]).toEqual(["https://metrics.example/in", "POST", "manual"]);
  expect(init.body).toBe(body);
  expect(Object.fromEntries(init.headers as Headers)).toEqual({
    "x-api-key": "k",
    "content-type": "application/x-protobuf",
    "content-encoding": "gzip",
    "accept-encoding": "identity",
    "idempotency-key": '"a"',
    "tenfour-exchange": recorded[0]!.exchange,
    signature: "of the gate",
  });
  expect(attested).toEqual([
    {
      method: "POST",
      targetUri: "https://metrics.example/in",
      route: "otlp-traces",
      purpose: "operate",
      configuration: "digest of the configuration",
      contentDigest: null,
    },
  ]);
});

test("no coding and no Idempotency-Key where none came", async () => {
  upstream = async () => new Response("ok");
  await passed();
  const headers = sent[0]!.init.headers as Headers;
  expect([headers.has("content-encoding"), headers.has("idempotency-key")]).toEqual([false, false]);
});

test("what is on record of it", async () => {
  upstream = async () => new Response("taken", { status: 202 });
  const { response } = await passed({ "content-length": "1000" });
  const { exchange } = recorded[0]!;
  expect(exchange).toMatch(/^x_[0-9a-z]{41}$/);
  expect(recorded).toEqual([
    {
      type: "opened",
      exchange,
      position: 0,
      at: NOW,
      route: "otlp-traces",
      purpose: "operate",
      producer: "collector",
      key_id: "key_1",
      config_digest: "digest of the configuration",
    },
    {
      type: "decided",
      exchange,
      position: 1,
      at: NOW,
      items: [0, 0],
      round: 0,
      findings_from: 0,
      findings: [
        {
          account: null,
          conversation: null,
          outcome: "forwarded",
          reason: "opaque_uninspected",
          consents: [],
        },
      ],
      runs: [0, 1],
    },
    {
      type: "closed",
      exchange,
      position: 2,
      at: NOW,
      outcome: "forwarded",
      fault: null,
      upstream_status: 202,
      upstream_complete: null,
      counts: { forwarded: 1, stripped: 0, dropped: 0, rejected: 0 },
      settled: 1,
      in_doubt: 1,
      received: { bytes: 1_000, digest: null },
      sent: { bytes: null, digest: null },
    },
  ]);
  expect([response.status, await response.text()]).toEqual([202, "taken"]);
  expect(response.headers.get("tenfour-outcome")).toBe("forwarded=1, stripped=0, dropped=0");
  expect(response.headers.get("tenfour-exchange")).toBe(exchange);
});

test("an upstream that says no: its own words, and failed on record", async () => {
  upstream = async () => new Response("no", { status: 500 });
  const { response } = await passed();
  expect([response.status, await response.text()]).toEqual([500, "no"]);
  expect(response.headers.get("tenfour-outcome")).toBe("forwarded=0, stripped=0, dropped=0");
  expect(closed()).toMatchObject({
    outcome: "failed",
    fault: null,
    upstream_status: 500,
    settled: 0,
    in_doubt: 1,
    received: { bytes: null, digest: null },
  });
});

test.each<
  [name: string, upstream: () => Promise<Response>, status: number, fault: string, said: number | null]
>([
  [
    "cannot be reached",
    () => Promise.reject(new TypeError("SECRET-7f3a")),
    502,
    "upstream_unreachable",
    null,
  ],
  ["redirects", async () => new Response(null, { status: 307 }), 502, "upstream_redirect", 307],
  [
    "redirects by the last of its codes",
    async () => new Response(null, { status: 399 }),
    502,
    "upstream_redirect",
    399,
  ],
])("an upstream that %s: unknown, and the request is cut", async (_, answer, status, fault, said) => {
  upstream = answer;
  const { response } = await passed();
  const body = await problemOf(response);
  expect([response.status, body.code, body.outcome]).toEqual([status, fault, "unknown"]);
  expect(body.upstream_status ?? null).toBe(said);
  expect(JSON.stringify(body)).not.toContain("SECRET");
  expect(closed()).toMatchObject({ outcome: "unknown", fault, upstream_status: said, settled: 0 });
  expect(sent[0]!.init.signal!.aborted).toBe(true);
});

test("an upstream that never answers is given up after the longest an exchange may take", async () => {
  vi.useFakeTimers();
  upstream = () => new Promise(() => {});
  const answer = passed();
  await vi.advanceTimersByTimeAsync(239_999);
  expect(recorded).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect((await problemOf((await answer).response)).code).toBe("upstream_timeout");
  expect(closed()).toMatchObject({ outcome: "unknown", fault: "upstream_timeout", upstream_status: null });
});

test("a bug is said to be one, and no more", async () => {
  vi.stubGlobal("fetch", () => {
    throw new RangeError("SECRET-7f3a");
  });
  const { response } = await passed();
  const body = await problemOf(response);
  expect([response.status, body.code]).toEqual([500, "internal_error"]);
  expect(closed()).toMatchObject({ outcome: "unknown", fault: "internal_error" });
});

test("a clock that goes away meanwhile: the last instant known stands", async () => {
  upstream = async () => new Response("ok");
  let reads = 0;
  await passed({}, null, () => {
    reads += 1;
    if (reads > 1) throw new Error("no clock");
    return NOW;
  });
  expect(recorded.map(({ at }) => at)).toEqual([NOW, NOW, NOW]);
});
