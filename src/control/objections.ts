/** Recording an objection or its withdrawal, in a conversation or standing. An objection wins under every rule. */
import type { Context } from "hono";
import type { AnswerRecord } from "../consent/writer.ts";
import { askingOf, writerOf } from "./asking.ts";
import type { ControlDeps } from "./deps.ts";
import { refuse } from "./fault.ts";
import { untilWritten } from "./until-written.ts";

export interface ObjectionScope {
  readonly account: string;
  /** null: standing. */
  readonly conversation: string | null;
  readonly person: string;
  /** null: every service. */
  readonly service: string | null;
}

/** Refuses to withdraw what does not stand: whoever asked would believe that nothing is objected to any more. */
export async function recordObjection(
  deps: ControlDeps,
  c: Context,
  scope: ObjectionScope,
  answer: "objected" | "objection_withdrawn",
): Promise<AnswerRecord> {
  const id = deps.newId("ans");
  return untilWritten(async () => {
    const seen = await deps.records.answers(scope.account, scope.conversation, scope.person);
    if (answer === "objection_withdrawn") {
      if (!stands(seen.history, scope)) refuse({ code: "no_objection" });
      if (isToEverything(scope) && (await deps.erasures.knownAs(scope.account, scope.person)).erased !== null)
        refuse({ code: "person_erased" });
    }
    const at = Math.max(deps.now(), seen.latestAt);
    const result: AnswerRecord = {
      id,
      ...scope,
      answer,
      noticeVersion: null,
      at,
      since: at,
      recordedBy: askingOf(c).recordedBy,
    };
    const also = { noticesSeen: null, showing: null };
    return { written: await writerOf(deps, c).addAnswer(result, seen, also), result };
  });
}

/** Whether it is one that an erasure leaves standing. */
export function isToEverything({ conversation, service }: Pick<ObjectionScope, "conversation" | "service">) {
  return conversation === null && service === null;
}

/** Objections that have not been withdrawn where and as they were made. `history`: oldest first. */
export function standingAmong(history: readonly AnswerRecord[]): AnswerRecord[] {
  const objections = new Map<string, AnswerRecord>();
  for (const past of history) {
    const scope = JSON.stringify([past.conversation, past.service]);
    if (past.answer === "objected" && !objections.has(scope)) objections.set(scope, past);
    if (past.answer === "objection_withdrawn") objections.delete(scope);
  }
  return [...objections.values()];
}

function stands(history: readonly AnswerRecord[], { conversation, service }: ObjectionScope): boolean {
  return standingAmong(history).some(
    (objection) => objection.conversation === conversation && objection.service === service,
  );
}
