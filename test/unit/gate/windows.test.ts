/** Where one window ends and the next begins. */
import { afterEach, expect, test, vi } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { tenfourRecord } from "../../../src/config/presets/tenfour-record.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape } from "../../../src/content/shape.ts";
import type { Body } from "../../../src/gate/body.ts";
import { Columns } from "../../../src/gate/columns.ts";
import { type Window, Windows } from "../../../src/gate/windows.ts";
import { SKELETONS } from "../../support/skeletons.ts";
import { bodyOf } from "./windows-of.ts";

const LIMITS_HERE = LIMITS as Record<string, number>;
const usual = { ...LIMITS_HERE };

afterEach(() => {
  Object.assign(LIMITS_HERE, usual);
  vi.restoreAllMocks();
});

test("a record of the largest size is whole once what ends it has come, in whatever piece", async () => {
  const reader = compileShape(tenfourRecord(), { serviceDataExcess: "strip" });
  const framing = createFraming("ndjson", reader.plan, { recordBytesMax: LIMITS.record_bytes_max });
  const frame = '{"type":"content","text":""}';
  const record = frame.replace('""', `"${"x".repeat(LIMITS.record_bytes_max - frame.length)}"`);
  const pieces = [record.slice(0, 1_000), record.slice(1_000), "\n", null];
  let left = pieces.length;
  const read = async () => {
    const piece = pieces[pieces.length - left--] ?? null;
    return piece === null ? null : new TextEncoder().encode(piece);
  };
  const windows = new Windows({ read } as unknown as Body, framing, reader, "none", null, () => 0);
  const window = await windows.next();
  expect(window.columns.count).toBe(1);
  expect(await windows.next()).toMatchObject({ firstIndex: 1, last: true });
});

test.each([
  ["records that say the same", 1, [7, 7, 7, 7, 7, 5]],
  ["two by turns", 2, [7, 7, 7, 7, 7, 5]],
])(
  "a window of %s is full of as many as any other, and each says what it says",
  async (_, accounts, counts) => {
    LIMITS_HERE.window_records_max = 7;
    const taken = vi.spyOn(Columns.prototype, "addAlikes");
    const reader = compileShape(tenfourRecord(), { serviceDataExcess: "strip", skeletons: SKELETONS });
    const framing = createFraming("ndjson", reader.plan, { recordBytesMax: LIMITS.record_bytes_max });
    const lines = Array.from({ length: 40 }, (_, i) => {
      const at = new Date(1_000 * i).toISOString();
      return `{"type":"content","account":"a${i % accounts}","kind":"chat","captured_at":"${at}"}\n`;
    });
    const windows = new Windows(bodyOf([lines.join("")]), framing, reader, "none", null, () => 0);
    const found: { accounts: unknown[]; times: unknown[] }[] = [];
    for (let window: Window | null = null; !window?.last; ) {
      window = await windows.next();
      const { columns } = window;
      const rows = Array.from({ length: columns.count }, (_, i) => i);
      const itemOf = (i: number) => columns.claims[columns.said[i]!]!.items[0]!;
      found.push({
        accounts: rows.map((i) => {
          const item = itemOf(i);
          return item.type === "content" ? item.account : null;
        }),
        times: rows.map((i) => columns.capturedAt(i)),
      });
      windows.recycle(window);
    }
    expect(found.map(({ times }) => times.length)).toEqual(counts);
    expect(found.flatMap((window) => window.times)).toEqual(lines.map((_, i) => 1_000 * i));
    expect(found.flatMap((window) => window.accounts)).toEqual(lines.map((_, i) => `a${i % accounts}`));
    const repeated = taken.mock.results.reduce(
      (sum, { value }, n) => sum + value - taken.mock.calls[n]![2],
      0,
    );
    expect(repeated).toBeGreaterThan(20);
  },
);
