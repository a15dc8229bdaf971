/** /v1/conversations/{conversation}/participants/{person}/notices: that a version was shown. It counts as that and no more. */
import type { Hono } from "hono";
import * as v from "valibot";
import { askingOf, writerOf } from "./asking.ts";
import { readJson } from "./body.ts";
import { CURSOR_QUERY, pageOf } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { id, instant, read } from "./fields.ts";
import { checkCame, checkVersion, conversationOf, serviceOf } from "./known.ts";
import { pathId, resource } from "./resource.ts";
import { showingView } from "./views.ts";

export const Shown = v.strictObject({
  service: id,
  notice_version: id,
  /** Default: now. */
  at: v.optional(instant),
});

export function showings(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/conversations/:conversation/participants/:person/notices",
    {
      async GET(c) {
        const person = pathId(c, "person");
        const { id: conversation } = await conversationOf(deps, c);
        const shown = await deps.records.showings(conversation, person);
        const { page, next } = pageOf(c, shown, (showing) => showing.id);
        return { status: 200, body: { shown: page.map(showingView), next } };
      },

      async POST(c) {
        const person = pathId(c, "person");
        const body = read(Shown, await readJson(c.req.raw));
        const { id: conversation, account } = await conversationOf(deps, c);
        const service = serviceOf(deps, body.service).id;
        const now = deps.now();
        const at = body.at ?? now;
        checkCame(at, now, "at");
        checkVersion(body.notice_version, await deps.records.notices(service), now);
        const showing = {
          id: deps.newId("shw"),
          conversation,
          person,
          service,
          noticeVersion: body.notice_version,
          at,
          recordedBy: askingOf(c).recordedBy,
        };
        await writerOf(deps, c).addShowing(account, showing);
        return { status: 201, body: showingView(showing) };
      },
    },
    CURSOR_QUERY,
  );
}
