/** What a person's answers in a conversation, its own and the standing ones, come to. Pure. */
import type { Acceptance, Instant, Objection, Participant } from "../decision/model.ts";

/** One answer of a participant. */
export interface ParticipantAnswer {
  readonly id: string;
  readonly answer: "accepted" | "objected" | "objection_withdrawn";
  /** Empty: every service. */
  readonly service: string;
  readonly standing: boolean;
  readonly noticeVersion: string;
  readonly at: Instant;
  /** For an acceptance, the start of its run. */
  readonly since: Instant;
  /** Breaks ties of `at`: the order in which they were recorded. */
  readonly seq: number;
}

/** The answers may come in any order; ties of `at` go by `seq`. */
export function foldAnswers(
  answers: readonly ParticipantAnswer[],
): Pick<Participant, "acceptances" | "objections"> {
  const ordered = answers.toSorted((a, b) => a.at - b.at || a.seq - b.seq);
  const objections = objectionsOf(ordered);
  return { objections, acceptances: acceptancesOf(ordered, objections) };
}

/** Every objection ever made. It stands until the next withdrawal of exactly its scope: same service or all, same reach. */
function objectionsOf(ordered: readonly ParticipantAnswer[]): Objection[] {
  const endOfScope = new Map<string, Instant>();
  const objections: Objection[] = [];
  for (const { answer, id, service, standing, at } of ordered.toReversed()) {
    const scope = `${standing} ${service}`;
    if (answer === "objection_withdrawn") endOfScope.set(scope, at);
    if (answer !== "objected") continue;
    objections.push({ id, service: service || null, from: at, to: endOfScope.get(scope) ?? null });
  }
  return objections.reverse();
}

/**
 * The latest acceptance of each service, unless an objection that covers the service was made at the same instant or later,
 * withdrawn since or not. Its run never begins before an objection it followed.
 */
function acceptancesOf(
  ordered: readonly ParticipantAnswer[],
  objections: readonly Objection[],
): Map<string, Acceptance> {
  const inForce = new Map<string, Acceptance>();
  for (const { answer, id, service, noticeVersion, at, since } of ordered) {
    if (answer !== "accepted") continue;
    const covering = objections.filter((one) => one.service === null || one.service === service);
    if (covering.some((objection) => objection.from >= at)) continue;
    const objectedAt = covering.at(-1)?.from ?? Number.NEGATIVE_INFINITY;
    const run = inForce.get(service);
    const start = since > objectedAt ? since : (run?.since ?? at);
    inForce.set(service, { id, noticeVersion, since: start });
  }
  return inForce;
}
