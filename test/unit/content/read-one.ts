/** What a shape makes of one record: its items, what of its bytes would go on, and what strip leaves of them. */
import type { ShapeConfig } from "../../../src/config/define.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape, type Reading, stripped } from "../../../src/content/shape.ts";
import { bytesOf } from "./read-body.ts";

export interface One {
  readonly reading: Reading;
  readonly goesOn: string;
  readonly strip: (kept?: readonly boolean[]) => string | null;
}

/** Throws if the body is not one sound record. */
export function readOne(source: string, shape: ShapeConfig): One {
  const reader = compileShape(shape, { serviceDataExcess: "strip" });
  const bytes = bytesOf(source);
  const text = (left: Uint8Array | null) => (left === null ? null : new TextDecoder().decode(left));
  const found: One[] = [];
  const framing = createFraming("json", reader.plan, { recordBytesMax: 1_048_576 });
  const end = framing.cut(bytes, 0, bytes.length, true, (b, start, stop) => {
    const reading = reader.read(b, start, stop, "none");
    const inner = reader.inner(start) ?? { start, end: stop };
    found.push({
      reading,
      goesOn: text(b.subarray(inner.start, inner.end))!,
      strip: (kept) => text(stripped(reading, b, inner.start, inner.end, kept)),
    });
    return true;
  });
  const [one] = found;
  if (one === undefined || typeof end !== "number") throw new Error(`no record: ${JSON.stringify(end)}`);
  return one;
}
