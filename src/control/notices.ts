/** /v1/notices: the versions of each service's notice, in one order, never changed once published. */
import { createHash } from "node:crypto";
import type { Hono } from "hono";
import * as v from "valibot";
import type { NoticeRecord } from "../consent/writer.ts";
import { writerOf } from "./asking.ts";
import { readJson } from "./body.ts";
import { CURSOR_QUERY, pageOf } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { boolean, id, instant, locale, read, text } from "./fields.ts";
import { serviceOf } from "./known.ts";
import { queryWord, resource } from "./resource.ts";
import { noticeView } from "./views.ts";

export const Notice = v.strictObject({
  service: id,
  version: id,
  section: text,
  locale,
  text,
  material: boolean,
  /** Default: now. */
  published_at: v.optional(instant),
  /** Default: `published_at`. */
  announced_at: v.optional(instant),
  effective_at: instant,
});

export function notices(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/notices",
    {
      async GET(c) {
        const service = queryWord(c, "service");
        if (service !== null) serviceOf(deps, service);
        const found = await deps.records.notices(service);
        const { page, next } = pageOf(c, found, (notice) => JSON.stringify([notice.service, notice.version]));
        return { status: 200, body: { notices: page.map(noticeView), next } };
      },

      async POST(c) {
        const body = read(Notice, await readJson(c.req.raw));
        serviceOf(deps, body.service);
        const before = await deps.records.notices(body.service);
        const publishedAt = body.published_at ?? Math.min(deps.now(), body.effective_at);
        const notice: NoticeRecord = {
          service: body.service,
          version: body.version,
          position: before.length + 1,
          section: body.section,
          locale: body.locale,
          text: body.text,
          sha256: createHash("sha256").update(body.text, "utf8").digest("hex"),
          material: body.material,
          publishedAt,
          announcedAt: body.announced_at ?? publishedAt,
          effectiveAt: body.effective_at,
        };
        const existing = before.find(({ version }) => version === notice.version);
        if (existing !== undefined) return { status: 200, body: noticeView(sameOrRefuse(existing, notice)) };
        if (notice.publishedAt > notice.effectiveAt) refuse({ code: "instant_order", field: "published_at" });
        if (notice.announcedAt > notice.effectiveAt) refuse({ code: "instant_order", field: "announced_at" });
        if ((await writerOf(deps, c).addNotice(notice)) === "changed") refuse({ code: "notices_changed" });
        return { status: 201, body: noticeView(notice) };
      },
    },
    ["service", ...CURSOR_QUERY],
  );
}

/** Publishing the same version twice is publishing it once: what was sent again must not differ in anything people see. */
function sameOrRefuse(existing: NoticeRecord, sent: NoticeRecord): NoticeRecord {
  const same = (["section", "locale", "sha256", "material", "effectiveAt"] as const).every(
    (member) => existing[member] === sent[member],
  );
  return same ? existing : refuse({ code: "notice_exists" });
}
