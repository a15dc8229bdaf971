/**
 * Receipts: signed for whoever answered, and checked by whoever holds the operator's public key. A receipt says one thing, and the entry of the
 * ledger inside it the same, or it is none. Pure but for WebCrypto.
 */
import { fromBase64 } from "../base/base64.ts";
import { canonicalJson } from "../base/canonical-json.ts";
import { openCheckpoint, type TrustedKey } from "./checkpoint.ts";
import { type JsonDocument, secured, signerOf } from "./data-integrity.ts";
import type { ConsentChanged } from "./entries.ts";
import { untrusted } from "./export-verify.ts";
import { type Finding, Found } from "./finding.ts";
import { sameHash } from "./hashing.ts";
import type { HeldCheckpoint, HeldLeaf } from "./held.ts";
import { hashOfLeaf, type Leaf } from "./leaf.ts";
import type { SignerKey } from "./note-keys.ts";
import { pseudonym } from "./pseudonym.ts";
import { answeredAt, type LoggedAt, type ReceiptWords, receiptDocument } from "./receipt-document.ts";
import { rootFromInclusion } from "./verify-proof.ts";

/** Signed by a key that signs checkpoints. Rejects with a `RangeError` if the entry is no answer, or not of this person. */
export async function signReceipt(words: ReceiptWords, signer: SignerKey): Promise<JsonDocument> {
  if (pseudonym(words.pseudonymKey, words.person) !== words.leaf.body.person) {
    throw new RangeError("the entry is another person's");
  }
  return secured(receiptDocument(words), signer, words.issuedAt);
}

export interface ReceiptSummary {
  readonly person: string;
  readonly answer: string;
  /** Unix milliseconds. */
  readonly at: number;
  /** To hold against an export. */
  readonly leaf: HeldLeaf;
  /** null: the receipt is a promise. */
  readonly checkpoint: HeldCheckpoint | null;
}

export type ReceiptVerdict =
  | { readonly ok: true; readonly receipt: ReceiptSummary }
  | { readonly ok: false; readonly finding: Finding };

/** `text`: the receipt as JSON; `name`: how to call it. */
export async function verifyReceipt(
  text: string,
  name: string,
  keys: readonly TrustedKey[],
): Promise<ReceiptVerdict> {
  try {
    return { ok: true, receipt: await opened(text, name, keys) };
  } catch (error) {
    if (error instanceof Found) return { ok: false, finding: error.finding };
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    const { finding } = new Found("unreadable", `${name} is no receipt.`);
    return { ok: false, finding };
  }
}

async function opened(text: string, name: string, keys: readonly TrustedKey[]): Promise<ReceiptSummary> {
  const document = documentOf(text);
  if (document === null) throw new Found("unreadable", `${name} is no receipt.`);
  const signer = await signerOf(
    document,
    keys.map(({ verifier }) => verifier),
  );
  if (signer === null)
    throw new Found("untrusted", `${name} is not signed by a key at hand, or was changed.`);
  const entry = literalValue(document["tenfour:entry"]) as (Leaf & { body: ConsentChanged }) | null;
  const log = literalValue(document["tenfour:log"]) as LoggedAt | null;
  const sizeMax = keys.find(({ verifier }) => verifier === signer)!.sizeMax;
  if (sizeMax !== null && (log === null || log.position >= sizeMax)) {
    throw untrusted(name, "retired_key");
  }
  const { person, answer, at } = sameInBoth(document, entry, name);
  const hash = hashOfLeaf(entry!);
  const leaf: HeldLeaf = { name, hash, position: log?.position ?? null };
  if (log === null) return { person, answer, at, leaf, checkpoint: null };
  const checkpoint = await openCheckpoint(log.checkpoint, keys);
  if (!checkpoint.ok) throw untrusted(`The checkpoint of ${name}`, checkpoint.fault);
  const { size, root } = checkpoint.checkpoint;
  const path = log.proof.map((one) => fromBase64(one) ?? new Uint8Array());
  const led = rootFromInclusion(log.position, size, hash, path);
  if (led === null || !sameHash(led, root)) {
    throw new Found("changed", `${name} is not in the log that its checkpoint is of.`, {
      position: log.position,
    });
  }
  return { person, answer, at, leaf, checkpoint: { name, checkpoint: checkpoint.checkpoint } };
}

/** What the receipt tells its reader must be what the ledger's entry says. Throws a `Found` if not. */
function sameInBoth(
  document: JsonDocument,
  entry: (Leaf & { body: ConsentChanged }) | null,
  name: string,
): { person: string; answer: string; at: number } {
  try {
    const person = (document["dpv:hasDataSubject"] as Record<string, string>)["dct:identifier"]!;
    const key = document["tenfour:pseudonymKey"] as string;
    const { answer, person: known } = entry!.body;
    const words = wordsOf(document, person, key, entry!);
    const { proof, ...told } = document;
    const same = proof !== undefined && canonicalJson(receiptDocument(words)) === canonicalJson(told);
    if (entry!.kind !== "consent_changed" || pseudonym(key, person) !== known || !same)
      throw new RangeError();
    return { person, answer: answer!, at: answeredAt(entry!.body) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      throw new Found("changed", `${name} says something else than the entry of the ledger in it.`);
    }
    throw error;
  }
}

/** The words a receipt was made of, read back: made again, they must give the same receipt. */
function wordsOf(
  document: JsonDocument,
  person: string,
  pseudonymKey: string,
  leaf: ReceiptWords["leaf"],
): ReceiptWords {
  // biome-ignore lint/suspicious/noExplicitAny: a signed document is read member by member; what is missing throws a TypeError.
  const read = document as any;
  const controller = read["dpv:hasDataController"];
  const process = read["dpv:hasProcess"];
  const [duration, location] = process["dpv:hasStorageCondition"];
  return {
    id: read["@id"],
    issuedAt: Date.parse(read["dct:issued"]),
    controller: {
      id: controller["@id"],
      name: controller["dpv:hasName"],
      address: controller["dpv:hasAddress"],
      contact: controller["dpv:hasContact"],
      jurisdiction: read["dpv:hasJurisdiction"],
    },
    processing: {
      purposes: process["dpv:hasPurpose"],
      processing: process["dpv:hasProcessing"],
      personalData: process["dpv:hasPersonalData"],
      recipients: process["dpv:hasRecipient"],
      storageDuration: duration["dpv:hasDuration"],
      storageLocation: location["dpv:hasLocation"],
    },
    person,
    pseudonymKey,
    language: read["dpv:hasNotice"]["dct:language"],
    manageAt: read["dpv:hasConsentControl"]["dpv:isExercisedAt"],
    noticeAt: read["dpv:hasNotice"]["dct:source"],
    source: read["tenfour:imported"]?.["dct:source"] ?? null,
    leaf,
    log: literalValue(read["tenfour:log"]) as LoggedAt | null,
  };
}

function documentOf(text: string): JsonDocument | null {
  try {
    const document: unknown = JSON.parse(text);
    const ours = (document as JsonDocument | null)?.["@type"] === "dpv:ConsentReceipt";
    // A member that is there twice would be read by others otherwise than here.
    const once = JSON.stringify(document) === text.replaceAll(/("(?:[^"\\]|\\.)*")|\s+/g, "$1");
    return ours && once ? (document as JsonDocument) : null;
  } catch {
    return null;
  }
}

function literalValue(literal: unknown): unknown {
  return (literal as { "@value"?: unknown } | null | undefined)?.["@value"] ?? null;
}
