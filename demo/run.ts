/**
 * `npm run demo [-- --export DIR]`: tells the story to a gate of its own, on free ports and in a folder that is removed, and prints one table of
 * what came of each item, and what the evidence says. The evidence stays in DIR. Exits 1 if anything came out other than the story says.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { developmentIssuerIn } from "../scripts/development-issuer.ts";
import { issueKey } from "../scripts/issue-key.ts";
import { publishedKeys } from "../scripts/ledger-key.ts";
import { type Operator, operatorOf } from "../scripts/operator.ts";
import { optionsOf } from "../scripts/options.ts";
import { type RunningGate, runGate } from "../scripts/run-gate.ts";
import { ALLOW_REASONS, type Reason } from "../src/decision/model.ts";
import { demoConfig } from "./configuration.ts";
import { tellEvidence } from "./evidence.ts";
import { type Arrival, CONTENT, type Send, story } from "./story.ts";
import { type DemoUpstream, type Kept, startDemoUpstream } from "./upstream.ts";
import { ACCOUNTS, tellWorld } from "./world.ts";

interface Outcome {
  readonly decision: "allow" | "deny" | "?";
  readonly reason: string;
  readonly arrival: Arrival;
  readonly exchange: string | null;
  /** Whether content arrived that was denied. */
  readonly leaked: boolean;
}

/** The evidence of an opaque body may lag, and a story may have one. */
const EVIDENCE_LAG_MS_MAX = 5_000;
const WIDTHS = [42, 11, 9, 26, 0];

const ARRIVALS: Readonly<Record<Arrival, string>> = {
  whole: "all of it, byte for byte",
  "service data": "its service data only",
  nothing: "nothing",
};

const values = optionsOf("npm run demo -- [--export DIR]", { export: { type: "string" } });
const began = performance.now();
const stateDir = mkdtempSync(join(tmpdir(), "tenfour-demo-"));
const upstream = await startDemoUpstream(0);
let gate: RunningGate | null = null;
try {
  const config = await demoConfig(upstream.url);
  const issuer = developmentIssuerIn(stateDir);
  gate = await runGate({
    stateDir,
    config: { value: config },
    bindings: { TENFOUR_DEV_JWKS: issuer.jwks },
    onLog: console.error,
  });
  await upstream.trust(await publishedKeys(gate.secrets.TENFOUR_LEDGER_KEY), config);
  const routes = config.routes.map(({ id }) => id);
  const told = await tell(gate, upstream, routes);
  const dir = values.export === undefined ? stateDir : resolve(values.export);
  const wrong = told.wrong + (await tellEvidence(gate, issuer, told.ofBo, dir));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`\n${wrong === 0 ? "All as it should be" : `${wrong} NOT as it should be`}. ${seconds} s.`);
  if (wrong > 0) process.exitCode = 1;
} finally {
  await gate?.dispose();
  await upstream.close();
  rmSync(stateDir, { recursive: true, force: true });
}

/** Resolves to how many items came out wrong, and the exchanges in which bo's words went on. */
async function tell(
  running: RunningGate,
  received: DemoUpstream,
  routes: readonly string[],
): Promise<{ readonly wrong: number; readonly ofBo: readonly string[] }> {
  const operator = operatorOf(running);
  const capturedAt = await tellWorld(operator);
  const accounts = ACCOUNTS.map(({ id }) => id);
  const { key } = await issueKey(operator, "demo", accounts, routes);
  printRow(["WHO", "WHAT", "DECISION", "REASON", "THE UPSTREAM RECEIVED"]);
  let wrong = 0;
  const ofBo: string[] = [];
  for (const step of story(capturedAt)) {
    if ("happens" in step) {
      await step.change(operator);
      console.log(`          ... ${step.happens} ...`);
      continue;
    }
    const outcome = await send(running.url, key, operator, received, step);
    const right =
      outcome.decision === (step.allow ? "allow" : "deny") &&
      outcome.reason === step.reason &&
      outcome.arrival === step.arrival &&
      !outcome.leaked;
    if (!right) wrong += 1;
    if (step.who.startsWith("bo,") && outcome.exchange !== null) ofBo.push(outcome.exchange);
    const arrived = `${ARRIVALS[outcome.arrival]}${outcome.leaked ? ", AND CONTENT" : ""}`;
    const expected = right ? "" : `  WRONG: ${step.allow ? "allow" : "deny"} ${step.reason}, ${step.arrival}`;
    printRow([step.who, step.what, outcome.decision, outcome.reason, arrived + expected]);
  }
  return { wrong, ofBo };
}

async function send(
  url: string,
  key: string,
  operator: Operator,
  received: DemoUpstream,
  { path, contentType, body, allow, arrival }: Send,
): Promise<Outcome> {
  await fetch(`${received.url}/received`, { method: "DELETE" });
  const answer = await fetch(url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": contentType },
    body,
  });
  await answer.arrayBuffer();
  const kept = (await (await fetch(`${received.url}/received`)).json()) as Kept[];
  const bytes = Buffer.concat(kept.map((request) => Buffer.from(request.body, request.encoding)));
  const content = bytes.includes(CONTENT);
  const exchange = answer.headers.get("tenfour-exchange");
  const reason = await reasonOf(operator, exchange);
  return {
    decision: reason === null ? "?" : allows(reason) ? "allow" : "deny",
    reason: reason ?? `answered ${answer.status}`,
    arrival: kept.length === 0 ? "nothing" : bytes.equals(body) ? "whole" : "service data",
    exchange,
    leaked: content && !(allow && arrival === "whole"),
  };
}

/** The reason recorded for the one item of an exchange; null: none is. */
async function reasonOf(operator: Operator, exchange: string | null): Promise<Reason | null> {
  if (exchange === null) return null;
  const until = performance.now() + EVIDENCE_LAG_MS_MAX;
  for (;;) {
    try {
      const read = await operator<{ decided: { reason: Reason }[] }>("GET", `/v1/exchanges/${exchange}`);
      return read.decided[0]?.reason ?? null;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function allows(reason: Reason): boolean {
  return (ALLOW_REASONS as readonly Reason[]).includes(reason);
}

function printRow(cells: readonly string[]): void {
  console.log(
    cells
      .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
