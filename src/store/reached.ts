/** One call of the control plane to the consent database, with an end. What it rejects with names neither SQL nor ids. */
import { within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import { asUnavailable, StoreUnavailable } from "./unavailable.ts";

/** Rejects with `StoreUnavailable` whatever went wrong: Drizzle's own message holds the SQL and every bound parameter. */
export async function reached<T>(call: Promise<T>): Promise<T> {
  try {
    return await within(call, LIMITS.d1_ms_max, () => {
      throw new StoreUnavailable("consent", "interrupted");
    });
  } catch (error) {
    throw asUnavailable("consent", error);
  }
}
