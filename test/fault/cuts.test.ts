/**
 * A thousand bodies and more for each of five faults, cut and broken where the dice say: the sender is never told success for a body that is
 * incomplete, and the upstream never sees a complete one of a failed exchange, except where that is on record as not known.
 * `TENFOUR_SEED=… TENFOUR_CASE=client_cut:17 npx vitest run --project worker test/fault/cuts.test.ts` runs one again.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Exchange } from "../../src/evidence/exchange.ts";
import { type FaultTrack, manyAtOnce, openFaultTrack, type Seen } from "../support/fault-track.ts";
import { findMarker } from "../support/marker.ts";
import { seedOfRun } from "../support/random.ts";
import { CUT_LIMITS, CUTS, type Cut, type CutCase, cutCase } from "./cuts.ts";

const EACH = 1_000;
const AT_ONCE = 24;
const SETTLE_MS = 3_000;
const seed = seedOfRun();
const only = process.env.TENFOUR_CASE?.split(":");

interface Run {
  readonly index: number;
  readonly one: CutCase;
  readonly seen: Seen;
  /** How often a database failed it. */
  readonly struck: number;
  readonly exchange: Exchange | null;
}

let track: FaultTrack;

beforeAll(async () => {
  track = await openFaultTrack({ limits: CUT_LIMITS });
});
afterAll(() => track?.dispose());

test.each(CUTS)("%s", { timeout: 300_000 }, async (cut) => {
  const began = Date.now();
  const runs = await runAll(cut);
  const violations = runs.flatMap((run) =>
    wrong(run).map((words) => `TENFOUR_SEED=${seed} TENFOUR_CASE=${cut}:${run.index} ${words}`),
  );
  const tookMs = Date.now() - began;
  const told = runs.filter(({ seen }) => succeeded(seen)).length;
  const begun = runs.filter(({ seen }) => seen.received !== null && !seen.received.complete).length;
  console.log(
    `${cut}, seed ${seed}: of ${runs.length}, ${told} succeeded, ${begun} reached the upstream incomplete; ${tookMs} ms`,
  );
  expect(violations).toEqual([]);
  if (only !== undefined) return;
  // Nothing of this would mean much if hardly any had failed after the first byte.
  expect(begun).toBeGreaterThan(runs.length / 100);
  expect(told).toBeLessThan(0.9 * runs.length);
});

async function runAll(cut: Cut): Promise<Run[]> {
  const indexes = only === undefined ? [...Array(EACH).keys()] : only[0] === cut ? [Number(only[1])] : [];
  const cases = indexes.map((index) => ({ index, one: cutCase(seed, cut, index) }));
  await track.expect(cases.map(({ one }) => one.sending.name));
  const seen = await manyAtOnce(cases, AT_ONCE, ({ one }) => track.send(one.sending, SETTLE_MS));
  const { struck } = await track.rig.counted();
  const exchanges = await track.exchanges();
  return cases.map(({ index, one }, i) => ({
    index,
    one,
    seen: seen[i]!,
    struck: struck[one.sending.name] ?? 0,
    exchange: exchanges.get(one.sending.name) ?? null,
  }));
}

function succeeded({ answer, status }: Seen): boolean {
  return answer?.complete === true && status >= 200 && status < 300;
}

/** What must not be, in words. */
function wrong({ one: { cut, broken, whole }, seen, struck, exchange }: Run): string[] {
  const { answer, status, received } = seen;
  const success = succeeded(seen);
  const body = received?.body ?? Buffer.alloc(0);
  const { outcome = "none", upstream_complete: complete = null } = exchange ?? {};
  const doubted = answer?.headers["tenfour-outcome"]?.endsWith(", unconfirmed") === true;
  const told = doubted ? ["unknown"] : ["forwarded", "dropped"];
  const rules: Record<string, boolean> = {
    "no answer came in time": answer === null,
    "told success of an incomplete body": success && broken,
    "told success, and the upstream has something else":
      success && (whole === null ? received !== null : !received?.complete || !body.equals(whole)),
    "told success, and the record does not": success && !told.includes(outcome),
    "an incomplete body is on record as forwarded":
      broken && (outcome === "forwarded" || outcome === "dropped"),
    "the upstream has a complete request of a failed exchange, and that is not on record":
      !success && received?.complete === true && !mayBeWhole(outcome, complete),
    "the upstream's request is cut, and on record as complete":
      received?.complete === false && complete === true && success,
    "what the upstream has is not what was due": !(whole ?? Buffer.alloc(0))
      .subarray(0, body.length)
      .equals(body),
    "bytes left, and nothing is on record": body.length > 0 && (exchange?.decided.length ?? 0) === 0,
    "the marker left": findMarker([body, answer?.text ?? ""]) !== null,
    "consent failed, and the sender was told success": cut === "consent_failing" && struck > 0 && success,
    "nothing failed, and the sender was not told success":
      (cut === "consent_failing" || cut === "evidence_failing") && struck === 0 && !success,
    "a fault without a word": !success && status >= 400 && !/"code":"[a-z0-9_]+"/.test(answer?.text ?? ""),
  };
  const found = `(${status}, ${outcome}, complete ${complete}, upstream ${received?.complete ?? "not called"})`;
  return Object.entries(rules)
    .filter(([, broke]) => broke)
    .map(([words]) => `${words} ${found}`);
}

/** Where the record leaves open whether the upstream had everything, or says it took it and only the telling failed. */
function mayBeWhole(outcome: string, complete: boolean | null): boolean {
  return outcome === "forwarded" || (complete === null && ["unknown", "open", "aborted"].includes(outcome));
}
