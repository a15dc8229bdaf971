/** Who is measured, and how each is started: one workerd process a turn, so that one's memory is not another's. */
import { join } from "node:path";
import { ROOT } from "../scripts/bundle.ts";
import { runGate, tick } from "../scripts/run-gate.ts";
import { defineConfig, type TenfourConfig } from "../src/config/define.ts";
import { issueProducerKey, type ProducerKey } from "../src/identity/producer-key.ts";
import { SERVICE } from "./corpus.ts";
import type { Target } from "./load.ts";
import { seed } from "./seed.ts";
import { ledgerWritten } from "./written.ts";

export const CONTENDERS = ["bare", "naive", "transform", "gate"] as const;
export type Contender = (typeof CONTENDERS)[number];

/** The gate, and the gate whose evidence is thrown away. */
export type Evidenced = "gate" | "unrecorded";

const ENTRIES: Readonly<Record<Contender | Evidenced, string>> = {
  bare: "bench/alternatives/bare.ts",
  naive: "bench/alternatives/naive.ts",
  transform: "bench/alternatives/transform.ts",
  gate: "src/worker.ts",
  unrecorded: "bench/alternatives/unrecorded.ts",
};

export interface Turn {
  readonly content: Target;
  readonly telemetry: Target;
  readonly consent: D1Database;
  readonly evidence: D1Database;
  /** Resolves when the ledger holds all that has been accepted; at once for those that record nothing. */
  written(): Promise<void>;
  readonly operatorToken: string;
  stop(): Promise<void>;
}

const CONTENT_PATH = "/ingest/content";
const TELEMETRY_PATH = "/ingest/telemetry";

const started = Date.now();
const PRODUCER_KEY: ProducerKey = {
  id: "bench-key",
  producer: "bench",
  accounts: ["*"],
  routes: ["content", "telemetry"],
  issuedAt: started,
  expiresAt: started + 86_400_000,
};

/** `stateDir` is kept from turn to turn; `seedAt` (Unix ms): its databases are new, and are filled as of then. */
export async function startTurn(
  contender: Contender | Evidenced,
  sinkUrl: string,
  stateDir: string,
  seedAt: number | null,
): Promise<Turn> {
  const gate = await runGate({
    entry: join(ROOT, ENTRIES[contender]),
    config: { value: config(sinkUrl) },
    stateDir,
    bindings: { UPSTREAM: `${sinkUrl}/` },
    onLog: (line) => console.error(`${contender}: ${line}`),
  });
  const consent = (await gate.mf.getD1Database("CONSENT")) as unknown as D1Database;
  if (seedAt !== null) await seed(consent, seedAt, PRODUCER_KEY);
  const key = await issueProducerKey(PRODUCER_KEY, gate.secrets.TENFOUR_KEY_SECRET);
  const authorization = `Bearer ${key}`;
  const target = (path: string, type: string): Target => ({
    url: gate.url,
    path,
    headers: { authorization, "content-type": type },
  });
  const evidence = (await gate.mf.getD1Database("EVIDENCE")) as unknown as D1Database;
  return {
    content: target(CONTENT_PATH, "application/x-ndjson"),
    telemetry: target(TELEMETRY_PATH, "application/x-protobuf"),
    consent,
    evidence,
    written: () => ledgerWritten(evidence, () => tick(gate.mf)),
    operatorToken: gate.secrets.TENFOUR_OPERATOR_TOKEN,
    stop: () => gate.dispose(),
  };
}

function config(sinkUrl: string): TenfourConfig {
  return defineConfig({
    hosts: ["127.0.0.1"],
    services: [{ id: SERVICE, name: "Meeting Summary", opt_in: true }],
    upstreams: {
      training: { url: `${sinkUrl}/train`, purposes: ["train"] },
      telemetry: { url: `${sinkUrl}/telemetry`, purposes: ["operate"] },
    },
    routes: [
      {
        id: "content",
        path: CONTENT_PATH,
        upstream: "training",
        purpose: "train",
        recipient: "first-party",
        services: [SERVICE],
        kinds: ["transcript"],
        formats: ["ndjson"],
        on_deny: "strip",
        shape: {
          variants: [
            {
              content: {
                account: "/account",
                conversation: "/conversation",
                speaker: "/speaker",
                speaker_required: true,
                kind: { pointer: "/kind" },
                captured_at: { pointer: "/captured_at" },
              },
              strip_to: { "/captured_at": "timestamp", "/id": "id" },
            },
          ],
        },
      },
      {
        id: "telemetry",
        path: TELEMETRY_PATH,
        upstream: "telemetry",
        purpose: "operate",
        recipient: "first-party",
        content_types: ["application/x-protobuf"],
        opaque: { accepted_by: "bench", reason: "Measured here.", accepted_at: "2026-01-01T00:00:00Z" },
      },
    ],
  });
}
