/** /v1/accounts/{account}/consents: what the account answered. Only an owner or admin gives; the operator never does. */
import type { Hono } from "hono";
import { accountCovers } from "../consent/runs.ts";
import type { ConsentRecord } from "../consent/writer.ts";
import { answeredBy, askingOf, writerOf } from "./asking.ts";
import { readJson } from "./body.ts";
import { AccountConsent, consentPage, PAGE_QUERY } from "./consent-body.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { read } from "./fields.ts";
import { accountOf, checkCurrent, checkVersion, serviceOf } from "./known.ts";
import { resource } from "./resource.ts";
import { checkRole } from "./roles.ts";
import { untilWritten } from "./until-written.ts";
import { consentView } from "./views.ts";

export function accountConsents(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/accounts/:account/consents",
    {
      async GET(c) {
        const account = await accountOf(deps, c);
        return consentPage(deps, c, account.id, null);
      },

      async POST(c) {
        const body = read(AccountConsent, await readJson(c.req.raw));
        const account = await accountOf(deps, c);
        const service = serviceOf(deps, body.service).id;
        const by = answeredBy(c, body.by);
        checkRole(body.answer, by);
        const id = deps.newId("con");
        const record = await untilWritten(async () => {
          const [seen, notices] = await Promise.all([
            deps.records.consents(account.id, null, service),
            deps.records.notices(service),
          ]);
          const at = Math.max(deps.now(), seen.latestAt);
          let result: ConsentRecord = {
            id,
            account: account.id,
            conversation: null,
            service,
            answer: body.answer,
            ...by.who,
            at,
            noticeVersion: body.notice_version ?? "",
            covers: new Map(),
            expiresAt: null,
            recordedBy: askingOf(c).recordedBy,
          };
          if (body.answer !== "given") {
            if (body.notice_version !== undefined) checkVersion(body.notice_version, notices, at);
          } else {
            checkCurrent(body.notice_version, notices, at);
            if (body.expires_at !== null && body.expires_at <= at) {
              refuse({ code: "instant_past", field: "expires_at" });
            }
            const giving = { kinds: body.kinds, at, coversFrom: body.covers_from ?? null };
            const covers = accountCovers(seen.history, notices, giving);
            result = { ...result, covers, expiresAt: body.expires_at };
          }
          const also = { noticesSeen: notices.length, showing: null, hosting: false };
          return { written: await writerOf(deps, c).addConsent(result, seen, also), result };
        });
        return { status: 201, body: consentView(record) };
      },
    },
    PAGE_QUERY,
  );
}
