/** Erasing a person's ids over D1, through Drizzle: in one batch, which the database's own triggers hold to what an erasure may do. Rejects with `StoreUnavailable`. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import {
  changes,
  consents,
  erasures,
  participantAnswers,
  pseudonymKeys,
  serviceSettings,
} from "../../schema/consent/tables.ts";
import type { Erasures } from "../consent/erasure.ts";
import { reached } from "./reached.ts";

const ROLES = ["owner", "admin", "host", "participant", "auditor"];

export function createErasures(db: D1Database): Erasures {
  return {
    async knownAs(account, person) {
      const orm = drizzle(db.withSession("first-primary") as unknown as D1Database);
      // Whoever answers with a token of the role they answer in is the person themselves, whatever their token calls them.
      const own = (role: SQL, table: typeof consents | typeof serviceSettings | typeof participantAnswers) =>
        orm
          .selectDistinct({ name: table.recordedBy })
          .from(table)
          .where(
            and(
              eq(table.accountId, account),
              eq(table.person, person),
              sql`substr(${table.recordedBy}, 1, length(${role}) + 1) = ${role} || ' '`,
            ),
          );
      const [tombstone, keys, ...recorders] = await reached(
        orm.batch([
          orm
            .select({ at: erasures.at, record: erasures.record })
            .from(erasures)
            .where(and(eq(erasures.accountId, account), eq(erasures.person, person))),
          orm
            .select({ name: pseudonymKeys.person, key: pseudonymKeys.key })
            .from(pseudonymKeys)
            .where(
              and(
                eq(pseudonymKeys.accountId, account),
                sql`instr(' ' || ${pseudonymKeys.person} || ' ', ' ' || ${person} || ' ') > 0`,
              ),
            ),
          own(sql`'participant'`, participantAnswers),
          own(sql`${consents.role}`, consents),
          own(sql`${serviceSettings.role}`, serviceSettings),
        ]),
      );
      const asToken = (name: string) => ROLES.some((role) => name.startsWith(`${role} ${person} of `));
      const names = [
        person,
        ...keys.map(({ name }) => name).filter(asToken),
        ...recorders.flat().map(({ name }) => name),
      ];
      return {
        erased: tombstone[0] ?? null,
        key: keys.find(({ name }) => name === person)?.key ?? null,
        names: [...new Set(names)],
      };
    },

    async erase(account, names, { at, record }) {
      const orm = drizzle(db);
      const listed = sql`(select value from json_each(${JSON.stringify(names)}))`;
      const tombstones = sql`select ${account}, value, ${at}, ${record} from json_each(${JSON.stringify(names)}) where true`;
      const inAccount = sql`${changes.body} ->> 'account_id' = ${account}`;
      const without = (member: "person" | "recorded_by") =>
        orm
          .update(changes)
          .set({ body: sql`json_remove(${changes.body}, ${`$.${member}`})` })
          .where(and(inAccount, sql`${changes.body} ->> ${member} in ${listed}`));
      await reached(
        orm.batch([
          orm.insert(erasures).select(tombstones),
          orm
            .delete(pseudonymKeys)
            .where(and(eq(pseudonymKeys.accountId, account), sql`${pseudonymKeys.person} in ${listed}`)),
          without("person"),
          without("recorded_by"),
        ]),
      );
    },
  };
}
