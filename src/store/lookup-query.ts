/**
 * The one statement of a lookup, and that of a check whether it still holds: SQL only, its names from `schema/`, its keys in one JSON
 * parameter. No I/O.
 */
import type { SQL } from "drizzle-orm";
import { sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import {
  accounts,
  changes,
  consents,
  conversations,
  notices,
  participantAnswers,
  presence,
  producerKeys,
  serviceSettings,
  showings,
} from "../../schema/consent/tables.ts";
import { cells, row } from "./cells.ts";

export interface RevisionsParameter {
  readonly key: string;
  readonly services: readonly string[];
  readonly accounts: readonly string[];
  /** A change that must still be there; null: none is known. */
  readonly known: readonly [seq: number, mark: string] | null;
}

/** The keys of a lookup, each once; `whole` and `conversations` have none in common. */
export interface LookupParameter extends RevisionsParameter {
  readonly conversations: readonly string[];
  readonly whole: readonly string[];
  readonly people: readonly (readonly [conversation: string, person: string])[];
}

const account = alias(accounts, "account");
const setting = alias(serviceSettings, "setting");
const latestSetting = alias(serviceSettings, "latest_setting");
const consent = alias(consents, "consent");
const latestConsent = alias(consents, "latest_consent");
const conversation = alias(conversations, "conversation");
const stay = alias(presence, "stay");
const showing = alias(showings, "showing");
const answer = alias(participantAnswers, "answer");

const accountRow = row("account", [account.id, account.labels, account.participationRule]);
const noticeRow = row("notice", [
  notices.service,
  notices.version,
  notices.position,
  notices.material,
  notices.effectiveAt,
]);
const settingRow = row("setting", [setting.accountId, setting.service, setting.enabled, setting.trialEndsAt]);
const consentRow = row("consent", [
  consent.accountId,
  consent.conversationId,
  consent.service,
  consent.id,
  consent.answer,
  consent.person,
  consent.role,
  consent.at,
  consent.noticeVersion,
  consent.covers,
  consent.expiresAt,
]);
const isWhole = sql`(named.whole or coalesce(${account.participationRule} = 'everyone', 0))`;
const conversationRow = row("conversation", [
  conversation.id,
  conversation.accountId,
  conversation.kind,
  conversation.labels,
  conversation.startedAt,
  conversation.endedAt,
  isWhole,
]);
const presenceRow = row("presence", [stay.conversationId, stay.person, stay.joinedAt, stay.leftAt]);
const showingRow = row("showing", [
  showing.conversationId,
  showing.person,
  showing.service,
  showing.id,
  showing.noticeVersion,
  showing.at,
]);
const answerRow = row("answer", [
  sql`person.conversation`,
  answer.person,
  answer.service,
  answer.answer,
  answer.id,
  answer.noticeVersion,
  answer.at,
  answer.since,
  answer.seq,
  sql`${answer.conversationId} = ''`,
]);

/** What a lookup and a check of it both read, in one statement and so at one instant. */
export type MarkRow =
  /** If there is such a producer key. */
  | readonly ["key", revokedAt: number | null]
  /** If there is such an account. */
  | readonly ["revision", account: string, revision: number]
  /** Whether the known change is still there, if one is known. */
  | readonly ["known", holds: number]
  /** Of each service asked for. */
  | readonly ["versions", service: string, notices: number];

const asked = (parameter: RevisionsParameter) => sql`
keys(json) as materialized (select ${JSON.stringify(parameter)}),
service(id) as materialized (select value from keys, json_each(keys.json, '$.services')),
owner(id) as materialized (select value from keys, json_each(keys.json, '$.accounts'))`;

const marks = sql`
    select ${row("key", [producerKeys.revokedAt])} from ${producerKeys}
      where ${producerKeys.id} = (select keys.json ->> '$.key' from keys)
    union all select ${row("revision", [account.id, account.revision])}
      from owner cross join ${accounts} as ${account} on ${account.id} = owner.id
    union all select ${row("versions", [
      sql`service.id`,
      sql`(select count(*) from ${notices} where ${notices.service} = service.id)`,
    ])} from service
    union all select ${row("known", [
      sql`exists (select 1 from ${changes} where ${changes.seq} = keys.json ->> '$.known[0]'
        and ${changes.mark} = keys.json ->> '$.known[1]')`,
    ])} from keys where json_type(keys.json, '$.known') = 'array'`;

/** Each result is one cell: a JSON array of `MarkRow`s. */
export function revisionsQuery(parameter: RevisionsParameter): SQL {
  return sql`with ${asked(parameter)}, found(row) as (${marks}) ${cells}`;
}

/**
 * Each result is one cell: a JSON array of rows as `src/consent/rows.ts` has them, and of `MarkRow`s. CROSS JOIN keeps the keys
 * outermost, whatever the planner guesses; D1 takes five terms in a compound SELECT, hence the nesting.
 */
export function lookupQuery(parameter: LookupParameter): SQL {
  return sql`
with ${asked(parameter)},
named(id, whole) as materialized (
  select value, 1 from keys, json_each(keys.json, '$.whole')
  union all select value, 0 from keys, json_each(keys.json, '$.conversations')
),
talk(id, account, whole, row) as materialized (
  select ${conversation.id}, ${conversation.accountId}, ${isWhole}, ${conversationRow}
  from named cross join ${conversations} as ${conversation} on ${conversation.id} = named.id
    left join ${accounts} as ${account} on ${account.id} = ${conversation.accountId}
),
host(conversation, account, person, row) as materialized (
  select talk.id, talk.account, ${consent.person}, ${consentRow}
  from talk cross join service cross join ${consents} as ${consent}
    on ${isLatest(sql`talk.account`, sql`talk.id`)}
),
person(conversation, account, id) as materialized (
  select ${conversation.id}, ${conversation.accountId}, pair.value ->> 1
  from keys, json_each(keys.json, '$.people') as pair
    cross join ${conversations} as ${conversation} on ${conversation.id} = pair.value ->> 0
  union select host.conversation, host.account, host.person from host
  union select talk.id, talk.account, ${stay.person}
  from talk cross join ${presence} as ${stay} on ${stay.conversationId} = talk.id
  where talk.whole
),
found(row) as (
  select * from (
    select ${noticeRow} from service cross join ${notices} on ${notices.service} = service.id
    union all select ${accountRow} from owner cross join ${accounts} as ${account} on ${account.id} = owner.id
    union all select ${settingRow}
      from owner cross join service cross join ${serviceSettings} as ${setting} on ${setting.seq} = (
        select max(${latestSetting.seq}) from ${serviceSettings} as ${latestSetting}
        where ${latestSetting.accountId} = owner.id and ${latestSetting.service} = service.id)
    union all select ${consentRow}
      from owner cross join service cross join ${consents} as ${consent}
        on ${isLatest(sql`owner.id`, sql`''`)}
  )
  union all select * from (
    select row from talk
    union all select row from host
    union all select ${presenceRow}
      from person cross join ${presence} as ${stay}
        on ${stay.conversationId} = person.conversation and ${stay.person} = person.id
    union all select ${showingRow}
      from person cross join service cross join ${showings} as ${showing}
        on ${showing.conversationId} = person.conversation and ${showing.person} = person.id
          and ${showing.service} = service.id
    union all select ${answerRow}
      from person cross join ${participantAnswers} as ${answer}
        on ${answer.accountId} = person.account and ${answer.person} = person.id
          and ${answer.conversationId} in ('', person.conversation)
      where ${answer.service} = '' or ${answer.service} in (select id from service)
  )
  union all select * from (${marks})
)
${cells}`;
}

/** That `consent` is the latest answer there, for `service.id`: of two at one instant, the one recorded last. */
function isLatest(ofAccount: SQL, ofConversation: SQL): SQL {
  return sql`${consent.seq} = (
      select ${latestConsent.seq} from ${consents} as ${latestConsent}
      where ${latestConsent.accountId} = ${ofAccount} and ${latestConsent.conversationId} = ${ofConversation}
        and ${latestConsent.service} = service.id
      order by ${latestConsent.at} desc, ${latestConsent.seq} desc limit 1)`;
}
