/**
 * Producer keys: `tf_` and a compact JWS that names the producer, its accounts and routes, and an expiry.
 * Verifies without a database. No I/O. No clock: `now` is passed in. Never knows whether a key was revoked.
 */
import { base64url, CompactSign, compactVerify, errors } from "jose";
import { isCanonical } from "./segments.ts";

export const PRODUCER_KEY_PREFIX = "tf_";
/** The secret's least length, bytes after decoding: that of the HMAC. */
export const KEY_SECRET_BYTES_MIN = 32;
/** A key travels in one header: servers between refuse headers past 8 KiB. */
export const PRODUCER_KEY_CHARS_MAX = 7_168;

export interface ProducerKey {
  readonly id: string;
  readonly producer: string;
  /** Account ids, or `["*"]` for every account. */
  readonly accounts: readonly string[];
  readonly routes: readonly string[];
  /** Unix milliseconds, whole seconds. */
  readonly issuedAt: number;
  /** Unix milliseconds, whole seconds: from then on the key is expired. */
  readonly expiresAt: number;
}

export type ProducerKeyFault = "key_malformed" | "key_signature" | "key_expired";
export type ProducerKeyResult =
  | { readonly ok: true; readonly key: ProducerKey }
  | { readonly ok: false; readonly fault: ProducerKeyFault };

const ALG = "HS256";
/** The only protected header there is: pins `alg` and `typ`, and leaves no room for crit, jku, jwk, x5u or a second member. */
const HEADER_SEGMENT = base64url.encode(`{"alg":"${ALG}","typ":"tenfour-producer+jwt"}`);
const ID = /^[\x21-\x7e]{1,256}$/;
const CLAIMS = "jti,sub,accounts,routes,iat,exp";

/** The key's text, to be shown once. Times are cut to whole seconds. Throws a RangeError if it would not fit in a header. */
export async function issueProducerKey(claims: ProducerKey, secret: string): Promise<string> {
  const payload = JSON.stringify({
    jti: claims.id,
    sub: claims.producer,
    accounts: claims.accounts,
    routes: claims.routes,
    iat: Math.floor(claims.issuedAt / 1000),
    exp: Math.floor(claims.expiresAt / 1000),
  });
  const jws = await new CompactSign(new TextEncoder().encode(payload))
    .setProtectedHeader({ alg: ALG, typ: "tenfour-producer+jwt" })
    .sign(await keyOf(secret));
  const key = PRODUCER_KEY_PREFIX + jws;
  if (key.length > PRODUCER_KEY_CHARS_MAX) throw new RangeError("the producer key would not fit in a header");
  return key;
}

/** `secrets`: those that may have signed it, the current one first. `now` in Unix milliseconds. Throws only if a secret is unusable. */
export async function verifyProducerKey(
  key: string,
  secrets: string | readonly string[],
  now: number,
): Promise<ProducerKeyResult> {
  const signers = await Promise.all([secrets].flat().map(keyOf));
  if (key.length > PRODUCER_KEY_CHARS_MAX || !key.startsWith(PRODUCER_KEY_PREFIX))
    return bad("key_malformed");
  const jws = key.slice(PRODUCER_KEY_PREFIX.length);
  const segments = jws.split(".");
  if (segments.length !== 3 || segments[0] !== HEADER_SEGMENT || !segments.every(isCanonical)) {
    return bad("key_malformed");
  }
  let payload: Uint8Array | null = null;
  for (const signer of signers) {
    try {
      ({ payload } = await compactVerify(jws, signer, { algorithms: [ALG] }));
      break;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return bad("key_malformed");
    }
  }
  if (payload === null) return bad("key_signature");
  const claims = readClaims(payload);
  if (claims === null) return bad("key_malformed");
  return now >= claims.expiresAt ? bad("key_expired") : { ok: true, key: claims };
}

function bad(fault: ProducerKeyFault): ProducerKeyResult {
  return { ok: false, fault };
}

/** Only the spelling that issuing gives is read: it has no room for a duplicate, missing or further member. */
function readClaims(payload: Uint8Array): ProducerKey | null {
  let claims: Record<string, unknown>;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload);
    claims = JSON.parse(text);
    if (JSON.stringify(claims) !== text || Object.keys(claims).join() !== CLAIMS) return null;
  } catch {
    return null;
  }
  const { jti, sub, accounts, routes, iat, exp } = claims;
  if (!isId(jti) || !isId(sub) || !isIds(accounts) || !isIds(routes)) return null;
  if (!isSeconds(iat) || !isSeconds(exp)) return null;
  return { id: jti, producer: sub, accounts, routes, issuedAt: iat * 1000, expiresAt: exp * 1000 };
}

function isId(value: unknown): value is string {
  return typeof value === "string" && ID.test(value);
}

function isIds(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isId);
}

function isSeconds(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 253_402_300_799;
}

/** Imported once: an isolate has one secret, a test a few. */
const imported = new Map<string, Promise<CryptoKey>>();

function keyOf(secret: string): Promise<CryptoKey> {
  let key = imported.get(secret);
  if (key === undefined) {
    key = importSecret(secret);
    if (imported.size >= 4) imported.clear();
    imported.set(secret, key);
  }
  return key;
}

/** A sentence for whoever sets the secret, or null if it can be used. */
export function keySecretProblem(secret: string, name = "TENFOUR_KEY_SECRET"): string | null {
  if (isCanonical(secret) && base64url.decode(secret).length >= KEY_SECRET_BYTES_MIN) return null;
  return `${name} must be at least ${KEY_SECRET_BYTES_MIN} random bytes in base64url without padding.`;
}

async function importSecret(secret: string): Promise<CryptoKey> {
  const problem = keySecretProblem(secret);
  if (problem !== null) throw new TypeError(problem);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = Uint8Array.from(base64url.decode(secret));
  return crypto.subtle.importKey("raw", bytes, algorithm, false, ["sign", "verify"]);
}
