/** What accounts and hosts send to answer a notice, and how their answers are listed. */
import type { Context } from "hono";
import * as v from "valibot";
import type { ControlDeps } from "./deps.ts";
import { by, id, instant, kinds, word } from "./fields.ts";
import { serviceOf } from "./known.ts";
import { queryNumber, queryWord, type Reply } from "./resource.ts";
import { ROLES } from "./roles.ts";
import { consentView } from "./views.ts";

const ANSWERS = ["given", "refused", "withdrawn", "revoked"] as const;
const NOT_GIVEN = ["refused", "withdrawn", "revoked"] as const;
const ONE_OF = `one of ${ANSWERS.join(", ")}`;

const given = {
  answer: v.literal("given"),
  service: id,
  kinds,
  notice_version: id,
  /** Absent or null: until another answer. */
  expires_at: v.optional(v.nullable(instant), null),
  by: by(ROLES),
};

const notGiven = v.strictObject({
  answer: word(NOT_GIVEN),
  service: id,
  notice_version: v.optional(id),
  by: by(ROLES),
});

/** `covers_from` absent: the start of the run. */
export const AccountConsent = v.variant(
  "answer",
  [v.strictObject({ ...given, covers_from: v.optional(instant) }), notGiven],
  ONE_OF,
);

export const HostConsent = v.variant("answer", [v.strictObject(given), notGiven], ONE_OF);

export const PAGE_QUERY = ["service", "limit", "before"] as const;

/** Newest first; `next` is the `before` of the next page. */
export async function consentPage(
  deps: ControlDeps,
  c: Context,
  account: string,
  conversation: string | null,
): Promise<Reply> {
  const service = queryWord(c, "service");
  if (service !== null) serviceOf(deps, service);
  const { consents, next } = await deps.records.consentPage(account, conversation, {
    service,
    before: queryNumber(c, "before", Number.MAX_SAFE_INTEGER, null),
    limit: queryNumber(c, "limit", 1000, 100),
  });
  return { status: 200, body: { consents: consents.map(consentView), next } };
}
