/** Logs of any size, exports of any part of them, and anything done to the text: it is found. The seed is printed; `TENFOUR_SEED` repeats it. */
import { expect, test } from "vitest";
import { type Random, random, seedOfRun } from "../../support/random.ts";
import { found, type SampleLog, sampleLog } from "../../unit/ledger/sample-log.ts";

const RUNS = 30;
const EDITS = 12;

/** The lines, with one thing done to them. */
function tampered(lines: readonly string[], dice: Random): string {
  const at = dice.int(0, lines.length - 1);
  const other = dice.int(0, lines.length - 1);
  const line = lines[at]!;
  const place = dice.int(0, line.length - 1);
  switch (dice.int(0, 6)) {
    case 0:
      return lines.toSpliced(at, 1).join("");
    case 1:
      return lines.toSpliced(other, 0, line).join("");
    case 2:
      return lines.with(at, lines[other]!).with(other, line).join("");
    case 3:
      return lines.join("").slice(0, dice.int(0, lines.join("").length - 1));
    case 4:
      return lines.with(at, `${line.slice(0, place)}${line.slice(place + 1)}`).join("");
    case 5:
      return lines
        .with(at, `${line.slice(0, place)}${dice.pick(["0", "A", " ", '"'])}${line.slice(place)}`)
        .join("");
    default:
      return lines
        .with(
          at,
          line.replaceAll(/\d/g, (digit) => (dice.chance(0.1) ? "4" : digit)),
        )
        .join("");
  }
}

test("nothing done to an export goes unseen", async () => {
  const seed = seedOfRun();
  console.info(`tampering: TENFOUR_SEED=${seed}`);
  const dice = random(seed);
  let caught = 0;
  for (let run = 0; run < RUNS; run++) {
    const sample = await sampleLog(dice.int(0, 300));
    const lines = await anyExport(sample, dice);
    const text = lines.join("");
    expect(await found(text), `seed ${seed}, run ${run}`).toBe("ok");
    for (let edit = 0; edit < EDITS; edit++) {
      const other = tampered(lines, dice);
      if (other === text) continue;
      const verdict = await found(other);
      expect(verdict, `seed ${seed}, run ${run}, edit ${edit}`).not.toBe("ok");
      caught++;
    }
  }
  expect(caught).toBeGreaterThan((RUNS * EDITS) / 2);
});

async function anyExport(sample: SampleLog, dice: Random): Promise<string[]> {
  const positions = Array.from({ length: sample.size }, (_, position) => position);
  if (sample.size === 0 || dice.chance(0.4)) return sample.export();
  if (dice.chance(0.5)) return sample.export({ match: { account: "acme" } }, dice.some(positions));
  const first = dice.int(0, sample.size - 1);
  const last = dice.int(first, sample.size - 1);
  return sample.export({ positions: [first, last] }, positions.slice(first, last + 1));
}
