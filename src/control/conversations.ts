/** /v1/conversations/{conversation}: whose it is, of which kind, with which labels, from when until when. */
import type { Hono } from "hono";
import * as v from "valibot";
import type { ConversationRecord } from "../consent/writer.ts";
import { CONVERSATION_KINDS } from "../decision/model.ts";
import { askingOf, seesAccount } from "./asking.ts";
import { readJson } from "./body.ts";
import type { ControlDeps } from "./deps.ts";
import { checkIfMatch, etagOf } from "./etag.ts";
import { refuse } from "./fault.ts";
import { id, instant, labels, read, word } from "./fields.ts";
import { conversationOf } from "./known.ts";
import { pathId, resource } from "./resource.ts";
import { conversationView } from "./views.ts";

export const Conversation = v.strictObject({
  /** This and the kind are fixed once created. */
  account: id,
  kind: word(CONVERSATION_KINDS),
  /** This and the instants, if absent: as they were. */
  labels: v.optional(labels),
  started_at: v.optional(v.nullable(instant)),
  ended_at: v.optional(v.nullable(instant)),
});

export function conversations(app: Hono, deps: ControlDeps): void {
  resource(app, "/conversations/:conversation", {
    async GET(c) {
      const record = await conversationOf(deps, c);
      return { status: 200, body: conversationView(record), headers: { ETag: conversationTag(record) } };
    },

    async PUT(c) {
      const conversation = pathId(c, "conversation");
      const body = read(Conversation, await readJson(c.req.raw));
      const [account, stored] = await Promise.all([
        deps.records.account(body.account),
        deps.records.conversation(conversation),
      ]);
      const theirs = seesAccount(askingOf(c), body.account);
      // What would be another's is answered as what another has: with nothing that tells the two apart.
      if (!theirs && stored === null) refuse({ code: "not_found", what: "conversation" });
      if (account === null || !theirs) refuse({ code: "account_unknown" });
      const matched = checkIfMatch(c, stored === null ? null : conversationTag(stored));
      // Who may create may not be who may change: what came to be since they were let through stays as it is.
      const creating = stored === null && askingOf(c).account !== null;
      const held = creating ? "nothing" : matched ? stored : null;
      const startedAt = body.started_at === undefined ? stored?.startedAt : body.started_at;
      const endedAt = body.ended_at === undefined ? stored?.endedAt : body.ended_at;
      if (typeof startedAt === "number" && typeof endedAt === "number" && endedAt < startedAt) {
        refuse({ code: "instant_order", field: "ended_at" });
      }
      const put = await deps.writer.putConversation(
        {
          id: conversation,
          account: account.id,
          kind: body.kind,
          labels: body.labels,
          startedAt: body.started_at,
          endedAt: body.ended_at,
        },
        deps.now(),
        held,
      );
      if (put === null) {
        if (held === "nothing") refuse({ code: "write_contended" });
        const fixed = held === null || held.account !== account.id || held.kind !== body.kind;
        refuse({ code: fixed ? "conversation_fixed" : "precondition_failed" });
      }
      const headers = { ETag: conversationTag(put.record) };
      return { status: put.created ? 201 : 200, body: conversationView(put.record), headers };
    },
  });
}

/** Of what PUT may change. */
function conversationTag({ labels, startedAt, endedAt }: ConversationRecord): string {
  return etagOf([labels, startedAt, endedAt]);
}
