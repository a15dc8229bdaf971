/** A body as it comes: whole or a fault, with an end to waiting, to inflating and to what is thrown away (contract, sections 7 and 10). */
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KeyedDigest } from "../../../src/base/digest.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import { Body, drain } from "../../../src/gate/body.ts";
import { random } from "../../support/random.ts";
import { Inflater } from "./inflater.ts";
import { DIGEST_KEY, digestOf } from "./windows-of.ts";

const START = 1_000_000;
const bytes = (text: string) => new TextEncoder().encode(text);

interface Sender {
  readonly stream: ReadableStream;
  cancelled: boolean;
  taken: number;
}

/** Sends the pieces, each when it is asked for, and each number as so many ms of silence. `breaks`: then breaks off. */
function senderOf(pieces: readonly (string | Uint8Array | number)[], breaks = false): Sender {
  const left = [...pieces];
  const sender = { cancelled: false, taken: 0 } as { -readonly [M in keyof Sender]: Sender[M] };
  sender.stream = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      let next = left.shift();
      while (typeof next === "number") {
        const ms = next;
        await new Promise((resolve) => setTimeout(resolve, ms));
        next = left.shift();
      }
      if (sender.cancelled) return;
      const out = controller as ReadableByteStreamController;
      if (next === undefined) {
        if (breaks) return out.error(new TypeError("SECRET-7f3a"));
        out.close();
        out.byobRequest?.respond(0);
        return;
      }
      const piece = typeof next === "string" ? bytes(next) : new Uint8Array(next);
      sender.taken += piece.length;
      out.enqueue(piece);
    },
    cancel: () => {
      sender.cancelled = true;
    },
  });
  return sender;
}

function bodyOf(sender: Sender, coding: "identity" | "gzip" = "identity", bytesMax = 1_000_000) {
  const received = new KeyedDigest(DIGEST_KEY);
  return { body: new Body(sender.stream, coding, received, bytesMax), received };
}

/** All of a body, or the fault it came to. */
async function readAll(body: Body): Promise<string> {
  let text = "";
  try {
    for (let piece = await body.read(); piece !== null; piece = await body.read()) {
      text += new TextDecoder().decode(piece);
    }
    return text;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

/** The same, while the clock is turned as far as need be. */
async function readInTime(body: Body): Promise<string> {
  const read = readAll(body);
  for (let turns = 0; turns < 1_000 && vi.getTimerCount() > 0; turns++)
    await vi.advanceTimersToNextTimerAsync();
  return read;
}

beforeEach(() => {
  vi.useFakeTimers({ now: START, toFake: ["setTimeout", "clearTimeout", "Date"] });
  vi.stubGlobal("DecompressionStream", Inflater);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("as it is", () => {
  test("whole, in the pieces it came in, and nothing is waited for afterwards", async () => {
    const { body, received } = bodyOf(senderOf(["abc", "d", "ef"]));
    expect(await readAll(body)).toBe("abcdef");
    expect(vi.getTimerCount()).toBe(0);
    // Measured where it is cut.
    expect(received.bytes).toBe(0);
  });

  test("as large as it may be, and no larger", async () => {
    expect(await readAll(bodyOf(senderOf(["abc", "de"]), "identity", 5).body)).toBe("abcde");
    expect(await readAll(bodyOf(senderOf(["abc", "de"]), "identity", 4).body)).toBe("body_too_large");
    expect(await readAll(bodyOf(senderOf([gzipSync("abcde")]), "gzip", 5).body)).toBe("abcde");
    expect(await readAll(bodyOf(senderOf([gzipSync("abcde")]), "gzip", 4).body)).toBe("body_too_large");
  });

  test("a sender that breaks off", async () => {
    expect(await readAll(bodyOf(senderOf(["abc"], true)).body)).toBe("client_cut");
  });
});

describe("time", () => {
  const { body_idle_ms_max: idle, exchange_ms_max: longest } = LIMITS;

  test.each(["identity", "gzip"] as const)("a sender that falls silent (%s)", async (coding) => {
    const sender = senderOf(["a", idle + 1, "b"]);
    const { body } = bodyOf(sender, coding);
    const read = readAll(body);
    await vi.advanceTimersByTimeAsync(idle - 1);
    expect(sender.cancelled).toBe(false);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([await read, sender.cancelled]).toEqual(["body_idle", true]);
  });

  test("a sender that is silent for less than that again and again", async () => {
    const pause = idle - 10;
    expect(await readInTime(bodyOf(senderOf(["a", pause, "b", pause, "c", pause])).body)).toBe("abc");
  });

  test("what takes its time between reads is no silence", async () => {
    const { body } = bodyOf(senderOf(["a", "b"]));
    await body.read();
    await vi.advanceTimersByTimeAsync(idle * 2);
    expect(await readAll(body)).toBe("b");
  });

  test("a sender that is never silent for long, and never ends", async () => {
    const drips = Array.from({ length: 60 }, () => ["x", idle - 1_000]).flat();
    const started = Date.now();
    expect(await readInTime(bodyOf(senderOf(drips)).body)).toBe("exchange_too_long");
    expect(Date.now() - started).toBeGreaterThanOrEqual(longest);
  });
});

describe("gzip", () => {
  test("inflated, and measured as it came on the wire", async () => {
    const wire = gzipSync("x".repeat(1_000));
    const { body, received } = bodyOf(senderOf([wire.subarray(0, 9), wire.subarray(9)]), "gzip");
    expect(await readAll(body)).toBe("x".repeat(1_000));
    expect(received.end()).toEqual(digestOf(wire));
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each<[name: string, pieces: (string | Uint8Array)[]]>([
    ["nothing at all", []],
    ["no gzip", ["SECRET-7f3a"]],
    ["half of it", [gzipSync("x".repeat(1_000)).subarray(0, 12)]],
  ])("%s", async (_, pieces) => {
    expect(await readAll(bodyOf(senderOf(pieces), "gzip").body)).toBe("coding_invalid");
  });

  test("a sender that breaks off is said to have, rather than to have damaged it", async () => {
    const wire = gzipSync("abc");
    expect(await readAll(bodyOf(senderOf([wire.subarray(0, 9)], true), "gzip").body)).toBe("client_cut");
  });

  test("what inflates too far is refused, but not what is small all the same", async () => {
    const large = gzipSync("0".repeat(LIMITS.slice_bytes_max * 4));
    expect(large.length * LIMITS.inflate_ratio_max).toBeLessThan(LIMITS.slice_bytes_max * 4);
    expect(await readAll(bodyOf(senderOf([large]), "gzip", 1e9).body)).toBe("inflate_ratio");
    const small = "0".repeat(200_000);
    expect(gzipSync(small).length * LIMITS.inflate_ratio_max).toBeLessThan(small.length);
    expect(await readAll(bodyOf(senderOf([gzipSync(small)]), "gzip", 1e9).body)).toBe(small);
  });
});

test("what inflates to much, but not too far, is read to its end", async () => {
  const r = random(1);
  const text = Array.from({ length: LIMITS.slice_bytes_max * 2 }, () => r.pick([..."0123456789"])).join("");
  const { body } = bodyOf(senderOf([gzipSync(text)]), "gzip", 1e9);
  expect((await readAll(body)) === text).toBe(true);
});

describe("what is thrown away", () => {
  const drained = async (sender: Sender) => {
    const read = drain(sender.stream.getReader({ mode: "byob" }));
    await vi.advanceTimersByTimeAsync(LIMITS.drain_ms_max);
    await read;
    await vi.advanceTimersByTimeAsync(0);
    return sender;
  };
  const piece = new Uint8Array(100_000);

  test("to the end, if it is near", async () => {
    const sender = await drained(senderOf([piece, piece]));
    expect(sender.taken).toBe(200_000);
  });

  test("no more than a mebibyte, and the rest is declined", async () => {
    const sender = await drained(senderOf(Array.from({ length: 30 }, () => piece)));
    expect(sender.cancelled).toBe(true);
    expect(sender.taken).toBeGreaterThanOrEqual(LIMITS.drain_bytes_max);
    expect(sender.taken).toBeLessThan(LIMITS.drain_bytes_max + 3 * 131_072);
  });

  test("for no longer than a second", async () => {
    const sender = await drained(senderOf(["a", 10_000, "b"]));
    expect([sender.taken, sender.cancelled]).toEqual([1, true]);
  });

  test("a sender that breaks off is no matter", async () => {
    await drained(senderOf(["a"], true));
  });

  test.each(["identity", "gzip"] as const)(
    "of a body that is stopped (%s), and nothing is waited for any more",
    async (coding) => {
      const sender = senderOf([gzipSync("abc"), 500, piece, 5_000, "x"]);
      const { body } = bodyOf(sender, coding);
      const read = readAll(body);
      const stopped = body.stop();
      await vi.advanceTimersByTimeAsync(LIMITS.drain_ms_max);
      await stopped;
      expect(sender.cancelled).toBe(true);
      await vi.advanceTimersByTimeAsync(10_000);
      await read;
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
