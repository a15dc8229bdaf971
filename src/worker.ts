/** The composition root: the only file that sees the environment. Nothing is decided here. */
import config from "../tenfour.config.ts";
import skeletons from "../wasm/skeletons.wasm";
import { attestationHeaders, type Forwarded } from "./attestation/sign.ts";
import { newId, sha256 } from "./base/digest.ts";
import { type ParsedConfig, parseConfig } from "./config/parse.ts";
import { cachedReader } from "./consent/cache.ts";
import { createAuthzen, isAuthzen } from "./control/authzen/authzen.ts";
import { createControl } from "./control/control.ts";
import type { ControlDeps } from "./control/deps.ts";
import { impactFinder } from "./control/impact-finder.ts";
import { answerDescription } from "./control/openapi/openapi.ts";
import { isWithin, type RateLimit } from "./control/rate-limits.ts";
import { receiptTerms } from "./control/receipt-terms.ts";
import { rawPath } from "./gate/admit.ts";
import { Fault } from "./gate/fault.ts";
import type { Defer } from "./gate/gate.ts";
import { LaggingEvidence } from "./gate/lagging-evidence.ts";
import { LedgerHead } from "./gate/ledger-head.ts";
import { passThrough } from "./gate/pipeline.ts";
import { hearOut, refuse } from "./gate/refuse.ts";
import { Revocations } from "./gate/revocations.ts";
import { compileRoutes, secretNames } from "./gate/routes.ts";
import { answerHealth, HEALTH_PATH } from "./health.ts";
import { developmentIssuer, developmentProblems } from "./identity/development.ts";
import type { Issuer } from "./identity/issuer.ts";
import { personVerifier } from "./identity/person-token.ts";
import { readJwks } from "./identity/read-jwks.ts";
import { type PromptSigner, parseSignerKey, promptSigner, type SignerKey } from "./ledger/note-keys.ts";
import { archiveEntries } from "./ledger-writer/archive.ts";
import { LedgerDriver } from "./ledger-writer/drive.ts";
import { keepHead } from "./ledger-writer/keep-head.ts";
import { expireEntries } from "./ledger-writer/retention.ts";
import { sweepExchanges } from "./ledger-writer/sweep.ts";
import { tellImpact } from "./ledger-writer/tell-impact.ts";
import { tellWebhook } from "./ledger-writer/webhook.ts";
import { type LedgerWriterDeps, writeLedger } from "./ledger-writer/write.ts";
import { compileRules } from "./rules/route-rules.ts";
import { zoomReceivers } from "./sources/zoom/receive.ts";
import { createArchive } from "./store/archive-store.ts";
import { createBulkStore } from "./store/bulk-store.ts";
import { createConsentReader } from "./store/consent-reader.ts";
import { createConsentRecords } from "./store/consent-records.ts";
import { createConsentWriter } from "./store/consent-writer.ts";
import { createErasures } from "./store/erasure-store.ts";
import { createEvidenceStore } from "./store/evidence-store.ts";
import { createIdempotencyKeys } from "./store/idempotency-store.ts";
import { createImpactRecords } from "./store/impact-store.ts";
import { createLedgerReader } from "./store/ledger-reader.ts";
import { createLedgerStore } from "./store/ledger-store.ts";
import { createOutbox } from "./store/outbox-store.ts";
import { createReceiptRecords } from "./store/receipt-store.ts";
import { checkSchema } from "./store/schema-check.ts";
import { createSourceFeed } from "./store/source-feed.ts";

interface Env {
  readonly CONSENT: D1Database;
  readonly EVIDENCE: D1Database;
  /** Entries of days that are over, and each checkpoint. */
  readonly ARCHIVE: R2Bucket;
  readonly TENFOUR_KEY_SECRET: string;
  /** While signing keys rotate: verifies and never signs. */
  readonly TENFOUR_KEY_SECRET_PREVIOUS?: string;
  readonly TENFOUR_DIGEST_SECRET: string;
  readonly TENFOUR_OPERATOR_TOKEN: string;
  /** Signs the ledger's checkpoints and what is forwarded; while keys rotate two, separated by a space, the one in use first. */
  readonly TENFOUR_LEDGER_KEY: string;
  /** On this machine only: the keys of the development issuer. */
  readonly TENFOUR_DEV_JWKS?: string;
  readonly CONTROL_REQUESTS: RateLimit;
  readonly CONTROL_FAILURES: RateLimit;
}

type Handler = (request: Request, defer: Defer) => Promise<Response>;

interface Composed {
  readonly handle: Handler;
  /** Each minute: what was left behind by requests that died. */
  readonly tick: () => Promise<void>;
}

/** 32 random bytes in base64url. */
const SECRET = /^[A-Za-z0-9_-]{43,}$/;
/** As `npm run ledger-key` writes it; while keys rotate, two. */
const LEDGER_KEY = /^PRIVATE\+KEY\+[^ ]+( PRIVATE\+KEY\+[^ ]+)?$/;

const parsed = parseConfig(config);
if (!parsed.ok) {
  throw new Error(
    `tenfour.config.ts cannot be used:\n${parsed.problems.map((problem) => `- ${problem}`).join("\n")}`,
  );
}
const ready: ParsedConfig = parsed.config;

let composed: (Composed & { readonly env: Env }) | null = null;

export default {
  async fetch(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
    return composedOf(env).handle(request, (work) => context.waitUntil(work));
  },

  async scheduled(_controller: unknown, env: Env): Promise<void> {
    await composedOf(env).tick();
  },
};

function composedOf(env: Env): Composed {
  if (composed?.env !== env) composed = { env, ...compose(env) };
  return composed;
}

function compose(env: Env): Composed {
  const missing = missingFrom(env);
  if (missing.length > 0) {
    console.error(`Tenfour is not set up, and forwards nothing: ${missing.join("; ")}.`);
    return { handle: async (request) => refuse(request, new Fault("not_ready")), tick: async () => {} };
  }
  const now = readClock;
  const digest = sha256(ready.canonical);
  const cacheMsMax = ready.consent_cache_ms_max;
  const ledger = ledgerOf(env, digest, now);
  const evidence = createEvidenceStore(env.EVIDENCE, ledger.reader.entriesOf);
  const ledgerHead = new LedgerHead(() => evidence.consentHead());
  const attester = attesterOf(env)!;
  const consent = createConsentReader(env.CONSENT, now, () => ledgerHead.settled());
  const gate = {
    routes: compileRoutes(ready, digest, (name) => secretOf(env, name)!, skeletons),
    consent: cacheMsMax === 0 ? consent : cachedReader(consent, cacheMsMax, now),
    evidence,
    laggingEvidence: new LaggingEvidence(evidence, now),
    revocations: new Revocations(consent),
    ledgerHead,
    keySecrets: keySecretsOf(env),
    digestSecret: env.TENFOUR_DIGEST_SECRET,
    attest: (forwarded: Forwarded) => attestationHeaders(forwarded, attester, now()),
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
    ledger: ledger.reader,
    outbox: ledger.outbox,
    erasures: createErasures(env.CONSENT),
    impact: createImpactRecords(env.CONSENT),
    receipts: createReceiptRecords(env.CONSENT),
    receiptTerms: (name) => receiptTerms(ready, name),
    writeLedger: ledger.write,
    ledgerKeys: ledger.signers,
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
  const driver = new LedgerDriver(ledger.write, () => Date.now());
  const handle: Handler = async (request, defer) => {
    try {
      const target = rawPath(request, gate.routes.hosts);
      if (target === HEALTH_PATH) return await answerHealth(checks, digest, now);
      const description = answerDescription(request, target);
      if (description !== null) return description;
      const source = sources.get(target);
      if (source !== undefined || target.startsWith("/v1/")) {
        const answer = await (source === undefined ? control.fetch(request) : source(request));
        if (request.method !== "GET" && request.method !== "HEAD" && answer.ok) driver.nudge(defer);
        if (!answer.ok) await hearOut(request);
        return answer;
      }
      if (isAuthzen(target)) return await authzen(request, target);
    } catch (error) {
      return refuse(request, error);
    }
    return driver.after(() => passThrough(gate, request, defer), defer);
  };
  return { handle, tick: ledger.tick };
}

/** The ledger's writer, and what it is driven by beside requests. Whatever fails is taken up by the next run. */
function ledgerOf(env: Env, digest: string, now: () => number) {
  const store = createLedgerStore(env.EVIDENCE);
  const outbox = createOutbox(env.CONSENT);
  const archive = createArchive(env.ARCHIVE);
  const reader = createLedgerReader(env.EVIDENCE, store, archive);
  const configuration = { digest, canonical: ready.canonical };
  let signers: Promise<SignerKey[]> | null = null;
  const keys = () => {
    signers ??= signersOf(env);
    return signers;
  };
  const deps = async (): Promise<LedgerWriterDeps> => {
    return {
      store,
      outbox,
      signers: await keys(),
      configuration,
      now,
      tellsImpact: ready.impact_webhook !== null,
      keep: (head) => keepHead(archive, head),
    };
  };
  const write = async () => {
    try {
      const run = await writeLedger(await deps());
      if (run.behind)
        console.error("The consent database lacks changes that the ledger holds: reconcile it.");
      if (run.added > 0) await tell();
      return run;
    } catch (error) {
      console.error(`The ledger was not written: ${error instanceof Error ? error.message : "unknown"}`);
      return null;
    }
  };
  const webhook = ready.impact_webhook;
  const records = createImpactRecords(env.CONSENT);
  const tell = async () => {
    if (webhook === null) return 0;
    const target = { url: webhook.url, secret: secretOf(env, webhook.secret)! };
    const at = now();
    return tellImpact(
      store,
      impactFinder(records, reader),
      (id, said) => tellWebhook(target, id, at, said),
      at,
    );
  };
  const tick = async () => {
    await write();
    const swept = await sweepExchanges(store, now()).catch(() => 0);
    if (swept > 0) await write();
    await archiveEntries(store, archive, now()).catch(() => 0);
    await tell().catch(() => 0);
    const keepDays = ready.evidence_retention_days;
    if (keepDays !== null) await expireEntries(store, archive, keepDays, now()).catch(() => 0);
  };
  return { reader, outbox, write, tick, signers: keys };
}

async function signersOf({ TENFOUR_LEDGER_KEY: texts }: Env): Promise<SignerKey[]> {
  const keys = await Promise.all(texts.split(" ").map(parseSignerKey));
  if (keys.includes(null)) throw new Error("TENFOUR_LEDGER_KEY holds what is no key.");
  return keys as SignerKey[];
}

/** The key in use signs what is forwarded, too. null: it is none. */
function attesterOf({ TENFOUR_LEDGER_KEY: texts }: Env): PromptSigner | null {
  return promptSigner(texts.split(" ")[0]!);
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
    ...(env.ARCHIVE === undefined ? ["the R2 binding ARCHIVE is missing (add it to wrangler.toml)"] : []),
    ...(["CONTROL_REQUESTS", "CONTROL_FAILURES"] as const)
      .filter((name) => env[name] === undefined)
      .map((name) => `the rate limit ${name} is missing (add it to wrangler.toml)`),
    ...(LEDGER_KEY.test(secretOf(env, "TENFOUR_LEDGER_KEY") ?? "") && attesterOf(env) !== null
      ? []
      : [
          "the secret TENFOUR_LEDGER_KEY is missing, or is no key (npm run ledger-key makes one; npx wrangler secret put TENFOUR_LEDGER_KEY)",
        ]),
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
    ...(ready.impact_webhook === null || secretOf(env, ready.impact_webhook.secret) !== undefined
      ? []
      : [
          `the secret ${ready.impact_webhook.secret}, which signs what the impact webhook is told, is missing (npx wrangler secret put ${ready.impact_webhook.secret})`,
        ]),
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
