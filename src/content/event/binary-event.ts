/**
 * A CloudEvent in binary mode: attributes in headers, data in the body. For the decision it is read as the same event in JSON would be; what
 * leaves is the body as it came, and of the attributes those that could stay without the content. One item, all or nothing.
 */
import type { FieldRules, ShapeConfig, VariantConfig } from "../../config/define.ts";
import { unknownContent } from "../content-reader.ts";
import type { ContentFault, ContentFaultCode } from "../fault.ts";
import { fieldText } from "../field-rules.ts";
import type { Framing, OnRecord } from "../framing.ts";
import { JsonScanner } from "../json/scan.ts";
import { isJsonType } from "../json/type.ts";
import { spaceEndWithin } from "../json/walk.ts";
import { compilePlan } from "../pointer.ts";
import { faultCode, NEED_MORE } from "../scan-result.ts";
import type { Claim, Reading, RecordReader, Signal } from "../shape.ts";
import { Utf8Proof } from "../utf8.ts";
import { EVENT_HEADER_PREFIX, type EventHead } from "./event-headers.ts";

/** Without these it is no CloudEvent. */
const REQUIRED = ["specversion", "id", "source", "type"];
const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

export class BinaryEvent implements Framing, RecordReader {
  readonly opening = NOTHING;
  readonly closing = NOTHING;
  readonly separator = 0x0a;
  readonly mediaType: string;
  /** Attributes that go on: name and value of each header. */
  readonly headers: readonly (readonly [string, string])[];
  readonly #head: EventHead;
  readonly #reader: RecordReader;
  readonly #bytesMax: number;
  readonly #json: boolean;
  /** The event in JSON, once its body is there. */
  #event = NOTHING;

  /** `reader` is compiled from `shape`; one reads one body. */
  constructor(head: EventHead, shape: ShapeConfig, reader: RecordReader, bytesMax: number) {
    this.mediaType = head.mediaType;
    this.headers = passing(head, shape);
    this.#head = head;
    this.#reader = reader;
    this.#bytesMax = bytesMax;
    this.#json = isJsonType(head.mediaType);
  }

  get plan(): RecordReader["plan"] {
    return this.#reader.plan;
  }

  cut(bytes: Uint8Array, from: number, to: number, last: boolean, onRecord: OnRecord): number | ContentFault {
    if (to - from > this.#bytesMax) return { fault: "record_too_large", index: 0 };
    if (!last) return from;
    if (from === to) return { fault: "body_empty", index: 0 };
    const fault = this.#json ? proven(bytes, from, to) : null;
    if (fault !== null) return { fault, index: 0 };
    const data = this.#json ? bytes.subarray(from, to) : null;
    this.#event = eventOf(this.#head.attributes, this.#head.mediaType, data);
    const scanned = new JsonScanner(this.plan, false).scan(this.#event, 0, this.#event.length);
    if (scanned < 0) return { fault: faultCode(scanned), index: 0 };
    onRecord(bytes, from, to);
    return to;
  }

  read(bytes: Uint8Array, start: number, end: number, signal: Signal): Reading {
    return this.claim(bytes, start, end, signal);
  }

  /** Only within `cut`, of the one record there is. */
  claim(bytes: Uint8Array, start: number, end: number, signal: Signal): Claim {
    const whole = { turns: null, replacement: null, stripTo: null };
    const denied = { items: [unknownContent(signal)], ...whole, times: null };
    if (!REQUIRED.every((name) => this.headers.some(([header]) => header === EVENT_HEADER_PREFIX + name)))
      return denied;
    const claim = this.#claimOf(this.#event, signal);
    if (claim.replacement === null) return { ...claim, ...whole };
    // Service data that holds more: in its attributes, which then do not go on, or in its data, which has to go on as it is.
    const type = this.#head.attributes.get("type")!;
    const data = this.#json ? bytes.subarray(start, end) : null;
    const rest = eventOf(new Map([["type", type]]), null, data);
    new JsonScanner(this.plan, false).scan(rest, 0, rest.length);
    return this.#claimOf(rest, signal).replacement === null ? { ...claim, ...whole } : denied;
  }

  inner(): null {
    return null;
  }

  #claimOf(event: Uint8Array, signal: Signal): Claim {
    const { captures } = this.plan;
    captures.hold(event);
    try {
      const claim = this.#reader.claim(event, 0, event.length, signal);
      if (claim.times === null) return claim;
      const from = claim.times.capturedAt(event);
      const until = claim.times.capturedUntil(event);
      return { ...claim, times: { capturedAt: () => from, capturedUntil: () => until, single: null } };
    } finally {
      captures.letGo();
    }
  }
}

/** What is wrong with data that should be JSON; null: nothing. */
function proven(bytes: Uint8Array, from: number, to: number): ContentFaultCode | null {
  // A number is whole only once something follows it.
  const alone = new Uint8Array(to - from + 1);
  alone.set(bytes.subarray(from, to));
  alone[alone.length - 1] = 0x20;
  const utf8 = new Utf8Proof();
  utf8.begin(alone, 0, alone.length);
  if (!utf8.holds(alone, 0, alone.length)) return "json_utf8";
  const end = new JsonScanner(compilePlan([]), false).scan(alone, 0, alone.length);
  if (end === NEED_MORE) return "body_truncated";
  if (end < 0) return faultCode(end);
  return spaceEndWithin(alone, end, alone.length) === alone.length ? null : "json_syntax";
}

/** The event in its JSON form. Data that is no JSON is only said to be there. */
function eventOf(
  attributes: ReadonlyMap<string, string>,
  mediaType: string | null,
  data: Uint8Array | null,
): Uint8Array<ArrayBuffer> {
  const members = Array.from(
    attributes,
    ([name, text]) => `${JSON.stringify(name)}:${JSON.stringify(text)},`,
  );
  if (mediaType !== null) members.push(`"datacontenttype":${JSON.stringify(mediaType)},`);
  const head = encoder.encode(`{${members.join("")}${data === null ? '"data_base64":""' : '"data":'}`);
  const event = new Uint8Array(head.length + (data?.length ?? 0) + 1);
  event.set(head);
  if (data !== null) event.set(data, head.length);
  event[event.length - 1] = 0x7d;
  return event;
}

function passing({ attributes }: EventHead, { variants }: ShapeConfig): [string, string][] {
  const type = attributes.get("type");
  const variant = variants.find(
    ({ when }) => when === undefined || (type !== undefined && when.includes(type)),
  );
  const rules = variant === undefined ? undefined : rulesOf(variant);
  return Array.from(attributes).flatMap(([name, text]) => {
    const rule = rules?.[`/${name}`];
    const passes =
      rule !== undefined && !text.includes("%") && fieldText(rule, encoder.encode(text)) === text;
    return passes ? [[EVENT_HEADER_PREFIX + name, text]] : [];
  });
}

function rulesOf(variant: VariantConfig): FieldRules | undefined {
  return "service_data" in variant ? variant.service_data : variant.strip_to;
}
