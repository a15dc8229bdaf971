/** Which framing a format has. */
import type { WrapperConfig } from "../config/define.ts";
import type { Framing } from "./framing.ts";
import { JsonFraming } from "./json-body.ts";
import { NdjsonFraming } from "./ndjson.ts";
import type { Plan } from "./pointer.ts";

export interface FramingOptions {
  /** Bytes of one record after inflating. */
  readonly recordBytesMax: number;
  /** Of a JSON body; NDJSON has none. */
  readonly wrapper?: WrapperConfig | undefined;
}

/** One framing reads one body. */
export function createFraming(format: "json" | "ndjson", plan: Plan, options: FramingOptions): Framing {
  if (format === "ndjson") return new NdjsonFraming(plan, options.recordBytesMax);
  return new JsonFraming(plan, options.recordBytesMax, options.wrapper);
}
