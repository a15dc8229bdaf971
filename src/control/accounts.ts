/** /v1/accounts/{account}: its labels and its participation rule, never looser than the configuration's. */
import type { Hono } from "hono";
import * as v from "valibot";
import type { AccountRecord } from "../consent/writer.ts";
import { PARTICIPATION_RULES, type ParticipationRule } from "../decision/model.ts";
import { readJson } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { checkIfMatch, etagOf } from "./etag.ts";
import { refuse } from "./fault.ts";
import { labels, participationRule, read } from "./fields.ts";
import { accountOf } from "./known.ts";
import { pathId, resource } from "./resource.ts";
import { accountView, settingView } from "./views.ts";

export const Account = v.strictObject({
  /** Absent: as they were, so that nothing is loosened by leaving it out. */
  labels: v.optional(labels),
  participation_rule: v.optional(participationRule),
});

const DEFAULT_RULE: ParticipationRule = "speaker";

export function accounts(app: Hono, deps: ControlDeps): void {
  resource(app, "/accounts/:account", {
    async GET(c) {
      const account = await accountOf(deps, c);
      const settings = await deps.records.settings(account.id);
      return {
        status: 200,
        body: { ...accountView(account), services: settings.map(settingView) },
        headers: { ETag: accountTag(account) },
      };
    },

    async PUT(c) {
      const id = pathId(c, "account");
      const body = read(Account, await readJson(c.req.raw));
      const leastStrict = deps.participationRuleMin;
      const rule = body.participation_rule;
      if (rule !== undefined && strictness(rule) < strictness(leastStrict)) {
        refuse({ code: "rule_too_loose", leastStrict });
      }
      const stored = await deps.records.account(id);
      const held = checkIfMatch(c, stored === null ? null : accountTag(stored)) ? stored : null;
      const put = await deps.writer.putAccount(
        { id, labels: body.labels, rule },
        { rule: stricter(DEFAULT_RULE, leastStrict), at: deps.now() },
        held,
      );
      if (put === null) refuse({ code: "precondition_failed" });
      const { record, created } = put;
      const headers = { ETag: accountTag(record) };
      return { status: created ? 201 : 200, body: accountView(record), headers };
    },
  });
}

/** Of what PUT sets: other changes to the account collide with nobody's. */
function accountTag({ labels, rule }: AccountRecord): string {
  return etagOf([labels, rule]);
}

function strictness(rule: ParticipationRule): number {
  return PARTICIPATION_RULES.indexOf(rule);
}

function stricter(a: ParticipationRule, b: ParticipationRule): ParticipationRule {
  return strictness(a) >= strictness(b) ? a : b;
}
