/** Whose answers a newer notice lapses, over D1: a slice at a time, whatever is on record. Writes nothing. Decides nothing. */
import { inArray, type SQL, sql } from "drizzle-orm";
import type { DrizzleD1Database } from "drizzle-orm/d1";
import { alias } from "drizzle-orm/sqlite-core";
import { consents, conversations, presence } from "../../schema/consent/tables.ts";
import type { ConsentRecords } from "../consent/writer.ts";
import * as rows from "./consent-rows.ts";
import { reached } from "./reached.ts";

/** Places looked at for one slice: what counts may be rare among them. */
const PLACES_MAX = 10_000;

const consent = alias(consents, "consent");
const latest = alias(consents, "latest");
const talk = alias(conversations, "talk");
const stay = alias(presence, "stay");

/** Rejects with `StoreUnavailable`. */
export function lapsingRecords(
  db: DrizzleD1Database,
  placesMax = PLACES_MAX,
): Pick<ConsentRecords, "givenTo" | "peoplePresent"> {
  return {
    async givenTo(service, versions, { account, after, limit, at }) {
      const from = [after?.account ?? "", after?.conversation ?? ""] as const;
      const later =
        after === null
          ? sql`true`
          : account === null
            ? sql`(${consents.accountId}, ${consents.conversationId}) > (${from[0]}, ${from[1]})`
            : sql`${consents.conversationId} > ${from[1]}`;
      const own = account === null ? sql`true` : sql`${consents.accountId} = ${account}`;
      const query = sql`
with place(account, conversation) as materialized (
  select distinct ${consents.accountId}, ${consents.conversationId} from ${consents}
  where ${own} and ${later} and ${consents.service} = ${service}
  order by ${consents.accountId}, ${consents.conversationId} limit ${sql.raw(String(placesMax))}
)
select * from (select account, conversation, null, null from place limit 1 offset ${sql.raw(String(placesMax - 1))})
union all
select * from (
  select place.account, place.conversation, ${consent.seq}, (
    select json_group_array(distinct ${stay.person}) from ${presence} as ${stay}
    where ${stay.conversationId} = place.conversation and ${stay.host} = 1 and ${isThere(at)})
  from place cross join ${consents} as ${consent} on ${consent.seq} = (
      select ${latest.seq} from ${consents} as ${latest}
      where ${latest.accountId} = place.account and ${latest.conversationId} = place.conversation
        and ${latest.service} = ${service}
      order by ${latest.at} desc, ${latest.seq} desc limit 1)
    left join ${conversations} as ${talk} on ${talk.id} = place.conversation
  where ${consent.answer} = 'given'
    and ${consent.noticeVersion} in (select value from json_each(${JSON.stringify(versions)}))
    and (place.conversation = '' or ${goesOn(at)})
  order by place.account, place.conversation limit ${limit + 1}
)`;
      const found = await reached(
        db.values<[account: string, conversation: string, seq: number | null, hosts: string]>(query),
      );
      const end = found.find(([, , seq]) => seq === null);
      const places = found.filter(([, , seq]) => seq !== null);
      const page = places.slice(0, limit);
      const seqs = JSON.stringify(page.map(([, , seq]) => seq));
      const kept = await reached(
        db
          .select()
          .from(consents)
          .where(inArray(consents.seq, sql`(select value from json_each(${seqs}))`))
          .all(),
      );
      const bySeq = new Map(kept.map((row) => [row.seq, row]));
      const last = places.length > limit ? page.at(-1) : end;
      return {
        answers: page.map(([, , seq, hosts]) => ({
          consent: rows.toConsent(bySeq.get(seq!)!),
          hosts: JSON.parse(hosts),
        })),
        next: last === undefined ? null : { account: last[0], conversation: last[1] || null },
      };
    },

    async peoplePresent({ account, after, limit, at }) {
      const conversation = after?.conversation ?? "";
      const person = after?.person ?? "";
      const of =
        account === null
          ? sql`${presence} as ${stay} cross join ${conversations} as ${talk} on ${talk.id} = ${stay.conversationId}
              where (${stay.conversationId}, ${stay.person}) > (${conversation}, ${person})`
          : sql`${conversations} as ${talk} cross join ${presence} as ${stay} on ${stay.conversationId} = ${talk.id}
              where ${talk.accountId} = ${account} and ${talk.id} >= ${conversation}
                and (${talk.id} > ${conversation} or ${stay.person} > ${person})`;
      const found = await reached(
        db.values<[account: string, conversation: string, person: string]>(sql`
select distinct ${talk.accountId}, ${stay.conversationId}, ${stay.person} from ${of}
  and ${stay.leftAt} is null and ${stay.joinedAt} <= ${at} and ${goesOn(at)}
order by ${account === null ? stay.conversationId : talk.id}, ${stay.person} limit ${limit}`),
      );
      return found.map(([account, conversation, person]) => ({ account, conversation, person }));
    },
  };
}

function isThere(at: number): SQL {
  return sql`${stay.joinedAt} <= ${at} and coalesce(${stay.leftAt} > ${at}, 1)`;
}

function goesOn(at: number): SQL {
  return sql`coalesce(${talk.endedAt} > ${at}, 1)`;
}
