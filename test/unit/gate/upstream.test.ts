/** The only fetch: what it is made of, when it is cut, and what is known of the upstream by then. The platform is a stand-in. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { contentDigest } from "../../../src/attestation/content-digest.ts";
import type { Forwarded } from "../../../src/attestation/sign.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import { answerHeaders, type Sending, Upstream } from "../../../src/gate/upstream.ts";
import { recordRoute } from "./sound-routes.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const SENDING: Sending = {
  exchange: "x_1",
  configuration: "digest of the configuration",
  contentType: "application/x-ndjson",
  contentEncoding: null,
  idempotencyKey: null,
};

let fetched: { url: string; init: RequestInit & { headers: Headers; signal: AbortSignal } }[];
let attested: Forwarded[];
let pipes: Pipe[];
let answer: PromiseWithResolvers<Response>;

/** The platform's pipe: a write waits until the test takes it, unless it flows. */
class Pipe {
  readonly readable = {} as ReadableStream;
  readonly length: number | null;
  flows = true;
  written: string[] = [];
  ended = false;
  waiting: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly writable: WritableStream;
  constructor(length: number | null = null) {
    this.length = length;
    const step = () => (this.flows ? Promise.resolve() : this.waiting.promise);
    this.writable = {
      getWriter: () => ({
        closed: Promise.reject(new Error("SECRET-7f3a")),
        write: (piece: Uint8Array) => {
          this.written.push(new TextDecoder().decode(piece));
          return step();
        },
        close: () => {
          this.ended = true;
          return step();
        },
      }),
    } as unknown as WritableStream;
    pipes.push(this);
  }
}

beforeEach(() => {
  fetched = [];
  attested = [];
  pipes = [];
  answer = Promise.withResolvers();
  vi.useFakeTimers();
  vi.stubGlobal("IdentityTransformStream", Pipe);
  vi.stubGlobal("FixedLengthStream", Pipe);
  vi.stubGlobal("fetch", (url: string, init: never) => {
    fetched.push({ url, init });
    return answer.promise;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const upstreamOf = (more: Partial<Sending> = {}, headers: readonly (readonly [string, string])[] = []) =>
  new Upstream(
    { ...recordRoute(), upstream: { url: "https://train.example/in", headers } },
    { ...SENDING, ...more },
    (forwarded) => {
      attested.push(forwarded);
      return { "tenfour-exchange": forwarded.exchange, signature: "of the gate" };
    },
  );
const settle = () => vi.advanceTimersByTimeAsync(0);
const ok = (status = 200) => new Response(status === 204 ? null : "taken", { status });
/** Something of the status, though a `Response` cannot be made with it. */
const odd = (status: number) => {
  const response = new Response();
  Object.defineProperty(response, "status", { value: status });
  return response;
};

describe("the request", () => {
  test("is the route's URL, an allow-list of headers, the gate's word and bytes, and no redirect is followed", async () => {
    const upstream = upstreamOf(
      { contentEncoding: "gzip", idempotencyKey: '"a"', headers: [["ce-id", "1"]] },
      [["x-api-key", "k"]],
    );
    expect(upstream.begun).toBe(false);
    const body = bytes("SECRET-7f3a");
    upstream.sendWhole(body);
    expect(upstream.begun).toBe(true);
    const [{ url, init }] = fetched as [(typeof fetched)[0]];
    expect([url, init.method, init.redirect, init.body]).toEqual([
      "https://train.example/in",
      "POST",
      "manual",
      body,
    ]);
    expect(Object.fromEntries(init.headers)).toEqual({
      "x-api-key": "k",
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
      "accept-encoding": "identity",
      "idempotency-key": '"a"',
      "ce-id": "1",
      "tenfour-exchange": "x_1",
      signature: "of the gate",
    });
    expect(attested).toEqual([
      {
        method: "POST",
        targetUri: "https://train.example/in",
        exchange: "x_1",
        route: "train-meetings",
        purpose: "train",
        configuration: "digest of the configuration",
        contentDigest: contentDigest(body),
      },
    ]);
  });

  test("has no header that nobody gave, and none of a body's in place of the configuration's", () => {
    upstreamOf({ headers: [["x-api-key", "SECRET-7f3a"]] }, [["x-api-key", "k"]]).sendWhole(bytes("a"));
    expect(Object.fromEntries(fetched[0]!.init.headers)).toEqual({
      "x-api-key": "k",
      "content-type": "application/x-ndjson",
      "accept-encoding": "identity",
      "tenfour-exchange": "x_1",
      signature: "of the gate",
    });
  });

  test.each([
    [null, false],
    [9, true],
  ])("of a longer body, %s bytes if known, is begun once and hands on each piece", async (length, shows) => {
    const upstream = upstreamOf();
    await upstream.write(bytes("abc"), length);
    await upstream.write(bytes("def"), length);
    expect(pipes).toHaveLength(1);
    expect([pipes[0]!.length, pipes[0]!.written, fetched.length]).toEqual([length, ["abc", "def"], 1]);
    expect(fetched[0]!.init.body).toBe(pipes[0]!.readable);
    expect(attested[0]!.contentDigest).toBeNull();
    expect([upstream.cutShows, upstream.handedOver, pipes[0]!.ended]).toEqual([shows, false, false]);
    answer.resolve(ok());
    expect((await upstream.finish()).status).toBe(200);
    expect([upstream.handedOver, pipes[0]!.ended]).toEqual([true, true]);
  });
});

describe("an answer", () => {
  test.each([200, 204, 299, 400, 422, 500, 599])("of %i is the upstream's own", async (status) => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    expect([upstream.handedOver, upstream.status]).toEqual([true, null]);
    answer.resolve(ok(status));
    const response = await upstream.finish();
    expect([response.status, upstream.status, upstream.answeredBeforeEnd]).toEqual([status, status, false]);
  });

  test.each([
    [300, "upstream_redirect"],
    [399, "upstream_redirect"],
    [101, "upstream_unreachable"],
    [199, "upstream_unreachable"],
    [600, "upstream_unreachable"],
  ])("of %i is none: %s", async (status, code) => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    answer.resolve(odd(status));
    await expect(upstream.finish()).rejects.toMatchObject({ code });
  });

  test("that is a broken connection is none", async () => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    answer.reject(new TypeError("SECRET-7f3a"));
    await expect(upstream.finish()).rejects.toMatchObject({ code: "upstream_unreachable" });
    expect([upstream.status, upstream.answeredEarly]).toEqual([null, false]);
  });

  test.each([
    [undefined, LIMITS.upstream_response_ms_max],
    [5, 5],
  ])("is waited for so long: %s", async (ms, expected) => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    let fault: unknown = null;
    upstream.finish(ms).catch((error) => {
      fault = error;
    });
    await vi.advanceTimersByTimeAsync(expected - 1);
    expect(fault).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(fault).toMatchObject({ code: "upstream_timeout" });
  });

  test("to a whole body that was there before the gate asked came before its end was known to be taken", async () => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    answer.resolve(ok());
    await settle();
    await upstream.finish();
    expect(upstream.answeredBeforeEnd).toBe(true);
  });

  test.each([
    ["while the end is still to be taken", true],
    ["after the end was taken", false],
  ])("to a stream that comes %s", async (_, before) => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    pipes[0]!.flows = false;
    const finished = upstream.finish();
    if (before) {
      answer.resolve(ok());
      await settle();
    }
    pipes[0]!.waiting.resolve();
    await settle();
    answer.resolve(ok());
    await finished;
    expect(upstream.answeredBeforeEnd).toBe(before);
  });

  test("gives the sender its type, language and when to come back, and no more", () => {
    const given = { "content-type": "text/plain", "content-language": "en", "retry-after": "3" };
    const response = new Response("", { headers: { ...given, "set-cookie": "a=b", server: "nginx" } });
    expect(Object.fromEntries(answerHeaders(response))).toEqual(given);
    expect(Object.fromEntries(answerHeaders(new Response(null)))).toEqual({});
  });
});

describe("while a body is on its way", () => {
  test("an answer that is not ok ends it, before the next piece or with this one", async () => {
    for (const status of [400, 503, 302]) {
      answer = Promise.withResolvers();
      const upstream = upstreamOf();
      await upstream.write(bytes("a"), null);
      answer.resolve(odd(status));
      Object.defineProperty(await answer.promise, "ok", { value: false });
      await settle();
      expect([upstream.answeredEarly, upstream.status]).toEqual([true, status]);
      await expect(upstream.write(bytes("b"), null)).rejects.toMatchObject({ code: "upstream_refused" });
      expect(pipes.at(-1)!.written).toEqual(["a"]);
    }
  });

  test("an answer that comes while a piece is taken ends it with that piece", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    answer.resolve(ok(500));
    await settle();
    pipes[0]!.waiting.resolve();
    await expect(writing).rejects.toMatchObject({ code: "upstream_refused" });
  });

  test("an early answer that is ok does not end it", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    answer.resolve(ok());
    await settle();
    expect(upstream.answeredEarly).toBe(true);
    await upstream.write(bytes("b"), null);
    expect(pipes[0]!.written).toEqual(["a", "b"]);
  });

  test("a connection that breaks ends the piece that is waited for, and every later one", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    answer.reject(new TypeError("SECRET-7f3a"));
    await expect(writing).rejects.toMatchObject({ code: "upstream_unreachable" });
    pipes[0]!.flows = true;
    await expect(upstream.write(bytes("c"), null)).rejects.toMatchObject({ code: "upstream_unreachable" });
    expect(pipes[0]!.written).toEqual(["a", "b"]);
    upstream.cut();
    expect(upstream.cutShows).toBe(true);
  });

  test("a pipe that takes no more says so once it is known why", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"));
    let failed = false;
    writing.catch(() => {
      failed = true;
    });
    await settle();
    expect(failed).toBe(false);
    answer.reject(new TypeError("SECRET-7f3a"));
    await expect(writing).rejects.toMatchObject({ code: "upstream_unreachable" });
  });

  test("a pipe that takes no more after an answer that was ok is an upstream that is gone", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    answer.resolve(ok());
    await settle();
    pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"));
    await expect(writing).rejects.toMatchObject({ code: "upstream_unreachable" });
  });

  test("a piece that nobody takes for too long ends it; waiting for the next piece does not", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    await vi.advanceTimersByTimeAsync(3 * LIMITS.upstream_stall_ms_max);
    pipes[0]!.flows = false;
    let fault: unknown = null;
    upstream.write(bytes("b"), null).catch((error) => {
      fault = error;
    });
    await vi.advanceTimersByTimeAsync(LIMITS.upstream_stall_ms_max - 1);
    expect(fault).toBeNull();
    await vi.advanceTimersByTimeAsync(LIMITS.upstream_stall_ms_max);
    expect(fault).toMatchObject({ code: "upstream_stalled" });
  });
});

describe("the end of a body", () => {
  test("that nobody takes is waited for for so long", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    pipes[0]!.flows = false;
    let fault: unknown = null;
    upstream.finish().catch((error) => {
      fault = error;
    });
    await vi.advanceTimersByTimeAsync(LIMITS.upstream_stall_ms_max - 1);
    expect([fault, upstream.handedOver]).toEqual([null, true]);
    await vi.advanceTimersByTimeAsync(1);
    expect(fault).toMatchObject({ code: "upstream_stalled" });
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ["refused by the pipe", () => pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"))],
    [
      "refused by the pipe, and the connection was gone before",
      () => {
        answer.reject(new TypeError("SECRET-7f3a"));
        pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"));
      },
    ],
  ])("%s is no success", async (_, fail) => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    pipes[0]!.flows = false;
    const finished = upstream.finish();
    fail();
    await expect(finished).rejects.toMatchObject({ code: "upstream_unreachable" });
  });
});

describe("a cut", () => {
  test("aborts the request, gives up its answer, and nothing is written any more", async () => {
    const cancel = vi.fn();
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    answer.resolve(new Response(new ReadableStream({ cancel })));
    await settle();
    expect(fetched[0]!.init.signal.aborted).toBe(false);
    upstream.cut();
    expect(fetched[0]!.init.signal.aborted).toBe(true);
    await settle();
    expect(cancel).toHaveBeenCalledOnce();
    await expect(upstream.write(bytes("b"), null)).rejects.toMatchObject({ code: "internal_error" });
    expect(pipes[0]!.written).toEqual(["a"]);
    expect([upstream.cutShows, vi.getTimerCount()]).toEqual([false, 0]);
  });

  test("of what never began, or broke off, is quiet", async () => {
    const never = upstreamOf();
    never.cut();
    expect([never.begun, never.cutShows]).toEqual([false, false]);
    const broken = upstreamOf();
    await broken.write(bytes("a"), null);
    broken.cut();
    // What the abort itself does to the request does not show to the upstream.
    answer.reject(new DOMException("aborted", "AbortError"));
    await settle();
    expect(broken.cutShows).toBe(false);
  });

  test("of what had broken off by itself shows, however often it is cut", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    answer.reject(new TypeError("SECRET-7f3a"));
    await settle();
    expect(upstream.cutShows).toBe(false);
    upstream.cut();
    upstream.cut();
    expect(upstream.cutShows).toBe(true);
  });
});
