/**
 * `npm start [-- --config FILE --port N --state DIR --no-demo]`: the gate on this machine, and a demo upstream beside it on the next port.
 * Without `--config` the state is seeded with a small story. For development: `npm run deploy` is the real thing.
 */
import { resolve } from "node:path";
import { demoConfig } from "../demo/configuration.ts";
import { type DemoUpstream, startDemoUpstream } from "../demo/upstream.ts";
import type { TenfourConfig } from "../src/config/define.ts";
import { type ParsedConfig, parseConfig } from "../src/config/parse.ts";
import { secretNames } from "../src/gate/routes.ts";
import { isThisMachine } from "../src/identity/development.ts";
import { loadConfig, ROOT } from "./bundle.ts";
import { developmentIssuerIn } from "./development-issuer.ts";
import { type Kept, keptIn } from "./kept.ts";
import { publishedKeys } from "./ledger-key.ts";
import { operatorOf } from "./operator.ts";
import { optionsOf } from "./options.ts";
import { type RunningGate, runGate } from "./run-gate.ts";

const GATE_PORT = 8787;

interface Options {
  /** null: the repository's own, with the story. */
  readonly configFile: string | null;
  readonly port: number;
  readonly stateDir: string;
  readonly demo: boolean;
}

let upstream: DemoUpstream | null = null;
let gate: RunningGate | null = null;
let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void stop(0));

try {
  await start(readOptions());
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error);
    await stop(1);
  }
}

async function start(options: Options): Promise<void> {
  const demoPort = options.port + 1;
  const config =
    options.configFile === null
      ? await demoConfig(`http://127.0.0.1:${demoPort}`)
      : await loadConfig(options.configFile);
  const parsed = checked(config, options.configFile ?? "tenfour.config.ts");
  if (options.demo) upstream = await startDemoUpstream(demoPort).catch(onPort(demoPort));
  gate = await runGate({
    config: { value: config },
    stateDir: options.stateDir,
    port: options.port,
    bindings: { ...secretsFromEnvironment(parsed), ...developmentKeys(options.stateDir, parsed.hosts) },
    onLog: (line) => console.error(line),
  });
  await upstream?.trust(await publishedKeys(gate.secrets.TENFOUR_LEDGER_KEY), config);
  const health = await fetch(`${gate.url}/healthz`);
  if (!health.ok) throw new Error(`The gate is not well: ${await health.text()}`);
  const kept = await keptIn(options.stateDir, operatorOf(gate), parsed, options.configFile === null);
  if (!stopping) describe(options, gate, kept);
}

function readOptions(): Options {
  const values = optionsOf("npm start -- [--config FILE] [--port N] [--state DIR] [--no-demo]", {
    config: { type: "string" },
    port: { type: "string", default: String(GATE_PORT) },
    state: { type: "string" },
    "no-demo": { type: "boolean", default: false },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port < 1 || port > 65_534) {
    throw new Error(`--port must be a number from 1 to 65534, not ${values.port}.`);
  }
  const own = values.config === undefined;
  return {
    configFile: own ? null : resolve(values.config!),
    port,
    stateDir: resolve(values.state ?? `${ROOT}/.tenfour/${own ? "story" : "own"}`),
    demo: !values["no-demo"],
  };
}

function checked(config: TenfourConfig, file: string): ParsedConfig {
  const parsed = parseConfig(config);
  if (parsed.ok) return parsed.config;
  const { problems } = parsed;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  throw new Error(`${file} has ${count}:\n${problems.map((problem) => `- ${problem}`).join("\n")}`);
}

function secretsFromEnvironment(config: ParsedConfig): Record<string, string> {
  const names = [...secretNames(config), ...config.sources.zoom.map(({ secret }) => secret)];
  const missing = names.filter((name) => !process.env[name]);
  if (missing.length > 0) {
    throw new Error(
      `The configuration needs the secret ${missing.join(", ")}: set it in the environment, then start again.`,
    );
  }
  return Object.fromEntries(names.map((name) => [name, process.env[name]!]));
}

/** So that tokens of `npm run token` are believed; none where the gate would not start with them. */
function developmentKeys(stateDir: string, hosts: readonly string[]): Record<string, string> {
  return hosts.every(isThisMachine) ? { TENFOUR_DEV_JWKS: developmentIssuerIn(stateDir).jwks } : {};
}

function onPort(port: number): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Error(
      `Port ${port}, for the demo upstream, is in use: choose another --port (it takes the next one), or --no-demo.`,
    );
  };
}

function describe(options: Options, { url, secrets }: RunningGate, { key, capturedAt }: Kept): void {
  const lines = [
    "",
    `gate            ${url}   (${url}/docs, ${url}/healthz)`,
    ...(upstream === null ? [] : [`demo upstream   ${upstream.url}/received   shows what arrived`]),
    `state           ${options.stateDir}`,
    `operator token  ${secrets.TENFOUR_OPERATOR_TOKEN}`,
    `producer key    ${key}`,
    "",
    ...(capturedAt === null ? [] : examples(url, key, capturedAt)),
    "Ctrl-C stops all of it; the state stays.",
  ];
  console.log(lines.join("\n"));
}

function examples(url: string, key: string, capturedAt: string): string[] {
  const said = (id: string, speaker: string) => ({
    type: "content",
    id,
    account: "acme",
    conversation: "acme-standup",
    speaker,
    kind: "transcript",
    captured_at: capturedAt,
    text: "We ship on Friday.",
  });
  const post = (path: string, record: object) =>
    `curl -i ${url}${path} -H 'Authorization: Bearer ${key}' -H 'Content-Type: application/json' -d '${JSON.stringify(record)}'`;
  return [
    "# ana has consented, and so have her account and the host: forwarded as it is",
    post("/ingest/meetings", said("m-1", "ana")),
    "",
    "# cy, in the same meeting, has objected: only the record's service data goes on",
    post("/ingest/meetings", said("m-2", "cy")),
    "",
    "# telemetry passes",
    post("/ingest/telemetry", { event: "quality", at: capturedAt, account: "acme", packet_loss: 0.02 }),
    "",
  ];
}

async function stop(code: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  await gate?.dispose().catch(() => {});
  await upstream?.close();
  process.exit(code);
}
