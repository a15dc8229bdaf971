/** Consent state over D1, through Drizzle: reads only, always from the primary. Decides nothing, caches nothing, has no timeout. */
import { and, gt, isNotNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { producerKeys } from "../../schema/consent/tables.ts";
import type { ConsentReader, KnownChange, LookupKeys, RevisionsResult } from "../consent/port.ts";
import type { StateRow } from "../consent/rows.ts";
import { foldState } from "../consent/state.ts";
import type { LookupParameter, MarkRow, RevisionsParameter } from "./lookup-query.ts";
import { lookupQuery, revisionsQuery } from "./lookup-query.ts";
import { asUnavailable } from "./unavailable.ts";

/** Whether a key has expired is for the gate's clock to say; the database's may be this much ahead of it. */
const EXPIRY_SLACK_S = "86400";

/**
 * Every method rejects with a `StoreUnavailable` if the state cannot be read whole. `now`: Unix milliseconds. `known`: a change that the
 * database must still hold.
 */
export function createConsentReader(
  db: D1Database,
  now: () => number = Date.now,
  known: () => Promise<KnownChange | null> = async () => null,
): ConsentReader {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  return {
    async lookup(keys, services, keyId, everyone) {
      const parameter = { ...parameterOf(keys, services, keyId, everyone), known: toKnown(await known()) };
      const cells = await stored(primary().values<[rows: string]>(lookupQuery(parameter)));
      try {
        const rows = cells.flatMap(([cell]) => JSON.parse(cell) as (MarkRow | StateRow)[]);
        const state = foldState(rows.filter((row): row is StateRow => !isMark(row)));
        return { state, ...resultOf(parameter, rows.filter(isMark), now()), ageMs: 0 };
      } catch (error) {
        throw asUnavailable("consent", error);
      }
    },

    async revisions(accounts, services, key) {
      const parameter = {
        key,
        services: [...new Set(services)],
        accounts: [...new Set(accounts)].sort(),
        known: toKnown(await known()),
      };
      const cells = await stored(primary().values<[rows: string]>(revisionsQuery(parameter)));
      try {
        return resultOf(
          parameter,
          cells.flatMap(([cell]) => JSON.parse(cell) as MarkRow[]),
          now(),
        );
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

function isMark(row: MarkRow | StateRow): row is MarkRow {
  return row[0] === "key" || row[0] === "revision" || row[0] === "versions" || row[0] === "known";
}

function resultOf(
  { accounts, services, known }: RevisionsParameter,
  rows: readonly MarkRow[],
  now: number,
): RevisionsResult {
  const revisions = {
    accounts: new Map<string, number | null>(accounts.map((id) => [id, null])),
    notices: new Map(services.map((id) => [id, 0])),
  };
  let keyRevoked = true;
  let putBack = known !== null;
  for (const row of rows) {
    if (row[0] === "key") keyRevoked = row[1] !== null && row[1] <= now;
    else if (row[0] === "known") putBack = row[1] === 0;
    else if (row[0] === "revision") revisions.accounts.set(row[1], row[2]);
    else revisions.notices.set(row[1], row[2]);
  }
  return { revisions, keyRevoked, putBack };
}

async function stored<T>(answer: PromiseLike<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw asUnavailable("consent", error);
  }
}

function toKnown(known: KnownChange | null): RevisionsParameter["known"] {
  return known === null || known.seq === 0 ? null : [known.seq, known.mark];
}

function parameterOf(
  keys: LookupKeys,
  services: readonly string[],
  key: string,
  everyone: boolean,
): Omit<LookupParameter, "known"> {
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
