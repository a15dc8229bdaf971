/** How calls of a database go wrong: refused, answered late, lost on the way back, never answered. */
import type { Random } from "../support/random.ts";
import type { VirtualTime } from "./virtual-time.ts";

export const CALL_FAULTS = ["fails", "acknowledgement_lost", "hangs", "late"] as const;
export type CallFault = (typeof CALL_FAULTS)[number];

export interface CallHabits {
  /** Of a call that goes well, ms: most take less. */
  readonly latencyMs: number;
  readonly faults: Readonly<Partial<Record<CallFault, number>>>;
  /** When nothing can be reached, from and to, ms since the seed began. */
  readonly away: readonly (readonly [from: number, to: number])[];
}

/** Carries `apply` out at some instant of the call, once or never, and answers as the habits have it. */
export async function callDatabase<T>(
  time: VirtualTime,
  r: Random,
  habits: CallHabits,
  apply: () => T,
  onFault: (fault: CallFault) => void,
): Promise<T> {
  const fault = faultOf(time, r, habits);
  if (fault !== null) onFault(fault);
  const latency = r.chance(0.1) ? habits.latencyMs * 3 : habits.latencyMs;
  await time.sleep(r.int(0, latency));
  if (fault === "fails") throw new Error("D1_ERROR: Network connection lost.");
  const carriedOut = fault !== "hangs" || r.chance(0.5);
  if (fault === "late" && r.chance(0.5)) await time.sleep(r.int(500, 20_000));
  const result = carriedOut ? apply() : null;
  if (fault === "hangs") return new Promise(() => {});
  await time.sleep(fault === "late" ? r.int(500, 20_000) : r.int(0, latency));
  if (fault === "acknowledgement_lost") throw new Error("D1_ERROR: Network connection lost.");
  return result as T;
}

function faultOf(time: VirtualTime, r: Random, { faults, away }: CallHabits): CallFault | null {
  const roll = r.int(0, 9_999) / 10_000;
  if (away.some(([from, to]) => from <= time.elapsed && time.elapsed < to)) return "fails";
  let sum = 0;
  for (const fault of CALL_FAULTS) {
    sum += faults[fault] ?? 0;
    if (roll < sum) return fault;
  }
  return null;
}
