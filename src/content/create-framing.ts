/** Which framing a format has. */
import type { RecordFormat, WrapperConfig } from "../config/define.ts";
import type { BinaryEvent } from "./event/binary-event.ts";
import { MultipartFraming, type MultipartOptions } from "./form/multipart.ts";
import type { Framing } from "./framing.ts";
import { type JsonForm, JsonFraming } from "./json/body.ts";
import { NdjsonFraming } from "./ndjson.ts";
import type { Plan } from "./pointer.ts";

export interface FramingOptions {
  /** Bytes of one record after inflating. */
  readonly recordBytesMax: number;
  /** Of a JSON body; the others have none. */
  readonly wrapper?: WrapperConfig | undefined;
  /** Of a form. */
  readonly multipart?: MultipartOptions | undefined;
  /** Of an event whose attributes are in headers. */
  readonly event?: BinaryEvent | undefined;
}

/** One CloudEvent, and several: what is announced as one is never the other. */
const EVENT: JsonForm = { mediaType: "application/cloudevents+json", array: false };
const EVENTS: JsonForm = { mediaType: "application/cloudevents-batch+json", array: true };

/** One framing reads one body. Throws if a form or an event in headers comes without its options. */
export function createFraming(format: RecordFormat, plan: Plan, options: FramingOptions): Framing {
  switch (format) {
    case "ndjson":
      return new NdjsonFraming(plan, options.recordBytesMax);
    case "json":
      return new JsonFraming(plan, options.recordBytesMax, options.wrapper);
    case "cloudevents":
      return new JsonFraming(plan, options.recordBytesMax, undefined, EVENT);
    case "cloudevents-batch":
      return new JsonFraming(plan, options.recordBytesMax, undefined, EVENTS);
    case "multipart":
      if (options.multipart === undefined) throw new Error("a form cannot be read without its boundary");
      return new MultipartFraming(plan, options.recordBytesMax, options.multipart);
    case "cloudevents-binary":
      if (options.event === undefined) throw new Error("an event cannot be read without its headers");
      return options.event;
  }
}
