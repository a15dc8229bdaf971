/** Look up → decide → record, of one window, and the same anew once the state is too old to act on. Forwards nothing. */
import type { ItemRules } from "../rules/route-rules.ts";
import { ConsentState, type LookedUp } from "./consent-state.ts";
import type { Exchange } from "./exchange.ts";
import { Fault } from "./fault.ts";
import type { Gate } from "./gate.ts";
import type { Producer } from "./identify.ts";
import { type Denied, ITEMS_NAMED_MAX } from "./reply.ts";
import { isRejected, Judge, sameVerdicts, some, type Verdicts, withheld } from "./verdicts.ts";
import type { Window } from "./windows.ts";

/** A window with what was decided of it. */
export interface Judged extends LookedUp {
  readonly verdicts: Verdicts;
  readonly round: number;
}

export class Judging {
  /** What a body that is rejected is told of. */
  readonly denied: Denied = { items: [], total: 0 };
  readonly #consents: ConsentState;
  readonly #judge: Judge;
  readonly #exchange: Exchange;
  readonly #now: () => number;

  constructor(gate: Gate, route: ItemRules, producer: Producer, exchange: Exchange) {
    this.#consents = new ConsentState(gate, route, producer, exchange);
    this.#judge = new Judge(route, producer);
    this.#exchange = exchange;
    this.#now = gate.now;
  }

  /** Decided, and not yet recorded. */
  async first(window: Window): Promise<Judged> {
    const lookedUp = await this.#consents.lookUp(window);
    const verdicts = this.#judge.verdicts(window, lookedUp.state, this.#now());
    return { ...lookedUp, verdicts, round: 0 };
  }

  async record({ window, verdicts, round }: Judged): Promise<void> {
    await this.#exchange.record(window, verdicts, round);
  }

  /**
   * Checks, and where anything has changed looks up, decides and records anew, what comes from record `from` on. Time alone may change a verdict
   * while the state stands; what stays as it was is on record already.
   */
  async anew(judged: Judged, from: number): Promise<Judged> {
    const { window, verdicts, round } = judged;
    const unchangedAt = await this.#consents.unchangedAt(judged);
    const lookedUp =
      unchangedAt === null
        ? await this.#consents.lookUp(window)
        : { window, state: judged.state, revisions: judged.revisions, checkedAt: unchangedAt };
    const anew = this.#judge.verdicts(window, lookedUp.state, this.#now(), verdicts, from);
    if (some(anew, isRejected)) throw new Fault("consent_changed");
    if (unchangedAt !== null && sameVerdicts(anew, verdicts)) return { ...lookedUp, verdicts, round };
    const again = { ...lookedUp, verdicts: anew, round: round + 1 };
    await this.record(again);
    return again;
  }

  /** Notes what of a window a route that rejects will not have. */
  deny({ window, verdicts }: Judged): void {
    const { denied } = this;
    verdicts.found.forEach((found, i) => {
      const { outcome, reason } = verdicts.findings[found]!;
      if (!isRejected(outcome)) return;
      denied.total += 1;
      if (denied.total <= ITEMS_NAMED_MAX) denied.items.push({ index: window.firstIndex + i, reason });
    });
  }

  /** Records all of a held body; throws a `Fault` if any of it was denied: then none of it leaves. */
  async recordHeld(held: readonly Judged[]): Promise<void> {
    const rejected = this.denied.total > 0;
    for (const { window, verdicts, round } of held) {
      const final = rejected ? withheld(verdicts) : verdicts;
      await this.#exchange.record(window, final, round);
      if (rejected) this.#exchange.settle(window, final, 0, window.columns.count);
    }
    if (rejected) throw new Fault("items_denied");
  }
}
