/** Where one window ends and the next begins. */
import { expect, test } from "vitest";
import { LIMITS } from "../../../src/config/limits.ts";
import { tenfourRecord } from "../../../src/config/presets/tenfour-record.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape } from "../../../src/content/shape.ts";
import type { Body } from "../../../src/gate/body.ts";
import { Windows } from "../../../src/gate/windows.ts";

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
