/** What a shape makes of one record: its items, and what is left of it when it is stripped. */
import type { ShapeConfig } from "../../../src/config/define.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape, type Signal, stripped } from "../../../src/content/shape.ts";
import type { ContentItem, Item } from "../../../src/decision/model.ts";
import { bytesOf } from "./read-body.ts";

/** `left`: null: nothing is; of service data that passes as it is, too. */
export interface ReadRecord {
  readonly items: readonly Item[];
  readonly left: unknown;
}

export function readRecord(record: object | string, shape: ShapeConfig, signal: Signal = "none"): ReadRecord {
  const reader = compileShape(shape, { serviceDataExcess: "strip" });
  const bytes = bytesOf(typeof record === "string" ? record : JSON.stringify(record));
  let items: readonly Item[] = [];
  let left: unknown = null;
  const framing = createFraming("json", reader.plan, { recordBytesMax: 65_536 });
  const end = framing.cut(bytes, 0, bytes.length, true, (b, start, end) => {
    const reading = reader.read(b, start, end, signal);
    items = reading.items;
    const kept = reading.replacement ?? stripped(reading, b, start, end);
    left = kept === null || kept.length === 0 ? null : JSON.parse(new TextDecoder().decode(kept));
    return true;
  });
  if (typeof end !== "number") throw new Error(end.fault);
  return { items, left };
}

/** The one item of a record of content. */
export function readItem(record: object | string, shape: ShapeConfig, signal: Signal = "none"): ContentItem {
  const { items } = readRecord(record, shape, signal);
  const [item, ...more] = items;
  if (item?.type !== "content" || more.length > 0) throw new Error("not one item of content");
  return item;
}
