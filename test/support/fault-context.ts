/** The plan a request runs under, wherever in the worker its work has got to, and how often each part of it was reached. For tests only. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Binding, Fault, FaultPlan, Point, Strike } from "./fault-plan.ts";

export class PlanInForce {
  readonly #plan: FaultPlan;
  readonly #seen = new Map<Fault | Strike, number>();
  /** ms. */
  #clockMs: number;
  #struck = 0;

  constructor(plan: FaultPlan) {
    this.#plan = plan;
    this.#clockMs = plan.clock === "unreadable" ? Number.NaN : (plan.clock ?? 0);
  }

  get plan(): FaultPlan {
    return this.#plan;
  }

  get struck(): number {
    return this.#struck;
  }

  clock(now: number): number {
    return now + this.#clockMs;
  }

  faultFor(binding: Binding, sql: string): Fault | null {
    const fits = (this.#plan.faults ?? []).filter(
      (fault) => fault.binding === binding && (fault.sql === undefined || sql.includes(fault.sql)),
    );
    return this.#due(fits, Number.POSITIVE_INFINITY);
  }

  strikeAt(point: Point): Strike | null {
    const strikes = (this.#plan.strikes ?? []).filter((strike) => strike.point === point);
    const strike = this.#due(strikes, 1);
    if (strike?.action === "clock_back") this.#clockMs -= strike.ms ?? 0;
    return strike;
  }

  #due<Kind extends Fault | Strike>(fitting: readonly Kind[], timesByDefault: number): Kind | null {
    let found: Kind | null = null;
    for (const one of fitting) {
      const count = (this.#seen.get(one) ?? 0) + 1;
      this.#seen.set(one, count);
      const from = one.from ?? 1;
      if (count >= from && count < from + (one.times ?? timesByDefault)) found ??= one;
    }
    if (found !== null) this.#struck += 1;
    return found;
  }
}

const contexts = new AsyncLocalStorage<PlanInForce>();
const realNow = Date.now.bind(Date);
let everyone = new PlanInForce({});

Date.now = () => inForce().clock(realNow());

/** What the instrumented steps of `fault-points.ts` call. */
Object.assign(globalThis, {
  atPoint(point: Point, step: (...args: unknown[]) => unknown, self: unknown, args: unknown[]): unknown {
    const strike = inForce().strikeAt(point);
    if (strike?.action === "throw") throw new Error(`an injected bug, ${point}`);
    if (strike?.action === "late") return pause(strike.ms ?? 0).then(() => step.apply(self, args));
    return step.apply(self, args);
  },
});

export function inForce(): PlanInForce {
  return contexts.getStore() ?? everyone;
}

/** For every request without a plan of its own. */
export function setForAll(plan: FaultPlan): void {
  everyone = new PlanInForce(plan);
}

export function under<T>(plan: PlanInForce, work: () => T): T {
  return contexts.run(plan, work);
}

/** Unix milliseconds, whatever the plan does to the worker's clock. */
export function trueNow(): number {
  return realNow();
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
