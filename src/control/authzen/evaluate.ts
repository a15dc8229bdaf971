/**
 * Answers evaluations by the gate's own decision, all of them on one reading of consent state. A no is an answer; so is a question that
 * is not understood. Records nothing and repeats nothing that was sent.
 */
import { LIMITS } from "../../config/limits.ts";
import { explain } from "../../decision/explain.ts";
import type { ProducerTerms, Reason, State } from "../../decision/model.ts";
import { decideRecord } from "../../rules/verdict.ts";
import { type AdviceDeps, ANY_PRODUCER, producerOf, stateFor } from "../advice.ts";
import type { Asking } from "../asking.ts";
import { type ControlFault, refuse } from "../fault.ts";
import { problem } from "../problem.ts";
import type { Evaluation, Semantic } from "./evaluation.ts";
import { type Obligation, stripObligation } from "./obligation.ts";
import type { Question, Unclear, Vocabulary } from "./question.ts";

export interface Answer {
  readonly decision: boolean;
  readonly context: AnswerContext;
}

type AnswerContext =
  | { readonly error: { readonly status: number; readonly message: string } }
  | {
      readonly reason: Reason | Unclear;
      readonly rule?: string | null;
      readonly route?: string;
      readonly basis?: readonly string[];
      readonly reason_user: { readonly en: string };
      readonly obligations?: readonly Obligation[];
    };

const UNCLEAR: Readonly<Record<Unclear, string>> = {
  action_unknown: "The action is none that is known here: name a purpose, or a route by its id.",
  route_unknown: "There is no such route: name one of the configuration in context.route.",
  route_not_named: "Several routes have this purpose: name the one that is meant in context.route.",
  subject_unknown: "The subject is of no type that is known here: send a producer or a person.",
};

/** Distinct keys of one batch: each is a read of its own. */
const PRODUCERS_MAX = 100;

interface Asked {
  readonly evaluation: Evaluation;
  readonly question: Question;
  /** null: no such producer may send on the route. */
  readonly producer: ProducerTerms | null;
}

/** Each evaluation's answer or fault, in order; fewer where the semantic says to stop. Throws a `Refusal` if none can be answered. */
export async function answerAll(
  deps: AdviceDeps,
  vocabulary: Vocabulary,
  asking: Asking,
  evaluations: readonly (Evaluation | ControlFault)[],
  semantic: Semantic,
): Promise<(Answer | ControlFault)[]> {
  const now = deps.now();
  let chars = 0;
  const understood = evaluations.map((evaluation) => {
    if ("code" in evaluation) return evaluation;
    chars += JSON.stringify(evaluation).length;
    if (chars > LIMITS.evaluations_chars_max) tooMany();
    const understanding = vocabulary.understand(evaluation, now);
    return "question" in understanding ? { evaluation, question: understanding.question } : understanding;
  });
  const producers = await producersOf(deps, understood, asking.account);
  const asked = understood.map((one): Asked | { readonly unclear: Unclear } | ControlFault =>
    "question" in one ? { ...one, producer: producers.get(producerKey(one.question)) ?? null } : one,
  );
  const questions = asked.flatMap((one) => ("question" in one ? [one.question] : []));
  const state = await stateFor(deps, questions, asking.account);
  if (state === "too_many") tooMany();

  const answers: (Answer | ControlFault)[] = [];
  for (const one of asked) {
    const answer = answerTo(one, state, now);
    answers.push(answer);
    const permitted = "decision" in answer && answer.decision;
    if (permitted ? semantic === "permit_on_first_permit" : semantic === "deny_on_first_deny") break;
  }
  return answers;
}

/** In a batch, a fault of one evaluation is a no with its error, and the others are answered. */
export async function denied(fault: ControlFault): Promise<Answer> {
  const { status, message } = await messageOf(problem(fault));
  return { decision: false, context: { error: { status, message } } };
}

/** A problem as the protocol wants it: a status, and an error message string. */
export async function messageOf(response: Response): Promise<{ status: number; message: string }> {
  const { title, detail } = (await response.json()) as { title: string; detail: string };
  // What is of the wrong kind is a bad request here, not 415 or 422.
  const status = response.status === 415 || response.status === 422 ? 400 : response.status;
  return { status, message: `${title}. ${detail}` };
}

function answerTo(
  asked: Asked | { readonly unclear: Unclear } | ControlFault,
  state: State,
  now: number,
): Answer | ControlFault {
  if ("code" in asked) return asked;
  if ("unclear" in asked) {
    const { unclear } = asked;
    return { decision: false, context: { reason: unclear, reason_user: { en: UNCLEAR[unclear] } } };
  }
  const { evaluation, question, producer } = asked;
  const { rules, items } = question;
  const decision =
    producer === null
      ? ({ allow: false, reason: "producer_not_authorized" } as const)
      : decideRecord(items, rules.terms, producer, state, now);
  const { rule, says } = explain(decision.reason, items[0]!.type);
  const context = { reason: decision.reason, rule, route: rules.id, reason_user: { en: says } };
  if (decision.allow) return { decision: true, context: { ...context, basis: decision.basis } };
  const obligation = stripObligation(evaluation, rules, decision.reason);
  return obligation === null
    ? { decision: false, context }
    : { decision: true, context: { ...context, obligations: [obligation] } };
}

function producerKey({ keyId, rules }: Question): string {
  return JSON.stringify([keyId, rules.id]);
}

/** By key and route. */
async function producersOf(
  deps: AdviceDeps,
  understood: readonly object[],
  account: string | null,
): Promise<ReadonlyMap<string, ProducerTerms | null>> {
  const questions = new Map<string, Question>();
  for (const one of understood) {
    if (!("question" in one)) continue;
    const question = one.question as Question;
    questions.set(producerKey(question), question);
  }
  const keys = new Set([...questions.values()].map(({ keyId }) => keyId));
  if (keys.size > PRODUCERS_MAX) tooMany();
  const terms = await Promise.all(
    [...questions].map(async ([key, { keyId, rules }]) => {
      const producer = keyId === null ? ANY_PRODUCER : await producerOf(deps, keyId, rules.id, account);
      return [key, producer] as const;
    }),
  );
  return new Map(terms);
}

function tooMany(): never {
  refuse({ code: "field_invalid", field: "evaluations", expected: "fewer of them at once, or fewer ids" });
}
