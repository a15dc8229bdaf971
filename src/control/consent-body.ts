/** What accounts and hosts send to answer a notice, and how their answers are listed. */
import type { Context } from "hono";
import * as v from "valibot";
import { CURSOR_QUERY, cursorOf, isPosition, limitOf, toCursor } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { by, id, instant, kinds, word } from "./fields.ts";
import { serviceOf } from "./known.ts";
import { queryWord, type Reply } from "./resource.ts";
import { ROLES } from "./roles.ts";
import { consentView } from "./views.ts";

const ANSWERS = ["given", "refused", "withdrawn", "revoked"] as const;
const NOT_GIVEN = ["refused", "withdrawn", "revoked"] as const;
const ONE_OF = `one of ${ANSWERS.join(", ")}`;

/** `by` may be absent where a person comes with their own token. */
const given = {
  answer: v.literal("given"),
  service: id,
  kinds,
  notice_version: id,
  /** Absent or null: until another answer. */
  expires_at: v.optional(v.nullable(instant), null),
  by: v.optional(by(ROLES)),
};

const notGiven = v.strictObject({
  answer: word(NOT_GIVEN),
  service: id,
  notice_version: v.optional(id),
  by: v.optional(by(ROLES)),
});

/** `covers_from` absent: the start of the run. */
export const AccountConsent = v.variant(
  "answer",
  [v.strictObject({ ...given, covers_from: v.optional(instant) }), notGiven],
  ONE_OF,
);

export const HostConsent = v.variant("answer", [v.strictObject(given), notGiven], ONE_OF);

export const PAGE_QUERY = ["service", ...CURSOR_QUERY] as const;

/** Newest first. */
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
    before: cursorOf(c, isPosition),
    limit: limitOf(c),
  });
  return { status: 200, body: { consents: consents.map(consentView), next: toCursor(next) } };
}
