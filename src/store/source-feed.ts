/** What a source tells, into D1: one batch an event, which is atomic. Any order of the same events comes to the same rows. */
import { and, eq, type SQL, sql } from "drizzle-orm";
import { type DrizzleD1Database, drizzle } from "drizzle-orm/d1";
import { accounts, conversations, departures, presence } from "../../schema/consent/tables.ts";
import type { SourceEvent, SourceFeed } from "../consent/source-feed.ts";
import { insertWhere } from "./guarded-insert.ts";
import { reached } from "./reached.ts";

/** Rejects with `StoreUnavailable`. */
export function createSourceFeed(d1: D1Database): SourceFeed {
  const db = drizzle(d1);
  return {
    async keep(event, now) {
      const { account, conversation: id, kind } = event;
      const raise = db
        .update(accounts)
        .set({ revision: sql`${accounts.revision} + 1` })
        .where(and(eq(accounts.id, account), sql`changes() > 0`));
      const row = {
        ...{ id, accountId: account, kind, labels: "[]", startedAt: null, endedAt: null, createdAt: now },
      };
      const known = sql`exists (select 1 from ${accounts} where ${accounts.id} = ${account})`;
      const absent = sql`not exists (select 1 from ${conversations} where ${conversations.id} = ${id})`;
      const [, , found] = await reached(
        db.batch([
          insertWhere(db, conversations, row, sql`${known} and ${absent}`),
          raise,
          db
            .select({ account: conversations.accountId, kind: conversations.kind })
            .from(conversations)
            .where(eq(conversations.id, id)),
          ...changesOf(db, event).flatMap((change) => [change, raise]),
        ]),
      );
      const stored = found[0];
      if (stored === undefined) return "account_unknown";
      return stored.account === account && stored.kind === kind ? "kept" : "fixed";
    },
  };
}

/** Each holds only for the conversation as the event has it. */
function changesOf(db: DrizzleD1Database, event: SourceEvent) {
  const { conversation, recordedBy, told } = event;
  const same = sql`exists (select 1 from ${conversations} where ${isConversation(event)})`;
  switch (told.type) {
    case "started": {
      const earlier = sql`coalesce(${conversations.startedAt} > ${told.at}, 1) and coalesce(${conversations.endedAt} >= ${told.at}, 1)`;
      return [
        db
          .update(conversations)
          .set({ startedAt: told.at })
          .where(sql`${isConversation(event)} and ${earlier}`),
      ];
    }
    case "ended": {
      const earlier = sql`coalesce(${conversations.endedAt} > ${told.at}, 1) and coalesce(${conversations.startedAt} <= ${told.at}, 1)`;
      const of = sql`${presence.conversationId} = ${conversation} and ${presence.session} is not null and ${same}`;
      return [
        db
          .update(conversations)
          .set({ endedAt: told.at })
          .where(sql`${isConversation(event)} and ${earlier}`),
        end(db, of, told.at),
      ];
    }
    case "left": {
      const departure = { conversationId: conversation, session: told.session, at: told.at, recordedBy };
      const is = and(
        eq(departures.conversationId, conversation),
        eq(departures.session, told.session),
        eq(departures.at, told.at),
      );
      const of = sql`${presence.conversationId} = ${conversation} and ${presence.session} = ${told.session} and ${same}`;
      const absent = sql`not exists (select 1 from ${departures} where ${is})`;
      return [insertWhere(db, departures, departure, sql`${same} and ${absent}`), end(db, of, told.at)];
    }
    case "joined": {
      const { person, session, host, at } = told;
      const is = and(
        eq(presence.conversationId, conversation),
        eq(presence.person, person),
        eq(presence.session, session),
        eq(presence.joinedAt, at),
      );
      const absent = sql`not exists (select 1 from ${presence} where ${is})`;
      const stay = {
        ...{ conversationId: conversation, person, host: host ? 1 : 0, joinedAt: at, leftAt: null },
        ...{ recordedBy, source: null, session },
      };
      const left = sql`(select min(${departures.at}) from ${departures} where ${departures.conversationId} = ${conversation}
        and ${departures.session} = ${session} and ${departures.at} >= ${at})`;
      const ended = sql`(select ${conversations.endedAt} from ${conversations} where ${conversations.id} = ${conversation}
        and ${conversations.endedAt} >= ${at})`;
      // Of what has been told, the first end: null where there is none.
      const first = sql`coalesce(min(${left}, ${ended}), ${left}, ${ended})`;
      return [
        insertWhere(db, presence, stay, sql`${same} and ${absent}`),
        db
          .update(presence)
          .set({ leftAt: afterJoin(first) })
          .where(sql`${is} and ${presence.leftAt} is null and ${first} is not null`),
      ];
    }
  }
}

function isConversation({ conversation, account, kind }: SourceEvent): SQL | undefined {
  return and(
    eq(conversations.id, conversation),
    eq(conversations.accountId, account),
    eq(conversations.kind, kind),
  );
}

/** Ends the stays that had begun by then and are not known to have ended before. */
function end(db: DrizzleD1Database, of: SQL, at: number) {
  const leftAt = afterJoin(sql`${at}`);
  return db
    .update(presence)
    .set({ leftAt })
    .where(sql`${of} and ${presence.joinedAt} <= ${at} and coalesce(${presence.leftAt} > ${leftAt}, 1)`);
}

/** Sources tell of whole seconds: who left within the second of joining was there for an instant. */
function afterJoin(at: SQL): SQL {
  return sql`max(${at}, ${presence.joinedAt} + 1)`;
}
