/** How often whoever asks may ask, and how often a client may bring a token that is refused. Counts nothing itself. */
import { refuse } from "./fault.ts";

/** One limit: false once `key` has been counted more often than it allows. As Cloudflare's binding has it. */
export interface RateLimit {
  limit(counted: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

export interface RateLimits {
  /** By identity. */
  readonly requests: RateLimit;
  /** By client, of tokens refused. */
  readonly failures: RateLimit;
}

/** Whether it is within the limit. A limiter that fails limits nothing: it must never be what stops a withdrawal. */
export async function isWithin(limit: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limit.limit({ key })).success;
  } catch {
    return true;
  }
}

export async function countRequest({ requests }: RateLimits, identity: string): Promise<void> {
  if (!(await isWithin(requests, identity))) refuse({ code: "too_many_requests" });
}

/** `client`: its address as the edge names it. */
export async function countFailure({ failures }: RateLimits, client: string): Promise<void> {
  if (!(await isWithin(failures, client))) refuse({ code: "too_many_failures" });
}
