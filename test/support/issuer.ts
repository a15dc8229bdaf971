/** An issuer of people's tokens for tests, and tokens of it. Its keys are made anew for each run. */
import { generateKeyPairSync, sign } from "node:crypto";
import { CLAIM_DEFAULTS, ROLES } from "../../src/config/identity.ts";
import type { Issuer } from "../../src/identity/issuer.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

export const ISSUER = {
  issuer: "https://id.example",
  audience: "tenfour",
  algorithms: ["EdDSA"],
  roles: ROLES,
  claims: CLAIM_DEFAULTS,
  jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "k1", alg: "EdDSA", use: "sig" }] },
} as const satisfies Issuer;

export interface Claims {
  readonly role: string;
  readonly account?: string;
  readonly conversation?: string;
  readonly person?: string;
  /** Unix milliseconds; default: an hour from `now`. */
  readonly expiresAt?: number;
}

export const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A token that is good for an hour from `now`, Unix milliseconds. */
export function tokenOf(
  { role, account, conversation, person = "pat", expiresAt }: Claims,
  now: number,
): string {
  const payload = {
    iss: ISSUER.issuer,
    aud: ISSUER.audience,
    sub: person,
    iat: Math.floor(now / 1000),
    exp: Math.floor((expiresAt ?? now + 3_600_000) / 1000),
    tenfour_role: role,
    tenfour_account: account,
    tenfour_conversation: conversation,
  };
  return signedToken(JSON.stringify({ alg: "EdDSA", typ: "JWT", kid: "k1" }), JSON.stringify(payload));
}

/** The issuer's signature over any header and payload, as they are written. */
export function signedToken(header: string, payload: string): string {
  const signed = [header, payload].map((text) => Buffer.from(text).toString("base64url")).join(".");
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}
