/** An issuer's public keys, and which of them a token may have been signed with. No I/O. No clock. */
import { type CryptoKey, importJWK } from "jose";
import { PRIVATE_MEMBERS, type TokenAlgorithm } from "../config/identity.ts";
import { LIMITS } from "../config/limits.ts";
import type { Jwk } from "./issuer.ts";

/** Of each algorithm: the kind of key, and for curves which. */
const KEYS: Readonly<Record<TokenAlgorithm, { readonly kty: string; readonly crv?: string }>> = {
  EdDSA: { kty: "OKP", crv: "Ed25519" },
  ES256: { kty: "EC", crv: "P-256" },
  ES384: { kty: "EC", crv: "P-384" },
  RS256: { kty: "RSA" },
  PS256: { kty: "RSA" },
};

export class KeySet {
  readonly #keys: readonly Jwk[];
  readonly #imported = new Map<string, Promise<CryptoKey | Uint8Array>>();

  constructor(keys: readonly Jwk[]) {
    this.#keys = keys.filter((key) => !holdsSecret(key));
  }

  /** What `{"keys": […]}` holds; null if it is no key set. */
  static of(document: unknown): KeySet | null {
    const keys = (document as { keys?: unknown } | null)?.keys;
    if (!Array.isArray(keys) || keys.length > LIMITS.jwks_keys_max) return null;
    if (!keys.every((key) => typeof key === "object" && key !== null && !Array.isArray(key))) return null;
    return new KeySet(keys);
  }

  /** The one key that fits; null if none does, or more than one. `kid` undefined: the token names none. */
  async find(alg: TokenAlgorithm, kid: string | undefined): Promise<CryptoKey | Uint8Array | null> {
    const fitting = this.#keys.filter((key) => fits(key, alg) && (kid === undefined || key.kid === kid));
    const [key] = fitting;
    if (key === undefined || fitting.length > 1) return null;
    const name = `${alg} ${this.#keys.indexOf(key)}`;
    const imported = this.#imported.get(name) ?? importJWK({ ...key, alg }, alg);
    this.#imported.set(name, imported);
    try {
      return await imported;
    } catch {
      return null;
    }
  }
}

/** Whether it holds what only its owner may have. */
export function holdsSecret(key: Jwk): boolean {
  return key.kty === "oct" || PRIVATE_MEMBERS.some((name) => Object.hasOwn(key, name));
}

function fits(key: Jwk, alg: TokenAlgorithm): boolean {
  const { kty, crv } = KEYS[alg];
  const operations = key.key_ops;
  return (
    key.kty === kty &&
    (crv === undefined || key.crv === crv) &&
    (key.alg === undefined || key.alg === alg || (alg === "EdDSA" && key.alg === "Ed25519")) &&
    (key.use === undefined || key.use === "sig") &&
    (operations === undefined || (Array.isArray(operations) && operations.includes("verify")))
  );
}
