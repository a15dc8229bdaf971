/** Keys that sign notes, as C2SP signed-note and Go's `sumdb/note` write them: Ed25519 only. Pure but for WebCrypto. */
import { createHash } from "node:crypto";
import { fromBase64, toBase64 } from "../base/base64.ts";
import {
  PUBLIC_KEY_BYTES,
  publicKeyOf,
  SEED_BYTES,
  signingKey,
  signNowWith,
  verifyingKey,
} from "../base/ed25519.ts";

/** A public key: `name+id+key` in a file of keys. */
export interface VerifierKey {
  /** Of the log: its origin. */
  readonly name: string;
  /** First four bytes, hexadecimal, of a digest of name and key: tells keys of a name apart, and proves nothing. */
  readonly id: string;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  readonly key: CryptoKey;
}

/** A private key: `PRIVATE+KEY+name+id+key`. */
export interface SignerKey {
  readonly name: string;
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly key: CryptoKey;
}

/** A private key that signs at once. */
export interface PromptSigner {
  readonly name: string;
  readonly id: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** The byte that says Ed25519 (C2SP signed-note, signature types). */
const ED25519 = 1;
const NAME = /^[^\p{White_Space}\p{Cc}+]+$/u;
const PRIVATE = "PRIVATE+KEY+";

/** Whether a key may have this name: no spaces, no `+`, no control characters. */
export function isKeyName(name: string): boolean {
  return NAME.test(name) && name.isWellFormed();
}

/** Eight hexadecimal digits. */
export function keyId(name: string, publicKey: Uint8Array): string {
  const typed = Uint8Array.of(ED25519, ...publicKey);
  return createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
}

export function formatVerifierKey({ name, id, publicKey }: Omit<VerifierKey, "key">): string {
  return `${name}+${id}+${toBase64(Uint8Array.of(ED25519, ...publicKey))}`;
}

/** null if it is no key, or one of another kind than Ed25519. */
export async function parseVerifierKey(text: string): Promise<VerifierKey | null> {
  const parts = partsOf(text, PUBLIC_KEY_BYTES);
  if (parts === null || parts.id !== keyId(parts.name, parts.bytes)) return null;
  try {
    const key = await verifyingKey(parts.bytes);
    return { name: parts.name, id: parts.id, publicKey: parts.bytes, key };
  } catch {
    return null;
  }
}

/** `seed`: 32 random bytes, which are the secret. Throws a `RangeError` at a bad name or seed. */
export function formatSignerKey(name: string, publicKey: Uint8Array, seed: Uint8Array): string {
  if (!isKeyName(name) || seed.length !== SEED_BYTES) throw new RangeError("a bad name or seed");
  return `${PRIVATE}${name}+${keyId(name, publicKey)}+${toBase64(Uint8Array.of(ED25519, ...seed))}`;
}

/** null if it is no key, or one of another kind than Ed25519. */
export async function parseSignerKey(text: string): Promise<SignerKey | null> {
  if (!text.startsWith(PRIVATE)) return null;
  const parts = partsOf(text.slice(PRIVATE.length), SEED_BYTES);
  if (parts === null) return null;
  const publicKey = await publicKeyOf(parts.bytes);
  if (parts.id !== keyId(parts.name, publicKey)) return null;
  return { name: parts.name, id: parts.id, publicKey, key: await signingKey(parts.bytes) };
}

/** null if it is no key. Does not compare the id with the key: `parseSignerKey` does. */
export function promptSigner(text: string): PromptSigner | null {
  if (!text.startsWith(PRIVATE)) return null;
  const parts = partsOf(text.slice(PRIVATE.length), SEED_BYTES);
  return parts === null ? null : { name: parts.name, id: parts.id, sign: signNowWith(parts.bytes) };
}

/** Name, id and what is after the byte that says the kind. */
function partsOf(text: string, length: number): { name: string; id: string; bytes: Uint8Array } | null {
  const found = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text);
  const bytes = fromBase64(found?.[3] ?? "");
  const name = found?.[1] ?? "";
  if (found === null || bytes === null || !isKeyName(name)) return null;
  if (bytes.length !== length + 1 || bytes[0] !== ED25519) return null;
  return { name, id: found[2]!, bytes: bytes.subarray(1) };
}
