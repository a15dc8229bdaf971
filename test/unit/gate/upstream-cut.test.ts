/** A body on its way to the upstream: what ends it, when it is cut, and what is known of the upstream by then. */
import { describe, expect, test, vi } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { beginWires, bytes, odd, ok, settle, upstreamOf, wire } from "./wire.ts";

beginWires();

describe("while a body is on its way", () => {
  test("an wire.answer that is not ok ends it, before the next piece or with this one", async () => {
    for (const status of [400, 503, 302]) {
      wire.answer = Promise.withResolvers();
      const upstream = upstreamOf();
      await upstream.write(bytes("a"), null);
      wire.answer.resolve(odd(status));
      Object.defineProperty(await wire.answer.promise, "ok", { value: false });
      await settle();
      expect([upstream.answeredEarly, upstream.status]).toEqual([true, status]);
      await expect(upstream.write(bytes("b"), null)).rejects.toMatchObject({ code: "upstream_refused" });
      expect(wire.pipes.at(-1)!.written).toEqual(["a"]);
    }
  });

  test("an wire.answer that comes while a piece is taken ends it with that piece", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    wire.answer.resolve(ok(500));
    await settle();
    wire.pipes[0]!.waiting.resolve();
    await expect(writing).rejects.toMatchObject({ code: "upstream_refused" });
  });

  test("an early wire.answer that is ok does not end it", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.answer.resolve(ok());
    await settle();
    expect(upstream.answeredEarly).toBe(true);
    await upstream.write(bytes("b"), null);
    expect(wire.pipes[0]!.written).toEqual(["a", "b"]);
  });

  test("a connection that breaks ends the piece that is waited for, and every later one", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    wire.answer.reject(new TypeError("SECRET-7f3a"));
    await expect(writing).rejects.toMatchObject({ code: "upstream_unreachable" });
    wire.pipes[0]!.flows = true;
    await expect(upstream.write(bytes("c"), null)).rejects.toMatchObject({ code: "upstream_unreachable" });
    expect(wire.pipes[0]!.written).toEqual(["a", "b"]);
    upstream.cut();
    expect(upstream.cutShows).toBe(true);
  });

  test("a pipe that takes no more says so once it is known why", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    wire.pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"));
    let failed = false;
    writing.catch(() => {
      failed = true;
    });
    await settle();
    expect(failed).toBe(false);
    wire.answer.reject(new TypeError("SECRET-7f3a"));
    await expect(writing).rejects.toMatchObject({ code: "upstream_unreachable" });
  });

  test("a pipe that takes no more after an wire.answer that was ok is an upstream that is gone", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.answer.resolve(ok());
    await settle();
    wire.pipes[0]!.flows = false;
    const writing = upstream.write(bytes("b"), null);
    wire.pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"));
    await expect(writing).rejects.toMatchObject({ code: "upstream_unreachable" });
  });

  test("a piece that nobody takes for too long ends it; waiting for the next piece does not", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    await vi.advanceTimersByTimeAsync(3 * LIMITS.upstream_stall_ms_max);
    wire.pipes[0]!.flows = false;
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
    wire.pipes[0]!.flows = false;
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
    ["refused by the pipe", () => wire.pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"))],
    [
      "refused by the pipe, and the connection was gone before",
      () => {
        wire.answer.reject(new TypeError("SECRET-7f3a"));
        wire.pipes[0]!.waiting.reject(new TypeError("SECRET-7f3a"));
      },
    ],
  ])("%s is no success", async (_, fail) => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.pipes[0]!.flows = false;
    const finished = upstream.finish();
    fail();
    await expect(finished).rejects.toMatchObject({ code: "upstream_unreachable" });
  });
});

describe("a cut", () => {
  test("aborts the request, gives up its wire.answer, and nothing is written any more", async () => {
    const cancel = vi.fn();
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.answer.resolve(new Response(new ReadableStream({ cancel })));
    await settle();
    expect(wire.fetched[0]!.init.signal.aborted).toBe(false);
    upstream.cut();
    expect(wire.fetched[0]!.init.signal.aborted).toBe(true);
    await settle();
    expect(cancel).toHaveBeenCalledOnce();
    await expect(upstream.write(bytes("b"), null)).rejects.toMatchObject({ code: "internal_error" });
    expect(wire.pipes[0]!.written).toEqual(["a"]);
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
    wire.answer.reject(new DOMException("aborted", "AbortError"));
    await settle();
    expect(broken.cutShows).toBe(false);
  });

  test("of what had broken off by itself shows, however often it is cut", async () => {
    const upstream = upstreamOf();
    await upstream.write(bytes("a"), null);
    wire.answer.reject(new TypeError("SECRET-7f3a"));
    await settle();
    expect(upstream.cutShows).toBe(false);
    upstream.cut();
    upstream.cut();
    expect(upstream.cutShows).toBe(true);
  });
});
