/** A sender: the bytes of one request and how they come. Cuts, stalls, drips; gzip or not; whole or not. */
import { gunzipSync, gzipSync } from "node:zlib";
import type { Random } from "../support/random.ts";
import { BAD_RECORDS, drawCast, drawRecord, type SentRecord } from "./records.ts";
import type { VirtualTime } from "./virtual-time.ts";
import { ROUTES, type SimulatedRoute } from "./world.ts";

export const SENDER_FAULTS = ["cuts", "stalls", "drips", "bad_record", "truncates", "damages_gzip"] as const;
export type SenderFault = (typeof SENDER_FAULTS)[number];

export interface Sending {
  readonly route: SimulatedRoute;
  readonly format: "json" | "ndjson";
  readonly framing: "lines" | "array" | "single" | "wrapped";
  readonly records: readonly SentRecord[];
  /** As it goes on the wire, to its end. */
  readonly wire: Uint8Array;
  readonly gzip: boolean;
  readonly fault: SenderFault | null;
  /** Whether what is on the wire is a body that can be read to its end. */
  readonly valid: boolean;
  /** A known word of `Content-Usage`; null: there is none. */
  readonly usage: string | null;
  /** How much comes at a time, bytes, and how long after what came before, ms. */
  readonly pieces: readonly (readonly [bytes: number, after: number])[];
  /** After so many bytes the sender breaks off, or sends nothing for so long. */
  readonly breaksAt: number | null;
  readonly stallsAt: readonly [bytes: number, ms: number] | null;
}

/** `pace`: about how long the body takes, ms. `large`: how much longer texts are than usual. */
export function drawSending(
  r: Random,
  exchange: number,
  pace: number,
  faults: readonly SenderFault[],
  large: boolean,
  routes: readonly SimulatedRoute[] = ROUTES,
  countMin = 0,
): Sending {
  const route = r.pick(routes);
  const fault = faults.length > 0 && r.chance(0.4) ? r.pick(faults) : null;
  const format = r.pick(route.formats);
  const framing =
    format === "ndjson" ? "lines" : route.wrapped ? "wrapped" : r.chance(0.15) ? "single" : "array";
  const cast = drawCast(r);
  const drawn = r.chance(0.1) ? 0 : r.int(1, r.pick([3, 20, 60]));
  const count = framing === "single" ? 1 : Math.max(drawn, countMin);
  const pad = large ? 12_000 : r.pick([10, 200, 1_500]);
  const records = Array.from({ length: count }, (_, index) => drawRecord(r, index, exchange, cast, pad));
  const texts = records.map(({ text }) => text);
  if (fault === "bad_record") texts.splice(r.int(0, texts.length), 0, r.pick(BAD_RECORDS)[0]);
  let body = Buffer.from(framed(r, framing, texts));
  if (fault === "truncates") body = body.subarray(0, r.int(0, body.length - 1));
  const gzip = r.chance(0.25) && !route.opaque;
  const wire = gzip ? gzipSync(body) : body;
  if (fault === "damages_gzip" && gzip)
    wire[r.int(r.chance(0.5) ? 0 : wire.length - 8, wire.length - 1)]! ^= 1 << r.int(0, 7);
  const held = fault === "bad_record" ? null : recordsIn(gzip ? inflated(wire) : body, framing);
  return {
    route,
    format,
    framing,
    records: records.slice(0, held ?? records.length),
    wire: new Uint8Array(wire),
    gzip,
    fault: fault === "damages_gzip" && !gzip ? null : fault,
    valid: held !== null,
    usage: r.chance(0.95) ? null : r.pick(["train-ai=n", "train-ai=y", "train-ai=maybe"]),
    pieces: fault === "drips" ? dripped(r, wire.length) : pieces(r, wire.length, pace),
    breaksAt:
      fault !== "cuts" ? null : r.chance(0.5) ? r.int(0, wire.length) : afterSome(r, body, gzip, wire.length),
    stallsAt:
      fault === "stalls" ? [r.int(0, wire.length), r.pick([20_000, 29_000, 61_000, 10_000_000])] : null,
  };
}

function framed(r: Random, framing: Sending["framing"], texts: readonly string[]): string {
  const gap = r.pick(["", "", " ", "\n"]);
  if (framing === "array") return `[${texts.join(`,${gap}`)}]`;
  if (framing === "wrapped") return `{"batch":[${texts.join(`${gap},`)}]}`;
  if (framing === "single") return texts.join("");
  const end = r.pick(["\n", "\n", "\n", "\r\n", "\n\n"]);
  return texts.map((text, i) => (i === texts.length - 1 && r.chance(0.3) ? text : text + end)).join("");
}

function inflated(wire: Uint8Array): Buffer | null {
  try {
    return gunzipSync(wire);
  } catch {
    return null;
  }
}

/** How many records a body holds; null: it does not end where one can. */
function recordsIn(body: Buffer | null, framing: Sending["framing"]): number | null {
  try {
    const text = body!.toString();
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (framing === "lines") return lines.length === 0 ? null : lines.map((line) => JSON.parse(line)).length;
    const value = JSON.parse(text);
    return framing === "single" ? 1 : framing === "array" ? value.length : value.batch.length;
  } catch {
    return null;
  }
}

/** Just after a record: what has come is whole as far as it goes. */
function afterSome(r: Random, body: Buffer, gzip: boolean, end: number): number {
  const ends = gzip ? [] : [...body.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
  return ends.length === 0 ? end : r.pick(ends);
}

function pieces(r: Random, bytes: number, pace: number): [number, number][] {
  const count = r.pick([1, 2, 5, 20, 60]);
  const size = Math.max(1, Math.ceil(bytes / count));
  const after = Math.ceil(pace / count);
  const made: [number, number][] = [];
  for (let left = bytes; left > 0; ) {
    const one = r.chance(0.2) ? 1 : r.int(1, 2 * size);
    made.push([Math.min(one, left), Math.min(r.int(0, 2 * after), 29_000)]);
    left -= one;
  }
  return made;
}

/** So slowly that no wait is too long by itself. */
function dripped(r: Random, bytes: number): [number, number][] {
  const size = Math.max(1, Math.ceil(bytes / 400));
  return Array.from({ length: Math.ceil(bytes / size) }, () => [size, r.int(15_000, 29_500)]);
}

export class RequestBody {
  readonly stream: ReadableStream;
  /** Bytes that the gate has taken. */
  taken = 0;
  /** Whether all of it has been, and its end. */
  ended = false;
  cancelled = false;
  /** How long it was silent at most, and went on. */
  waitedMs = 0;
  readonly #sending: Sending;
  readonly #time: VirtualTime;
  #piece = 0;
  #left = 0;
  #stalled = false;

  constructor(sending: Sending, time: VirtualTime, onTake: (body: RequestBody) => void) {
    this.#sending = sending;
    this.#time = time;
    this.stream = new ReadableStream({
      type: "bytes",
      pull: async (controller) => {
        const out = controller as ReadableByteStreamController;
        const bytes = await this.#next();
        if (this.cancelled) return;
        if (bytes === "cut") return out.error(new TypeError("Network connection lost."));
        if (bytes === "end") {
          this.ended = true;
          out.close();
          out.byobRequest?.respond(0);
          return;
        }
        out.enqueue(bytes as unknown as ArrayBufferView);
        onTake(this);
      },
      cancel: () => {
        this.cancelled = true;
      },
    });
  }

  async #next(): Promise<Uint8Array | "cut" | "end"> {
    const { wire, pieces, breaksAt, stallsAt } = this.#sending;
    if (stallsAt !== null && this.taken >= stallsAt[0] && !this.#stalled) {
      this.#stalled = true;
      await this.#time.sleep(stallsAt[1]);
      this.waitedMs = stallsAt[1];
    }
    if (breaksAt !== null && this.taken >= breaksAt) return "cut";
    if (this.taken === wire.length) return "end";
    if (this.#left === 0) {
      const [bytes, after] = pieces[this.#piece++]!;
      await this.#time.sleep(after);
      this.#left = bytes;
    }
    const upTo = breaksAt === null ? wire.length : breaksAt;
    const size = Math.min(this.#left, upTo - this.taken, 65_536);
    const bytes = wire.slice(this.taken, this.taken + size);
    this.#left -= bytes.length;
    this.taken += bytes.length;
    return bytes;
  }
}
