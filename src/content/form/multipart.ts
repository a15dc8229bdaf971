/**
 * multipart/form-data that holds one file of JSON Lines and fields beside it, the shape of file-upload endpoints. Nothing of it goes on as it
 * came but the records: the parts are written anew, between boundaries of the gate's own. Pure.
 */
import type { MultipartConfig } from "../../config/define.ts";
import { LF } from "../ascii.ts";
import type { ContentFault, ContentFaultCode } from "../fault.ts";
import { fieldText } from "../field-rules.ts";
import type { Framing, OnRecord } from "../framing.ts";
import { NdjsonFraming } from "../ndjson.ts";
import type { Plan } from "../pointer.ts";
import { type PartHead, readPartHead } from "./part-head.ts";

export interface MultipartOptions {
  readonly rules: MultipartConfig;
  /** What the sender put between the parts. */
  readonly boundary: string;
  /** What the gate puts there: nobody who wrote the body could know it. */
  readonly ownBoundary: string;
  /** A field that may not pass is left out, or refuses the body. */
  readonly excess: "strip" | "refuse";
}

/** Header lines of one part, bytes; parts of one body. */
const HEAD_BYTES_MAX = 4_096;
const PARTS_MAX = 64;
/** Types under which JSON Lines are uploaded: most clients know none of its own. */
const FILE_TYPES = [
  "application/jsonl",
  "application/x-ndjson",
  "application/ndjson",
  "application/x-jsonlines",
  "application/octet-stream",
];
/** What a file is called upstream: its own name says what its sender likes. */
const FILENAME_INSTEAD = "file.jsonl";

const NEED_MORE = -1;
const NEXT_HEAD_END = Buffer.from("\r\n\r\n");
const encoder = new TextEncoder();

/** What is expected next. */
type State = "opening" | "head" | "field" | "file" | "delimited" | "closed" | "end";

export class MultipartFraming implements Framing {
  readonly separator = LF;
  readonly mediaType: string;
  readonly #options: MultipartOptions;
  readonly #recordBytesMax: number;
  readonly #delimiter: Buffer;
  readonly #records: NdjsonFraming;
  readonly #names = new Set<string>();
  #state: State = "opening";
  #part: PartHead | null = null;
  /** Written anew: what goes before the records, and after them. */
  #before = "";
  #after = "";
  #fieldBytes = 0;
  #fileSeen = false;
  #index = 0;
  #stopped = false;

  constructor(plan: Plan, recordBytesMax: number, options: MultipartOptions) {
    this.#options = options;
    this.#recordBytesMax = recordBytesMax;
    this.#delimiter = Buffer.from(`\r\n--${options.boundary}`);
    this.#records = new NdjsonFraming(plan, recordBytesMax);
    this.mediaType = `multipart/form-data; boundary=${options.ownBoundary}`;
  }

  /** Whole once the first record has been handed on. */
  get opening(): Uint8Array {
    return encoder.encode(this.#before);
  }

  /** Whole once the body has been read to its end. */
  get closing(): Uint8Array {
    return encoder.encode(`\n\r\n${this.#after}--${this.#options.ownBoundary}--\r\n`);
  }

  cut(bytes: Uint8Array, from: number, to: number, last: boolean, onRecord: OnRecord): number | ContentFault {
    const counted: OnRecord = (source, start, end) => {
      this.#index++;
      const more = onRecord(source, start, end);
      this.#stopped = !more;
      return more;
    };
    this.#stopped = false;
    if (last && to === from && this.#state === "opening") return this.#fault("body_empty");
    let i = from;
    while (!this.#stopped && !(i === to && (this.#state === "closed" || this.#state === "end"))) {
      const next = this.#step(bytes, i, to, last, counted);
      if (typeof next === "string") return this.#fault(next);
      if (typeof next !== "number") return next;
      if (next === NEED_MORE) return last ? this.#fault("body_truncated") : i;
      if (next === i && this.#state === "file") return i;
      i = next;
    }
    return i;
  }

  /** Takes what the state expects; returns the offset after it, NEED_MORE, or what is wrong. */
  #step(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: boolean,
    onRecord: OnRecord,
  ): number | ContentFaultCode | ContentFault {
    switch (this.#state) {
      case "opening":
        return this.#open(bytes, from, to);
      case "head":
        return this.#head(bytes, from, to);
      case "field":
        return this.#field(bytes, from, to);
      case "file":
        return this.#file(bytes, from, to, last, onRecord);
      case "delimited":
        return this.#delimited(bytes, from, to);
      case "closed":
        return this.#epilogue(bytes, from, to, last);
      case "end":
        return "multipart_invalid";
    }
  }

  /** Nothing may stand before the first boundary. */
  #open(bytes: Uint8Array, from: number, to: number): number | ContentFaultCode {
    const first = this.#delimiter.subarray(2);
    const length = Math.min(first.length, to - from);
    if (!view(bytes, from, from + length).equals(first.subarray(0, length))) return "multipart_invalid";
    if (length < first.length) return NEED_MORE;
    this.#state = "delimited";
    return from + length;
  }

  #delimited(bytes: Uint8Array, from: number, to: number): number | ContentFaultCode {
    if (to - from < 2) return NEED_MORE;
    const after = view(bytes, from, from + 2).toString("latin1");
    if (after === "\r\n") {
      if (this.#names.size === PARTS_MAX) return "multipart_invalid";
      this.#state = "head";
      return from + 2;
    }
    if (after !== "--" || !this.#fileSeen) return "multipart_invalid";
    this.#state = "closed";
    return from + 2;
  }

  #head(bytes: Uint8Array, from: number, to: number): number | ContentFaultCode {
    const within = view(bytes, from, Math.min(to, from + HEAD_BYTES_MAX));
    const length = within.indexOf(NEXT_HEAD_END);
    if (length < 0) return within.length === HEAD_BYTES_MAX ? "multipart_invalid" : NEED_MORE;
    const head = readPartHead(within.toString("latin1", 0, length));
    if (typeof head === "string") return head;
    if (this.#names.has(head.name)) return "multipart_invalid";
    this.#names.add(head.name);
    this.#part = head;
    const isFile = head.name === this.#options.rules.file;
    if (isFile !== (head.filename !== null)) return "multipart_invalid";
    if (isFile) {
      if (head.type !== null && !FILE_TYPES.includes(head.type)) return "part_type_unsupported";
      this.#openFile();
    } else if (head.type !== null && head.type !== "text/plain") return "part_type_unsupported";
    this.#state = isFile ? "file" : "field";
    return from + length + NEXT_HEAD_END.length;
  }

  #openFile(): void {
    this.#fileSeen = true;
    const disposition = `form-data; name="${this.#options.rules.file}"; filename="${FILENAME_INSTEAD}"`;
    this.#before += `--${this.#options.ownBoundary}\r\nContent-Disposition: ${disposition}\r\nContent-Type: application/jsonl\r\n\r\n`;
  }

  #field(bytes: Uint8Array, from: number, to: number): number | ContentFaultCode {
    const length = view(bytes, from, to).indexOf(this.#delimiter);
    // What may turn out to be the beginning of a delimiter is not counted yet.
    const sure = length < 0 ? to - from - this.#delimiter.length + 1 : length;
    if (this.#fieldBytes + sure > this.#recordBytesMax) return "record_too_large";
    if (length < 0) return NEED_MORE;
    this.#fieldBytes += length;
    const { name } = this.#part!;
    const { fields } = this.#options.rules;
    const rule = fields !== undefined && Object.hasOwn(fields, name) ? fields[name]! : null;
    const value = rule === null ? null : fieldText(rule, bytes.subarray(from, from + length));
    if (value !== null) this.#writeField(name, value);
    else if (this.#options.excess === "refuse") return "multipart_invalid";
    this.#state = "delimited";
    return from + length + this.#delimiter.length;
  }

  #writeField(name: string, value: string): void {
    const part = `--${this.#options.ownBoundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    if (this.#fileSeen) this.#after += part;
    else this.#before += part;
  }

  #file(
    bytes: Uint8Array,
    from: number,
    to: number,
    last: boolean,
    onRecord: OnRecord,
  ): number | ContentFaultCode | ContentFault {
    const found = view(bytes, from, to).indexOf(this.#delimiter);
    // What may turn out to be the beginning of a delimiter is not looked at yet.
    const end = found < 0 ? Math.max(from, to - this.#delimiter.length + 1) : from + found;
    const cut = this.#records.cut(bytes, from, end, found >= 0, onRecord);
    if (typeof cut !== "number") return cut;
    if (found < 0) return last && cut === from && !this.#stopped ? "body_truncated" : cut;
    if (cut < end || this.#stopped) return cut;
    this.#state = "delimited";
    return end + this.#delimiter.length;
  }

  /** Nothing but one line break may stand after the last boundary. */
  #epilogue(bytes: Uint8Array, from: number, to: number, last: boolean): number | ContentFaultCode {
    const rest = view(bytes, from, to).toString("latin1", 0, 2);
    if (rest === "\r" && !last) return NEED_MORE;
    this.#state = "end";
    return rest === "\r\n" ? from + 2 : "multipart_invalid";
  }

  #fault(fault: ContentFaultCode): ContentFault {
    return { fault, index: this.#index };
  }
}

function view(bytes: Uint8Array, from: number, to: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from);
}
