/** What impact asks of consent state, over D1, through Drizzle: reads only, from the primary. Rejects with `StoreUnavailable`. */
import { and, eq, inArray, lte, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import {
  consents,
  conversations,
  participantAnswers,
  presence,
  showings,
} from "../../schema/consent/tables.ts";
import type { ImpactRecords } from "../consent/impact.ts";
import { reached } from "./reached.ts";

export function createImpactRecords(db: D1Database): ImpactRecords {
  const primary = () => drizzle(db.withSession("first-primary") as unknown as D1Database);
  return {
    async consent(id) {
      const [found] = await reached(primary().select().from(consents).where(eq(consents.id, id)).all());
      if (found === undefined) return null;
      const { accountId, conversationId, service, answer } = found;
      const ended = and(
        eq(consents.accountId, accountId),
        eq(consents.conversationId, conversationId),
        eq(consents.service, service),
        eq(consents.answer, "given"),
        lte(consents.at, found.at),
      );
      const bases =
        answer === "given"
          ? [{ id }]
          : await reached(primary().select({ id: consents.id }).from(consents).where(ended).all());
      return {
        id,
        account: accountId,
        conversation: conversationId === "" ? null : conversationId,
        person: found.person,
        answer,
        at: found.at,
        bases: bases.map((one) => one.id),
      };
    },

    async objection(id) {
      const orm = primary();
      const [found] = await reached(
        orm.select().from(participantAnswers).where(eq(participantAnswers.id, id)).all(),
      );
      if (found === undefined) return null;
      const { accountId: account, conversationId, person, service } = found;
      const where = (column: SQL | typeof showings.conversationId) =>
        conversationId === ""
          ? sql`${column} in (select ${conversations.id} from ${conversations} where ${conversations.accountId} = ${account})`
          : sql`${column} = ${conversationId}`;
      const of = (column: typeof showings.service) => (service === "" ? undefined : eq(column, service));
      const [accepted, shown, hosted] = await reached(
        orm.batch([
          orm
            .select({ id: participantAnswers.id })
            .from(participantAnswers)
            .where(
              and(
                eq(participantAnswers.accountId, account),
                eq(participantAnswers.person, person),
                eq(participantAnswers.answer, "accepted"),
                conversationId === "" ? undefined : eq(participantAnswers.conversationId, conversationId),
                of(participantAnswers.service as unknown as typeof showings.service),
              ),
            ),
          orm
            .select({ id: showings.id })
            .from(showings)
            .where(and(eq(showings.person, person), where(showings.conversationId), of(showings.service))),
          orm
            .select({ id: consents.id })
            .from(consents)
            .where(
              and(
                eq(consents.accountId, account),
                eq(consents.person, person),
                eq(consents.answer, "given"),
                sql`${consents.conversationId} <> ''`,
                conversationId === "" ? undefined : eq(consents.conversationId, conversationId),
                of(consents.service as unknown as typeof showings.service),
              ),
            ),
        ]),
      );
      return {
        id,
        account,
        conversation: conversationId === "" ? null : conversationId,
        person,
        answer: found.answer,
        at: found.at,
        bases: [...accepted, ...shown, ...hosted].map((one) => one.id),
      };
    },

    async conversationsOf(account, person) {
      const orm = primary();
      const known = sql`(select ${presence.conversationId} from ${presence} where ${presence.person} = ${person}
        union select ${showings.conversationId} from ${showings} where ${showings.person} = ${person}
        union select ${participantAnswers.conversationId} from ${participantAnswers} where ${participantAnswers.person} = ${person})`;
      const rows = await reached(
        orm
          .select({ id: conversations.id })
          .from(conversations)
          .where(
            and(
              inArray(conversations.id, known),
              account === null ? undefined : eq(conversations.accountId, account),
            ),
          )
          .all(),
      );
      return rows.map(({ id }) => id);
    },
  };
}
