/** Records that differ only in when they were captured are decided once: what that rests on, over the situations of the differential test. */
import { expect, test } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import { inTime, turningPoints, turnsAt } from "../../../src/decision/turning-points.ts";
import { generate } from "../../spec/generate.ts";
import { plain } from "../../spec/shrink.ts";
import { PEOPLE } from "../../spec/situation.ts";
import { random, seedOfRun } from "../../support/random.ts";

const CASES = 4_000;
const DAY_MS = 86_400_000;

test("between two turning points the decision is the same, whatever was captured when", () => {
  const seed = seedOfRun();
  let asked = 0;
  let turned = 0;
  let turnedLater = 0;
  for (let n = 0; n < CASES; n++) {
    const { situation: s } = generate((seed + n) >>> 0);
    if (s.item.type !== "content") continue;
    const r = random(seed + n);
    const at = s.item.capturedAt ?? s.now;
    const item = {
      ...s.item,
      capturedUntil: null,
      speaker: s.item.speaker ?? r.pick(PEOPLE),
      privateTo: r.chance(0.9) ? null : s.item.privateTo,
    };
    const points = turningPoints(item, s.terms, s.state);
    if (points === null) continue;
    asked++;
    expect(points).toEqual(points.toSorted((a, b) => a - b));
    const decidedAt = (capturedAt: number, now = s.now) =>
      JSON.stringify(decide({ ...item, capturedAt }, s.terms, s.producer, s.state, now));
    const turns = turnsAt(s.state, s.now);
    const lasts = Math.min(turns - 1, s.now + DAY_MS);
    for (const near of [at, ...points, s.now, at + r.int(-DAY_MS, DAY_MS)]) {
      for (const instant of [near - 1, near, near + 1]) {
        if (!inTime(instant, s.now)) continue;
        const since = points.findLast((point) => point <= instant) ?? (points[0] ?? instant) - 1;
        const decision = decidedAt(since);
        for (const now of [s.now, r.int(s.now, lasts), lasts]) {
          const other = decidedAt(instant, now);
          if (other === decision) continue;
          const when = `captured at ${instant - s.now}, decided at ${now - s.now}`;
          throw new Error(`case ${seed + n}: ${decision}, but ${other} when ${when}, in ${plain(s, s.now)}`);
        }
      }
    }
    if (decidedAt(at, lasts) !== decidedAt(at, turns)) turnedLater++;
    if (points.some((point) => decidedAt(point) !== decidedAt(point - 1))) turned++;
  }
  console.log(
    `turning points: ${asked} cases, ${turned} of them turn, ${turnedLater} later, TENFOUR_SEED=${seed}`,
  );
  expect(asked).toBeGreaterThan(CASES / 5);
  expect(turned).toBeGreaterThan(asked / 2);
  expect(turnedLater).toBeGreaterThan(asked / 50);
});
