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

const ODD = [14, 22, 27, 30, 32, 35];

/** Of record i: its account, and whether it is written like no other. */
type Said = (i: number) => readonly [account: number, odd: boolean];

test.each<[name: string, recordsMax: number, said: Said, counts: readonly number[]]>([
  ["records that say the same", 7, () => [0, false], [7, 7, 7, 7, 7, 5]],
  ["two by turns", 7, (i) => [i % 2, false], [7, 7, 7, 7, 7, 5]],
  ["some among others", 100, (i) => [i % 5 === 4 ? 9 : i % 2, i % 5 === 4], [40]],
  ["fewer and fewer in a row", 100, (i) => [ODD.includes(i) ? 9 : i % 3, ODD.includes(i)], [40]],
])(
  "records alike are no more than others, and each says what it says: %s",
  async (_, recordsMax, said, counts) => {
    LIMITS_HERE.window_records_max = recordsMax;
    const taken = vi.spyOn(Columns.prototype, "addAlikes");
    const reader = compileShape(tenfourRecord(), { serviceDataExcess: "strip", skeletons: SKELETONS });
    const framing = createFraming("ndjson", reader.plan, { recordBytesMax: LIMITS.record_bytes_max });
    const lines = Array.from({ length: 40 }, (_, i) => {
      const at = new Date(1_000 * i).toISOString();
      const [account, odd] = said(i);
      return `{"type":"content",${odd ? " ".repeat(i) : ""}"account":"a${account}","kind":"chat","captured_at":"${at}"}\n`;
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
    expect(found.flatMap((window) => window.accounts)).toEqual(lines.map((_, i) => `a${said(i)[0]}`));
    const repeated = taken.mock.results.reduce(
      (sum, { value }, n) => sum + value - taken.mock.calls[n]![2],
      0,
    );
    expect(repeated).toBeGreaterThan(10);
  },
);
