/**
 * What must hold of every exchange, whatever failed: the contract's one promise, and truth under failure. Each broken one is a sentence.
 */
import { createHash, createHmac } from "node:crypto";
import type { Closed } from "../../src/evidence/entries.ts";
import { type Exchange, foldExchange } from "../../src/evidence/exchange.ts";
import { MARKER } from "../support/marker.ts";
import type { Durable, EvidenceLog } from "./evidence-log.ts";
import type { Expectation } from "./expectation.ts";
import { type HandedRecord, readHanded } from "./handed.ts";
import type { RequestBody, Sending } from "./sender.ts";
import type { Seen } from "./upstream.ts";
import { DIGEST_SECRET } from "./world.ts";

/** A sender that sends nothing for so long is cut (`src/config/limits.ts`); and some for what the watch lets pass. */
const LIMIT_IDLE_MS = 44_000;

/** What the sender heard. */
export interface Told {
  readonly status: number;
  /** Of a problem of the gate's own; null: it is the upstream's answer, or that nothing was left. */
  readonly code: string | null;
  readonly exchange: string | null;
  readonly outcomes: string | null;
  readonly text: string;
}

export interface Run {
  readonly name: string;
  /** Sent after all faults had ended. */
  readonly healed: boolean;
  readonly sending: Sending;
  readonly keyId: string;
  /** Ms since the seed began. */
  readonly startedAt: number;
  endedAt: number;
  told: Told | null;
  readonly body: RequestBody;
  d1Calls: number;
  /** When the list of revoked keys was asked for that the gate had when it started. */
  readonly revocationsKnownAt: number;
}

export interface Facts {
  readonly evidence: EvidenceLog;
  readonly expectation: Expectation;
  readonly seen: readonly Seen[];
  readonly d1CallsMax: number;
  readonly stateAgeMs: number;
  /** Then the state may be from before the request. */
  readonly cached: boolean;
  readonly hit: (what: string) => void;
}

interface Case extends Facts {
  readonly run: Run;
  readonly told: Told;
  readonly seen_: Seen | null;
  readonly entries: readonly Durable[];
  readonly closed: Closed | null;
  readonly handed: Buffer;
  readonly records: readonly HandedRecord[];
  readonly whole: boolean;
  readonly say: (problem: string) => void;
}

export function problemsOf(run: Run, facts: Facts): string[] {
  const problems: string[] = [];
  const { told, sending } = run;
  if (told === null) return problems;
  const seen = told.exchange === null ? [] : facts.seen.filter(({ exchange }) => exchange === told.exchange);
  if (seen.length > 1) problems.push("the upstream was called more than once");
  const entries = told.exchange === null ? [] : facts.evidence.of(told.exchange);
  const handed = Buffer.concat(seen.flatMap((one) => one.handed.map(({ bytes }) => bytes)));
  // What a damaged body inflates to is nobody's, until its checksum says so: all that is known is that it must fail.
  const unreadable = sending.fault === "damages_gzip" && !sending.valid;
  const reading =
    sending.route.opaque || unreadable
      ? { records: [], whole: true, problem: null }
      : readHanded(handed, sending);
  if (reading.problem !== null) problems.push(`what was handed on is not the sender's: ${reading.problem}`);
  const one: Case = {
    ...facts,
    run,
    told,
    seen_: seen[0] ?? null,
    entries,
    closed: (entries.find(({ entry }) => entry.type === "closed")?.entry as Closed | undefined) ?? null,
    handed,
    records: reading.records,
    whole: reading.whole,
    say: (problem) => void problems.push(problem),
  };
  if (one.closed !== null) facts.hit(`outcome ${one.closed.outcome}`);
  else if (told.exchange !== null) facts.hit("outcome open");
  noContentElsewhere(one);
  if (run.d1Calls > facts.d1CallsMax) one.say(`${run.d1Calls} D1 calls`);
  revokedKeysAreRefused(one);
  if (run.healed) healedSucceeds(one);
  if (sending.route.opaque) {
    opaqueIsUntouched(one);
    return problems;
  }
  if (!unreadable) {
    onlyWhatIsAllowed(one);
    recordedBefore(one);
    evidenceAgrees(one);
  }
  if (told.code === null) answered(one);
  else failed(one);
  return problems;
}

/** Answers and evidence never hold content; a stripped or dropped record's does not leave. */
function noContentElsewhere({ told, entries, handed, records, run, say }: Case): void {
  if (told.text.includes(MARKER)) say("the answer holds content");
  if (JSON.stringify(entries).includes(MARKER)) say("the evidence holds content");
  if (run.sending.route.opaque || (run.sending.gzip && !run.sending.valid)) return;
  const forwarded = new Set(records.filter(({ as }) => as === "forwarded").map(({ index }) => index));
  run.sending.records.forEach(({ mark }, index) => {
    if (mark !== "" && !forwarded.has(index) && handed.includes(mark)) say(`content of record ${index} left`);
  });
}

/** No byte of an item that the rules deny, under state no older than the bound and none from before the request. */
function onlyWhatIsAllowed({ run, expectation, records, seen_, stateAgeMs, cached, say }: Case): void {
  const { sending, keyId, startedAt } = run;
  for (const { index, as, start } of records) {
    const record = sending.records[index]!;
    if (as !== "forwarded" || record.item.type !== "content") continue;
    const { at } = pieceAt(seen_!, start);
    const since = cached ? Math.max(0, at - stateAgeMs) : startedAt;
    if (!expectation.allowed(sending, keyId, index, at, { since, ageMs: stateAgeMs, cached }))
      say(`record ${index} was denied and left at ${at}`);
  }
}

function pieceAt(seen: Seen, offset: number) {
  let end = 0;
  for (const piece of seen.handed) {
    end += piece.bytes.length;
    if (offset < end) return piece;
  }
  throw new Error("nothing was handed on there");
}

/** What was decided is durable before the bytes it speaks of leave. */
function recordedBefore({ run, entries, records, seen_, say }: Case): void {
  if (seen_ === null) return;
  const first = seen_.handed[0];
  if (
    first !== undefined &&
    !entries.some(({ entry, order }) => entry.type === "opened" && order < first.order)
  ) {
    say("bytes left before the exchange was on record");
  }
  const known = new Map<number, Exchange | null>();
  for (const { index, as, start } of records) {
    const { order } = pieceAt(seen_, start);
    const before = entries.filter((one) => one.order < order).map(({ entry }) => entry);
    const decided = before.some(
      (entry) =>
        entry.type === "decided" &&
        entry.items !== null &&
        entry.items[0] <= index &&
        index <= entry.items[1],
    );
    if (!decided) say(`record ${index} left before it was on record`);
    if (as !== "forwarded" || run.sending.records[index]!.item.type !== "content") continue;
    if (!known.has(order)) known.set(order, foldExchange(before));
    if (!restsOn(known.get(order) ?? null, index)) {
      say(`record ${index} left, and what was on record did not say on which consent`);
    }
  }
}

function restsOn(exchange: Exchange | null, index: number): boolean {
  return exchange?.rests_on.some(({ items }) => items.some(([a, b]) => a <= index && index <= b)) ?? false;
}

/** Forwarded in evidence ⊆ at the upstream ⊆ forwarded or in doubt in evidence. */
function evidenceAgrees({ run, entries, closed, records, seen_, handed, say }: Case): void {
  const folded = foldExchange(entries.map(({ entry }) => entry));
  for (const { index, as } of records) {
    if (closed !== null && index >= closed.in_doubt)
      say(`record ${index} left, and the evidence says it did not`);
    if (
      as === "forwarded" &&
      run.sending.records[index]!.item.type === "content" &&
      !restsOn(folded, index)
    ) {
      say(`record ${index} left, and in the end the evidence names no consent for it`);
    }
  }
  if (closed === null) return;
  const { settled, in_doubt, counts, upstream_complete, outcome } = closed;
  if (settled > in_doubt) say(`settled ${settled}, in doubt ${in_doubt}`);
  const decidedEnd = Math.max(
    0,
    ...entries.map(({ entry }) => (entry.type === "decided" ? (entry.items?.[1] ?? -1) + 1 : 0)),
  );
  if (in_doubt > decidedEnd) say(`in doubt to ${in_doubt}, decided to ${decidedEnd}`);
  for (const as of ["forwarded", "stripped"] as const) {
    const left = records.filter((record) => record.as === as && record.end <= handed.length).length;
    if (counts[as] > left) say(`${counts[as]} ${as} on record, ${left} left`);
  }
  const total = counts.forwarded + counts.stripped + counts.dropped + counts.rejected;
  if (total > in_doubt) say(`counts of ${total} items, in doubt to ${in_doubt}`);
  if (seen_ === null) {
    if (upstream_complete !== false)
      say(`upstream_complete ${upstream_complete} of an upstream never called`);
    if (["forwarded", "aborted", "unknown"].includes(outcome))
      say(`${outcome}, and the upstream was never called`);
  } else {
    if (upstream_complete === true && !seen_.complete && !seen_.hasty)
      say("on record as complete, and the upstream saw it cut");
    if (upstream_complete === false && seen_.complete)
      say("on record as incomplete, and the upstream saw it whole");
    if (upstream_complete === null && seen_.fixed && !seen_.early && !seen_.meant())
      say("on record as perhaps complete, and it never ended");
    if (upstream_complete === true && settled > 0 && !seen_.hasty && !received(seen_).equals(handed))
      say("settled, and not all at the upstream");
    if (upstream_complete === false && settled > 0) say("settled, of an incomplete request");
  }
  // Of what failed, the piece in doubt may be measured and not have left.
  const most = closed.fault === null ? handed.length : Number.POSITIVE_INFINITY;
  if (closed.sent.bytes! < handed.length || closed.sent.bytes! > most)
    say(`${closed.sent.bytes} bytes sent on record, ${handed.length} handed on`);
  else if (closed.sent.bytes === handed.length && closed.sent.digest !== digestOf(handed))
    say("the digest of what was sent is another's");
  const taken = Buffer.from(run.sending.wire.subarray(0, run.body.taken));
  if (run.body.ended && closed.fault === null) {
    if (closed.received.bytes !== taken.length)
      say(`${closed.received.bytes} bytes received on record, ${taken.length} sent`);
    else if (closed.received.digest !== digestOf(taken)) say("the digest of what was received is another's");
  }
}

const received = (seen: Seen): Buffer => Buffer.concat(seen.received);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

function digestOf(bytes: Uint8Array): string {
  return createHmac("sha256", DIGEST_SECRET)
    .update(createHash("sha256").update(bytes).digest())
    .digest("base64url");
}

/** An answer that is no problem of the gate's: everything that was due is at the upstream, unchanged and in order, and all three agree. */
function answered({
  run,
  told,
  closed,
  entries,
  records,
  whole,
  seen_,
  handed,
  expectation,
  say,
}: Case): void {
  const { sending, keyId, startedAt, endedAt } = run;
  if (run.body.waitedMs > LIMIT_IDLE_MS) say(`a sender silent for ${run.body.waitedMs} ms was waited for`);
  if (!sending.valid || !run.body.ended) say(`told ${told.status} for a body that was not whole`);
  if (closed === null) {
    say(`told ${told.status}, and how it ended is not on record`);
    return;
  }
  const ok = told.status < 300;
  const doubt = seen_?.heardEarly === true;
  const due = seen_ === null ? "dropped" : doubt ? "unknown" : ok ? "forwarded" : "failed";
  if (closed.outcome !== due) say(`told ${told.status}, on record as ${closed.outcome}`);
  if (seen_ === null && told.status !== 200) say(`told ${told.status} without an upstream`);
  if (seen_ !== null) {
    if (told.status >= 300 && told.status < 400) say("a redirect reaches the sender");
    if (!seen_.tookEnd && !seen_.hasty) say("answered, and the end of the body was not taken");
    if (doubt && closed.upstream_complete !== null) {
      say("on record as complete, and the answer came before the end of the body");
    }
    if (seen_.status !== told.status) say(`told ${told.status}, the upstream said ${seen_.status}`);
    if (closed.upstream_complete === null ? !seen_.early : !seen_.complete && !seen_.hasty)
      say("answered, and the upstream saw it cut");
    if (!whole) say("answered, and what was handed on has no end");
    if (seen_.complete && !received(seen_).equals(handed))
      say("the upstream has something else than was handed on");
  }
  const as = new Map(records.map((record) => [record.index, record.as]));
  const counts = { forwarded: 0, stripped: 0, dropped: 0, rejected: 0 };
  sending.records.forEach((_, index) => {
    const outcome = as.get(index) ?? "dropped";
    counts[outcome] += 1;
    const possible = expectation.outcomes(sending, keyId, index, startedAt, endedAt);
    if (possible.size > 0 && !possible.has(outcome))
      say(`record ${index} was ${outcome}, and should be ${[...possible].join(" or ")}`);
  });
  const said = `forwarded=${counts.forwarded}, stripped=${counts.stripped}, dropped=${counts.dropped}${doubt ? ", unconfirmed" : ""}`;
  if (told.outcomes !== said) say(`told ${told.outcomes}, and it was ${said}`);
  if (JSON.stringify(closed.counts) !== JSON.stringify(counts))
    say(`on record ${JSON.stringify(closed.counts)}, and it was ${said}`);
  const folded = foldExchange(entries.map(({ entry }) => entry));
  for (const outcome of ["forwarded", "stripped", "dropped", "rejected"] as const) {
    const decided = (folded?.decided ?? []).filter((one) => one.outcome === outcome);
    const sum = decided.reduce((items, one) => items + one.items, 0);
    if (sum !== counts[outcome]) say(`decided on record: ${sum} ${outcome}, and it was ${counts[outcome]}`);
  }
  const rested = new Set(folded?.rests_on.flatMap(({ items }) => items.flatMap(([a, b]) => range(a, b))));
  for (const index of rested) {
    if (as.get(index) !== "forwarded") say(`record ${index} rests on consent on record, and did not leave`);
  }
  const all = sending.records.length;
  if (closed.settled !== (doubt ? 0 : all) || closed.in_doubt !== all)
    say(`settled ${closed.settled}, in doubt ${closed.in_doubt}, of ${all}`);
}

/** A problem of the gate's: never success; the upstream sees no whole request unless its headers came early or its end was meant, and doubt is recorded. */
function failed({ run, told, closed, seen_, say }: Case): void {
  if (told.status < 400) say(`told ${told.status} with ${told.code}`);
  if (told.exchange === null) return;
  const { outcome } = JSON.parse(told.text) as { outcome: string };
  if (
    closed !== null &&
    outcome !== closed.outcome &&
    told.code !== "outcome_unknown" &&
    outcome !== "unknown"
  ) {
    say(`told ${outcome}, on record as ${closed.outcome}`);
  }
  if (closed?.outcome === "forwarded" && told.code !== "outcome_unknown")
    say(`told ${told.code}, on record as forwarded`);
  if (told.code === "internal_error") say("a bug in the gate");
  if (
    told.code === "outcome_unknown" &&
    closed !== null &&
    !["forwarded", "failed", "dropped", "unknown"].includes(closed.outcome)
  ) {
    say(`told outcome_unknown, on record as ${closed.outcome}`);
  }
  if (seen_ !== null && !seen_.over && told.code !== "outcome_unknown")
    say("the request to the upstream was left open");
  if (seen_?.complete !== true) return;
  if (!seen_.meant() && !seen_.early)
    say("the upstream saw a whole request of a failed exchange, and had not answered before");
  if (outcome === "aborted" && !seen_.early) say("told it was aborted, and the upstream saw it whole");
  if (outcome !== "unknown" && outcome !== "aborted") say(`told ${outcome}, and the upstream saw it whole`);
  if (run.sending.route.onDeny === "reject" && told.code === "items_denied")
    say("rejected, and the upstream was called");
}

function opaqueIsUntouched({ run, told, closed, seen_, say }: Case): void {
  const wire = Buffer.from(run.sending.wire);
  if (seen_ !== null && !wire.subarray(0, received(seen_).length).equals(received(seen_)))
    say("an opaque body was changed");
  if (
    told.code === null &&
    seen_ !== null &&
    !seen_.early &&
    !seen_.hasty &&
    !(seen_.complete && received(seen_).equals(wire))
  ) {
    say("told success for an opaque body that is not at the upstream");
  }
  if (told.exchange !== null && closed === null) say("the evidence of an opaque body never came");
}

/** Known to be revoked, or so for longer than the bound while the database could be read: refused before anything. */
function revokedKeysAreRefused({ run, told, expectation, say }: Case): void {
  const since = expectation.revokedSince(run.keyId, run.startedAt);
  if (since === null || run.revocationsKnownAt < since || told.code === "clock_unavailable") return;
  if (told.code !== "key_revoked")
    say(`the key was known to be revoked, and the sender was told ${told.status}`);
}

function healedSucceeds({ told, run, say }: Case): void {
  if (told.code !== null || told.status >= 300)
    say(`after everything had healed: ${told.status} ${told.code}`);
  if (run.endedAt - run.startedAt > 30_000)
    say(`after everything had healed it took ${run.endedAt - run.startedAt} ms`);
}
