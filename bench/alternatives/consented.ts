/** What both afternoon gateways ask: have the account and the host said yes? One Drizzle query. Falls far short of the contract. */
import { and, eq, inArray } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { consents } from "../../schema/consent/tables.ts";
import { SERVICE } from "../corpus.ts";

export interface Claim {
  readonly account: string;
  readonly conversation: string;
}

export type Consented = (claim: Claim) => boolean;

/** `accountIds`: those of the body; null: all there are. */
export async function readConsents(d1: D1Database, accountIds: string[] | null): Promise<Consented> {
  const rows = await drizzle(d1)
    .select({
      account: consents.accountId,
      conversation: consents.conversationId,
      answer: consents.answer,
    })
    .from(consents)
    .where(
      and(
        eq(consents.service, SERVICE),
        accountIds === null ? undefined : inArray(consents.accountId, accountIds),
      ),
    )
    .orderBy(consents.seq);
  const latest = new Map(rows.map((row) => [`${row.account} ${row.conversation}`, row.answer]));
  return ({ account, conversation }) =>
    latest.get(`${account} `) === "given" && latest.get(`${account} ${conversation}`) === "given";
}
