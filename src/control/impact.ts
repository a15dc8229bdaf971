/**
 * Impact: every exchange, and the items of it, that rested on an answer, line by line; so that what already left can be deleted or untrained. Says what
 * the evidence says, and claims no deletion: acknowledgements are the upstream's word.
 */
import type { Context, Hono } from "hono";
import type { ImpactSubject } from "../consent/impact.ts";
import type { Entry, IndexRange } from "../evidence/entries.ts";
import { foldExchange } from "../evidence/exchange.ts";
import type { DeletionAcknowledged } from "../ledger/entries.ts";
import type { Resting, RestingMark } from "../ledger/port.ts";
import { askingOf, seesAccount } from "./asking.ts";
import { streamed } from "./bulk/routes.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { formatInstant } from "./instant.ts";
import { DELETION } from "./ledger.ts";
import { checkQuery, pathId } from "./resource.ts";

/** Parts of exchanges in one D1 call. */
const SLICE = 500;
export const FIRST: RestingMark = [0, -1];
/** Exchanges that have not ended yet: an exchange ends within minutes. */
export const UNFINISHED_MAX = 1_000;

export function impact(app: Hono, deps: ControlDeps): void {
  const of = (
    path: string,
    what: "consent" | "objection",
    find: (id: string) => Promise<ImpactSubject | null>,
  ) => {
    app.get(path, async (c) => {
      checkQuery(c, []);
      const subject = await find(pathId(c, what));
      if (subject === null || !isSeen(c, subject, what)) refuse({ code: "not_found", what });
      // What was accepted until now, not only what the ledger has had time for.
      if ((await deps.writeLedger()) === null) refuse({ code: "evidence_unavailable" });
      return streamed(c, lines(deps, subject), "application/x-ndjson");
    });
    app.all(path, () => refuse({ code: "method_not_allowed", allow: "GET" }));
  };
  of("/consents/:consent/impact", "consent", (id) => deps.impact.consent(id));
  of("/objections/:objection/impact", "objection", (id) => deps.impact.objection(id));
}

/** Whether whoever asks may see what an answer brought about: the account's side, its host, and of a participant's the person. */
export function isSeen(
  c: Context,
  { account, conversation, person }: Pick<ImpactSubject, "account" | "conversation" | "person">,
  what: "consent" | "objection",
): boolean {
  const asking = askingOf(c);
  if (!seesAccount(asking, account)) return false;
  if (asking.role === "participant") return what === "objection" && asking.person === person;
  return asking.conversation === null || asking.conversation === conversation;
}

/**
 * A line for each exchange, oldest first, and at the end one that says that it is the end. One of very many turns takes several lines, and no two
 * name the same item.
 */
async function* lines(deps: ControlDeps, subject: ImpactSubject): AsyncGenerator<string> {
  const { bases } = subject;
  const acknowledged = await acknowledgements(deps, subject.id);
  let exchanges = 0;
  let items = 0;
  let before = "";
  const line = (resting: readonly Resting[]): string => {
    const [first] = resting;
    const ranges = joined(resting.flatMap((one) => one.items));
    if (first!.exchange !== before) exchanges += 1;
    before = first!.exchange;
    items += ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
    return `${JSON.stringify({
      exchange: first!.exchange,
      route: first!.route,
      purpose: first!.purpose,
      opened_at: formatInstant(first!.openedAt),
      closed_at: formatInstant(first!.closedAt),
      outcome: first!.outcome,
      items: ranges,
      rests_on: resting.map(({ basis }) => basis),
      acknowledged: acknowledged.get(first!.exchange) ?? [],
    })}\n`;
  };
  const seen = new Set<string>();
  const unfinished = await deps.ledger.unfinished(UNFINISHED_MAX);
  for (let past: RestingMark | null = FIRST; past !== null; ) {
    const found: readonly Resting[] = await deps.ledger.resting(bases, past, SLICE);
    const parts = [...Map.groupBy(found, ({ number, part }) => `${number} ${part}`).values()];
    yield parts.map(line).join("");
    const last = found.at(-1);
    past = last === undefined ? null : [last.number, last.part];
    for (const [one] of parts) if (unfinished.includes(one!.exchange)) seen.add(one!.exchange);
  }
  for (const exchange of unfinished.filter((one) => !seen.has(one))) {
    const resting = restingNow(await deps.evidence.entries(exchange), bases);
    if (resting.length > 0) yield line(resting);
  }
  yield `${JSON.stringify({
    summary: { record: subject.id, answer: subject.answer, at: formatInstant(subject.at), exchanges, items },
  })}\n`;
}

/** Of an exchange that has not ended: what may have left by now. */
export function restingNow(entries: readonly Entry[], bases: readonly string[]): Resting[] {
  const exchange = foldExchange(entries);
  if (exchange === null) return [];
  const of = (basis: string): IndexRange[] =>
    exchange.rests_on.filter(({ consents }) => consents.includes(basis)).flatMap((one) => one.items);
  return bases
    .map((basis) => ({ basis, items: of(basis) }))
    .filter(({ items }) => items.length > 0)
    .map(({ basis, items }) => ({
      exchange: exchange.exchange,
      number: 0,
      openedAt: exchange.opened_at ?? 0,
      closedAt: exchange.closed_at,
      route: exchange.route ?? "",
      purpose: exchange.purpose ?? "",
      outcome: exchange.outcome,
      basis,
      part: 0,
      items,
    }));
}

async function acknowledgements(deps: ControlDeps, record: string) {
  const found = new Map<string, { upstream: string; at: string; evidence_sha256: string | null }[]>();
  for (const entry of await deps.ledger.stream(DELETION)) {
    const body = JSON.parse(entry.body) as DeletionAcknowledged;
    if (body.record !== record) continue;
    const said = {
      upstream: body.upstream,
      at: formatInstant(body.at),
      evidence_sha256: body.evidence_sha256,
    };
    for (const exchange of body.exchanges) found.set(exchange, [...(found.get(exchange) ?? []), said]);
  }
  return found;
}

function joined(ranges: readonly IndexRange[]): IndexRange[] {
  const whole: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const open = whole.at(-1);
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else whole.push([first, last]);
  }
  return whole;
}
