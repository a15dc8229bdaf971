/** What a seed does: who sends what and when, what fails and how often, what people change meanwhile. Drawn before anything runs. */
import { type Random, random } from "../support/random.ts";
import { CALL_FAULTS, type CallFault, type CallHabits } from "./database-calls.ts";
import { drawSending, SENDER_FAULTS, type Sending } from "./sender.ts";
import { UPSTREAM_FAULTS, type UpstreamFault } from "./upstream.ts";
import { ACCOUNTS, type Change, drawChange, KEYS, ROUTES } from "./world.ts";

export interface Plan {
  readonly seed: number;
  /** About how long it lasts, ms: what changes, changes within that. */
  readonly horizon: number;
  /** Changes against a body that its upstream holds back, and little else that fails. */
  readonly race: boolean;
  readonly exchanges: readonly {
    readonly startsAt: number;
    readonly key: number;
    readonly sending: Sending;
  }[];
  readonly consent: CallHabits;
  readonly evidence: CallHabits;
  /** How often an entry that says how an exchange ended is refused. */
  readonly closingFails: number;
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
/** Those whose bodies leave while they come. */
const STREAMED = ROUTES.filter(({ id }) => ["strip", "drop", "both"].includes(id));

export function drawPlan(seed: number): Plan {
  const r = dice(seed, 1);
  const race = r.chance(0.25);
  const calm = !race && r.chance(0.15);
  const pace = r.pick(race ? [50, 500] : [50, 500, 500, 3_000, 3_000, 15_000, 60_000, 250_000]);
  const horizon = race ? 15_000 : Math.ceil(1.5 * pace);
  const during = () => r.int(0, horizon);
  const senderFaults = calm || race ? [] : some(r, SENDER_FAULTS);
  const large = r.chance(0.1);
  const count = r.pick([1, 1, 2, 3]);
  const exchanges = Array.from({ length: count }, (_, i) => ({
    startsAt: i === 0 ? 0 : during(),
    key: i,
    sending: drawSending(r, i, pace, senderFaults, large, race ? STREAMED : ROUTES, race ? 20 : 0),
  }));
  // What changes is most often about those whose records are on their way.
  const concerned = exchanges
    .flatMap(({ sending }) => sending.records)
    .map(({ item }) => (item.type === "content" ? item.account : null))
    .filter((account) => ACCOUNTS.some((known) => known === account));
  return {
    seed,
    horizon,
    race,
    exchanges,
    consent: drawHabits(r, calm || race, horizon),
    evidence: drawHabits(r, calm || race, horizon),
    closingFails: calm || r.chance(0.9) ? 0 : 0.9,
    upstreamFaults: calm || race ? [] : some(r, UPSTREAM_FAULTS),
    changes: Array.from({ length: calm ? 0 : race ? 3 : r.pick([0, 1, 1, 2, 5]) }, () => ({
      at: during(),
      change: drawChange(r, (r.chance(0.8) && concerned.length > 0 ? r.pick(concerned) : null) ?? "acme"),
    })).sort((a, b) => a.at - b.at),
    clock:
      calm || r.chance(0.75)
        ? []
        : Array.from({ length: r.int(1, 3) }, () => ({
            at: during(),
            by: r.pick([-1, -50, -500, -5_000, -HOUR, 2_000, HOUR / 6, Number.NaN]),
          })).sort((a, b) => a.at - b.at),
    cacheMs: r.chance(0.9) ? 0 : r.pick([200, 5_000, 60_000]),
    limits: !race && r.chance(0.25) ? {} : drawLimits(r, calm, race),
  };
}

function drawHabits(r: Random, calm: boolean, horizon: number): CallHabits {
  const faults: Partial<Record<CallFault, number>> = {};
  if (!calm && r.chance(0.4)) {
    for (const fault of some(r, CALL_FAULTS)) faults[fault] = r.pick([0.01, 0.05, 0.2, 0.6]);
  }
  const from = r.int(0, horizon);
  return {
    latencyMs: r.pick([2, 10, 10, 100, calm ? 10 : 600]),
    faults,
    away: calm || r.chance(0.9) ? [] : [[from, from + r.int(100, 60_000)]],
  };
}

function drawLimits(r: Random, calm: boolean, race: boolean): Record<string, number> {
  const slice = r.pick(race ? [64, 500, 2_000] : [64, 500, 4_000, 32_000]);
  const window = slice * r.pick(race ? [20, 100] : [1, 2, 4, 10]);
  return {
    slice_bytes_max: slice,
    window_bytes_min: window,
    window_bytes_max: window * r.pick([1, 8]),
    window_records_max: r.pick(race ? [20, 32_768] : [1, 3, 20, 32_768]),
    window_keys_max: r.pick([4, 10_000]),
    ...(calm || race || r.chance(0.9) ? {} : { exchange_d1_calls_max: r.int(2, 12) }),
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
