/**
 * A JSON body: one object, an array of objects, or an object that wraps such an array. Elements are cut as they come, each
 * once the comma or bracket after it is seen; a single object once nothing but white space has followed it to the end.
 */
import type { WrapperConfig } from "../../config/define.ts";
import { CLOSE_ARRAY, CLOSE_OBJECT, COLON, COMMA, OPEN_ARRAY, QUOTE } from "../ascii.ts";
import type { ContentFault, ContentFaultCode } from "../fault.ts";
import type { Framing, OnRecord } from "../framing.ts";
import { compilePlan, type Plan } from "../pointer.ts";
import { recordStart } from "../record-start.ts";
import { faultCode, faultResult, NEED_MORE, SYNTAX, TOO_LARGE } from "../scan-result.ts";
import { Utf8Proof } from "../utf8.ts";
import { WrapperMembers } from "../wrapper.ts";
import { JsonScanner } from "./scan.ts";
import { spaceEndWithin } from "./walk.ts";

/** An unfinished record up to this long is scanned again whenever more of it comes; a longer one once half as long again. */
const EAGER_BYTES = 4096;
const REGROWN = 1.5;

const NOTHING = new Uint8Array(0);
const NOT_UTF8 = faultResult("json_utf8");
const WRAPPER_INVALID = faultResult("wrapper_invalid");
const FORM_MISMATCH = faultResult("event_form");

/** What a body of this media type must be: an array, or a single object. */
export interface JsonForm {
  readonly mediaType: string;
  readonly array: boolean;
}

/** What is expected next. */
type State =
  | "body"
  | "single"
  | "first_element"
  | "element"
  | "first_member"
  | "member"
  | "after_items"
  | "end";

export class JsonFraming implements Framing {
  readonly separator = COMMA;
  readonly mediaType: string;
  /** null: an array or an object, whichever comes. */
  readonly #mustBeArray: boolean | null;
  readonly #plan: Plan;
  readonly #scanner: JsonScanner;
  readonly #memberScanner = new JsonScanner(compilePlan([]), false);
  readonly #recordBytesMax: number;
  readonly #wrapper: WrapperMembers | null;
  readonly #utf8 = new Utf8Proof();
  #state: State = "body";
  #wrapped = false;
  #array = false;
  #index = 0;
  /** Bytes of an unfinished record at the last scan. */
  #pending = 0;
  #stopped = false;

  constructor(plan: Plan, recordBytesMax: number, wrapper: WrapperConfig | undefined, form?: JsonForm) {
    this.mediaType = form?.mediaType ?? "application/json";
    this.#mustBeArray = form?.array ?? null;
    this.#plan = plan;
    this.#scanner = new JsonScanner(plan, false);
    this.#recordBytesMax = recordBytesMax;
    this.#wrapper = wrapper === undefined ? null : new WrapperMembers(wrapper, recordBytesMax);
  }

  /** Whole once the first record has been handed on. */
  get opening(): Uint8Array {
    if (this.#wrapped) return this.#wrapper!.opening;
    return this.#array ? Uint8Array.of(OPEN_ARRAY) : NOTHING;
  }

  /** Whole once the body has been read to its end. */
  get closing(): Uint8Array {
    if (this.#wrapped) return this.#wrapper!.closing;
    return this.#array ? Uint8Array.of(CLOSE_ARRAY) : NOTHING;
  }

  cut(bytes: Uint8Array, from: number, to: number, last: boolean, onRecord: OnRecord): number | ContentFault {
    const length = to - from;
    if (!last && length >= EAGER_BYTES && length < this.#recordBytesMax && length < this.#pending * REGROWN) {
      return from;
    }
    this.#utf8.begin(bytes, from, to);
    this.#plan.captures.hold(bytes);
    try {
      return this.#cut(bytes, from, to, last, onRecord);
    } finally {
      this.#plan.captures.letGo();
    }
  }

  #cut(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: boolean,
    onRecord: OnRecord,
  ): number | ContentFault {
    this.#stopped = false;
    this.#pending = 0;
    let i = from;
    while (!this.#stopped) {
      i = spaceEndWithin(bytes, i, to);
      if (i === to) return last ? this.#ended(to) : to;
      const next = this.#step(bytes, i, to, last, onRecord);
      if (next === NEED_MORE) {
        if (last) return this.#fault("body_truncated");
        this.#pending = to - i;
        return i;
      }
      if (next < 0) return this.#fault(faultCode(next));
      i = next;
    }
    return last && i === to ? this.#ended(to) : i;
  }

  #ended(to: number): number | ContentFault {
    if (this.#state === "end") return to;
    return this.#fault(this.#state === "body" ? "body_empty" : "body_truncated");
  }

  /** Takes what the state expects at `from`, where a byte is; returns the offset after it, NEED_MORE or a fault. */
  #step(bytes: Uint8Array, from: number, to: number, last: boolean, onRecord: OnRecord): number {
    const c = bytes[from]!;
    switch (this.#state) {
      case "body":
        return this.#body(bytes, from, to, last);
      case "single":
        return this.#single(bytes, from, to, last, onRecord);
      case "first_element":
        if (c === CLOSE_ARRAY) return this.#close(from);
        return this.#element(bytes, from, to, last, onRecord);
      case "element":
        return this.#element(bytes, from, to, last, onRecord);
      case "first_member":
        return c === CLOSE_OBJECT ? this.#closeWrapper(from) : this.#member(bytes, from, to);
      case "member":
        return this.#member(bytes, from, to);
      case "after_items":
        return this.#afterMember(bytes, from);
      case "end":
        return SYNTAX;
    }
  }

  #body(bytes: Uint8Array, from: number, to: number, last: boolean): number {
    if (bytes[from] === OPEN_ARRAY) {
      if (this.#mustBeArray === false) return FORM_MISMATCH;
      this.#array = true;
      this.#state = "first_element";
      return from + 1;
    }
    const opens = recordStart(bytes, from, to, last);
    if (opens < 0) return opens;
    if (this.#mustBeArray === true) return FORM_MISMATCH;
    if (this.#wrapper === null) {
      this.#state = "single";
      return from;
    }
    this.#wrapped = true;
    this.#state = "first_member";
    return from + 1;
  }

  #single(bytes: Uint8Array, from: number, to: number, last: boolean, onRecord: OnRecord): number {
    const end = this.#recordEnd(bytes, from, to);
    if (end < 0) return end;
    const after = spaceEndWithin(bytes, end, to);
    if (after - from > this.#recordBytesMax) return TOO_LARGE;
    if (after < to) return SYNTAX;
    if (!last) return NEED_MORE;
    if (!this.#record(bytes, from, end, onRecord)) return NOT_UTF8;
    this.#state = "end";
    return to;
  }

  #element(bytes: Uint8Array, from: number, to: number, last: boolean, onRecord: OnRecord): number {
    const opens = recordStart(bytes, from, to, last);
    if (opens < 0) return opens;
    const end = this.#recordEnd(bytes, from, to);
    if (end < 0) return end;
    const after = spaceEndWithin(bytes, end, to);
    if (after - from > this.#recordBytesMax) return TOO_LARGE;
    if (after === to) return NEED_MORE;
    const c = bytes[after];
    if (c !== COMMA && c !== CLOSE_ARRAY) return SYNTAX;
    if (!this.#record(bytes, from, end, onRecord)) return NOT_UTF8;
    if (c === CLOSE_ARRAY) return this.#close(after);
    this.#state = "element";
    return after + 1;
  }

  #close(bracket: number): number {
    this.#state = this.#wrapped ? "after_items" : "end";
    return bracket + 1;
  }

  /** A key and its value, or the opening bracket of the records, as one step. */
  #member(bytes: Uint8Array, from: number, to: number): number {
    if (bytes[from] !== QUOTE) return SYNTAX;
    const keyEnd = this.#scanned(this.#memberScanner, bytes, from, from, to);
    if (keyEnd < 0) return keyEnd;
    const colon = spaceEndWithin(bytes, keyEnd, to);
    if (colon < to && bytes[colon] !== COLON) return SYNTAX;
    const value = spaceEndWithin(bytes, colon + 1, to);
    if (value - from >= this.#recordBytesMax) return TOO_LARGE;
    if (value >= to) return NEED_MORE;
    const wrapper = this.#wrapper!;
    if (wrapper.isItems(bytes, from, keyEnd)) {
      if (bytes[value] !== OPEN_ARRAY || wrapper.itemsSeen) return WRAPPER_INVALID;
      const code = wrapper.key(bytes, from, keyEnd);
      if (code !== null) return faultResult(code);
      wrapper.itemsSeen = true;
      this.#state = "first_element";
      return value + 1;
    }
    const end = this.#scanned(this.#memberScanner, bytes, value, from, to);
    if (end < 0) return end;
    const after = spaceEndWithin(bytes, end, to);
    if (after - from > this.#recordBytesMax) return TOO_LARGE;
    if (after === to) return NEED_MORE;
    if (!this.#utf8.holds(bytes, from, end)) return NOT_UTF8;
    const code = wrapper.key(bytes, from, keyEnd);
    if (code !== null) return faultResult(code);
    if (!wrapper.take(bytes, from, end)) return TOO_LARGE;
    return this.#afterMember(bytes, after);
  }

  #afterMember(bytes: Uint8Array, at: number): number {
    if (bytes[at] === CLOSE_OBJECT) return this.#closeWrapper(at);
    if (bytes[at] !== COMMA) return SYNTAX;
    this.#state = "member";
    return at + 1;
  }

  #closeWrapper(bracket: number): number {
    if (!this.#wrapper!.itemsSeen) return WRAPPER_INVALID;
    this.#state = "end";
    return bracket + 1;
  }

  #recordEnd(bytes: Uint8Array, start: number, to: number): number {
    return this.#scanned(this.#scanner, bytes, start, start, to);
  }

  /** Scans the value at `from`, which together with what precedes it from `start` on may be as large as a record. */
  #scanned(scanner: JsonScanner, bytes: Uint8Array, from: number, start: number, to: number): number {
    const limit = start + this.#recordBytesMax;
    const end = scanner.scan(bytes, from, Math.min(to, limit));
    return end === NEED_MORE && to >= limit ? TOO_LARGE : end;
  }

  /** False: it is not UTF-8. */
  #record(bytes: Uint8Array, start: number, end: number, onRecord: OnRecord): boolean {
    if (!this.#utf8.holds(bytes, start, end)) return false;
    this.#index++;
    this.#stopped = !onRecord(bytes, start, end);
    return true;
  }

  #fault(fault: ContentFaultCode): ContentFault {
    return { fault, index: this.#index };
  }
}
