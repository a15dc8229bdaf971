/** The only fetch: what it is made of, and what an answer is. */
import { describe, expect, test, vi } from "vitest";
import { contentDigest } from "../../../src/attestation/content-digest.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import { answerHeaders } from "../../../src/gate/upstream.ts";
import { beginWires, bytes, odd, ok, settle, upstreamOf, wire } from "./wire.ts";

beginWires();

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
    const [{ url, init }] = wire.fetched as [(typeof wire.fetched)[0]];
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
    expect(wire.attested).toEqual([
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
    expect(Object.fromEntries(wire.fetched[0]!.init.headers)).toEqual({
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
    expect(wire.pipes).toHaveLength(1);
    expect([wire.pipes[0]!.length, wire.pipes[0]!.written, wire.fetched.length]).toEqual([
      length,
      ["abc", "def"],
      1,
    ]);
    expect(wire.fetched[0]!.init.body).toBe(wire.pipes[0]!.readable);
    expect(wire.attested[0]!.contentDigest).toBeNull();
    expect([upstream.cutShows, upstream.handedOver, wire.pipes[0]!.ended]).toEqual([shows, false, false]);
    wire.answer.resolve(ok());
    expect((await upstream.finish()).status).toBe(200);
    expect([upstream.handedOver, wire.pipes[0]!.ended]).toEqual([true, true]);
  });
});

describe("an answer", () => {
  test.each([200, 204, 299, 400, 422, 500, 599])("of %i is the upstream's own", async (status) => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    expect([upstream.handedOver, upstream.status]).toEqual([true, null]);
    wire.answer.resolve(ok(status));
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
    wire.answer.resolve(odd(status));
    await expect(upstream.finish()).rejects.toMatchObject({ code });
  });

  test("that is a broken connection is none", async () => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    wire.answer.reject(new TypeError("SECRET-7f3a"));
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

  test("to a body given at once may come at any time", async () => {
    const upstream = upstreamOf();
    upstream.sendWhole(bytes("a"));
    wire.answer.resolve(ok());
    await settle();
    await upstream.finish();
    expect(upstream.answeredBeforeEnd).toBe(false);
  });

  test.each([
    ["before its last byte was taken", true],
    ["after", false],
  ])("to a stream of a declared length that comes %s", async (_, before) => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), 2);
    expect(upstream.handedOver).toBe(false);
    wire.pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), 2);
    expect(upstream.handedOver).toBe(true);
    if (before) {
      wire.answer.resolve(ok(500));
      await settle();
    }
    wire.pipes[0]!.waiting.resolve();
    await writing;
    wire.answer.resolve(ok());
    await settle();
    expect((await upstream.finish()).status).toBe(before ? 500 : 200);
    expect([upstream.answeredBeforeEnd, wire.pipes[0]!.ended]).toEqual([before, true]);
    await expect(upstream.write(bytes("c"), 2)).rejects.toMatchObject({ code: "internal_error" });
  });

  test.each([
    ["while the end is still to be taken", true],
    ["after the end was taken", false],
  ])("to a stream that comes %s", async (_, before) => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.pipes[0]!.flows = false;
    const finished = upstream.finish();
    if (before) {
      wire.answer.resolve(ok());
      await settle();
    }
    wire.pipes[0]!.waiting.resolve();
    await settle();
    wire.answer.resolve(ok());
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
