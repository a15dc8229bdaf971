/** When a window ends: full of bytes, records or keys, having waited long enough, or with the body; and what of the body is measured. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { KeyedDigest } from "../../../src/base/digest.ts";
import { LIMITS } from "../../../src/config/limits.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import type { Body } from "../../../src/gate/body.ts";
import { type Window, Windows } from "../../../src/gate/windows.ts";
import { recordRoute } from "./sound-routes.ts";
import { DIGEST_KEY, digestOf } from "./windows-of.ts";

const LIMITS_HERE = LIMITS as Record<string, number>;
const usual = { ...LIMITS_HERE };
const AT = 1_000_000;
const encoder = new TextEncoder();
let now: number;
/** What the sender sends next, each when it is asked for; a number: after so many ms; "silence": never. */
let left: (string | number | "silence")[];
let received: KeyedDigest;

beforeEach(() => {
  now = AT;
  received = new KeyedDigest(DIGEST_KEY);
  vi.useFakeTimers();
});
afterEach(() => {
  Object.assign(LIMITS_HERE, usual);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const body = {
  read: async () => {
    for (;;) {
      const next = left.shift();
      if (next === "silence") return new Promise(() => {});
      if (typeof next !== "number") return next === undefined ? null : encoder.encode(next);
      await new Promise((resolve) => setTimeout(resolve, next));
    }
  },
} as unknown as Body;

function windowsOf(pieces: typeof left, format: "ndjson" | "json" = "ndjson", measured = true): Windows {
  left = [...pieces];
  const { reader, recordBytesMax } = recordRoute();
  const framing = createFraming(format, reader.plan, { recordBytesMax });
  return new Windows(body, framing, reader, "none", measured ? received : null, () => now);
}
async function all(windows: Windows): Promise<Window[]> {
  const found: Window[] = [];
  do found.push(await windows.next());
  while (!found.at(-1)!.last);
  return found;
}
const countsOf = (found: readonly Window[]) => found.map(({ columns }) => columns.count);
const line = (i: number) => `{"type":"usage","tokens_used":${i}}\n`;
const lines = (count: number) => Array.from({ length: count }, (_, i) => line(i % 10)).join("");
const SIZE = line(0).length;

describe("full", () => {
  test("of records", async () => {
    LIMITS_HERE.window_records_max = 3;
    const found = await all(windowsOf([lines(7)]));
    expect(countsOf(found)).toEqual([3, 3, 1]);
    expect(found.map(({ firstIndex }) => firstIndex)).toEqual([0, 3, 6]);
    expect(countsOf(await all(windowsOf([lines(2), lines(2), lines(2)])))).toEqual([3, 3, 0]);
    expect(countsOf(await all(windowsOf([lines(3)])))).toEqual([3, 0]);
  });

  test("of bytes", async () => {
    Object.assign(LIMITS_HERE, { window_bytes_min: 2 * SIZE, window_bytes_max: 4 * SIZE });
    expect(countsOf(await all(windowsOf(Array(5).fill(lines(1)))))).toEqual([2, 2, 1]);
    expect(countsOf(await all(windowsOf([lines(1), lines(1).slice(0, -2), "}\n", lines(1)])))).toEqual([
      2, 1,
    ]);
  });

  test("of bytes, in proportion to the body so far, up to as many as may be", async () => {
    Object.assign(LIMITS_HERE, { window_bytes_min: SIZE, window_bytes_max: 3 * SIZE });
    const counts = countsOf(await all(windowsOf(Array(200).fill(lines(1)))));
    // A quarter of it: more than one record once four have come, more than two after eight.
    expect(counts.slice(0, 9)).toEqual([1, 1, 1, 1, 1, 2, 2, 3, 3]);
    expect(Math.max(...counts)).toBe(3);
    expect(counts.reduce((sum, one) => sum + one)).toBe(200);
  });

  test("of records, though nothing more comes: those that came at the end are in the next", async () => {
    LIMITS_HERE.window_records_max = 2;
    // An array's record that is long is looked at again only once it may be whole, or with the end of the body.
    const pieces = [`[{"note":"${"x".repeat(5_000)}`, '"},{"b":1},{"c":2}', ',{"d":3}]'];
    const found = await all(windowsOf(pieces, "json"));
    expect(countsOf(found)).toEqual([2, 2]);
    expect(found.map(({ last }) => last)).toEqual([false, true]);
    expect(received.end()).toEqual(digestOf(...pieces));
  });

  test("of keys, in proportion to the records so far", async () => {
    Object.assign(LIMITS_HERE, { window_keys_min: 2, window_keys_max: 3 });
    const content = (i: number) => `{"type":"content","account":"a${i}","kind":"chat"}\n`;
    const contents = Array.from({ length: 100 }, (_, i) => content(i)).join("");
    const counts = countsOf(await all(windowsOf([contents])));
    expect(counts.slice(0, 3)).toEqual([2, 2, 2]);
    // One for each 25 records before it: more than two from the 52nd on.
    expect(counts.indexOf(3)).toBe(26);
    expect(Math.max(...counts)).toBe(3);
    const piecemeal = Array.from({ length: 5 }, (_, i) => content(i));
    expect(countsOf(await all(windowsOf(piecemeal)))).toEqual([2, 2, 1]);
    expect(countsOf(await all(windowsOf(Array(9).fill(content(1)))))).toEqual([9]);
  });
});

describe("waited for", () => {
  const SOME = lines(1);

  test("a window closes so long after its first record came, and begins anew with the next", async () => {
    const windows = windowsOf([SOME, "silence"]);
    let closed: Window | null = null;
    windows.next().then((window) => {
      closed = window;
    });
    await vi.advanceTimersByTimeAsync(LIMITS.window_ms_min - 1);
    expect(closed).toBeNull();
    await vi.advanceTimersByTimeAsync(1);
    expect(closed!).toMatchObject({ last: false, firstIndex: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });

  test("what comes meanwhile is in it; what comes later is in the next, and none is lost", async () => {
    const windows = windowsOf([SOME, 50, SOME, LIMITS.window_ms_min, SOME]);
    const found = all(windows);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(countsOf(await found)).toEqual([2, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("nothing is waited for once its time is over by the clock", async () => {
    const windows = windowsOf([SOME, SOME, SOME]);
    const reads = left;
    const read = body.read.bind(body);
    vi.spyOn(body, "read").mockImplementation(() => {
      if (reads.length < 3) now += LIMITS.window_ms_min;
      return read();
    });
    expect(countsOf([await windows.next()])).toEqual([1]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("a clock that goes back makes nobody wait longer", async () => {
    const windows = windowsOf([SOME, "silence"]);
    let closed = false;
    windows.next().then(() => {
      closed = true;
    });
    now -= 3_600_000;
    await vi.advanceTimersByTimeAsync(LIMITS.window_ms_min);
    expect(closed).toBe(true);
  });

  test("longer in an exchange that is old", async () => {
    const windows = windowsOf([SOME, "silence"]);
    now += 20 * (LIMITS.window_ms_min + 100);
    let closed = false;
    windows.next().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(LIMITS.window_ms_min + 99);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(closed).toBe(true);
  });

  test("a record that is not whole is waited for as long as it takes", async () => {
    const found = all(windowsOf([SOME.slice(0, 9), 60_000, SOME.slice(9)]));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(countsOf(await found)).toEqual([1]);
  });
});

describe("measured", () => {
  const ending = (window: Window) => window.asCame?.copy().end() ?? null;

  test.each<[name: string, body: string, plain: boolean]>([
    ["lines one separator apart", '{"a":1}\n{"b":2}\n', true],
    ["without the last separator", '{"a":1}\n{"b":2}', true],
    ["an empty line between", '{"a":1}\n\n{"b":2}\n', false],
    ["a space before", ' {"a":1}\n{"b":2}\n', false],
    ["two bytes between", '{"a":1}\r\n{"b":2}\n', false],
  ])("%s: as it came, or not", async (_, source, plain) => {
    const windows = await all(windowsOf([source]));
    const records = source.replace(/\n$/, "");
    expect(ending(windows.findLast(({ columns }) => columns.count > 0)!)).toEqual(
      plain ? digestOf(records) : null,
    );
    expect(received.end()).toEqual(digestOf(source));
  });

  test("each window up to its last record, from the first one on that is not plain none", async () => {
    LIMITS_HERE.window_records_max = 2;
    const source = `${lines(4)}\n${lines(2)}`;
    const found = await all(windowsOf([source]));
    expect(countsOf(found)).toEqual([2, 2, 2, 0]);
    expect(found.map(ending)).toEqual([
      digestOf(source.slice(0, 2 * SIZE - 1)),
      digestOf(source.slice(0, 4 * SIZE - 1)),
      null,
      null,
    ]);
    expect(received.end()).toEqual(digestOf(source));
  });

  test("what comes after a window's last record belongs to none", async () => {
    LIMITS_HERE.window_records_max = 2;
    const found = await all(windowsOf([`${lines(2)} \n${lines(2)}`]));
    expect(found.map(({ asCame }) => asCame !== null)).toEqual([true, false, false].slice(0, found.length));
  });

  test("an empty line that a window ends with is remembered in the next", async () => {
    const found = all(windowsOf([lines(1), "\n", LIMITS.window_ms_min, lines(1)]));
    await vi.advanceTimersByTimeAsync(2 * LIMITS.window_ms_min);
    expect((await found).map(({ columns, asCame }) => [columns.count, asCame !== null])).toEqual([
      [1, true],
      [1, false],
    ]);
    expect(received.end()).toEqual(digestOf(`${lines(1)}\n${lines(1)}`));
  });

  test("an array never leaves as it came", async () => {
    const [window] = await all(windowsOf(['[{"a":1},{"b":2}]'], "json"));
    expect(window!.asCame).toBeNull();
    expect(received.end()).toEqual(digestOf('[{"a":1},{"b":2}]'));
  });

  test("what came in a coding is measured elsewhere", async () => {
    const [window] = await all(windowsOf([lines(2)], "ndjson", false));
    expect(window!.asCame).toBeNull();
    expect(received.end()).toEqual(digestOf());
    const failed = windowsOf(["[]\n"], "ndjson", false);
    await expect(failed.next()).rejects.toMatchObject({ code: "record_not_object" });
    failed.measureRest();
  });

  test("after a fault what was read and not cut, once", async () => {
    const windows = windowsOf([lines(1), "[]\n", lines(1)]);
    await expect(windows.next()).rejects.toMatchObject({ code: "record_not_object", index: 1 });
    windows.measureRest();
    windows.measureRest();
    expect(received.end()).toEqual(digestOf(`${lines(1)}[]\n`));
  });

  test("after a fault elsewhere what was carried over", async () => {
    LIMITS_HERE.window_records_max = 1;
    const windows = windowsOf([lines(2)]);
    await windows.next();
    windows.measureRest();
    windows.measureRest();
    expect(received.end()).toEqual(digestOf(lines(2)));
  });
});

describe("memory", () => {
  test("of a window that was given back is the next one's but one", async () => {
    Object.assign(LIMITS_HERE, { window_records_max: 1, slice_bytes_max: 4_096 });
    const windows = windowsOf([lines(6)]);
    const [first, second] = [await windows.next(), await windows.next()];
    const { columns } = first;
    windows.recycle(first);
    expect(columns.count).toBe(0);
    const third = await windows.next();
    expect(third.columns).toBe(columns);
    expect(second.columns).not.toBe(columns);
    expect(third.columns.count).toBe(1);
    const text = new TextDecoder().decode(
      third.bytes.subarray(third.columns.starts[0], third.columns.ends[0]),
    );
    expect(text).toBe(line(2).trim());
  });

  test("goes by what there is: little for a small body, and what was given back is used again", async () => {
    Object.assign(LIMITS_HERE, { window_records_max: 1, slice_bytes_max: 512, window_bytes_min: 512 });
    const windows = windowsOf([lines(8)]);
    const [first, second] = [await windows.next(), await windows.next()];
    expect(first.bytes.length).toBe(512);
    windows.recycle(second);
    expect((await windows.next()).bytes).toBe(second.bytes);
  });

  test("has room for all that was carried over, and for a record longer than any window", async () => {
    const small = { window_records_max: 1, window_bytes_min: 1, window_bytes_max: 64, slice_bytes_max: 64 };
    Object.assign(LIMITS_HERE, small);
    expect(countsOf(await all(windowsOf([lines(5)])))).toEqual([1, 1, 1, 1, 1, 0]);
    const long = `{"type":"usage","note":"${"x".repeat(500)}"}\n`;
    const [window] = await all(windowsOf([long.slice(0, 300), long.slice(300)]));
    expect(window!.bytes.length).toBeLessThan(1_024);
  });

  test("of more than two is given up", async () => {
    LIMITS_HERE.window_records_max = 1;
    const windows = windowsOf([lines(8)]);
    const held = [await windows.next(), await windows.next(), await windows.next()];
    const columns = held.map((window) => window.columns);
    for (const window of held) windows.recycle(window);
    expect(columns.map(({ count }) => count)).toEqual([0, 0, 1]);
    const next = [await windows.next(), await windows.next(), await windows.next()];
    expect(next.map((window) => columns.indexOf(window.columns)).toSorted()).toEqual([-1, 0, 1]);
  });

  test("grows for a record that fills it, and no byte is lost", async () => {
    LIMITS_HERE.slice_bytes_max = 64;
    const long = `{"type":"usage","note":"${"x".repeat(500)}"}\n`;
    const pieces = [line(1), long.slice(0, 100), long.slice(100), line(2)];
    const windows = await all(windowsOf(pieces));
    const texts = windows.flatMap(({ bytes, columns }) =>
      Array.from({ length: columns.count }, (_, i) =>
        new TextDecoder().decode(bytes.subarray(columns.starts[i], columns.ends[i])),
      ),
    );
    expect(texts).toEqual([line(1), long, line(2)].map((one) => one.trim()));
  });
});
