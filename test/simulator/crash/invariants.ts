/**
 * What must hold after any loss of the process, once the ledger has caught up: nothing left that is not on record, nothing is on record as taken that
 * the upstream did not take, everything ended, once, and the log is what its signed heads say. Each broken one is a sentence.
 */

import { publicKeyOf } from "../../../src/base/ed25519.ts";
import type { Closed, Decided, Entry } from "../../../src/evidence/entries.ts";
import { foldExchange } from "../../../src/evidence/exchange.ts";
import { toRanges } from "../../../src/evidence/item-runs.ts";
import { archiveName, parseArchive } from "../../../src/ledger/archive-format.ts";
import { openCheckpoint } from "../../../src/ledger/checkpoint.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { append, EMPTY_LOG, rootOf } from "../../../src/ledger/log.ts";
import {
  formatVerifierKey,
  keyId,
  parseVerifierKey,
  type VerifierKey,
} from "../../../src/ledger/note-keys.ts";
import { leafOf } from "../../../src/ledger/stored-leaf.ts";
import { type HandedRecord, readHanded } from "../handed.ts";
import type { Sending } from "../sender.ts";
import type { Seen } from "../upstream.ts";
import { type Accepted, type LedgerTables, sha256Of } from "./ledger-tables.ts";

/** Whose log it is, and the seed of its key. */
export const LEDGER = { name: "gate.example/ledger", seed: new Uint8Array(32).fill(9) };

export interface Sent {
  readonly keyId: string;
  readonly sending: Sending;
  answered: boolean;
  lost: boolean;
}

interface After {
  readonly ledger: LedgerTables;
  readonly seen: readonly Seen[];
  readonly sent: readonly Sent[];
  /** When the process was lost, or a call of a database went wrong, ms since the seed began. */
  readonly failedAt: readonly number[];
}

/** Whoever asks has a proof within so long of an exchange's end, unless something failed meanwhile, ms. */
const PROVABLE_MS_MAX = 60_000;

export async function problemsAfter(after: After): Promise<string[]> {
  const problems: string[] = [];
  const say = (problem: string): void => void problems.push(problem);
  const byExchange = Map.groupBy(
    after.ledger.all.filter(({ entry }) => ["opened", "decided", "closed"].includes(entry.type)),
    ({ entry }) => entry.stream,
  );
  for (const seen of after.seen) {
    if (!byExchange.has(seen.exchange) && seen.received.length > 0)
      say("bytes of an exchange that is not on record");
  }
  for (const [exchange, accepted] of byExchange) {
    const calls = after.seen.filter((one) => one.exchange === exchange);
    if (calls.length > 1) say("the upstream was called more than once");
    const prefixed = (problem: string) => say(`${exchange}: ${problem}`);
    ofExchange(accepted, calls[0] ?? null, after, prefixed);
  }
  changesAreWhole(after.ledger, say);
  archiveIsWhole(after.ledger, say);
  await logIsWhole(after.ledger, say);
  return problems;
}

function ofExchange(
  accepted: readonly Accepted[],
  seen: Seen | null,
  after: After,
  say: (p: string) => void,
): void {
  const entries = accepted.map(({ entry }) => JSON.parse(entry.body) as Entry);
  const closings = entries.filter((entry): entry is Closed => entry.type === "closed");
  const [closed] = closings;
  if (closed === undefined || closings.length !== 1) {
    say(`ended ${closings.length} times`);
    return;
  }
  const opened = entries.find((entry) => entry.type === "opened");
  if (opened?.type !== "opened") {
    say("its opening is lost");
    return;
  }
  const sent = after.sent.find(({ keyId }) => keyId === opened.key_id);
  if (sent === undefined) {
    say("nobody sent it");
    return;
  }
  // Told by nobody, ended by nobody but the sweep: all that is known is that it may have left.
  const swept = closed.outcome === "unknown" && closed.fault === null && closed.upstream_status === null;
  if (swept && !sent.lost && sent.answered === false) say("swept while it was under way");
  const folded = foldExchange(entries)!;
  const outcomes = finalOutcomes(entries);
  const bytes = Buffer.concat(seen?.received ?? []);
  const { records, problem } = readHanded(bytes, sent.sending);
  // What a damaged body inflates to is nobody's.
  const readable = !(sent.sending.fault === "damages_gzip" && !sent.sending.valid);
  if (problem !== null && readable) say(`what arrived is not the sender's: ${problem}`);
  if (readable) {
    for (const record of records) arrivedIsOnRecord(record, accepted, seen!, say);
    for (const { index, as, end } of records) {
      if (index >= closed.in_doubt) say(`record ${index} arrived, and the evidence says it did not leave`);
      // Of what came in part nobody can say what it would have been.
      if (end > bytes.length) continue;
      if (outcomes.get(index) !== as)
        say(`record ${index} arrived as ${as}, on record as ${outcomes.get(index)}`);
      const rests = folded.rests_on.some(({ items }) => items.some(([a, b]) => a <= index && index <= b));
      if (as === "forwarded" && sent.sending.records[index]!.item.type === "content" && !rests)
        say(`record ${index} arrived, and the evidence names no consent for it`);
    }
    const whole = new Set(records.filter(({ end }) => end <= bytes.length).map(({ index }) => index));
    if (seen === null || !seen.hasty) {
      for (const [index, outcome] of outcomes) {
        if (index >= closed.settled || (outcome !== "forwarded" && outcome !== "stripped")) continue;
        if (!whole.has(index)) say(`record ${index} is on record as taken, and did not arrive`);
      }
    }
  }
  provableSoon(accepted, after.failedAt, say);
  summaryAgrees(closed, accepted, folded.rests_on, after.ledger, say);
}

/** What was decided of each item, as it finally stood. */
function finalOutcomes(entries: readonly Entry[]): Map<number, string> {
  const decided = entries.filter((entry): entry is Decided => entry.type === "decided");
  const named = new Map<number, string>();
  for (const { findings, findings_from } of decided) {
    findings.forEach((finding, i) => void named.set(findings_from + i, finding.outcome));
  }
  const rounds = new Map<number, number>();
  const found = new Map<number, string>();
  for (const { items, round, runs } of decided) {
    let index = items?.[0] ?? 0;
    for (let i = 0; i < runs.length; i += 2) {
      for (const end = index + runs[i + 1]!; index < end; index++) {
        if (round < (rounds.get(index) ?? 0)) continue;
        rounds.set(index, round);
        found.set(index, named.get(runs[i]!)!);
      }
    }
  }
  return found;
}

/** What was decided of it was durable before it left. */
function arrivedIsOnRecord(
  { index, start }: HandedRecord,
  accepted: readonly Accepted[],
  seen: Seen,
  say: (p: string) => void,
): void {
  let end = 0;
  const piece = seen.handed.find(({ bytes }) => {
    end += bytes.length;
    return start < end;
  });
  const before = accepted.filter(({ order }) => order < (piece?.order ?? -1));
  const isDecided = before.some(({ entry }) => {
    const body = JSON.parse(entry.body) as Entry;
    return body.type === "decided" && body.items !== null && body.items[0] <= index && index <= body.items[1];
  });
  if (!isDecided) say(`record ${index} left before it was on record`);
}

function provableSoon(
  accepted: readonly Accepted[],
  failedAt: readonly number[],
  say: (p: string) => void,
): void {
  const { acceptedAt, provableAt } = accepted.find(({ entry }) => entry.type === "closed")!;
  if (provableAt === null) say("there is no proof of its end");
  else if (provableAt - acceptedAt > PROVABLE_MS_MAX) {
    // What fails just before may be waited for still.
    const failed = failedAt.some((at) => acceptedAt - PROVABLE_MS_MAX <= at && at <= provableAt);
    if (!failed) say(`provable ${provableAt - acceptedAt} ms after its end`);
  }
}

/** Found as its entries have it, and nothing twice. */
function summaryAgrees(
  closed: Closed,
  accepted: readonly Accepted[],
  restsOn: readonly { consents: readonly string[]; items: readonly (readonly [number, number])[] }[],
  ledger: LedgerTables,
  say: (p: string) => void,
): void {
  const number = accepted[0]!.entry.seq;
  const summary = ledger.exchanges.get(number);
  if (summary?.exchange !== closed.exchange) {
    say("the ledger does not find it");
    return;
  }
  if (summary.outcome !== closed.outcome) say(`ended as ${closed.outcome}, found as ${summary.outcome}`);
  if (JSON.stringify(summary.counts) !== JSON.stringify(closed.counts)) say("found with other counts");
  const due = new Map<string, Set<number>>();
  const itemsOf = (ranges: readonly (readonly [number, number])[]) =>
    ranges.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i));
  for (const { consents, items } of restsOn) {
    for (const basis of consents) due.set(basis, new Set([...(due.get(basis) ?? []), ...itemsOf(items)]));
  }
  const found = new Map<string, number[]>();
  for (const [basis, of, , runs] of ledger.bases.values()) {
    if (of === number) found.set(basis, [...(found.get(basis) ?? []), ...itemsOf(toRanges(runs))]);
  }
  for (const [basis, items] of found) {
    if (new Set(items).size !== items.length) say(`an item rests on ${basis} twice`);
    if (items.some((item) => !due.get(basis)?.has(item)))
      say(`an item is found to rest on ${basis}, and does not`);
  }
  for (const [basis, items] of due) {
    if (items.size !== (found.get(basis)?.length ?? 0)) say(`an item rests on ${basis}, and is not found to`);
  }
}

/** The consent database's changes are in the ledger, each once, in their order. */
function changesAreWhole({ all, changes }: LedgerTables, say: (p: string) => void): void {
  const taken = all.filter(({ entry }) => entry.stream === "consent.0").map(({ entry }) => entry.position);
  if (JSON.stringify(taken) !== JSON.stringify(changes.map(({ seq }) => seq)))
    say(`changes ${taken} in the ledger, of ${changes.length}`);
}

/** What is in the database no more is in the archive, as it was. */
function archiveIsWhole(ledger: LedgerTables, say: (p: string) => void): void {
  const there = new Map(ledger.rows().map((entry) => [entry.seq, entry]));
  let next = 1;
  for (const object of ledger.objects) {
    const bytes = ledger.bucket.get(archiveName(object));
    if (bytes === undefined || sha256Of(bytes) !== object.sha256) {
      say("an archived object is not what was written");
      continue;
    }
    if (object.firstSeq !== next) say("the archive has a gap");
    next = object.lastSeq + 1;
    for (const entry of parseArchive(bytes)) there.set(entry.seq, entry);
  }
  for (const { entry } of ledger.all) {
    if (JSON.stringify(there.get(entry.seq)) !== JSON.stringify({ ...entry })) {
      const kept = there.get(entry.seq);
      if (kept === undefined || hashOfLeaf(leafOf(kept)).join() !== hashOfLeaf(leafOf(entry)).join())
        say(`entry ${entry.seq} is not there any more`);
    }
  }
  if (ledger.objects.length === 0) say("nothing was archived");
}

/** Each head that was ever signed, here and outside, is of the entries as they are: none forked, none rolled back. */
async function logIsWhole({ all, heads, bucket }: LedgerTables, say: (p: string) => void): Promise<void> {
  const key = await verifier();
  const notes = new Map(heads.map(({ size, note }) => [note, size]));
  for (const [name, bytes] of bucket) {
    if (!name.startsWith("checkpoint")) continue;
    const note = new TextDecoder().decode(bytes);
    if (!notes.has(note)) say("a head was published that the ledger does not have");
  }
  if ((heads.at(-1)?.size ?? 0) !== all.length)
    say(`the ledger's head is of ${heads.at(-1)?.size} of ${all.length}`);
  let log = EMPTY_LOG;
  for (const { size, note } of heads) {
    if (size <= log.size) say("a head does not follow the one before");
    log = append(
      log,
      all.slice(log.size, size).map(({ entry }) => hashOfLeaf(leafOf(entry))),
    ).state;
    const opened = await openCheckpoint(note, [{ verifier: key, sizeMax: null }]);
    if (!opened.ok) say(`a head that is ${opened.fault}`);
    else if (
      opened.checkpoint.size !== size ||
      !Buffer.from(opened.checkpoint.root).equals(Buffer.from(rootOf(log)))
    )
      say(`the head of ${size} is of another log`);
  }
  const places = all.map(({ entry }) => `${entry.stream}/${entry.position}`);
  if (new Set(places).size !== places.length) say("an entry is in the ledger twice");
}

let key: Promise<VerifierKey> | null = null;
function verifier(): Promise<VerifierKey> {
  key ??= (async () => {
    const publicKey = await publicKeyOf(LEDGER.seed);
    const text = formatVerifierKey({ name: LEDGER.name, id: keyId(LEDGER.name, publicKey), publicKey });
    return (await parseVerifierKey(text))!;
  })();
  return key;
}
