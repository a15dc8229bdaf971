/** `Idempotency-Key`s over D1, through Drizzle. Knows nothing of what is asked. Every method rejects with `StoreUnavailable`. */
import { and, eq, lt, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { idempotencyKeys } from "../../schema/consent/tables.ts";
import { LIMITS } from "../config/limits.ts";
import type { Claim, IdempotencyKeys, KeptAnswer } from "../consent/idempotency.ts";
import { reached } from "./reached.ts";

/** Old rows deleted with each claim: more than are added, so that they never pile up. */
const SWEPT_MAX = 20;
/** An answer kept, bytes of JSON: a row of D1 holds 2 MB. */
const ANSWER_BYTES_MAX = 1_800_000;

export function createIdempotencyKeys(d1: D1Database): IdempotencyKeys {
  const db = drizzle(d1);
  return {
    async claim({ keyDigest, claim }, fingerprint, at) {
      const is = eq(idempotencyKeys.keyDigest, keyDigest);
      const old = db
        .select({ keyDigest: idempotencyKeys.keyDigest })
        .from(idempotencyKeys)
        .where(lt(idempotencyKeys.at, at - LIMITS.idempotency_ms_max))
        .limit(SWEPT_MAX);
      const abandoned = and(
        is,
        eq(idempotencyKeys.changed, 0),
        eq(idempotencyKeys.fingerprint, fingerprint),
        lt(idempotencyKeys.at, at - LIMITS.idempotency_claim_ms_max),
      );
      const expired = and(is, lt(idempotencyKeys.at, at - LIMITS.idempotency_ms_max));
      const [, , , , found] = await reached(
        db.batch([
          db.delete(idempotencyKeys).where(sql`${idempotencyKeys.keyDigest} in ${old}`),
          db.delete(idempotencyKeys).where(expired),
          db.delete(idempotencyKeys).where(abandoned),
          db
            .insert(idempotencyKeys)
            .values({ keyDigest, fingerprint, claim, at, changed: 0, answer: null })
            .onConflictDoNothing(),
          db.select().from(idempotencyKeys).where(is),
        ]),
      );
      const kept = found[0]!;
      if (kept.claim === claim) return { is: "claimed" };
      if (kept.fingerprint !== fingerprint) return { is: "other_payload" };
      if (kept.answer !== null) return { is: "answered", answer: JSON.parse(kept.answer) as KeptAnswer };
      const over = kept.at < at - LIMITS.idempotency_claim_ms_max;
      return { is: over && kept.changed === 1 ? "lost" : "underway" };
    },

    async keep(claim, answer) {
      const json = JSON.stringify(answer);
      if (new TextEncoder().encode(json).length > ANSWER_BYTES_MAX) return;
      await reached(db.batch([db.update(idempotencyKeys).set({ answer: json }).where(held(claim))]));
    },

    async release(claim) {
      const unchanged = and(held(claim), eq(idempotencyKeys.changed, 0));
      await reached(db.batch([db.delete(idempotencyKeys).where(unchanged)]));
    },
  };
}

/** Goes into the batch that makes the change: both happen, or neither. `condition`: that the change was made. */
export function markChanged(db: DrizzleD1Database, claim: Claim | null, condition: ReturnType<typeof sql>) {
  return claim === null
    ? []
    : [
        db
          .update(idempotencyKeys)
          .set({ changed: 1 })
          .where(and(held(claim), condition)),
      ];
}

function held({ keyDigest, claim }: Claim) {
  return and(eq(idempotencyKeys.keyDigest, keyDigest), eq(idempotencyKeys.claim, claim));
}
