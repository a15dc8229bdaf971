/** /v1/conversations/{conversation}/participants/{person}/answers: the person's own answers, in one conversation. */
import type { Context, Hono } from "hono";
import * as v from "valibot";
import { acceptanceSince } from "../consent/runs.ts";
import type { AnswerRecord, ConversationRecord } from "../consent/writer.ts";
import { askingOf, writerOf } from "./asking.ts";
import { readJson } from "./body.ts";
import { CURSOR_QUERY, pageOf } from "./cursor.ts";
import type { ControlDeps } from "./deps.ts";
import { id, read, word } from "./fields.ts";
import { checkCurrent, conversationOf, serviceOf } from "./known.ts";
import { recordObjection, standingAmong } from "./objections.ts";
import { pathId, resource } from "./resource.ts";
import { untilWritten } from "./until-written.ts";
import { answerView } from "./views.ts";

const ANSWERS = ["accepted", "objected", "objection_withdrawn"] as const;

export const Answer = v.variant(
  "answer",
  [
    v.strictObject({ answer: v.literal("accepted"), service: id, notice_version: id }),
    v.strictObject({
      answer: word(["objected", "objection_withdrawn"]),
      /** Absent: every service. */
      service: v.optional(id),
    }),
  ],
  `one of ${ANSWERS.join(", ")}`,
);

export function participantAnswers(app: Hono, deps: ControlDeps): void {
  resource(
    app,
    "/conversations/:conversation/participants/:person/answers",
    {
      async GET(c) {
        const person = pathId(c, "person");
        const { id: conversation, account } = await conversationOf(deps, c);
        const { history } = await deps.records.answers(account, conversation, person);
        const { page, next } = pageOf(c, history, (answer) => answer.id);
        return { status: 200, body: { answers: page.map(answerView), next } };
      },

      async POST(c) {
        const person = pathId(c, "person");
        const body = read(Answer, await readJson(c.req.raw));
        const conversation = await conversationOf(deps, c);
        const service = body.service === undefined ? null : serviceOf(deps, body.service).id;
        if (body.answer === "accepted") {
          const accepting = { person, service: body.service, version: body.notice_version };
          return { status: 201, body: await accept(deps, c, conversation, accepting) };
        }
        const scope = { account: conversation.account, conversation: conversation.id, person, service };
        return { status: 201, body: answerView(await recordObjection(deps, c, scope, body.answer)) };
      },
    },
    CURSOR_QUERY,
  );
}

interface Accepting {
  readonly person: string;
  readonly service: string;
  readonly version: string;
}

/** An acceptance takes no objection back: the answer lists those that still stand. */
async function accept(
  deps: ControlDeps,
  c: Context,
  { id: conversation, account }: ConversationRecord,
  { person, service, version }: Accepting,
) {
  const ids = { answer: deps.newId("ans"), showing: deps.newId("shw") };
  return untilWritten(async () => {
    const [seen, notices] = await Promise.all([
      deps.records.answers(account, conversation, person),
      deps.records.notices(service),
    ]);
    // An acceptance in the instant of an objection would count as made before it.
    const at = Math.max(deps.now(), ...seen.history.map(afterObjection), seen.latestAt);
    checkCurrent(version, notices, at);
    const own = {
      conversation,
      person,
      service,
      noticeVersion: version,
      at,
      recordedBy: askingOf(c).recordedBy,
    };
    const answer: AnswerRecord = {
      ...own,
      id: ids.answer,
      account,
      answer: "accepted",
      since: acceptanceSince(seen.history, notices, service, at),
    };
    // Whoever accepts a version has seen it.
    const also = { noticesSeen: notices.length, showing: { ...own, id: ids.showing } };
    const objecting = standingAmong(seen.history).filter(
      (objection) => objection.service === null || objection.service === service,
    );
    return {
      written: await writerOf(deps, c).addAnswer(answer, seen, also),
      result: { ...answerView(answer), objections_standing: objecting.map(answerView) },
    };
  });
}

function afterObjection({ answer, at }: AnswerRecord): number {
  return answer === "objected" ? at + 1 : at;
}
