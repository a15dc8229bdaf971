/**
 * A process that is lost at its nth step. Steps are what others see of it: a database call that begins or is answered, a request that leaves, bytes
 * handed on. After its loss nothing it does has an effect, whichever promise or timer of it is still about. No randomness of its own.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Clockwork } from "../platform.ts";

/** Whose promises and timers are running. */
const running = new AsyncLocalStorage<Process>();

export class Process {
  dead = false;
  steps = 0;
  readonly #lostAt: number | null;
  readonly #onLoss: () => void;

  /** `lostAt`: null: never. */
  constructor(lostAt: number | null, onLoss: () => void) {
    this.#lostAt = lostAt;
    this.#onLoss = onLoss;
  }

  run<T>(work: () => T): T {
    return running.run(this, work);
  }

  /** Whether it lives to do the next thing. */
  step(): boolean {
    if (this.dead) return false;
    this.steps += 1;
    if (this.steps !== this.#lostAt) return true;
    this.dead = true;
    this.#onLoss();
    return false;
  }

  /** A call over a wire: lost before it leaves, on its way, or when its answer is back. */
  async call<T>(carryOut: () => Promise<T>): Promise<T> {
    if (!this.step()) return never();
    let answer: T;
    try {
      answer = await carryOut();
    } catch (error) {
      if (!this.step()) return never();
      throw error;
    }
    return this.step() ? answer : never();
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}

/** Whether whoever is running lives to do the next thing; what is of no process does. */
export function steps(): boolean {
  return running.getStore()?.step() ?? true;
}

/** Timers that are lost with the process that set them. */
export function timersOf(time: Clockwork): Clockwork {
  return {
    get elapsed() {
      return time.elapsed;
    },
    wall: time.wall,
    cancel: time.cancel,
    after: (ms, run) => {
      const owner = running.getStore();
      if (owner === undefined) return time.after(ms, run);
      return time.after(ms, () => {
        if (!owner.dead) owner.run(run);
      });
    },
  };
}
