/** How old the state may be under which a byte is handed on: what was decided on older state is decided anew. */
import type { AgeClock } from "../base/clock.ts";
import { LIMITS } from "../config/limits.ts";
import { Fault } from "./fault.ts";
import type { Judged, Judging } from "./judging.ts";
import type { Routes } from "./routes.ts";

/** How often in a row the state may be too old by the time it has been read and recorded. */
const REJUDGED_MAX = 3;

export class Freshness {
  readonly #judging: Pick<Judging, "anew">;
  readonly #ages: Pick<AgeClock, "read">;
  readonly #ageMsMax: number;

  constructor(
    { cacheMsMax }: Pick<Routes, "cacheMsMax">,
    ages: Pick<AgeClock, "read">,
    judging: Pick<Judging, "anew">,
  ) {
    this.#judging = judging;
    this.#ages = ages;
    this.#ageMsMax = Math.max(LIMITS.state_age_ms_max, cacheMsMax ?? 0);
  }

  /** The window, decided on state that may be acted on, from record `from` on. Throws a `Fault`. */
  async of(judged: Judged, from: number): Promise<Judged> {
    let current = judged;
    for (let tries = 0; from < current.window.columns.count && this.#hasAged(current); tries++) {
      if (tries === REJUDGED_MAX) throw new Fault("consent_unavailable");
      current = await this.#judging.anew(current, from);
    }
    return current;
  }

  /** All at one instant: while one is checked anew, another may age. The same array, if none had. */
  async ofAll(windows: readonly Judged[]): Promise<readonly Judged[]> {
    let current = windows;
    for (let tries = 0; current.some((judged) => this.#hasAged(judged)); tries++) {
      if (tries === REJUDGED_MAX) throw new Fault("consent_unavailable");
      const again: Judged[] = [];
      for (const judged of current) {
        again.push(this.#hasAged(judged) ? await this.#judging.anew(judged, 0) : judged);
      }
      current = again;
    }
    return current;
  }

  #hasAged({ checkedAt }: Judged): boolean {
    return this.#ages.read() - checkedAt > this.#ageMsMax;
  }
}
