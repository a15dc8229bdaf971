/** Whether an answer has impact at all: the same question as `impact.ts` answers line by line, asked for one line. */
import type { ImpactRecords } from "../consent/impact.ts";
import type { ImpactFinder, LedgerReader } from "../ledger/port.ts";
import { FIRST, restingNow, UNFINISHED_MAX } from "./impact.ts";

export function impactFinder(
  records: ImpactRecords,
  ledger: Pick<LedgerReader, "resting" | "unfinished" | "entriesOf">,
): ImpactFinder {
  return async ({ record, what }) => {
    const subject = await records[what](record);
    if (subject === null) return null;
    const { account, answer, at, bases } = subject;
    if ((await ledger.resting(bases, FIRST, 1)).length > 0) return { account, answer, at };
    for (const exchange of await ledger.unfinished(UNFINISHED_MAX)) {
      const entries = (await ledger.entriesOf(exchange)).map(({ body }) => JSON.parse(body));
      if (restingNow(entries, bases).length > 0) return { account, answer, at };
    }
    return null;
  };
}
