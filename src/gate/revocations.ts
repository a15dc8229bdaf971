/**
 * Which producer keys are revoked, as one isolate knows it: for bodies that need no look-up. What is known stays known while the
 * database is away, and is at most `revocation_age_ms_max` old while it is not.
 */
import { quiet, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import type { ConsentReader } from "../consent/port.ts";

/** Half of the bound: so that a refresh that fails once still leaves time for another. */
const REFRESH_AFTER_MS = LIMITS.revocation_age_ms_max / 2;
/** How long a request waits for a list it may not do without, ms. */
const WAIT_MS = 1_000;

export class Revocations {
  readonly #reader: ConsentReader;
  #revoked: ReadonlyMap<string, number> = new Map();
  #readAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(reader: ConsentReader) {
    this.#reader = reader;
  }

  /** `defer` keeps a refresh alive behind the request. */
  async has(keyId: string, now: number, defer: (work: Promise<unknown>) => void): Promise<boolean> {
    const age = since(this.#readAt, now);
    if (age > REFRESH_AFTER_MS && since(this.#triedAt, now) > WAIT_MS) {
      this.#triedAt = now;
      const refresh = quiet(this.#refresh(now));
      defer(refresh);
      if (age > LIMITS.revocation_age_ms_max - WAIT_MS)
        await within(refresh, WAIT_MS, () => {}).catch(() => {});
    }
    const revokedAt = this.#revoked.get(keyId);
    return revokedAt !== undefined && revokedAt <= now;
  }

  async #refresh(now: number): Promise<void> {
    this.#revoked = await this.#reader.revokedKeys();
    this.#readAt = now;
  }
}

/** After the clock has gone back nobody can say how long ago something was. */
function since(at: number, now: number): number {
  return at > now ? Number.POSITIVE_INFINITY : now - at;
}
