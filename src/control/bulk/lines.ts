/** Cuts the body of an import into lines, with as much memory as one line may have. Understands nothing of them. */
import { quiet, within } from "../../base/deadline.ts";
import { LIMITS } from "../../config/limits.ts";
import { ImportStop } from "./line-fault.ts";

export interface Line {
  /** From 1; blank lines count, and are not handed on. */
  readonly number: number;
  /** Without its line break, valid until the next line is asked for; null: too long. */
  readonly bytes: Uint8Array | null;
}

const LF = 0x0a;
const CR = 0x0d;

/**
 * Lines end with LF or CRLF, the last one with the body. Throws an `ImportStop` where a body has more bytes
 * than an import may have, or stops before its end.
 */
export async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<readonly Line[]> {
  const cutter = new LineCutter();
  let length = 0;
  const reader = body?.getReader();
  try {
    for (;;) {
      const read = reader === undefined ? { done: true as const } : await next(reader);
      if (read.done) break;
      length += read.value.length;
      if (length > LIMITS.bulk_body_bytes_max) {
        throw new ImportStop("body_too_large");
      }
      yield cutter.cut(read.value);
    }
    yield cutter.end();
  } finally {
    if (reader !== undefined) quiet(reader.cancel());
  }
}

async function next(reader: ReadableStreamDefaultReader<Uint8Array>) {
  try {
    return await within(reader.read(), LIMITS.body_idle_ms_max, () => {
      throw new ImportStop("body_stalled");
    });
  } catch {
    throw new ImportStop("body_stalled");
  }
}

class LineCutter {
  #rest = new Uint8Array(0);
  #number = 0;
  /** The line at hand is too long: its bytes are passed over. */
  #over = false;

  cut(chunk: Uint8Array): Line[] {
    const lines: Line[] = [];
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      this.#take(chunk.subarray(from, end), lines);
      from = end + 1;
    }
    this.#keep(chunk.subarray(from));
    return lines;
  }

  end(): Line[] {
    const lines: Line[] = [];
    if (this.#rest.length > 0 || this.#over) this.#take(new Uint8Array(0), lines);
    return lines;
  }

  #take(bytes: Uint8Array, lines: Line[]): void {
    this.#number++;
    const whole = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const line = whole.at(-1) === CR ? whole.subarray(0, -1) : whole;
    const over = this.#over || line.length > LIMITS.bulk_line_bytes_max;
    this.#rest = new Uint8Array(0);
    this.#over = false;
    if (over) lines.push({ number: this.#number, bytes: null });
    else if (!isBlank(line)) lines.push({ number: this.#number, bytes: line });
  }

  #keep(bytes: Uint8Array): void {
    if (this.#over || bytes.length === 0) return;
    this.#rest = joined(this.#rest, bytes);
    // A carriage return may still turn out to be no part of the line.
    if (this.#rest.length <= LIMITS.bulk_line_bytes_max + 1) return;
    this.#over = true;
    this.#rest = new Uint8Array(0);
  }
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09);
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
