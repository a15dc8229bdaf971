/**
 * The control plane: /v1, for the operator. Every error of a request becomes a problem here, once.
 * Decides nothing about items, and gives no consent: it records who gave it.
 */
import { Hono } from "hono";
import { keySecretProblem } from "../identity/producer-key.ts";
import { accountConsents } from "./account-consents.ts";
import { accounts } from "./accounts.ts";
import { operatorCheck } from "./authorize.ts";
import { conversations } from "./conversations.ts";
import type { ControlDeps } from "./deps.ts";
import { exchanges } from "./exchanges.ts";
import { Refusal } from "./fault.ts";
import { hostConsents } from "./host-consents.ts";
import { notices } from "./notices.ts";
import { participantAnswers } from "./participant-answers.ts";
import { participants } from "./participants.ts";
import { presence } from "./presence.ts";
import { problem } from "./problem.ts";
import { producerKeys } from "./producer-keys.ts";
import { reachable } from "./reachable.ts";
import { serviceSettings } from "./service-settings.ts";
import { showings } from "./showings.ts";
import { standingObjections } from "./standing-objections.ts";

const RESOURCES = [
  accounts,
  serviceSettings,
  notices,
  accountConsents,
  conversations,
  hostConsents,
  presence,
  showings,
  participantAnswers,
  standingObjections,
  participants,
  producerKeys,
  exchanges,
];

/** Answers requests whose path begins with /v1. Throws a TypeError if the operator token or the key secret cannot be one. */
export function createControl(given: ControlDeps): Hono {
  const deps: ControlDeps = {
    ...given,
    writer: reachable(given.writer, "state_unavailable"),
    records: reachable(given.records, "state_unavailable"),
    evidence: reachable(given.evidence, "evidence_unavailable"),
  };
  const unusable = keySecretProblem(given.keySecret);
  if (unusable !== null) throw new TypeError(unusable);
  const isOperator = operatorCheck(deps.operatorToken);
  const app = new Hono().basePath("/v1");
  app.use(async (c, next) => {
    isOperator(c.req.header("Authorization") ?? null);
    await next();
  });
  for (const register of RESOURCES) register(app, deps);
  app.notFound(() => problem({ code: "not_found", what: "route" }));
  app.onError((error) => {
    if (error instanceof Refusal) return problem(error.fault);
    deps.onBug?.(error.name);
    return problem({ code: "internal_error" });
  });
  return app;
}
