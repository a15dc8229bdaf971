/**
 * The ledger's writer: takes what was accepted since the last checkpoint, in its order, and commits hashes, summaries and a signed checkpoint
 * as one. Nothing between two commits is kept anywhere, so a run that dies has changed nothing; of two at once, one is refused and begins
 * again. No D1 and no clock of its own.
 */

import { signCheckpoint } from "../ledger/checkpoint.ts";
import type { ConfigurationChanged, KeysChanged, Reconciliation } from "../ledger/entries.ts";
import { hashOfLeaf } from "../ledger/leaf.ts";
import { append, readLog, rootOf } from "../ledger/log.ts";
import type { SignerKey } from "../ledger/note-keys.ts";
import type { ChangeMark, Head, LedgerStore, Outbox, StoredEntry } from "../ledger/port.ts";
import { isOfExchange, leafOf } from "../ledger/stored-leaf.ts";
import { configurationAfter, configurationChanges } from "./configuration-change.ts";
import { peopleIn, toConsentChanged } from "./consent-change.ts";
import { addEnded } from "./ended.ts";
import { keysAfter } from "./key-change.ts";
import { byExchange, summarise } from "./summaries.ts";
import { impactDue } from "./tell-impact.ts";

export interface LedgerWriterDeps {
  readonly store: LedgerStore;
  readonly outbox: Outbox;
  /** The key in use, and during a rotation the next one too: not empty. */
  readonly signers: readonly SignerKey[];
  readonly configuration: { readonly digest: string; readonly canonical: string };
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Whether there is a webhook to be told of impact. Default: there is none. */
  readonly tellsImpact?: boolean;
  /** Told of each head that was committed: to keep it elsewhere. May fail without harm. */
  readonly keep?: (head: Head) => Promise<void>;
}

export interface Run {
  readonly head: Head | null;
  /** Entries added to the ledger. */
  readonly added: number;
  /** The consent database is not the one the ledger knows: none of its changes were taken. */
  readonly behind: boolean;
}

/** Passes of one run: what a million changes take is many runs, not one without end. */
const PASSES_MAX = 50;
/** How often another writer may be faster. */
const REFUSALS_MAX = 5;
/** Changes taken over in one pass. */
const CHANGES_MAX = 1_000;
/** A pass that reads as many bytes of entries may have left some: it reads at most 4 MB, and the next may have been of 2 MB. */
const MORE_BYTES = 2_000_000;

export const CONFIGURATION = "configuration";
export const RECONCILIATION = "reconciliation";
export const KEYS = "keys";

/** The stream of the consent database's changes, since it was last reconciled. */
export function consentStream(epoch: number): string {
  return `consent.${epoch}`;
}

/** The next run takes up what this one leaves. Rejects if the evidence database cannot be reached. */
export async function writeLedger(deps: LedgerWriterDeps): Promise<Run> {
  await noteConfiguration(deps);
  let head = await deps.store.head();
  await noteKeys(deps, head);
  let added = 0;
  let refusals = 0;
  let behind = false;
  for (let pass = 0; pass < PASSES_MAX && refusals < REFUSALS_MAX; pass++) {
    behind = await takeChanges(deps, head);
    const next = await extend(deps, head);
    if (next === "none") break;
    if (next === "refused") {
      refusals += 1;
      head = await deps.store.head();
      continue;
    }
    added += next.head.size - (head?.size ?? 0);
    head = next.head;
    await deps.keep?.(head).catch(() => {});
    // An exchange under way adds entries all the time, and each pass reads all it has: what comes now is for the next run.
    if (!next.more) break;
  }
  return { head, added, behind };
}

/** Resolves to whether the consent database was put back. While it is away, the exchanges go on being written. */
async function takeChanges({ store, outbox }: LedgerWriterDeps, head: Head | null): Promise<boolean> {
  const stream = consentStream(head?.epoch ?? 0);
  const known = latest(await store.lastOf(stream), head);
  let found: Awaited<ReturnType<Outbox["after"]>>;
  let keys: ReadonlyMap<string, string>;
  try {
    found = await outbox.after(known, CHANGES_MAX);
    keys = await outbox.pseudonymKeys(found.changes.flatMap(peopleIn));
  } catch {
    return false;
  }
  if (!found.holds) return true;
  await store.append(
    found.changes.map((change) => ({
      stream,
      position: change.seq,
      type: "consent_changed",
      at: change.at,
      body: toConsentChanged(change, keys),
    })),
  );
  return false;
}

/** The last change that was taken over, whether or not a checkpoint covers it yet. */
function latest(last: StoredEntry | null, head: Head | null): ChangeMark {
  const known = head?.change ?? { seq: 0, mark: "" };
  return last === null || last.position <= known.seq ? known : markOf(last);
}

function markOf({ position, body }: StoredEntry): ChangeMark {
  return { seq: position, mark: (JSON.parse(body) as { changed: { mark: string } }).changed.mark };
}

interface Extended {
  readonly head: Head;
  /** There may have been more than one pass takes. */
  readonly more: boolean;
}

async function extend(
  { store, signers, now, tellsImpact = false }: LedgerWriterDeps,
  head: Head | null,
): Promise<Extended | "none" | "refused"> {
  const follows = head?.size ?? 0;
  const entries = await store.after(follows);
  const last = entries.at(-1);
  if (last === undefined) return "none";
  const size = entries.reduce((sum, { body }) => sum + body.length, 0);
  const log = append(
    await readLog(follows, store.readTile),
    entries.map((entry) => hashOfLeaf(leafOf(entry))),
  );
  const checkpoint = { origin: signers[0]!.name, size: log.state.size, root: rootOf(log.state) };
  const next: Head = {
    size: log.state.size,
    at: now(),
    note: await signCheckpoint(checkpoint, signers),
    ...consentAfter(entries, head),
  };
  const numbers = await store.numbersOf(exchangesIn(entries));
  const news = byExchange(entries, (exchange) => numbers.has(exchange));
  for (const { exchange, closed, whole } of news) {
    if (closed !== null && !whole) await addEnded(store, numbers.get(exchange)!, closed);
  }
  const summaries = summarise(news, numbers);
  const due = tellsImpact ? impactDue(entries) : [];
  const committed = await store.commit({ head: next, follows, tiles: log.tiles, summaries, due });
  return committed ? { head: next, more: entries.length >= CHANGES_MAX || size >= MORE_BYTES } : "refused";
}

function exchangesIn(entries: readonly StoredEntry[]): string[] {
  return [...new Set(entries.filter(isOfExchange).map(({ stream }) => stream))];
}

/** How far into the consent database's changes the ledger goes with these entries: they alone say it. */
function consentAfter(entries: readonly StoredEntry[], head: Head | null): Pick<Head, "epoch" | "change"> {
  let epoch = head?.epoch ?? 0;
  let change = head?.change ?? { seq: 0, mark: "" };
  for (const entry of entries) {
    if (entry.stream === consentStream(epoch)) change = markOf(entry);
    if (entry.stream !== RECONCILIATION) continue;
    const { revision_found, mark_found } = JSON.parse(entry.body) as Reconciliation;
    epoch = entry.position;
    change = { seq: revision_found, mark: mark_found };
  }
  return { epoch, change };
}

/** On record: from when which configuration was in force, and what it changed. */
async function noteConfiguration({ store, configuration, now }: LedgerWriterDeps): Promise<void> {
  const last = await store.lastOf(CONFIGURATION);
  const previous = last === null ? null : (JSON.parse(last.body) as ConfigurationChanged).digest;
  if (previous === configuration.digest) return;
  const before = (await store.stream(CONFIGURATION)).map(
    ({ body }) => JSON.parse(body) as ConfigurationChanged,
  );
  const at = now();
  const body: ConfigurationChanged = {
    at,
    digest: configuration.digest,
    previous_digest: previous,
    changes: configurationChanges(configurationAfter(before), JSON.parse(configuration.canonical)),
  };
  // Refused: another writer has just noted it.
  await store.append([
    { stream: CONFIGURATION, position: (last?.position ?? 0) + 1, type: "configuration_changed", at, body },
  ]);
}

/** On record: from when which keys sign. */
async function noteKeys({ store, signers, now }: LedgerWriterDeps, head: Head | null): Promise<void> {
  const last = await store.lastOf(KEYS);
  const before = last === null ? null : (JSON.parse(last.body) as KeysChanged).keys;
  const keys = keysAfter(before, signers, head);
  if (keys === null) return;
  const at = now();
  const body: KeysChanged = { at, keys };
  // Refused: another writer has just noted it.
  await store.append([{ stream: KEYS, position: (last?.position ?? 0) + 1, type: "keys_changed", at, body }]);
}
