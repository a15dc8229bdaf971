/**
 * OpenID AuthZEN Authorization API 1.0: a decision asked for rather than enforced, by the same function. Answers as that protocol says:
 * a no is 200, an error a status and a sentence. Records nothing.
 */
import { ACCOUNT_READERS } from "../access.ts";
import { readJson } from "../body.ts";
import type { ControlDeps } from "../deps.ts";
import { Refusal, refuse } from "../fault.ts";
import { problem } from "../problem.ts";
import { reachable } from "../reachable.ts";
import { whoAsks } from "../who-asks.ts";
import { answerAll, denied, messageOf } from "./evaluate.ts";
import { readEvaluation, readRequest } from "./evaluation.ts";
import { OBLIGATION_TYPES } from "./obligation.ts";
import { Vocabulary } from "./question.ts";

const METADATA = "/.well-known/authzen-configuration";
const EVALUATION = "/access/v1/evaluation";
const EVALUATIONS = "/access/v1/evaluations";

/** What it answers, by path; anything else below them is 404. */
export const AUTHZEN_PATHS: Readonly<Record<string, string>> = {
  [METADATA]: "GET, HEAD",
  [EVALUATION]: "POST",
  [EVALUATIONS]: "POST",
};

/** Whether the path is for the decision API to answer, be it with 404. */
export function isAuthzen(path: string): boolean {
  return /^\/(access\/v1|\.well-known\/authzen-configuration)(\/|\?|$)/.test(path);
}

/** `target` is the raw path and query of the request; its query is passed over. */
export function createAuthzen(given: ControlDeps): (request: Request, target: string) => Promise<Response> {
  const deps: ControlDeps = {
    ...given,
    records: reachable(given.records, "state_unavailable"),
    consent: reachable(given.consent, "state_unavailable"),
  };
  const vocabulary = new Vocabulary(deps.vocabulary, deps.rules);
  const identify = whoAsks(deps);

  const evaluate = async (request: Request, batch: boolean): Promise<object> => {
    const asking = await identify(request.headers);
    if (!ACCOUNT_READERS.includes(asking.role)) refuse({ code: "not_permitted", roles: ACCOUNT_READERS });
    const body = await readJson(request);
    if (Array.isArray(body) || typeof body !== "object" || body === null) refuse({ code: "json_invalid" });
    const read = batch ? readRequest(body) : readEvaluation(body);
    if ("code" in read) refuse(read);
    if ("evaluations" in read) {
      const { evaluations, semantic } = read;
      const answers = await answerAll(deps, vocabulary, asking, evaluations, semantic);
      return {
        evaluations: await Promise.all(answers.map((one) => ("code" in one ? denied(one) : one))),
      };
    }
    const [answer] = await answerAll(deps, vocabulary, asking, [read], "execute_all");
    if ("code" in answer!) refuse(answer);
    return answer!;
  };

  const respond = async (request: Request, target: string): Promise<Response> => {
    const path = target.split("?", 1)[0]!;
    const allow = AUTHZEN_PATHS[path];
    if (allow === undefined) refuse({ code: "not_found", what: "route" });
    if (!allow.split(", ").includes(request.method)) refuse({ code: "method_not_allowed", allow });
    if (path === METADATA) return json(metadataOf(request), { "Cache-Control": "public, max-age=3600" });
    return json(await evaluate(request, path === EVALUATIONS), { "Cache-Control": "no-store" });
  };

  return async (request, target) => {
    let response: Response;
    try {
      response = await respond(request, target);
    } catch (error) {
      if (!(error instanceof Refusal)) deps.onBug?.(error instanceof Error ? error.name : "unknown");
      response = await told(problem(error instanceof Refusal ? error.fault : { code: "internal_error" }));
    }
    const id = request.headers.get("X-Request-ID");
    if (id !== null) response.headers.set("X-Request-ID", id);
    return response;
  };
}

/** The identifier is the origin that was asked, one of the configured hosts; https, but on loopback. */
function metadataOf(request: Request): object {
  const { protocol, host, hostname } = new URL(request.url);
  const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  const pdp = `${loopback ? protocol : "https:"}//${host}`;
  return {
    policy_decision_point: pdp,
    access_evaluation_endpoint: pdp + EVALUATION,
    access_evaluations_endpoint: pdp + EVALUATIONS,
    obligations_supported: OBLIGATION_TYPES,
  };
}

function json(body: object, headers: Readonly<Record<string, string>>): Response {
  return new Response(JSON.stringify(body), { headers: { ...headers, "Content-Type": "application/json" } });
}

/** The protocol's errors have a sentence for a body. */
async function told(refusal: Response): Promise<Response> {
  const headers = new Headers({ "Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8" });
  for (const name of ["Allow", "Retry-After", "WWW-Authenticate"]) {
    const value = refusal.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const { status, message } = await messageOf(refusal);
  return new Response(message, { status, headers });
}
