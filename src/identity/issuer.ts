/** An issuer as it is checked against: every default filled in. Types only. */
import type { ClaimsConfig, IssuerConfig } from "../config/identity.ts";

export interface Issuer extends Omit<IssuerConfig, "claims"> {
  readonly claims: Required<ClaimsConfig>;
}

/** A public key of an issuer, as RFC 7517 has it. */
export type Jwk = Readonly<Record<string, unknown>>;
