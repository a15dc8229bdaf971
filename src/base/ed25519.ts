/** Ed25519 (RFC 8032) by the platform's WebCrypto, and where it may not take a turn by its `node:crypto`, from raw keys. Knows nothing of consent. */
import { Buffer } from "node:buffer";
import { createPrivateKey, sign } from "node:crypto";

/** A private key as it is kept: 32 bytes. */
export type Seed = Uint8Array;

export const PUBLIC_KEY_BYTES = 32;
export const SEED_BYTES = 32;
export const SIGNATURE_BYTES = 64;

/** What stands before the seed in a PKCS #8 private key (RFC 8410). */
const PKCS8 = Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32);

/** Rejects if the seed is not 32 bytes. */
export async function signingKey(seed: Seed): Promise<CryptoKey> {
  return crypto.subtle.importKey("pkcs8", pkcs8(seed), "Ed25519", false, ["sign"]);
}

export async function signWith(key: CryptoKey, message: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key, message));
}

/** What signs at once, without giving way to anything else. Throws if the seed is not 32 bytes. */
export function signNowWith(seed: Seed): (message: Uint8Array) => Uint8Array {
  const key = createPrivateKey({ key: Buffer.from(pkcs8(seed)), format: "der", type: "pkcs8" });
  return (message) => sign(null, message, key);
}

/** Rejects if the key is not 32 bytes, or no point of the curve. */
export async function verifyingKey(publicKey: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
}

/** Whether `signature` is of this message by this key. */
export async function verifyWith(
  key: CryptoKey,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  if (signature.length !== SIGNATURE_BYTES) return false;
  return crypto.subtle.verify("Ed25519", key, signature, message);
}

/** The public half of a seed, 32 bytes. */
export async function publicKeyOf(seed: Seed): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey("pkcs8", pkcs8(seed), "Ed25519", true, ["sign"]);
  const { x } = (await crypto.subtle.exportKey("jwk", key)) as { x: string };
  return Uint8Array.from(atob(x.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}

function pkcs8(seed: Seed): Uint8Array {
  const der = new Uint8Array(PKCS8.length + seed.length);
  der.set(PKCS8);
  der.set(seed, PKCS8.length);
  return der;
}
