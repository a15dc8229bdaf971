/** W3C Data Integrity proofs of the cryptosuite `eddsa-jcs-2022`: a JSON document with its Ed25519 signature inside. Pure but for WebCrypto. */
import { createHash } from "node:crypto";
import { fromBase58, toBase58 } from "../base/base58.ts";
import { canonicalJson } from "../base/canonical-json.ts";
import { SIGNATURE_BYTES, signWith, verifyWith } from "../base/ed25519.ts";
import type { SignerKey, VerifierKey } from "./note-keys.ts";

export type JsonDocument = Readonly<Record<string, unknown>>;

/** What multicodec puts before an Ed25519 public key. */
const ED25519_PUBLIC = [0xed, 0x01];

/** The key as a did:key, which says all there is to it. */
export function didKey({ publicKey }: Pick<VerifierKey, "publicKey">): string {
  return `did:key:z${toBase58(Uint8Array.of(...ED25519_PUBLIC, ...publicKey))}`;
}

/** The document with its proof. `created`: Unix milliseconds, written in whole seconds. */
export async function secured(
  document: JsonDocument,
  signer: SignerKey,
  created: number,
): Promise<JsonDocument> {
  const did = didKey(signer);
  const options = {
    type: "DataIntegrityProof",
    cryptosuite: "eddsa-jcs-2022",
    created: `${new Date(created).toISOString().slice(0, 19)}Z`,
    verificationMethod: `${did}#${did.slice("did:key:".length)}`,
    proofPurpose: "assertionMethod",
    ...(document["@context"] === undefined ? {} : { "@context": document["@context"] }),
  };
  const signature = await signWith(signer.key, hashData(document, options));
  return { ...document, proof: { ...options, proofValue: `z${toBase58(signature)}` } };
}

/** The key of `keys` that signed the document; null: none, or not this document. */
export async function signerOf(
  document: JsonDocument,
  keys: readonly VerifierKey[],
): Promise<VerifierKey | null> {
  const { proof, ...rest } = document as JsonDocument & { proof?: Record<string, unknown> };
  if (typeof proof !== "object" || proof === null) return null;
  const { proofValue, ...options } = proof;
  const text = typeof proofValue === "string" && proofValue.startsWith("z") ? proofValue.slice(1) : "";
  const signature = fromBase58(text, SIGNATURE_BYTES);
  const key = keys.find((one) => {
    const did = didKey(one);
    return options.verificationMethod === `${did}#${did.slice("did:key:".length)}`;
  });
  if (signature === null || key === undefined) return null;
  if (options.type !== "DataIntegrityProof" || options.cryptosuite !== "eddsa-jcs-2022") return null;
  if (options.proofPurpose !== "assertionMethod") return null;
  if (canonicalJson(options["@context"] ?? null) !== canonicalJson(rest["@context"] ?? null)) return null;
  return (await verifyWith(key.key, hashData(rest, options), signature)) ? key : null;
}

function hashData(document: JsonDocument, options: JsonDocument): Uint8Array {
  const [first, second] = [options, document].map((one) =>
    createHash("sha256").update(canonicalJson(one)).digest(),
  );
  return Uint8Array.of(...first!, ...second!);
}
