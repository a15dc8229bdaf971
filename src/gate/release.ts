/**
 * Forward: what was decided, a slice at a time. No slice is handed on under state older than `state_age_ms_max`: what has not left by then
 * is checked, and where anything has changed looked up, decided and recorded, anew.
 */
import { LIMITS } from "../config/limits.ts";
import type { Framing } from "../content/framing.ts";
import type { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import type { Freshness } from "./freshness.ts";
import type { Judged } from "./judging.ts";
import { concat, Slicer } from "./slices.ts";
import type { Upstream } from "./upstream.ts";
import { isChanged, leaves, outcomeOf, some } from "./verdicts.ts";

export class Release {
  readonly #exchange: Exchange;
  readonly #upstream: Upstream;
  readonly #framing: Framing;
  readonly #freshness: Freshness;
  #slicer: Slicer;

  constructor(exchange: Exchange, upstream: Upstream, framing: Framing, freshness: Freshness) {
    this.#exchange = exchange;
    this.#upstream = upstream;
    this.#framing = framing;
    this.#freshness = freshness;
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
    const fresh = await this.#freshness.ofAll(windows);
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
      const aged = await this.#freshness.of(current, from);
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
