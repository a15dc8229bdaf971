/** Who may come with a token: roles, algorithms and issuers, as a configuration names them. Types and words, nothing else. */

export const ROLES = ["operator", "owner", "admin", "host", "participant", "auditor"] as const;
export type Role = (typeof ROLES)[number];

/** Signatures by a private key alone: with a shared secret, whoever verifies could also sign. */
export const TOKEN_ALGORITHMS = ["EdDSA", "ES256", "ES384", "RS256", "PS256"] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** An identity provider whose tokens are believed, and how far. Exactly one of `jwks_url` and `jwks`. */
export interface IssuerConfig {
  /** Exactly the `iss` of its tokens. */
  readonly issuer: string;
  /** What `aud` must be or hold: tokens meant for another service are refused. */
  readonly audience: string;
  /** The only ones accepted, whatever a token's header says. */
  readonly algorithms: readonly TokenAlgorithm[];
  /** Roles it may speak for; a token with another is refused. */
  readonly roles: readonly Role[];
  /** Accounts it may speak for; absent: any, and for an operator or auditor all of them. */
  readonly accounts?: readonly string[];
  /** Its keys: https, or http on loopback. */
  readonly jwks_url?: string;
  /** Its public keys. */
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] };
  readonly claims?: ClaimsConfig;
}

/** The claims that say who it is. */
export interface ClaimsConfig {
  /** One word of `roles`, or an array of one. Default `tenfour_role`. */
  readonly role?: string;
  /** Default `tenfour_account`. */
  readonly account?: string;
  /** Default `tenfour_conversation`. */
  readonly conversation?: string;
  /** Default `sub`. */
  readonly person?: string;
}

/** Members of private and of shared keys (RFC 7518). */
export const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] as const;

export const CLAIM_DEFAULTS: Required<ClaimsConfig> = {
  role: "tenfour_role",
  account: "tenfour_account",
  conversation: "tenfour_conversation",
  person: "sub",
};
