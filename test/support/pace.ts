/**
 * How much a test throws and how long it waits. Where every line is counted or may be a mutant, less and longer: `TENFOUR_CASES_PERCENT`
 * (1 to 100, default 100) is the share of the cases that are thrown.
 */

/** How many of `cases` this run throws, at least one. */
export function casesOfRun(cases: number): number {
  return Math.ceil((cases * percent()) / 100);
}

/** How long what takes `ms` at most may take in this run. */
export function patienceMs(ms: number): number {
  return (ms * 100) / percent();
}

function percent(): number {
  const share = Number(process.env.TENFOUR_CASES_PERCENT ?? 100);
  if (!(share >= 1 && share <= 100)) throw new Error("TENFOUR_CASES_PERCENT must be from 1 to 100");
  return share;
}
