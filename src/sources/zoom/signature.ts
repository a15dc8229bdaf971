/** Is a webhook Zoom's, and of now? Compares in constant time. No clock: `now` is passed in. */
import { createHmac, timingSafeEqual } from "node:crypto";

/** How far the timestamp of a webhook may be from our clock, ms: Zoom's own advice. */
const AGE_MS_MAX = 300_000;
const TIMESTAMP = /^\d{10}$/;
const SIGNATURE = /^v0=[0-9a-f]{64}$/;

export interface Signed {
  /** `x-zm-signature`. */
  readonly signature: string | null;
  /** `x-zm-request-timestamp`, Unix seconds. */
  readonly timestamp: string | null;
  readonly body: Uint8Array;
}

/** `now`: Unix milliseconds. */
export function isZooms({ signature, timestamp, body }: Signed, secret: string, now: number): boolean {
  if (!SIGNATURE.test(signature ?? "") || !TIMESTAMP.test(timestamp ?? "")) return false;
  const expected = createHmac("sha256", secret).update(`v0:${timestamp}:`).update(body).digest();
  const sent = Buffer.from(signature!.slice(3), "hex");
  return timingSafeEqual(sent, expected) && Math.abs(now - Number(timestamp) * 1000) <= AGE_MS_MAX;
}

/** What Zoom expects back when it asks whether we know the secret. */
export function tokenAnswer(
  plainToken: string,
  secret: string,
): { plainToken: string; encryptedToken: string } {
  return { plainToken, encryptedToken: createHmac("sha256", secret).update(plainToken).digest("hex") };
}
