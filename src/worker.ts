/** The composition root: the only file that sees the environment. Nothing is decided here. */
import config from "../tenfour.config.ts";
import { newId, sha256 } from "./base/digest.ts";
import { type ParsedConfig, parseConfig } from "./config/parse.ts";
import { cachedReader } from "./consent/cache.ts";
import { createAuthzen, isAuthzen } from "./control/authzen/authzen.ts";
import { createControl } from "./control/control.ts";
import type { ControlDeps } from "./control/deps.ts";
import { answerDescription } from "./control/openapi.ts";
import { isWithin, type RateLimit } from "./control/rate-limits.ts";
import { rawPath } from "./gate/admit.ts";
import { Fault } from "./gate/fault.ts";
import type { Defer } from "./gate/gate.ts";
import { LaggingEvidence } from "./gate/lagging-evidence.ts";
import { passThrough } from "./gate/pipeline.ts";
import { refuse } from "./gate/refuse.ts";
import { Revocations } from "./gate/revocations.ts";
import { compileRoutes, secretNames } from "./gate/routes.ts";
import { answerHealth, HEALTH_PATH } from "./health.ts";
import { developmentIssuer, developmentProblems } from "./identity/development.ts";
import type { Issuer } from "./identity/issuer.ts";
import { personVerifier } from "./identity/person-token.ts";
import { readJwks } from "./identity/read-jwks.ts";
import { compileRules } from "./rules/route-rules.ts";
import { zoomReceivers } from "./sources/zoom/receive.ts";
import { createBulkStore } from "./store/bulk-store.ts";
import { createConsentReader } from "./store/consent-reader.ts";
import { createConsentRecords } from "./store/consent-records.ts";
import { createConsentWriter } from "./store/consent-writer.ts";
import { createEvidenceStore } from "./store/evidence-store.ts";
import { createIdempotencyKeys } from "./store/idempotency-store.ts";
import { checkSchema } from "./store/schema-check.ts";
import { createSourceFeed } from "./store/source-feed.ts";

interface Env {
  readonly CONSENT: D1Database;
  readonly EVIDENCE: D1Database;
  readonly TENFOUR_KEY_SECRET: string;
  /** While signing keys rotate: verifies and never signs. */
  readonly TENFOUR_KEY_SECRET_PREVIOUS?: string;
  readonly TENFOUR_DIGEST_SECRET: string;
  readonly TENFOUR_OPERATOR_TOKEN: string;
  /** On this machine only: the keys of the development issuer. */
  readonly TENFOUR_DEV_JWKS?: string;
  readonly CONTROL_REQUESTS: RateLimit;
  readonly CONTROL_FAILURES: RateLimit;
}

type Handler = (request: Request, defer: Defer) => Promise<Response>;

/** 32 random bytes in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43,}$/;

const parsed = parseConfig(config);
if (!parsed.ok) {
  throw new Error(
    `tenfour.config.ts cannot be used:\n${parsed.problems.map((problem) => `- ${problem}`).join("\n")}`,
  );
}
const ready: ParsedConfig = parsed.config;

let composed: { readonly env: Env; readonly handle: Handler } | null = null;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    if (composed?.env !== env) composed = { env, handle: compose(env) };
    return composed.handle(request, (work) => context.waitUntil(work));
  },
};

function compose(env: Env): Handler {
  const missing = missingFrom(env);
  if (missing.length > 0) {
    console.error(`Tenfour is not set up, and forwards nothing: ${missing.join("; ")}.`);
    return (request) => refuse(request, new Fault("not_ready"));
  }
  const now = readClock;
  const digest = sha256(ready.canonical);
  const consent = createConsentReader(env.CONSENT, now);
  const cacheMsMax = ready.consent_cache_ms_max;
  const evidence = createEvidenceStore(env.EVIDENCE);
  const gate = {
    routes: compileRoutes(ready, digest, (name) => secretOf(env, name)!),
    consent: cacheMsMax === 0 ? consent : cachedReader(consent, cacheMsMax, now),
    evidence,
    laggingEvidence: new LaggingEvidence(evidence, now),
    revocations: new Revocations(consent),
    keySecrets: keySecretsOf(env),
    digestSecret: env.TENFOUR_DIGEST_SECRET,
    now,
  };
  const controlDeps: ControlDeps = {
    writer: createConsentWriter(env.CONSENT),
    writerMarking: (claim) => createConsentWriter(env.CONSENT, claim),
    idempotency: createIdempotencyKeys(env.CONSENT),
    verifyPerson: personVerifier(issuersOf(env, ready), readJwks, now),
    rateLimits: { requests: env.CONTROL_REQUESTS, failures: env.CONTROL_FAILURES },
    records: createConsentRecords(env.CONSENT),
    bulk: createBulkStore(env.CONSENT),
    evidence,
    consent,
    rules: compileRules(ready),
    vocabulary: ready.authzen?.vocabulary ?? [],
    services: ready.services,
    participationRuleMin: ready.participation_rule_min,
    routeIds: ready.routes.map((route) => route.id),
    operatorToken: env.TENFOUR_OPERATOR_TOKEN,
    keySecret: env.TENFOUR_KEY_SECRET,
    now,
    onBug: (error) => console.error(`A bug in the control plane: ${error}.`),
    newId: (prefix: string) => newId(prefix, now()),
  };
  const control = createControl(controlDeps);
  const authzen = createAuthzen(controlDeps);
  const sources = zoomReceivers(ready.sources.zoom, {
    feed: createSourceFeed(env.CONSENT),
    secretOf: (name) => secretOf(env, name)!,
    countFailure: (client) => isWithin(env.CONTROL_FAILURES, client),
    now,
  });
  const checks = {
    consent: () => checkSchema(env.CONSENT, "consent"),
    evidence: () => checkSchema(env.EVIDENCE, "evidence"),
  };
  return async (request, defer) => {
    try {
      const target = rawPath(request, gate.routes.hosts);
      if (target === HEALTH_PATH) return await answerHealth(checks, digest, now);
      const description = answerDescription(request, target);
      if (description !== null) return description;
      const source = sources.get(target);
      if (source !== undefined) return await source(request);
      if (target.startsWith("/v1/")) return await control.fetch(request);
      if (isAuthzen(target)) return await authzen(request, target);
    } catch (error) {
      return refuse(request, error);
    }
    return passThrough(gate, request, defer);
  };
}

/** Unix milliseconds. Throws a `Fault` rather than let a comparison with no time come out as it likes. */
function readClock(): number {
  const now = Date.now();
  if (!Number.isFinite(now)) throw new Fault("clock_unavailable");
  return now;
}

/** The configured issuers and, on this machine, the development issuer. */
function issuersOf({ TENFOUR_DEV_JWKS: jwks }: Env, { issuers }: ParsedConfig): readonly Issuer[] {
  return jwks === undefined ? issuers : [...issuers, developmentIssuer(JSON.parse(jwks))];
}

function keySecretsOf({ TENFOUR_KEY_SECRET, TENFOUR_KEY_SECRET_PREVIOUS: previous }: Env): string[] {
  return previous === undefined ? [TENFOUR_KEY_SECRET] : [TENFOUR_KEY_SECRET, previous];
}

function missingFrom(env: Env): string[] {
  const secrets = [
    "TENFOUR_KEY_SECRET",
    "TENFOUR_DIGEST_SECRET",
    "TENFOUR_OPERATOR_TOKEN",
    ...(env.TENFOUR_KEY_SECRET_PREVIOUS === undefined ? [] : ["TENFOUR_KEY_SECRET_PREVIOUS"]),
  ];
  return [
    ...(["CONSENT", "EVIDENCE"] as const)
      .filter((name) => env[name] === undefined)
      .map((name) => `the D1 binding ${name} is missing (add it to wrangler.toml)`),
    ...(["CONTROL_REQUESTS", "CONTROL_FAILURES"] as const)
      .filter((name) => env[name] === undefined)
      .map((name) => `the rate limit ${name} is missing (add it to wrangler.toml)`),
    ...developmentProblems(env.TENFOUR_DEV_JWKS, ready.hosts),
    ...secrets
      .filter((name) => !SECRET.test(secretOf(env, name) ?? ""))
      .map(
        (name) =>
          `the secret ${name} is missing, or is not at least 32 bytes in base64url (npx wrangler secret put ${name})`,
      ),
    ...ready.sources.zoom
      .filter(({ secret }) => secretOf(env, secret) === undefined)
      .map(
        ({ secret }) =>
          `the secret ${secret}, which signs Zoom's webhooks, is missing (npx wrangler secret put ${secret})`,
      ),
    ...secretNames(ready)
      .filter((name) => secretOf(env, name) === undefined)
      .map(
        (name) =>
          `the secret ${name}, which an upstream's headers ask for, is missing (npx wrangler secret put ${name})`,
      ),
  ];
}

function secretOf(env: Env, name: string): string | undefined {
  const value = (env as unknown as Record<string, unknown>)[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
