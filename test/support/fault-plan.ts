/** What a test asks of the databases, and what it learns of them: shapes shared by the faulty worker and the tests. */

export const BINDINGS = ["CONSENT", "EVIDENCE"] as const;
export type Binding = (typeof BINDINGS)[number];

export interface Fault {
  readonly binding: Binding;
  /** Only calls whose SQL holds this text. */
  readonly sql?: string;
  /** The first call it applies to, counted from 1 among those it fits since the plan was set. Default 1. */
  readonly from?: number;
  /** How many calls it applies to. Default: all that follow. */
  readonly times?: number;
  /** `fail_after`: the call is carried out, and its answer lost. `hang`: it never is, and never answers. */
  readonly action: "fail" | "fail_after" | "hang" | "delay";
  /** For `delay`, ms. */
  readonly ms?: number;
}

export interface FaultPlan {
  readonly faults?: readonly Fault[];
  /** Bindings and secrets the worker does not have. */
  readonly without?: readonly string[];
  /** Added to the worker's clock, ms; `unreadable`: it reads NaN. */
  readonly clock?: number | "unreadable";
}

/** One round trip to a database; a batch is one. */
export interface DatabaseCall {
  readonly binding: Binding;
  readonly method: "first" | "all" | "run" | "raw" | "batch" | "exec";
  /** At most 300 characters; of a batch, its first statement. */
  readonly sql: string;
  /** Unix milliseconds. */
  readonly at: number;
  readonly fault: Fault["action"] | null;
}

export interface FaultReport {
  readonly calls: Readonly<Record<Binding, number>>;
  /** The last 10,000. */
  readonly log: readonly DatabaseCall[];
}

/** PUT sets a plan and forgets what was counted, GET reports. Not a path the gate can have: it holds no letter. */
export const FAULT_PATH = "/--";
