/**
 * Sees to it that the operator is told of each withdrawal, revocation, refusal or objection that has impact, so that deletion can start: once it is in
 * the ledger, until the webhook has taken it. Told twice after a crash at the wrong moment, under the same id. No clock of its own.
 */
import type { ConsentChanged } from "../ledger/entries.ts";
import type { ImpactDue, ImpactFinder, LedgerStore, StoredEntry } from "../ledger/port.ts";

/** Of one run. */
const TOLD_MAX = 20;
const MINUTE_MS = 60_000;
/** What was decided before an answer may be recorded a moment after it: nothing found is asked once more after this long, ms. */
const SETTLED_MS = 10_000;
/** Between two tries at most, minutes. */
const WAIT_MAX = 60;
const ENDING: readonly (string | null)[] = ["withdrawn", "revoked", "refused", "objected"];

export interface ImpactMessage {
  readonly type: "impact";
  /** Of the answer; its impact is at `impact`. */
  readonly record: string;
  readonly account: string;
  readonly answer: string;
  readonly at: string;
  readonly impact: string;
}

/** Answers among these entries that may have impact. */
export function impactDue(entries: readonly StoredEntry[]): ImpactDue[] {
  return entries.flatMap(({ type, seq, body }) => {
    if (type !== "consent_changed") return [];
    const { what, record, answer } = JSON.parse(body) as ConsentChanged;
    if (!ENDING.includes(answer)) return [];
    return [{ record, what: what === "participant_answer" ? "objection" : "consent", seq, tries: 0 }];
  });
}

/** `tell` resolves to whether the message was taken. Resolves to how many were. */
export async function tellImpact(
  store: LedgerStore,
  impact: ImpactFinder,
  tell: (id: string, message: ImpactMessage) => Promise<boolean>,
  now: number,
): Promise<number> {
  let told = 0;
  for (const due of await store.impactDue(now, TOLD_MAX)) {
    const found = await impact(due);
    if (found === null) {
      if (due.tries === 0) await store.impactPutOff(due.record, now + SETTLED_MS);
      else await store.impactTold(due.record);
      continue;
    }
    const { account, answer, at } = found;
    const path = `/v1/${due.what}s/${encodeURIComponent(due.record)}/impact`;
    const when = new Date(at).toISOString();
    const message = { type: "impact", record: due.record, account, answer, at: when, impact: path } as const;
    if (await tell(`impact/${due.record}`, message)) {
      await store.impactTold(due.record);
      told += 1;
    } else {
      await store.impactPutOff(due.record, now + Math.min(2 ** due.tries, WAIT_MAX) * MINUTE_MS);
    }
  }
  return told;
}
