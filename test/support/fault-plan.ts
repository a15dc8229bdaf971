/** What a test asks of the databases, the clock and the gate's steps, and what it learns: shapes shared by the faulty worker and the tests. */

export const BINDINGS = ["CONSENT", "EVIDENCE"] as const;
export type Binding = (typeof BINDINGS)[number];

/** The gate's steps where a plan may strike; `fault-points.ts` says which function each is. */
export const POINTS = [
  "admit",
  "identify",
  "read",
  "cut",
  "lookup",
  "recheck",
  "decide",
  "record",
  "send",
  "answer",
  "close",
  "reply",
  "opaque",
  "opaque_evidence",
] as const;
export type Point = (typeof POINTS)[number];

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

/** What happens when a step is reached. `clock_back`: the step is carried out, by a clock that has just gone back by `ms`. */
export interface Strike {
  readonly point: Point;
  /** The first time it applies to, counted from 1. Default 1. */
  readonly from?: number;
  /** How many times it applies. Default 1. */
  readonly times?: number;
  readonly action: "throw" | "late" | "clock_back";
  /** For `late` and `clock_back`. */
  readonly ms?: number;
}

export interface FaultPlan {
  readonly faults?: readonly Fault[];
  readonly strikes?: readonly Strike[];
  /** Bindings and secrets the worker does not have. Not in a plan for one request. */
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
  /** Names of the requests whose own plan has had an effect, with how often. */
  readonly struck: Readonly<Record<string, number>>;
}

/** PUT sets a plan and forgets what was counted, GET reports. Not a path the gate can have: it holds no letter. */
export const FAULT_PATH = "/--";

/** A request with this header has a plan of its own, JSON, in place of the one that was set, and is named by its Idempotency-Key. */
export const PLAN_HEADER = "test-faults";
