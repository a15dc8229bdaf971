/** Answers in OTLP's words: every fault as google.rpc.Status with the status it always has, and what was not taken, told once. */
import { describe, expect, test, vi } from "vitest";
import { CONTENT_FAULTS } from "../../../src/content/fault.ts";
import { FAULT_WORDS, Fault, GATE_FAULTS } from "../../../src/gate/fault.ts";
import { otlpAnswers, otlpEncoding, otlpRefused } from "../../../src/gate/otlp-answer.ts";
import { answerRefused, type Told } from "../../../src/gate/reply.ts";
import { lengthField } from "../../support/otlp.ts";

const told = (stripped: number, dropped: number): Told => ({
  id: "x_1",
  counts: { forwarded: 1, stripped, dropped, rejected: 0 },
});
interface Said {
  readonly partialSuccess: object;
}
const bytesOf = async (response: Response) => [...new Uint8Array(await response.arrayBuffer())];

test.each([
  ["application/x-protobuf", "protobuf"],
  ["Application/X-Protobuf; charset=utf-8", "protobuf"],
  ["application/x-protobuffer", "json"],
  ["x-application/x-protobuf", "json"],
  ["application/json", "json"],
  ["text/plain", "json"],
  [null, "json"],
])("a request of type %s is answered in %s", (type, encoding) => {
  expect(otlpEncoding(type)).toBe(encoding);
});

/** What an exporter sends again. */
const RETRIED = [429, 502, 503, 504];
const GRPC: Readonly<Record<number, number>> = {
  401: 16,
  403: 7,
  404: 5,
  405: 12,
  408: 4,
  500: 13,
  502: 14,
  503: 14,
  504: 4,
};

test.each([...GATE_FAULTS, ...CONTENT_FAULTS])("%s", async (code) => {
  const fault = new Fault(code, 3);
  const plain = answerRefused(fault);
  const { status, title, advice } = FAULT_WORDS[code];
  const message = `${code}: ${title}. ${advice}`;
  const refused = otlpRefused(fault, "json");
  expect([refused.status, refused.headers.get("content-type")]).toEqual([status, "application/json"]);
  expect(await refused.json()).toEqual({ code: GRPC[status] ?? 3, message });
  for (const name of ["retry-after", "www-authenticate", "allow", "cache-control"])
    expect(refused.headers.get(name)).toBe(plain.headers.get(name));
  const { fault: answer } = otlpAnswers("traces", "protobuf");
  const answered = answer(fault, told(1, 2), "refused", null);
  expect([answered.status, answered.headers.get("content-type")]).toEqual([status, "application/x-protobuf"]);
  expect(answered.headers.get("tenfour-outcome")).toBe("forwarded=1, stripped=1, dropped=2");
  expect(await bytesOf(answered)).toEqual([0x08, GRPC[status] ?? 3, ...lengthField(2, message)]);
  if (RETRIED.includes(status))
    expect(code).toMatch(/unavailable|not_ready|clock|rolled_back|upstream|outcome/);
});

describe("a success", () => {
  const { forwarded, nothingLeft } = otlpAnswers("logs", "json");
  const upstream = (body: BodyInit | null, status = 200, type = "application/json") =>
    new Response(body, { status, headers: { "content-type": type } });
  const errorMessage = (stripped: number, dropped: number) =>
    `Removed what may hold content: ${dropped} items wholly, and parts of ${stripped}. See docs/formats/otlp.md.`;

  test("of all of it is the upstream's own", async () => {
    const answer = await forwarded(told(0, 0), upstream("hello", 202, "text/plain"), "forwarded");
    expect([answer.status, await answer.text(), answer.headers.get("tenfour-exchange")]).toEqual([
      202,
      "hello",
      "x_1",
    ]);
  });

  test("of nothing at all says so", async () => {
    expect(await nothingLeft(told(0, 0)).text()).toBe("{}");
    const { partialSuccess } = (await nothingLeft(told(0, 4)).json()) as Said;
    expect(partialSuccess).toEqual({ rejectedLogRecords: "4", errorMessage: errorMessage(0, 4) });
  });

  test.each<[string, Response, number, string]>([
    ["of an upstream without words", upstream(null), 0, ""],
    ["of one that took all", upstream("{}"), 0, ""],
    [
      "of one that did not",
      upstream('{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"full"}}'),
      2,
      " full",
    ],
    [
      "of one that speaks protobuf",
      upstream(Uint8Array.from(lengthField(1, [0x08, 2])), 200, "application/x-protobuf"),
      2,
      "",
    ],
    [
      "of one that says too much",
      upstream(`{"partialSuccess":{"rejectedLogRecords":2},"a":"${"x".repeat(65_536)}"}`),
      0,
      "",
    ],
    [
      "of one that says as much as is read",
      upstream(`{"partialSuccess":{"rejectedLogRecords":2}}`.padEnd(65_536)),
      2,
      "",
    ],
    [
      "of one that goes on and on",
      upstream(`{"partialSuccess":{"errorMessage":"${"x".repeat(2_000)}"}}`),
      0,
      ` ${"x".repeat(1_000)}`,
    ],
    [
      "of one that breaks off",
      upstream(new ReadableStream({ pull: (c) => c.error(new Error("cut")) })),
      0,
      "",
    ],
  ])("of part of it, %s", async (_, response, rejected, words) => {
    const answer = await forwarded(told(1, 3), response, "forwarded");
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(((await answer.json()) as Said).partialSuccess).toEqual({
      rejectedLogRecords: String(3 + rejected),
      errorMessage: errorMessage(1, 3) + words,
    });
  });

  test("of part of it, of an upstream that never ends its answer, and that is given up", async () => {
    vi.useFakeTimers();
    const cancel = vi.fn();
    const body = new ReadableStream({ start: (c) => c.enqueue(new Uint8Array(1)), cancel });
    const answer = forwarded(told(1, 3), upstream(body), "forwarded");
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    expect((await answer).status).toBe(200);
    const { partialSuccess } = (await (await answer).json()) as Said;
    expect(partialSuccess).toEqual({ rejectedLogRecords: "3", errorMessage: errorMessage(1, 3) });
    expect(cancel).toHaveBeenCalledOnce();
  });

  test.each([0, 3])("of which nobody knows whether it arrived says so, %i dropped", async (dropped) => {
    const answer = await forwarded(told(0, dropped), upstream("{}"), "unknown");
    const counts = `forwarded=1, stripped=0, dropped=${dropped}, unconfirmed`;
    expect([answer.status, answer.headers.get("tenfour-outcome")]).toEqual([200, counts]);
  });

  test("that the upstream does not give is its own answer", async () => {
    const answer = await forwarded(told(1, 3), upstream("no", 503), "failed");
    expect([answer.status, await answer.text()]).toEqual([503, "no"]);
  });
});
