/** What a seed does: who sends what and when, what fails and how often, what people change meanwhile. Drawn before anything runs. */
import { type Random, random } from "../support/random.ts";
import { CALL_FAULTS, type CallFault, type CallHabits } from "./database-calls.ts";
import { drawSending, SENDER_FAULTS, type Sending } from "./sender.ts";
import { UPSTREAM_FAULTS, type UpstreamFault } from "./upstream.ts";
import { type Change, drawChange, KEYS, ROUTES } from "./world.ts";

export interface Plan {
  readonly seed: number;
  /** About how long a body takes, ms. */
  readonly pace: number;
  readonly exchanges: readonly {
    readonly startsAt: number;
    readonly key: number;
    readonly sending: Sending;
  }[];
  readonly consent: CallHabits;
  readonly evidence: CallHabits;
  readonly upstreamFaults: readonly UpstreamFault[];
  readonly changes: readonly { readonly at: number; readonly change: Change }[];
  readonly clock: readonly { readonly at: number; readonly by: number }[];
  /** 0: none. */
  readonly cacheMs: number;
  /** Ceilings that are lower than in earnest, so that small bodies come to them. */
  readonly limits: Readonly<Record<string, number>>;
}

/** One for each actor, so that what one does leaves the others' dice alone. */
export const dice = (seed: number, actor: number): Random =>
  random((Math.imul(seed, 0x9e3779b1) ^ (actor * 0x85ebca6b)) >>> 0);

const HOUR = 3_600_000;

export function drawPlan(seed: number): Plan {
  const r = dice(seed, 1);
  const calm = r.chance(0.15);
  const pace = r.pick([50, 500, 500, 3_000, 3_000, 15_000, 60_000, 250_000]);
  const during = () => r.int(0, Math.ceil(1.5 * pace));
  const senderFaults = calm ? [] : some(r, SENDER_FAULTS);
  const large = r.chance(0.1);
  const count = r.pick([1, 1, 2, 3]);
  return {
    seed,
    pace,
    exchanges: Array.from({ length: count }, (_, i) => ({
      startsAt: i === 0 ? 0 : during(),
      key: i,
      sending: drawSending(r, i, pace, senderFaults, large),
    })),
    consent: drawHabits(r, calm, pace),
    evidence: drawHabits(r, calm, pace),
    upstreamFaults: calm ? [] : some(r, UPSTREAM_FAULTS),
    changes: Array.from({ length: calm ? 0 : r.pick([0, 1, 1, 2, 5]) }, () => ({
      at: during(),
      change: drawChange(r),
    })).sort((a, b) => a.at - b.at),
    clock:
      calm || r.chance(0.75)
        ? []
        : Array.from({ length: r.int(1, 3) }, () => ({
            at: during(),
            by: r.pick([-1, -50, -500, -5_000, -HOUR, 2_000, HOUR / 6, Number.NaN]),
          })).sort((a, b) => a.at - b.at),
    cacheMs: r.chance(0.9) ? 0 : r.pick([200, 5_000, 60_000]),
    limits: r.chance(0.25) ? {} : drawLimits(r, calm),
  };
}

function drawHabits(r: Random, calm: boolean, pace: number): CallHabits {
  const faults: Partial<Record<CallFault, number>> = {};
  if (!calm && r.chance(0.4)) {
    for (const fault of some(r, CALL_FAULTS)) faults[fault] = r.pick([0.01, 0.05, 0.2]);
  }
  const from = r.int(0, 2 * pace);
  return {
    latencyMs: r.pick([2, 10, 10, 100, calm ? 10 : 600]),
    faults,
    away: calm || r.chance(0.9) ? [] : [[from, from + r.int(100, 60_000)]],
  };
}

function drawLimits(r: Random, calm: boolean): Record<string, number> {
  const slice = r.pick([64, 500, 4_000, 32_000]);
  const window = slice * r.pick([1, 2, 4, 10]);
  return {
    slice_bytes_max: slice,
    window_bytes_min: window,
    window_bytes_max: window * r.pick([1, 8]),
    window_records_max: r.pick([1, 3, 20, 32_768]),
    window_keys_max: r.pick([4, 10_000]),
    ...(calm || r.chance(0.95) ? {} : { exchange_d1_calls_max: r.int(2, 12) }),
  };
}

function some<T>(r: Random, from: readonly T[]): T[] {
  return from.filter(() => r.chance(0.35));
}

/** What must go well once everything has healed: a body of records and an opaque one, under a key nobody revokes. */
export function healed(seed: number): Plan["exchanges"] {
  const r = dice(seed, 2);
  return ROUTES.filter(({ id }) => id === "strip" || id === "opaque").map((route, i) => {
    for (;;) {
      const sending = drawSending(r, 90 + i, 50, [], false, [route]);
      if (sending.records.length > 0) return { startsAt: 0, key: KEYS - 1, sending };
    }
  });
}
