/**
 * What is kept of requests with an `Idempotency-Key`, so that one sent twice is carried out once. No I/O here.
 * The only implementation over D1 is in `store/`; it rejects if it cannot be read or written.
 */

/** One request's hold on a key. */
export interface Claim {
  /** Of who asks, for what, under which key: SHA-256, base64url. */
  readonly keyDigest: string;
  /** The request's own id. */
  readonly claim: string;
}

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** `claimed`: nobody has sent it before, carry it out. `lost`: the change was made, and its answer was never kept. */
export type Claiming =
  | { readonly is: "claimed" }
  | { readonly is: "answered"; readonly answer: KeptAnswer }
  | { readonly is: "underway" | "lost" | "other_payload" };

export interface IdempotencyKeys {
  /** `fingerprint`: SHA-256 of what was sent, base64url. `at`: Unix milliseconds. */
  claim(claim: Claim, fingerprint: string, at: number): Promise<Claiming>;
  /** Keeps the answer of the request that holds the claim. */
  keep(claim: Claim, answer: KeptAnswer): Promise<void>;
  /** Gives up a claim under which nothing was changed. */
  release(claim: Claim): Promise<void>;
}
