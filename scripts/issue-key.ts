/** A producer key for development, issued through `/v1` like any other. */
import type { Operator } from "./operator.ts";

export interface IssuedKey {
  readonly id: string;
  readonly key: string;
  /** RFC 3339. */
  readonly expires_at: string;
}

const DAYS_VALID = 90;

export function issueKey(
  operator: Operator,
  producer: string,
  accounts: readonly string[],
  routes: readonly string[],
): Promise<IssuedKey> {
  const expires_at = new Date(Date.now() + DAYS_VALID * 86_400_000).toISOString();
  return operator<IssuedKey>("POST", "/v1/producer-keys", { producer, accounts, routes, expires_at });
}
