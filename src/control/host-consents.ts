/**
 * /v1/conversations/{conversation}/consents: what its hosts answered. Only a person hosting at that instant gives.
 * Any current host refuses or withdraws, and so does whoever gave what stands, still hosting or not.
 */
import type { Hono } from "hono";
import { hostCovers } from "../consent/runs.ts";
import type { ConsentRecord, PresenceRecord, ShowingRecord } from "../consent/writer.ts";
import { answeredBy, askingOf, writerOf } from "./asking.ts";
import { readJson } from "./body.ts";
import { consentPage, HostConsent, PAGE_QUERY } from "./consent-body.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { read } from "./fields.ts";
import { checkCurrent, checkVersion, conversationOf, serviceOf } from "./known.ts";
import { resource } from "./resource.ts";
import { checkHostRole } from "./roles.ts";
import { untilWritten } from "./until-written.ts";
import { consentView } from "./views.ts";

export function hostConsents(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/conversations/:conversation/consents",
    {
      async GET(c) {
        const conversation = await conversationOf(deps, c);
        return consentPage(deps, c, conversation.account, conversation.id);
      },

      async POST(c) {
        const body = read(HostConsent, await readJson(c.req.raw));
        const { id: conversation, account, kind } = await conversationOf(deps, c);
        if (kind === "channel") refuse({ code: "no_host" });
        const service = serviceOf(deps, body.service).id;
        const by = answeredBy(c, body.by);
        checkHostRole(body.answer, by);
        const ids = { consent: deps.newId("con"), showing: deps.newId("shw") };
        const { person, role } = by.who;
        const { recordedBy } = askingOf(c);

        const record = await untilWritten(async () => {
          const [seen, notices, stays] = await Promise.all([
            deps.records.consents(account, conversation, service),
            deps.records.notices(service),
            deps.records.presence(conversation, person),
          ]);
          const at = Math.max(deps.now(), seen.latestAt);
          const hosting = role === "host" && stays.some((stay) => hosts(stay, at));
          const latest = seen.history.at(-1);
          const takesBackOwn =
            body.answer === "withdrawn" && latest?.answer === "given" && latest.person === person;
          if (role === "host" && !hosting && !takesBackOwn) refuse({ code: "not_hosting" });
          let result: ConsentRecord = {
            id: ids.consent,
            account,
            conversation,
            service,
            answer: body.answer,
            person,
            role,
            at,
            noticeVersion: body.notice_version ?? "",
            covers: new Map(),
            expiresAt: null,
            recordedBy,
          };
          let showing: ShowingRecord | null = null;
          if (body.answer !== "given") {
            if (body.notice_version !== undefined) checkVersion(body.notice_version, notices, at);
          } else {
            checkCurrent(body.notice_version, notices, at);
            if (body.expires_at !== null && body.expires_at <= at) {
              refuse({ code: "instant_past", field: "expires_at" });
            }
            const covers = hostCovers(seen.history, notices, { kinds: body.kinds, at });
            result = { ...result, covers, expiresAt: body.expires_at };
            // Whoever answers a version has seen it.
            showing = {
              id: ids.showing,
              conversation,
              person,
              service,
              noticeVersion: body.notice_version,
              at,
              recordedBy,
            };
          }
          const also = { noticesSeen: notices.length, showing, hosting };
          return { written: await writerOf(deps, c).addConsent(result, seen, also), result };
        });
        return { status: 201, body: consentView(record) };
      },
    },
    PAGE_QUERY,
  );
}

function hosts({ host, joinedAt, leftAt }: PresenceRecord, at: number): boolean {
  return host && joinedAt <= at && (leftAt === null || at < leftAt);
}
