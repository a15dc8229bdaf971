/** What the runner and the thread it runs mutants in say to each other. */
import type { DryRunResult, MutantRunOptions, MutantRunResult } from "@stryker-mutator/api/test-runner";

export interface ThreadData {
  /** Files with mutants: no others' tests are run. */
  readonly mutated: readonly string[];
  /** Tests that reach them, if they are known: then each is loaded when it is first needed. */
  readonly files: readonly string[];
  /** CPU of each test, ms, by its id. */
  readonly costs: readonly (readonly [id: string, ms: number])[];
  /** Shared: the process's CPU when the present step began, ms, and how much of it the step may take. */
  readonly clock: Float64Array;
}

export type Ask = { readonly type: "dry" } | { readonly type: "mutant"; readonly options: MutantRunOptions };

export interface Said {
  readonly result: DryRunResult | MutantRunResult;
  readonly files: ThreadData["files"];
  readonly costs: ThreadData["costs"];
}

/** CPU of this process so far, ms. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
