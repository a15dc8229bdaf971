/**
 * Forward: what was decided, a slice at a time. No slice is handed on under state older than `state_age_ms_max`: what has not left by then
 * is checked, and where anything has changed looked up, decided and recorded, anew.
 */
import { LIMITS } from "../config/limits.ts";
import type { Framing } from "../content/framing.ts";
import type { LookedUp } from "./consent-state.ts";
import type { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import { concat, Slicer } from "./slices.ts";
import type { Upstream } from "./upstream.ts";
import { isChanged, leaves, outcomeOf, some, type Verdicts } from "./verdicts.ts";

/** How often in a row the state may be too old by the time it has been read and recorded. */
const REJUDGED_MAX = 3;

/** A window with what was decided of it. */
export interface Judged extends LookedUp {
  readonly verdicts: Verdicts;
  readonly round: number;
}

/** Checks, and where anything has changed looks up, decides and records anew, what of a window comes from record `from` on. */
export type Rejudge = (judged: Judged, from: number) => Promise<Judged>;

export class Release {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #framing: Framing;
  readonly #rejudge: Rejudge;
  readonly #now: () => number;
  readonly #ageMsMax: number;
  #slicer: Slicer;

  /** `ageMsMax`: how old the state may be under which a byte is handed on, ms. */
  constructor(
    exchange: Exchange,
    upstream: Upstream,
    framing: Framing,
    rejudge: Rejudge,
    now: () => number,
    ageMsMax: number,
  ) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#framing = framing;
    this.#rejudge = rejudge;
    this.#now = now;
    this.#ageMsMax = ageMsMax;
    this.#slicer = new Slicer(framing);
  }

  /** Hands on a window of a body whose end is not known yet. */
  async stream(judged: Judged): Promise<void> {
    await this.#pump(judged, null);
  }

  /** Ends a body that was streamed. */
  async end(): Promise<void> {
    await this.#write(this.#framing.closing, null);
  }

  /**
   * Hands on a body whose every window is at hand, with its length, so that a cut shows even to an upstream that has answered.
   * Resolves to false if nothing of it leaves.
   */
  async whole(windows: readonly Judged[]): Promise<boolean> {
    const fresh = await this.#allFresh(windows);
    const length = measure(fresh, this.#framing);
    if (length === 0) {
      for (const { window, verdicts } of fresh)
        this.#exchange.settle(window, verdicts, 0, window.columns.count);
      return false;
    }
    if (length <= LIMITS.slice_bytes_max) {
      this.#atOnce(fresh, length);
      return true;
    }
    for (const judged of fresh) await this.#pump(judged, length);
    await this.#write(this.#framing.closing, length);
    return true;
  }

  #atOnce(windows: readonly Judged[], length: number): void {
    const parts: Uint8Array[] = [];
    for (const { window, verdicts } of windows) {
      for (let from = 0; ; ) {
        const slice = this.#slicer.next(window, verdicts, from);
        if (slice === null) break;
        parts.push(slice.bytes.slice());
        from = slice.next;
        this.#exchange.handing(window, from);
      }
    }
    parts.push(this.#framing.closing);
    const body = concat(parts);
    if (body.length !== length) throw new Fault("internal_error");
    this.#exchange.sent.add(body);
    this.#upstream.sendWhole(body);
    for (const { window, verdicts } of windows)
      this.#exchange.settle(window, verdicts, 0, window.columns.count);
  }

  async #pump(judged: Judged, length: number | null): Promise<void> {
    const { sent } = this.#exchange;
    let current = judged;
    let from = 0;
    sent.begin(judged.window, !some(judged.verdicts, isChanged));
    for (;;) {
      const aged = await this.#fresh(current, from);
      if (aged.verdicts !== current.verdicts) sent.diverge();
      if (aged !== current && length !== null && !sameBytes(aged, current))
        throw new Fault("consent_changed");
      current = aged;
      const slice = this.#slicer.next(current.window, current.verdicts, from);
      const next = slice?.next ?? current.window.columns.count;
      if (slice !== null) {
        this.#exchange.handing(current.window, next);
        await this.#write(slice.bytes, length);
      }
      this.#exchange.settle(current.window, current.verdicts, from, next);
      if (slice === null) break;
      from = next;
    }
    sent.done();
  }

  async #write(bytes: Uint8Array, length: number | null): Promise<void> {
    if (bytes.length === 0) return;
    this.#exchange.sent.add(bytes);
    await this.#upstream.write(bytes, length);
  }

  async #fresh(judged: Judged, from: number): Promise<Judged> {
    let current = judged;
    for (let tries = 0; from < current.window.columns.count && this.#hasAged(current); tries++) {
      if (tries === REJUDGED_MAX) throw new Fault("consent_unavailable");
      current = await this.#rejudge(current, from);
    }
    return current;
  }

  /** All at one instant: while one is checked anew, another may age. */
  async #allFresh(windows: readonly Judged[]): Promise<readonly Judged[]> {
    let current = windows;
    for (let tries = 0; current.some((judged) => this.#hasAged(judged)); tries++) {
      if (tries === REJUDGED_MAX) throw new Fault("consent_unavailable");
      const again: Judged[] = [];
      for (const judged of current) {
        again.push(this.#hasAged(judged) ? await this.#rejudge(judged, 0) : judged);
      }
      current = again;
    }
    return current;
  }

  /** Also when the clock has gone back: then nobody can say how old the state is. */
  #hasAged({ checkedAt }: Judged): boolean {
    const age = this.#now() - checkedAt;
    return age > this.#ageMsMax || (age < 0 && checkedAt !== Number.POSITIVE_INFINITY);
  }
}

/** Bytes of the body the windows make together; 0 if nothing leaves. */
function measure(windows: readonly Judged[], framing: Framing): number {
  let records = 0;
  let bytes = 0;
  for (const { window, verdicts } of windows) {
    const { count, starts, ends } = window.columns;
    for (let i = 0; i < count; i++) {
      if (!leaves(outcomeOf(verdicts, i))) continue;
      records += 1;
      bytes += verdicts.replacements.get(i)?.length ?? ends[i]! - starts[i]!;
    }
  }
  return records === 0 ? 0 : framing.opening.length + bytes + (records - 1) + framing.closing.length;
}

function sameBytes({ verdicts: a }: Judged, { verdicts: b }: Judged): boolean {
  return a.found.every(
    (_, i) =>
      outcomeOf(a, i) === outcomeOf(b, i) && a.replacements.get(i)?.length === b.replacements.get(i)?.length,
  );
}
