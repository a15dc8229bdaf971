/** The upstream and the wire to it: takes bodies at its own pace, answers early, late or never, cuts, redirects. Knows what arrived, and whether whole. */
import type { Random } from "../support/random.ts";
import { type Handed, type Piece, pipeOf } from "./platform.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const UPSTREAM_FAULTS = [
  "refuses",
  "cuts",
  "stalls",
  "never_answers",
  "answers_late",
  "resets_after_body",
  "error_status",
  "redirects",
  "answers_early",
] as const;
export type UpstreamFault = (typeof UPSTREAM_FAULTS)[number];

/** One request as the upstream's side of the wire saw it. */
export interface Seen {
  readonly exchange: string;
  readonly url: string;
  readonly handed: readonly Handed[];
  received: Uint8Array[];
  /** Whether its end arrived, meant or not. */
  complete: boolean;
  /** Whether the gate meant it to end there. */
  readonly meant: () => boolean;
  /** Whether its headers were there before the body had been handed over. */
  early: boolean;
  /** Whether the gate could hear them before that. */
  heardEarly: boolean;
  /** Whether it answered and had not read it all, and the gate could not know: its answer is its own word. */
  hasty: boolean;
  /** Whether its length was declared. */
  readonly fixed: boolean;
  /** null: it never answered. */
  status: number | null;
  /** Whether the end of the body was taken by the platform, and whether the request is over, however it ended. */
  tookEnd: boolean;
  over: boolean;
  readonly opaque: boolean;
  readonly fault: UpstreamFault | null;
}

interface Manner {
  readonly fault: UpstreamFault | null;
  readonly readMs: number;
  readonly pieceBytes: number;
  /** What the platform holds between the gate and the wire, bytes: when there is as much, it takes no more. */
  readonly bufferBytes: number;
  readonly at: number;
  readonly status: number;
  readonly answerMs: number;
}

function drawManner(r: Random, fault: UpstreamFault | null, patient: boolean): Manner {
  const statuses =
    fault === "redirects"
      ? [301, 302, 303, 307, 308]
      : fault === "error_status"
        ? [400, 413, 429, 500, 503]
        : [200, 200, 201, 202];
  return {
    fault,
    readMs: patient ? r.pick([0, 0, 5]) : r.pick([20, 300, 2_000]),
    pieceBytes: r.pick([100, 1_000, 65_536]),
    bufferBytes: r.pick(patient ? [1, 2_000, 65_536] : [1, 1, 2_000]),
    at: r.pick([0, r.int(0, 200), r.int(0, 5_000), r.int(0, 50_000)]),
    status: fault === "answers_early" ? r.pick([200, 202, 200, 400, 307]) : r.pick(statuses),
    answerMs: fault === "answers_late" ? r.int(40_000, 90_000) : r.int(0, 500),
  };
}

export interface UpstreamDeps {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly faults: readonly UpstreamFault[];
  /** Every one takes its time. */
  readonly slow: boolean;
  /** Nothing goes wrong any more. */
  readonly healed: () => boolean;
  readonly order: () => number;
  readonly note: (what: string) => void;
}

/** Each call of `fetch` adds a `Seen`. */
export class UpstreamWire {
  readonly seen: Seen[] = [];
  #calls: Call[] = [];
  readonly #deps: UpstreamDeps;

  constructor(deps: UpstreamDeps) {
    this.#deps = deps;
  }

  readonly fetch = (url: string, init: RequestInit): Promise<Response> => {
    const { random: r, faults } = this.#deps;
    const healed = this.#deps.healed();
    const fault = !healed && faults.length > 0 && r.chance(0.7) ? r.pick(faults) : null;
    const call = new Call(
      this.#deps,
      url,
      init,
      drawManner(r, fault, healed || (!this.#deps.slow && r.chance(0.5))),
    );
    this.seen.push(call.seen);
    this.#calls.push(call);
    return call.answer;
  };

  /** The process that called is gone, and its connections with it. */
  lose(): void {
    for (const call of this.#calls) call.lose();
    this.#calls = [];
  }
}

class Call {
  readonly seen: Seen;
  readonly answer: Promise<Response>;
  readonly #deps: UpstreamDeps;
  readonly #manner: Manner;
  readonly #source: {
    next(): Promise<Piece>;
    cancel(): void;
    readonly fixed: boolean;
    readonly laundered: boolean;
    readonly atOnce: boolean;
  };
  #resolve!: (response: Response) => void;
  #reject!: (error: Error) => void;
  #answered = false;
  #gone = false;
  #buffer: Uint8Array[] = [];
  #buffered = 0;
  /** How the body ended as the platform has it; null: it has not. */
  #end: Piece | null = null;
  /** Of a declared length, bytes; null: none was. */
  #left: number | null = null;
  #wake: () => void = () => {};
  #received = 0;

  constructor(deps: UpstreamDeps, url: string, init: RequestInit, manner: Manner) {
    this.#deps = deps;
    this.#manner = manner;
    const headers = new Headers(init.headers as HeadersInit);
    const pipe = pipeOf(init.body);
    const handed: Handed[] = [];
    if (init.body instanceof Uint8Array) {
      const bytes = init.body.slice();
      handed.push({ at: deps.time.elapsed, order: deps.order(), bytes });
      this.#source = { ...wholeSource(bytes), fixed: true, laundered: false, atOnce: true };
    } else if (pipe !== undefined) {
      this.#left = pipe.length;
      this.#source = {
        next: () => pipe.next(),
        cancel: () => pipe.cancel(),
        fixed: pipe.length !== null,
        laundered: true,
        atOnce: false,
      };
    } else {
      this.#source = {
        ...streamSource(init.body as ReadableStream),
        fixed: false,
        laundered: false,
        atOnce: false,
      };
    }
    this.seen = {
      exchange: headers.get("tenfour-exchange") ?? "",
      url,
      handed: pipe?.handed ?? handed,
      received: [],
      complete: false,
      meant: () => pipe?.meant ?? true,
      early: false,
      heardEarly: false,
      hasty: false,
      fixed: this.#source.fixed,
      tookEnd: false,
      over: false,
      status: null,
      opaque: pipe === undefined && !(init.body instanceof Uint8Array),
      fault: manner.fault,
    };
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    if (init.signal?.aborted === true) {
      this.#abort();
      return;
    }
    init.signal?.addEventListener("abort", () => this.#abort());
    void this.#run();
  }

  async #run(): Promise<void> {
    const { time, random: r, note } = this.#deps;
    const { fault } = this.#manner;
    if (fault !== null) note(`upstream ${fault}`);
    await time.sleep(r.int(0, 30));
    if (this.#gone) return;
    if (fault === "refuses") return this.#cut();
    void this.#fill();
    await this.#take();
  }

  /** The platform takes from the gate what its buffer has room for. */
  async #fill(): Promise<void> {
    for (;;) {
      while (this.#buffered >= this.#manner.bufferBytes && !this.#gone) await this.#woken();
      const piece = await this.#source.next();
      if (this.#gone) return;
      if (piece instanceof Uint8Array) {
        this.#buffer.push(piece);
        this.#buffered += piece.length;
        if (this.#left !== null) this.#left -= piece.length;
      } else this.#end = piece;
      this.seen.tookEnd = this.#hasAll();
      this.#woke();
      if (this.#end !== null) return;
    }
  }

  /** The upstream takes from the wire. */
  async #take(): Promise<void> {
    const { time, random: r } = this.#deps;
    const { fault, readMs, pieceBytes, at } = this.#manner;
    for (;;) {
      if (this.#received >= at && !this.#answered) {
        if (fault === "cuts") return this.#cut();
        if (fault === "stalls") await time.sleep(r.pick([5_000, 25_000, 40_000, 10_000_000]));
        if (fault === "answers_early") {
          this.#respond();
          const then = r.int(0, 9);
          if (then === 0) return this.#cut();
          if (then <= 3) return;
        }
      }
      if (this.#gone) return;
      while (this.#buffered === 0 && this.#end === null && !this.#hasAll() && !this.#gone)
        await this.#woken();
      if (this.#gone) return;
      if (this.#buffered === 0) break;
      await time.sleep(r.int(0, readMs));
      if (this.#gone) return;
      const next = this.#buffer[0]!;
      const bytes = next.subarray(0, pieceBytes);
      if (bytes.length === next.length) this.#buffer.shift();
      else this.#buffer[0] = next.subarray(bytes.length);
      this.#buffered -= bytes.length;
      this.#received += bytes.length;
      this.seen.received.push(bytes);
      this.#woke();
    }
    await this.#arrived();
  }

  /** All that the gate handed over has been read, and how it ended is on the wire. */
  async #arrived(): Promise<void> {
    const { time } = this.#deps;
    const { fault, answerMs } = this.#manner;
    // Measured: what errors or is let go of is ended as if it were whole, unless its length was declared.
    const whole = this.#hasAll() || (this.#source.laundered && !this.#source.fixed);
    this.seen.complete = whole;
    this.seen.over = true;
    if (!whole) return this.#cut();
    if (fault === "resets_after_body") return this.#cut();
    if (fault === "never_answers") return;
    await time.sleep(answerMs);
    if (!this.#gone && !this.#answered) this.#respond();
  }

  #respond(): void {
    const { status } = this.#manner;
    this.#answered = true;
    this.seen.status = status;
    // A body given at once is all the platform's, as is one of a declared length with its last byte: nobody can see how far it has got.
    const early = () => !this.#hasAll() && !this.#source.atOnce;
    this.seen.early = early();
    this.seen.hasty = !this.seen.complete;
    const answer = new Response("what the upstream says", {
      status,
      headers: { "content-type": "text/plain" },
    });
    this.#deps.time.after(this.#deps.random.pick([0, 1, 20]), () => {
      if (this.#gone) return;
      this.seen.heardEarly = early();
      if (this.seen.heardEarly) this.seen.hasty = false;
      this.#resolve(answer);
    });
  }

  /** The connection breaks. */
  #cut(): void {
    this.#gone = true;
    this.seen.over = true;
    this.#source.cancel();
    this.#reject(new TypeError("Network connection lost."));
    this.#woke();
  }

  /** What is on the wire may still arrive; what was ended before may arrive whole. */
  lose(): void {
    this.seen.over = true;
    if (this.#gone) return;
    if (this.#deps.random.chance(0.5)) this.#flush();
    if (this.#hasAll() && this.#buffered === 0) this.seen.complete = true;
    this.#gone = true;
    this.#source.cancel();
    this.#woke();
  }

  #abort(): void {
    this.seen.over = true;
    if (this.#gone) return;
    const { random: r } = this.#deps;
    if (this.#answered && this.#end === null && !this.#hasAll()) {
      // Its headers had come: the signal no longer reaches it, and the body is ended as if it were whole, unless its length was declared.
      this.#flush();
      this.seen.complete = !this.#source.fixed;
    } else {
      // What is on the wire may still arrive; what was ended before may arrive whole.
      if (r.chance(0.5)) this.#flush();
      if (this.#hasAll() && this.#buffered === 0) this.seen.complete = true;
    }
    this.#gone = true;
    this.#source.cancel();
    this.#reject(new DOMException("The operation was aborted", "AbortError"));
    this.#woke();
  }

  /** Whether the platform has all of the body. */
  #hasAll(): boolean {
    return this.#end === "end" || this.#left === 0;
  }

  #flush(): void {
    this.seen.received.push(...this.#buffer);
    this.#buffered = 0;
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }

  #woke(): void {
    const wake = this.#wake;
    this.#wake = () => {};
    wake();
  }
}

function wholeSource(bytes: Uint8Array) {
  const left: Piece[] = [bytes, "end"];
  return { next: async (): Promise<Piece> => left.shift()!, cancel: () => {} };
}

/** A body of the platform's own, that no code reads: when its sender breaks off, that shows. */
function streamSource(stream: ReadableStream) {
  const reader = stream.getReader();
  return {
    next: async (): Promise<Piece> => {
      try {
        const { done, value } = await reader.read();
        return done ? "end" : (value as Uint8Array);
      } catch {
        return "broken";
      }
    },
    cancel: () => void reader.cancel().catch(() => {}),
  };
}
