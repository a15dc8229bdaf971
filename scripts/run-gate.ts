/**
 * The worker on local workerd, with both databases kept in a folder and migrated. Knows nothing of routes or people.
 */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import { bundleWorker, type ConfigSource, OWN_CONFIG_FILE, ROOT, wasmModules } from "./bundle.ts";
import { newLedgerKey } from "./ledger-key.ts";
import { applyMigrations } from "./migrate.ts";

const SECRET_NAMES = ["TENFOUR_KEY_SECRET", "TENFOUR_DIGEST_SECRET", "TENFOUR_OPERATOR_TOKEN"] as const;
const LEDGER_KEY = "TENFOUR_LEDGER_KEY";
export type Secrets = Readonly<Record<(typeof SECRET_NAMES)[number] | typeof LEDGER_KEY, string>>;
/** As the edge does, ms. */
const TICK_MS = 60_000;

export interface GateOptions {
  /** Default: the repository's worker. */
  readonly entry?: string;
  /** Default: the repository's configuration. */
  readonly config?: ConfigSource;
  /** What a test builds differently. Default: nothing. */
  readonly plugins?: readonly Plugin[];
  /** Where databases and secrets are kept. */
  readonly stateDir: string;
  /** Default: any free one. */
  readonly port?: number;
  /** Requests of one identity to /v1, and refused tokens of one client, in 10 s. Default: more than this machine can send. */
  readonly requestsMax?: number;
  readonly failuresMax?: number;
  /** Other secrets, for instance those an upstream's headers come from. */
  readonly bindings?: Readonly<Record<string, string>>;
  /** False leaves both databases as they are. Default true. */
  readonly migrate?: boolean;
  /** Each line the worker or workerd writes. Default: dropped. */
  readonly onLog?: (line: string) => void;
}

export interface RunningGate {
  /** Without a trailing slash. The socket is workerd's own: nothing lies between it and the worker. */
  readonly url: string;
  readonly secrets: Secrets;
  readonly mf: Miniflare;
  dispose(): Promise<void>;
}

/** Rejects if the port is taken, the worker does not build or start, or a migration fails; nothing is left running. */
export async function runGate(options: GateOptions): Promise<RunningGate> {
  mkdirSync(options.stateDir, { recursive: true, mode: 0o700 });
  const secrets = await secretsIn(options.stateDir);
  const contents = await bundleWorker(
    options.entry ?? join(ROOT, "src/worker.ts"),
    options.config ?? { file: OWN_CONFIG_FILE },
    options.plugins,
  );
  const startLines: string[] = [];
  let onLine = (line: string): void => {
    startLines.push(line);
    options.onLog?.(line);
  };
  const mf = new Miniflare({
    log: new Log(LogLevel.NONE),
    cf: false,
    telemetry: { enabled: false },
    enableDevRegistry: false,
    handleStructuredLogs: ({ message }: { message: string }) => onLine(message),
    resourcePersistencePath: options.stateDir,
    workers: [
      {
        config: {
          name: "tenfour",
          ...wranglerCompatibility(),
          manifest: {
            mainModule: "worker.js",
            modules: { "worker.js": { type: "esm", contents }, ...wasmModules() },
          },
          env: {
            CONSENT: { type: "d1", id: "consent" },
            EVIDENCE: { type: "d1", id: "evidence" },
            ARCHIVE: { type: "r2", name: "archive" },
            CONTROL_REQUESTS: rateLimit("requests", options.requestsMax),
            CONTROL_FAILURES: rateLimit("failures", options.failuresMax),
            ...Object.fromEntries(
              Object.entries({ ...secrets, ...options.bindings }).map(([name, value]) => [
                name,
                { type: "text" as const, value },
              ]),
            ),
          },
        },
        dev: { unsafeDirectSockets: [{ host: "127.0.0.1", port: options.port ?? 0 }] },
      },
    ],
  });
  try {
    await mf.ready;
    if (options.migrate ?? true) {
      await applyMigrations(await mf.getD1Database("CONSENT"), join(ROOT, "schema/consent/migrations"));
      await applyMigrations(await mf.getD1Database("EVIDENCE"), join(ROOT, "schema/evidence/migrations"));
    }
    const url = (await mf.unsafeGetDirectURL()).origin;
    onLine = options.onLog ?? (() => {});
    const ticking = setInterval(() => void tick(mf).catch(() => {}), TICK_MS);
    ticking.unref();
    const dispose = async () => {
      clearInterval(ticking);
      await mf.dispose();
    };
    return { url, secrets, mf, dispose };
  } catch (cause) {
    await mf.dispose().catch(() => {});
    throw new Error(whyNotStarted(cause, startLines, options.port), { cause });
  }
}

function whyNotStarted(cause: unknown, lines: readonly string[], port: number | undefined): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/address already in use/i.test(message)) return `Port ${port} is in use: choose another with --port.`;
  return ["The gate did not start.", ...(lines.length > 0 ? lines : [message])].join("\n").trimEnd();
}

/** What the edge's cron does: takes up what requests have left. */
export async function tick(mf: Miniflare): Promise<void> {
  const worker = (await mf.getWorker()) as unknown as { scheduled(options: object): Promise<unknown> };
  await worker.scheduled({ cron: "* * * * *" });
}

/** The secrets of a state folder, each made on first use, and readable by their owner alone. */
async function secretsIn(stateDir: string): Promise<Secrets> {
  const file = join(stateDir, "secrets.json");
  const kept: Partial<Secrets> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  const secrets = {
    ...Object.fromEntries(SECRET_NAMES.map((name) => [name, randomBytes(32).toString("base64url")])),
    [LEDGER_KEY]: kept[LEDGER_KEY] ?? (await newLedgerKey("localhost/tenfour")).secret,
    ...kept,
  } as Secrets;
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  return secrets;
}

/** A developer's own load is nobody's attack: the edge's limits are in wrangler.toml. Its period, s, is that of the edge. */
function rateLimit(namespace: string, limit = 1_000_000) {
  return { type: "rate-limit" as const, namespace, simple: { limit, period: 10 as const } };
}

/** What `wrangler deploy` would run under, so that this machine and the edge do not differ. */
function wranglerCompatibility(): { compatibilityDate: string; compatibilityFlags: string[] } {
  const toml = readFileSync(join(ROOT, "wrangler.toml"), "utf8");
  const date = /^compatibility_date = "([^"]+)"$/m.exec(toml);
  const flags = /^compatibility_flags = (\[[^\]]*\])$/m.exec(toml);
  if (date === null || flags === null)
    throw new Error("wrangler.toml lacks compatibility_date or compatibility_flags");
  return { compatibilityDate: date[1]!, compatibilityFlags: JSON.parse(flags[1]!) };
}
