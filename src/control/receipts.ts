/**
 * Receipts: for every answer a person gave, signed, with its place in the ledger once it has one. Whoever may see the answer may have it, as
 * often as they like. Changes no answer, and says nothing that the ledger's entry does not.
 */
import type { Hono } from "hono";
import { toBase64 } from "../base/base64.ts";
import type { AnsweredSubject } from "../consent/receipts.ts";
import type { ConsentChanged } from "../ledger/entries.ts";
import type { Leaf } from "../ledger/leaf.ts";
import type { StoredEntry } from "../ledger/port.ts";
import { StoredTree } from "../ledger/proofs.ts";
import { pseudonym } from "../ledger/pseudonym.ts";
import { signReceipt } from "../ledger/receipt.ts";
import type { LoggedAt } from "../ledger/receipt-document.ts";
import { leafOf } from "../ledger/stored-leaf.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { isSeen } from "./impact.ts";
import { pathId, resource } from "./resource.ts";

export function receipts(app: Hono, deps: ControlDeps): void {
  const of = (
    path: string,
    what: "consent" | "objection",
    find: (id: string) => Promise<AnsweredSubject | null>,
  ) =>
    resource(app, path, {
      async GET(c) {
        const subject = await find(pathId(c, what === "consent" ? "consent" : "answer"));
        if (subject === null || !isSeen(c, subject, what)) refuse({ code: "not_found", what });
        return { status: 200, body: await receiptOf(deps, subject, what) };
      },
    });
  of("/consents/:consent/receipt", "consent", (id) => deps.receipts.consent(id));
  of("/answers/:answer/receipt", "objection", (id) => deps.receipts.answer(id));
}

async function receiptOf(
  deps: ControlDeps,
  subject: AnsweredSubject,
  what: "consent" | "objection",
): Promise<object> {
  const { account, person, service, source } = subject;
  const entry = await placed(deps, subject);
  const leaf = leafOf(entry) as Leaf & { readonly body: ConsentChanged };
  const who = [account, person] as const;
  const key = (await deps.outbox.pseudonymKeys([who])).get(JSON.stringify(who));
  // Of someone who was erased, nobody can tell any more that the entry is theirs.
  if (key === undefined || pseudonym(key, person) !== leaf.body.person) refuse({ code: "not_found", what });
  const [signer] = await deps.ledgerKeys();
  const { controller, manageAt, processing } = deps.receiptTerms(signer!.name);
  const words = {
    id: `urn:tenfour:receipt:${encodeURIComponent(subject.id)}`,
    issuedAt: deps.now(),
    controller,
    processing: processing(service),
    person,
    pseudonymKey: key,
    language: await languageOf(deps, leaf.body),
    manageAt,
    noticeAt: null,
    source,
    leaf,
    log: await loggedAt(deps, entry),
  };
  return signReceipt(words, signer!);
}

/** The entry of the answer, taken into the ledger if it is not there yet. */
async function placed(deps: ControlDeps, { change }: AnsweredSubject): Promise<StoredEntry> {
  for (const last of [false, true]) {
    const epoch = (await deps.ledger.head())?.epoch ?? 0;
    const streams = Array.from({ length: epoch + 1 }, (_, i) => `consent.${i}`);
    const entry = await deps.ledger.changeAt(streams, change.seq, change.at);
    const isTheSame = entry !== null && JSON.parse(entry.body).changed.mark === change.mark;
    if (isTheSame && (last || (await isLogged(deps, entry)))) return entry;
    if (!last) await deps.writeLedger();
  }
  // The writer cannot take the consent database's changes, or that database is behind the ledger.
  return refuse({ code: "state_unavailable" });
}

async function isLogged(deps: ControlDeps, { seq }: StoredEntry): Promise<boolean> {
  return seq <= ((await deps.ledger.head())?.size ?? 0);
}

/** null: no checkpoint covers it yet, and the receipt is a promise that one will. */
async function loggedAt(deps: ControlDeps, { seq }: StoredEntry): Promise<LoggedAt | null> {
  const head = await deps.ledger.head();
  if (head === null || seq > head.size) return null;
  const proof = await new StoredTree(head.size, deps.ledger.readTile).inclusion(seq - 1);
  return { position: seq - 1, proof: proof.map(toBase64), checkpoint: head.note };
}

/** Of the notice that was answered; undetermined (`und`) where none was. */
async function languageOf(deps: ControlDeps, { service, notice_version: version }: ConsentChanged) {
  if (service === null || version === null) return "und";
  const notices = await deps.records.notices(service);
  return notices.find((notice) => notice.version === version)?.locale ?? "und";
}
