/** /v1/conversations/{conversation}/participants/{person}/join and /leave: who was present, in which role, when. */
import type { Context, Hono } from "hono";
import * as v from "valibot";
import { askingOf, writerOf } from "./asking.ts";
import { readOptionalJson } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { boolean, instant, read } from "./fields.ts";
import { checkCame, conversationOf } from "./known.ts";
import { pathId, type Reply, resource } from "./resource.ts";
import { presenceView } from "./views.ts";

/** `at`, in both: by default now. */
export const Join = v.strictObject({ host: v.optional(boolean, false), at: v.optional(instant) });
export const Leave = v.strictObject({ at: v.optional(instant) });

export function presence(app: Hono, deps: ControlDeps): void {
  const participant = "/conversations/:conversation/participants/:person";

  resource(app, `${participant}/join`, {
    async POST(c) {
      const person = pathId(c, "person");
      const { host, at: joined } = read(Join, await readOptionalJson(c.req.raw));
      const { id: conversation, account, kind } = await conversationOf(deps, c);
      if (host && kind === "channel") refuse({ code: "no_host" });
      const now = deps.now();
      const at = joined ?? now;
      checkCame(at, now, "at");
      const stays = await deps.records.presence(conversation, person);
      // A stay is never empty, so one role cannot replace the other within the instant.
      if (stays.some((stay) => stay.joinedAt === at && stay.leftAt === null && stay.host !== host)) {
        refuse({ code: "instant_order", field: "at" });
      }
      const { recordedBy } = askingOf(c);
      const stay = { conversation, person, host, joinedAt: at, leftAt: null, recordedBy };
      await writerOf(deps, c).join(account, stay);
      return present(deps, c, conversation, 201);
    },
  });

  resource(app, `${participant}/leave`, {
    async POST(c) {
      const person = pathId(c, "person");
      const { at: left } = read(Leave, await readOptionalJson(c.req.raw));
      const { id: conversation, account } = await conversationOf(deps, c);
      const now = deps.now();
      const at = left ?? now;
      checkCame(at, now, "at");
      const ended = await writerOf(deps, c).leave(account, conversation, person, at);
      if (ended === 0) {
        const stays = await deps.records.presence(conversation, person);
        if (!stays.some((stay) => stay.leftAt === at)) refuse({ code: "not_present" });
      }
      return present(deps, c, conversation, 200);
    },
  });
}

async function present(
  deps: ControlDeps,
  c: Context,
  conversation: string,
  status: 200 | 201,
): Promise<Reply> {
  const person = pathId(c, "person");
  const stays = await deps.records.presence(conversation, person);
  return { status, body: { conversation, person, presence: stays.map(presenceView) } };
}
