/** /v1/conversations/{conversation}/participants/{person}: everything recorded of a person in a conversation. */
import type { Hono } from "hono";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { conversationOf } from "./known.ts";
import { standingAmong } from "./objections.ts";
import { pathId, resource } from "./resource.ts";
import { answerView, presenceView, showingView } from "./views.ts";

export function participants(app: Hono, deps: ControlDeps): void {
  resource(app, "/conversations/:conversation/participants/:person", {
    async GET(c) {
      const person = pathId(c, "person");
      const { id: conversation, account } = await conversationOf(deps, c);
      const [stays, shown, { history }] = await Promise.all([
        deps.records.presence(conversation, person),
        deps.records.showings(conversation, person),
        deps.records.answers(account, conversation, person),
      ]);
      if (stays.length + shown.length + history.length === 0) {
        refuse({ code: "not_found", what: "participant" });
      }
      return {
        status: 200,
        body: {
          conversation,
          account,
          person,
          presence: stays.map(presenceView),
          shown: shown.map(showingView),
          answers: history.map(answerView),
          objections_standing: standingAmong(history).map(answerView),
        },
      };
    },
  });
}
