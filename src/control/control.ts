/**
 * The control plane: /v1. Who asks is known, and whether they may, before anything they sent is read. Every error of a request becomes a problem here, once.
 * Decides nothing about items, and gives no consent: it records who gave it.
 */
import { Hono } from "hono";
import { keySecretProblem } from "../identity/producer-key.ts";
import { accountConsents } from "./account-consents.ts";
import { accounts } from "./accounts.ts";
import { askAgain } from "./ask-again.ts";
import { bulkRoutes } from "./bulk/routes.ts";
import { consentStatus } from "./consent-status.ts";
import { conversations } from "./conversations.ts";
import type { ControlDeps } from "./deps.ts";
import { erasures } from "./erasures.ts";
import { exchanges } from "./exchanges.ts";
import { explanations } from "./explain.ts";
import { Refusal } from "./fault.ts";
import { hostConsents } from "./host-consents.ts";
import { impact } from "./impact.ts";
import { ledger } from "./ledger.ts";
import { ledgerExport } from "./ledger-export.ts";
import { notices } from "./notices.ts";
import { once } from "./once.ts";
import { participantAnswers } from "./participant-answers.ts";
import { participants } from "./participants.ts";
import { permit } from "./permit.ts";
import { presence } from "./presence.ts";
import { problem } from "./problem.ts";
import { producerKeys } from "./producer-keys.ts";
import { reachable } from "./reachable.ts";
import { receipts } from "./receipts.ts";
import { serviceSettings } from "./service-settings.ts";
import { showings } from "./showings.ts";
import { standingObjections } from "./standing-objections.ts";
import { whoAsks } from "./who-asks.ts";

const RESOURCES = [
  accounts,
  serviceSettings,
  notices,
  askAgain,
  accountConsents,
  conversations,
  consentStatus,
  hostConsents,
  presence,
  showings,
  participantAnswers,
  standingObjections,
  erasures,
  participants,
  producerKeys,
  exchanges,
  impact,
  receipts,
  ledger,
  ledgerExport,
  bulkRoutes,
  explanations,
];

/** Answers requests whose path begins with /v1. Throws a TypeError if the operator token or the key secret cannot be one. */
export function createControl(given: ControlDeps): Hono {
  const deps: ControlDeps = {
    ...given,
    writer: reachable(given.writer, "state_unavailable"),
    records: reachable(given.records, "state_unavailable"),
    evidence: reachable(given.evidence, "evidence_unavailable"),
    ledger: reachable(given.ledger, "evidence_unavailable"),
    outbox: reachable(given.outbox, "state_unavailable"),
    erasures: reachable(given.erasures, "state_unavailable"),
    impact: reachable(given.impact, "state_unavailable"),
    receipts: reachable(given.receipts, "state_unavailable"),
    idempotency: reachable(given.idempotency, "state_unavailable"),
    writerMarking: (claim) => reachable(given.writerMarking(claim), "state_unavailable"),
    bulk: reachable(given.bulk, "state_unavailable"),
    consent: reachable(given.consent, "state_unavailable"),
  };
  const unusable = keySecretProblem(given.keySecret);
  if (unusable !== null) throw new TypeError(unusable);
  const identify = whoAsks(deps);
  const app = new Hono().basePath("/v1");
  app.use(async (c, next) => {
    c.set("asking", await identify(c.req.raw.headers));
    await next();
  });
  const routes = routesOf(deps);
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    app.use(path, async (c, next) => {
      await permit(deps, c, c.get("asking"), path, methods);
      return once(deps, c, next);
    });
  }
  for (const register of RESOURCES) register(app, deps);
  app.notFound(() => problem({ code: "not_found", what: "route" }));
  app.onError((error) => {
    if (error instanceof Refusal) return problem(error.fault);
    deps.onBug?.(error.name);
    return problem({ code: "internal_error" });
  });
  return app;
}

export interface ControlRoute {
  readonly method: string;
  /** Within /v1, such as `/accounts/:account`. */
  readonly path: string;
}

/** Every method of every path of /v1. */
export function routesOf(deps: ControlDeps): ControlRoute[] {
  const bare = new Hono();
  for (const register of RESOURCES) register(bare, deps);
  return bare.routes.filter(({ method }) => method !== "ALL").map(({ method, path }) => ({ method, path }));
}
