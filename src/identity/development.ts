/**
 * The development issuer: its tokens are made on this machine by `npm run token`, and are believed on this machine alone.
 * Fails closed: where the gate answers to any name that is not this machine's, its keys are refused and nothing starts.
 */
import { CLAIM_DEFAULTS, ROLES } from "../config/identity.ts";
import type { Issuer } from "./issuer.ts";
import { holdsSecret, KeySet } from "./key-set.ts";

export const DEVELOPMENT_ISSUER = "urn:tenfour:development";
export const DEVELOPMENT_AUDIENCE = "tenfour";

/** `jwks`: checked by `developmentProblems`. */
export function developmentIssuer(jwks: NonNullable<Issuer["jwks"]>): Issuer {
  return {
    issuer: DEVELOPMENT_ISSUER,
    audience: DEVELOPMENT_AUDIENCE,
    algorithms: ["EdDSA"],
    roles: ROLES,
    claims: CLAIM_DEFAULTS,
    jwks,
  };
}

/** Why keys given for it cannot be used here; none if there are no keys. `hosts`: the names the gate answers to. */
export function developmentProblems(jwks: string | undefined, hosts: readonly string[]): string[] {
  if (jwks === undefined) return [];
  if (!hosts.every(isThisMachine)) {
    return [
      "TENFOUR_DEV_JWKS is set, and the gate answers to a name that is not this machine's: remove the binding, and configure issuers",
    ];
  }
  return isPublicKeySet(jwks) ? [] : ["TENFOUR_DEV_JWKS is not a set of public keys: remove the binding"];
}

/** Whether a name of the gate's can only be reached from this machine. */
export function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function isPublicKeySet(text: string): boolean {
  try {
    const document = JSON.parse(text);
    return KeySet.of(document) !== null && !document.keys.some(holdsSecret);
  } catch {
    return false;
  }
}
