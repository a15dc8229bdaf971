/**
 * /v1/accounts/{account}/services/{service}: enabling and disabling an opt-in service.
 * Never implies consent: the answer says which consent is still needed, and which notice to show for it.
 */
import type { Hono } from "hono";
import * as v from "valibot";
import { consentStanding } from "../consent/runs.ts";
import type { AccountRecord, SettingRecord } from "../consent/writer.ts";
import { answeredBy, askingOf } from "./asking.ts";
import { readJson } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { checkIfMatch, etagOf } from "./etag.ts";
import { refuse } from "./fault.ts";
import { boolean, by, instant, read } from "./fields.ts";
import { accountOf, serviceOf, toShow } from "./known.ts";
import { pathId, resource } from "./resource.ts";
import { checkRole, ROLES } from "./roles.ts";
import { noticeView, settingView } from "./views.ts";

export const Setting = v.strictObject({
  enabled: boolean,
  trial_ends_at: v.optional(v.nullable(instant), null),
  by: v.optional(by(ROLES)),
});

export function serviceSettings(app: Hono, deps: ControlDeps): void {
  resource(app, "/accounts/:account/services/:service", {
    async GET(c) {
      const service = pathId(c, "service");
      const account = await accountOf(deps, c);
      const settings = await deps.records.settings(account.id);
      const setting = settings.find((one) => one.service === service);
      if (setting === undefined) refuse({ code: "not_found", what: "service" });
      const headers = { ETag: settingTag(setting) };
      return { status: 200, body: await withConsent(deps, account, setting), headers };
    },

    async PUT(c) {
      const named = pathId(c, "service");
      const body = read(Setting, await readJson(c.req.raw));
      const account = await accountOf(deps, c);
      const service = serviceOf(deps, named);
      if (!service.opt_in) refuse({ code: "service_not_opt_in" });
      const by = answeredBy(c, body.by);
      checkRole(body.enabled ? "enabled" : "disabled", by);
      const settings = await deps.records.settings(account.id);
      const latest = settings.find((one) => one.service === service.id);
      const held = checkIfMatch(c, latest === undefined ? null : settingTag(latest));
      const setting = {
        account: account.id,
        service: service.id,
        enabled: body.enabled,
        trialEndsAt: body.trial_ends_at,
        at: deps.now(),
        ...by.who,
        recordedBy: askingOf(c).recordedBy,
      };
      const mark = held && latest !== undefined ? latest.mark : null;
      if ((await deps.writer.addSetting(setting, mark)) === "changed")
        refuse({ code: "precondition_failed" });
      const headers = { ETag: settingTag(setting) };
      return { status: 200, body: await withConsent(deps, account, setting), headers };
    },
  });
}

function settingTag({ enabled, trialEndsAt, at, person, role }: SettingRecord): string {
  return etagOf([enabled, trialEndsAt, at, person, role]);
}

async function withConsent(deps: ControlDeps, account: AccountRecord, setting: SettingRecord) {
  const [{ history }, notices] = await Promise.all([
    deps.records.consents(account.id, null, setting.service),
    deps.records.notices(setting.service),
  ]);
  const now = deps.now();
  const standing = consentStanding("account", history.at(-1), notices, now);
  const notice = toShow(notices, now);
  const needed = [
    ...(standing === "given"
      ? []
      : [
          {
            who: "account",
            standing,
            from: "an owner or admin",
            how: "POST /v1/accounts/{account}/consents",
          },
        ]),
    {
      who: "host",
      from: "a host of each meeting, webinar or call",
      how: "POST /v1/conversations/{conversation}/consents",
    },
    {
      who: "participants",
      participation_rule: account.rule,
      how:
        account.rule === "notice"
          ? "POST /v1/conversations/{conversation}/participants/{person}/notices"
          : "POST /v1/conversations/{conversation}/participants/{person}/answers",
    },
  ];
  return {
    ...settingView(setting),
    account_consent: standing,
    consent_needed: setting.enabled ? needed : [],
    notice: notice === null ? null : noticeView(notice),
  };
}
