/** /v1/accounts/{account}/participants/{person}: objections to every conversation of the account, and their withdrawal. */
import type { Context, Hono } from "hono";
import * as v from "valibot";
import { readOptionalJson } from "./body.ts";
import { CURSOR_QUERY, pageOf } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { id, read } from "./fields.ts";
import { accountOf, serviceOf } from "./known.ts";
import { recordObjection, standingAmong } from "./objections.ts";
import { pathId, type Reply, resource } from "./resource.ts";
import { answerView } from "./views.ts";

/** `service` absent: every service. */
export const Objection = v.strictObject({ service: v.optional(id) });

export function standingObjections(app: Hono, deps: ControlDeps): void {
  const participant = "/accounts/:account/participants/:person";

  resource(
    app,
    participant,
    {
      async GET(c) {
        const person = pathId(c, "person");
        const { id: account } = await accountOf(deps, c);
        const { history } = await deps.records.answers(account, null, person);
        const { page, next } = pageOf(c, history, ({ id }) => id);
        return {
          status: 200,
          body: {
            account,
            person,
            objections_standing: standingAmong(history).map(answerView),
            answers: page.map(answerView),
            next,
          },
        };
      },
    },
    CURSOR_QUERY,
  );
  resource(app, `${participant}/objections`, { POST: (c) => record(deps, c, "objected") });
  resource(app, `${participant}/objections/withdraw`, {
    POST: (c) => record(deps, c, "objection_withdrawn"),
  });
}

async function record(
  deps: ControlDeps,
  c: Context,
  answer: "objected" | "objection_withdrawn",
): Promise<Reply> {
  const person = pathId(c, "person");
  const body = read(Objection, await readOptionalJson(c.req.raw));
  const { id: account } = await accountOf(deps, c);
  const service = body.service === undefined ? null : serviceOf(deps, body.service).id;
  const recorded = await recordObjection(deps, c, { account, conversation: null, person, service }, answer);
  return { status: 201, body: answerView(recorded) };
}
