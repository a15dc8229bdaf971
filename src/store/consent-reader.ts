/** Consent state over D1, through Drizzle: reads only, always from the primary. Decides nothing, caches nothing, has no timeout. */
import { and, gt, isNotNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { producerKeys } from "../../schema/consent/tables.ts";
import type { ConsentReader, LookupKeys } from "../consent/port.ts";
import type { StateRow } from "../consent/rows.ts";
import { foldState } from "../consent/state.ts";
import type { LookupParameter } from "./lookup-query.ts";
import { lookupQuery } from "./lookup-query.ts";
import { asUnavailable } from "./unavailable.ts";

/** Whether a key has expired is for the gate's clock to say; the database's may be this much ahead of it. */
const EXPIRY_SLACK_S = "86400";

type KeyRow = readonly ["key", revokedAt: number | null];

/** Every method rejects with a `StoreUnavailable` if the state cannot be read whole. `now`: Unix milliseconds. */
export function createConsentReader(db: D1Database, now: () => number = Date.now): ConsentReader {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  return {
    async lookup(keys, services, keyId, everyone) {
      const query = lookupQuery(parameterOf(keys, services, keyId, everyone));
      const cells = await stored(primary().values<[rows: string]>(query));
      try {
        const rows = cells.flatMap(([cell]) => JSON.parse(cell) as (KeyRow | StateRow)[]);
        const keyRow = rows.find((row) => row[0] === "key");
        return {
          state: foldState(rows.filter((row) => row[0] !== "key")),
          keyRevoked: keyRow === undefined || (keyRow[1] !== null && keyRow[1] <= now()),
        };
      } catch (error) {
        throw asUnavailable("consent", error);
      }
    },

    async revokedKeys() {
      const unexpired = gt(producerKeys.expiresAt, sql`(unixepoch() - ${sql.raw(EXPIRY_SLACK_S)}) * 1000`);
      const rows = await stored(
        primary()
          .select({ id: producerKeys.id, revokedAt: producerKeys.revokedAt })
          .from(producerKeys)
          .where(and(isNotNull(producerKeys.revokedAt), unexpired)),
      );
      return new Map(rows.map((row) => [row.id, row.revokedAt!]));
    },
  };
}

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("consent", error);
  }
}

function parameterOf(
  keys: LookupKeys,
  services: readonly string[],
  key: string,
  everyone: boolean,
): LookupParameter {
  const conversations = new Set(keys.conversations);
  const people = new Map<string, readonly [string, string]>();
  for (const pair of keys.people) {
    conversations.add(pair[0]);
    people.set(JSON.stringify(pair), pair);
  }
  const whole = new Set(keys.whole);
  if (everyone) for (const conversation of conversations) whole.add(conversation);
  return {
    key,
    services: [...new Set(services)],
    accounts: [...new Set(keys.accounts)].sort(),
    conversations: [...conversations].filter((id) => !whole.has(id)).sort(),
    whole: [...whole].sort(),
    people: [...people.keys()].sort().map((pair) => people.get(pair)!),
  };
}
