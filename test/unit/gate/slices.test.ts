/** What leaves of a window: the allowed records as the bytes that came, the stripped ones as what is left of them, framed, and nothing else. */
import { afterEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import type { Finding } from "../../../src/evidence/entries.ts";
import { concat, Slicer } from "../../../src/gate/slices.ts";
import type { Verdicts } from "../../../src/gate/verdicts.ts";
import { windowOf, windowsOf } from "./windows-of.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
type What = "forward" | "drop" | "reject" | "strip";
const [FORWARD, DROP, REJECT, STRIP] = ["forward", "drop", "reject", "strip"] as const;
const OUTCOMES = { forward: "forwarded", drop: "dropped", reject: "rejected", strip: "stripped" } as const;
const WORDS: readonly What[] = [FORWARD, DROP, REJECT, STRIP];
const FINDINGS = WORDS.map((what) => ({ outcome: OUTCOMES[what] }) as unknown as Finding);
const LEFT = new TextEncoder().encode("{}");

/** What is done with each of `count` records. */
function verdictsOf(count: number, whatOf: (i: number) => What): Verdicts {
  const found = Int32Array.from({ length: count }, (_, i) => WORDS.indexOf(whatOf(i)));
  const stripped = [...found].flatMap((word, i) => (WORDS[word] === STRIP ? [[i, LEFT] as const] : []));
  return { found, findings: FINDINGS, replacements: new Map(stripped) };
}

/** Every slice that leaves of these windows, each as long as it came out. */
async function slicesOf(
  pieces: readonly (string | Uint8Array)[],
  whatOf: (index: number) => What,
  format: "json" | "ndjson" = "ndjson",
): Promise<string[]> {
  const { windows, framing } = await windowsOf(pieces, format);
  const slicer = new Slicer(framing);
  const slices: string[] = [];
  for (const window of windows) {
    const verdicts = verdictsOf(window.columns.count, (i) => whatOf(window.firstIndex + i));
    for (let from = 0; ; ) {
      const slice = slicer.next(window, verdicts, from);
      if (slice === null) break;
      expect(slice.next).toBeGreaterThan(from);
      from = slice.next;
      slices.push(text(slice.bytes));
    }
  }
  return slices;
}
const only =
  (...verdicts: What[]) =>
  (index: number) =>
    verdicts[index]!;

describe("framing", () => {
  const ABC = '{"a":1}\n{"b":2}\n{"c":3}\n';

  test.each<[name: string, verdicts: What[], expected: string[]]>([
    ["all", [FORWARD, FORWARD, FORWARD], ['{"a":1}\n{"b":2}\n{"c":3}']],
    ["none", [DROP, REJECT, DROP], []],
    ["the first", [FORWARD, DROP, DROP], ['{"a":1}']],
    ["the last", [REJECT, DROP, FORWARD], ['{"c":3}']],
    ["the outer two", [FORWARD, DROP, FORWARD], ['{"a":1}\n{"c":3}']],
    ["what is left of one between", [FORWARD, STRIP, FORWARD], ['{"a":1}\n{}\n{"c":3}']],
    ["what is left of the first", [STRIP, FORWARD, DROP], ['{}\n{"b":2}']],
    ["what is left of each", [STRIP, STRIP, STRIP], ["{}\n{}\n{}"]],
  ])("%s", async (_, verdicts, expected) => {
    expect(await slicesOf([ABC], only(...verdicts))).toEqual(expected);
  });

  test("records apart by more than a separator leave apart by one", async () => {
    const body = '\n {"a":1} \r\n\n{"b":2}\r\n{"c":3}';
    expect(await slicesOf([body], () => FORWARD)).toEqual(['{"a":1}\n{"b":2}\n{"c":3}']);
  });

  test("an array opens once, whichever of its elements leaves first", async () => {
    const body = '[ {"a":1} ,{"b":2},{"c":3}]';
    expect(await slicesOf([body], only(DROP, FORWARD, FORWARD), "json")).toEqual(['[{"b":2},{"c":3}']);
    expect(await slicesOf([body], only(FORWARD, DROP, FORWARD), "json")).toEqual(['[{"a":1},{"c":3}']);
  });
});

describe("sizes", () => {
  const record = (index: number, size: number) => {
    const head = `{"i":${String(index).padStart(6, "1")},"x":"`;
    return `${head}${"x".repeat(size - head.length - 2)}"}`;
  };
  const lines = (count: number, size: number) => Array.from({ length: count }, (_, i) => record(i, size));
  /** Several windows, since the body comes in pieces beyond what one holds. */
  const COUNT = 5_000;
  const SIZE = 1_024;

  test.each<[name: string, whatOf: (index: number) => What]>([
    ["all", () => FORWARD],
    ["all but one in a hundred", (i) => (i % 100 === 50 ? DROP : FORWARD)],
    ["every other", (i) => (i % 2 === 0 ? DROP : FORWARD)],
    ["one in two thousand", (i) => (i % 2_000 === 1_999 ? FORWARD : DROP)],
    ["all, one in ten stripped", (i) => (i % 10 === 3 ? STRIP : FORWARD)],
  ])(
    "%s: together they are the records that leave, and no slice is much longer than it may be",
    async (_, whatOf) => {
      const sent = lines(COUNT, SIZE);
      const slices = await slicesOf([`${sent.join("\n")}\n`], whatOf);
      const expected = sent.flatMap((line, i) => {
        const what = whatOf(i);
        return what === DROP ? [] : [what === STRIP ? "{}" : line];
      });
      expect(slices.join("") === expected.join("\n")).toBe(true);
      for (const slice of slices) expect(slice.length).toBeLessThanOrEqual(LIMITS.slice_bytes_max + SIZE + 1);
      for (const slice of slices.slice(0, -6))
        if (expected.length > 2_000) expect(slice.length).toBeGreaterThan(LIMITS.slice_bytes_max / 2);
    },
  );

  test("a record longer than a slice leaves in one", async () => {
    const sent = [record(0, 300), record(1, 600_000), record(2, 300)];
    const slices = await slicesOf([sent.join("\n")], () => FORWARD);
    expect(slices.join("")).toBe(sent.join("\n"));
  });

  test("a run that fills a slice leaves without being copied, once something has left before", async () => {
    const { windows, framing } = await windowsOf([`${lines(600, SIZE).join("\n")}\n`]);
    const window = windows[0]!;
    const verdicts = verdictsOf(window.columns.count, () => FORWARD);
    const slicer = new Slicer(framing);
    const first = slicer.next(window, verdicts, 0)!;
    expect(first.bytes.buffer).not.toBe(window.bytes.buffer);
    const second = slicer.next(window, verdicts, first.next)!;
    expect(second.bytes.buffer).toBe(window.bytes.buffer);
    expect(text(second.bytes.subarray(0, 1))).toBe("\n");
  });
});

describe("as many records as a slice holds, to the byte", () => {
  const LIMITS_HERE = LIMITS as Record<string, number>;
  const usual = LIMITS_HERE.slice_bytes_max!;
  afterEach(() => {
    LIMITS_HERE.slice_bytes_max = usual;
  });
  /** Sixteen bytes with its separator. */
  const line = (i: number) => `{"no":1000000${i}}`;
  const body = Array.from({ length: 9 }, (_, i) => line(i)).join("\n");

  test.each<[string, (i: number) => What, number[]]>([
    ["all unchanged", () => FORWARD, [63, 64, 16]],
    ["one dropped", (i) => (i === 8 ? DROP : FORWARD), [63, 64]],
    ["the first dropped", (i) => (i === 0 ? DROP : FORWARD), [63, 64]],
  ])("%s", async (_, whatOf, expected) => {
    LIMITS_HERE.slice_bytes_max = 63;
    expect(line(1)).toHaveLength(15);
    const slices = await slicesOf([body], whatOf);
    expect(slices.map(({ length }) => length)).toEqual(expected);
  });
});

describe("what may leave without being copied", () => {
  const LIMITS_HERE = LIMITS as Record<string, number>;
  const usual = LIMITS_HERE.slice_bytes_max!;
  afterEach(() => {
    LIMITS_HERE.slice_bytes_max = usual;
  });
  const line = (i: number) => `{"no":1000000${i}}`;

  test("is no record that is stripped, however long it was", async () => {
    LIMITS_HERE.slice_bytes_max = 15;
    const body = [line(0), line(1), line(2)].join("\n");
    expect((await slicesOf([body], only(FORWARD, STRIP, FORWARD))).join("")).toBe(
      `${line(0)}\n{}\n${line(2)}`,
    );
  });

  test("is nothing that another byte stands before", async () => {
    LIMITS_HERE.slice_bytes_max = 15;
    const body = `${line(0)}\n${line(1)}\n ${line(2)}\r\n${line(3)}`;
    const slices = await slicesOf([body], () => FORWARD);
    expect(slices.join("")).toBe([0, 1, 2, 3].map(line).join("\n"));
  });
});

test("a run among what is dropped leaves without being copied, too", async () => {
  const { windows, framing } = await windowsOf([`${'{"x":"'.padEnd(1_000, "x")}"}\n`.repeat(600)]);
  const window = windows[0]!;
  const verdicts = verdictsOf(window.columns.count, (i) => (i === 0 ? DROP : FORWARD));
  const slicer = new Slicer(framing);
  const first = slicer.next(window, verdicts, 0)!;
  const second = slicer.next(window, verdicts, first.next)!;
  expect(second.bytes.buffer).toBe(window.bytes.buffer);
  expect(second.bytes.length).toBeGreaterThan(LIMITS.slice_bytes_max / 2);
});

test("what leaves first has no separator before it, whatever stood there", async () => {
  const window = await windowOf('{"a":1}\n{"b":2}\n');
  const { framing } = await windowsOf(['{"a":1}\n']);
  const slice = new Slicer(framing).next(
    window,
    verdictsOf(2, (i) => (i === 0 ? DROP : FORWARD)),
    0,
  )!;
  expect([text(slice.bytes), slice.next]).toEqual(['{"b":2}', 2]);
});

test("parts put together", () => {
  expect(concat([])).toEqual(new Uint8Array(0));
  expect(concat([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3));
});
