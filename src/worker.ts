/** The composition root: the only file that sees the environment. Nothing is decided here. */
import config from "../tenfour.config.ts";
import { newId, sha256 } from "./base/digest.ts";
import { type ParsedConfig, parseConfig } from "./config/parse.ts";
import { createControl } from "./control/control.ts";
import { rawPath } from "./gate/admit.ts";
import { Fault } from "./gate/fault.ts";
import type { Defer } from "./gate/gate.ts";
import { LaggingEvidence } from "./gate/lagging-evidence.ts";
import { passThrough } from "./gate/pipeline.ts";
import { refuse } from "./gate/refuse.ts";
import { Revocations } from "./gate/revocations.ts";
import { compileRoutes, secretNames } from "./gate/routes.ts";
import { answerHealth } from "./health.ts";
import { createConsentReader } from "./store/consent-reader.ts";
import { createConsentRecords } from "./store/consent-records.ts";
import { createConsentWriter } from "./store/consent-writer.ts";
import { createEvidenceStore } from "./store/evidence-store.ts";
import { checkSchema } from "./store/schema-check.ts";

interface Env {
  readonly CONSENT: D1Database;
  readonly EVIDENCE: D1Database;
  readonly TENFOUR_KEY_SECRET: string;
  readonly TENFOUR_DIGEST_SECRET: string;
  readonly TENFOUR_OPERATOR_TOKEN: string;
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
  const evidence = createEvidenceStore(env.EVIDENCE);
  const gate = {
    routes: compileRoutes(ready, digest, (name) => secretOf(env, name)!),
    consent,
    evidence,
    laggingEvidence: new LaggingEvidence(evidence, now),
    revocations: new Revocations(consent),
    keySecret: env.TENFOUR_KEY_SECRET,
    digestSecret: env.TENFOUR_DIGEST_SECRET,
    now,
  };
  const control = createControl({
    writer: createConsentWriter(env.CONSENT),
    records: createConsentRecords(env.CONSENT),
    evidence,
    services: ready.services,
    participationRuleMin: ready.participation_rule_min,
    routeIds: ready.routes.map((route) => route.id),
    operatorToken: env.TENFOUR_OPERATOR_TOKEN,
    keySecret: env.TENFOUR_KEY_SECRET,
    now,
    onBug: (error) => console.error(`A bug in the control plane: ${error}.`),
    newId: (prefix: string) => newId(prefix, now()),
  });
  const checks = {
    consent: () => checkSchema(env.CONSENT, "consent"),
    evidence: () => checkSchema(env.EVIDENCE, "evidence"),
  };
  return async (request, defer) => {
    try {
      const target = rawPath(request, gate.routes.hosts);
      if (target === "/healthz") return await answerHealth(checks, digest, now);
      if (target.startsWith("/v1/")) return await control.fetch(request);
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

function missingFrom(env: Env): string[] {
  const secrets = ["TENFOUR_KEY_SECRET", "TENFOUR_DIGEST_SECRET", "TENFOUR_OPERATOR_TOKEN"];
  return [
    ...(["CONSENT", "EVIDENCE"] as const)
      .filter((name) => env[name] === undefined)
      .map((name) => `the D1 binding ${name} is missing (add it to wrangler.toml)`),
    ...secrets
      .filter((name) => !SECRET.test(secretOf(env, name) ?? ""))
      .map(
        (name) =>
          `the secret ${name} is missing, or is not at least 32 bytes in base64url (npx wrangler secret put ${name})`,
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
