/** Close and reply: how one exchange ends, whatever its body was made of. Whatever fails, the upstream is cut before anything else. */
import { quiet, within } from "../base/deadline.ts";
import { LIMITS } from "../config/limits.ts";
import type { ExchangeOutcome } from "../evidence/entries.ts";
import type { Body } from "./body.ts";
import type { Exchange } from "./exchange.ts";
import { FAULT_WORDS, Fault } from "./fault.ts";
import type { Answers, Denied } from "./reply.ts";
import type { Upstream } from "./upstream.ts";

export interface Course {
  readonly exchange: Exchange;
  readonly upstream: Upstream;
  readonly body: Pick<Body, "stop">;
  readonly denied: Denied;
  readonly answers: Answers;
  /** After a failure: measures what was read and not used. */
  readonly measureRest: () => void;
}

/** Runs `forward`, which resolves to whether anything has left, and answers. Never rejects. */
export async function conclude(course: Course, forward: () => Promise<boolean>): Promise<Response> {
  const { exchange, upstream } = course;
  exchange.ages.watch(LIMITS.clock_read_ms);
  try {
    // A timer of its own: where nothing is looked up, or a record never ends, nobody else looks at the time.
    const left = await within(forward(), LIMITS.exchange_ms_max, () => {
      throw new Fault("exchange_too_long");
    });
    if (!left) return await succeed(course, "dropped", null);
    const response = await upstream.finish();
    const outcome = upstream.answeredBeforeEnd ? "unknown" : response.ok ? "forwarded" : "failed";
    return await succeed(course, outcome, response);
  } catch (error) {
    upstream.cut();
    return await fail(course, error instanceof Fault ? error : new Fault("internal_error"));
  } finally {
    exchange.ages.stop();
  }
}

async function succeed(
  { exchange, upstream, answers }: Course,
  outcome: ExchangeOutcome,
  response: Response | null,
): Promise<Response> {
  const recorded = await exchange.close({
    outcome,
    fault: null,
    upstreamStatus: response?.status ?? null,
    upstreamComplete: response === null ? false : upstream.answeredBeforeEnd ? null : true,
  });
  if (!recorded) {
    quiet(Promise.resolve(response?.body?.cancel()));
    return answers.fault(new Fault("outcome_unknown"), exchange, "unknown", response?.status ?? null);
  }
  return response === null ? answers.nothingLeft(exchange) : answers.forwarded(exchange, response, outcome);
}

async function fail(course: Course, fault: Fault): Promise<Response> {
  const { exchange, body, answers, denied } = course;
  const { begun, handedOver, answeredEarly, cutShows, status } = course.upstream;
  const outcome = !begun ? refusal(fault) : handedOver ? "unknown" : "aborted";
  const upstreamComplete = begun && (handedOver || answeredEarly || !cutShows) ? null : false;
  if (!exchange.closed) course.measureRest();
  const recorded = await exchange.close({
    outcome,
    fault: fault.code,
    upstreamStatus: status,
    upstreamComplete,
  });
  await body.stop();
  return answers.fault(fault, exchange, recorded || !begun ? outcome : "unknown", status, denied);
}

/** How an exchange of which nothing has left ended. */
function refusal(fault: Fault): ExchangeOutcome {
  if (fault.code === "items_denied") return "rejected";
  return FAULT_WORDS[fault.code].status < 500 ? "refused" : "failed";
}
