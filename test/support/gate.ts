/**
 * A running gate for tests: real worker, real databases, upstreams on raw sockets, faults on demand.
 * Starts and stops things and carries requests; asserts nothing.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/bundle.ts";
import { operatorOf } from "../../scripts/operator.ts";
import { type RunningGate, runGate } from "../../scripts/run-gate.ts";
import type { TenfourConfig } from "../../src/config/define.ts";
import { FAULT_PATH, type FaultPlan, type FaultReport } from "./fault-plan.ts";
import { faultPoints, type Limits, shorterLimits } from "./fault-points.ts";
import { type RawRequest, type RawResponse, rawRequest } from "./raw-client.ts";
import { type RawUpstream, type RawUpstreamOptions, startRawUpstream } from "./raw-upstream.ts";

export interface RigOptions<Name extends string> {
  /** Each gets its own port; default one, `main`. */
  readonly upstreams?: readonly Name[];
  readonly upstreamOptions?: RawUpstreamOptions;
  /** Called with the upstreams' URLs, without a trailing slash. `hosts` must hold `127.0.0.1`. */
  readonly config: (urls: Readonly<Record<Name, string>>) => TenfourConfig;
  readonly bindings?: Readonly<Record<string, string>>;
  /** In place of those of `src/config/limits.ts`. */
  readonly limits?: Limits;
}

export class Rig<Name extends string = "main"> {
  readonly gate: RunningGate;
  readonly upstreams: Readonly<Record<Name, RawUpstream>>;
  /** Every line the worker or workerd has written. */
  readonly logs: readonly string[];
  readonly #stateDir: string;

  constructor(
    gate: RunningGate,
    upstreams: Readonly<Record<Name, RawUpstream>>,
    logs: readonly string[],
    stateDir: string,
  ) {
    this.gate = gate;
    this.upstreams = upstreams;
    this.logs = logs;
    this.#stateDir = stateDir;
  }

  get url(): string {
    return this.gate.url;
  }

  /** Sets what fails from now on, and counts from 0. `{}`: nothing does. */
  async faults(plan: FaultPlan): Promise<void> {
    await fetch(this.url + FAULT_PATH, { method: "PUT", body: JSON.stringify(plan) });
  }

  /** What was asked of the databases since `faults` was last called. */
  async counted(): Promise<FaultReport> {
    return (await fetch(this.url + FAULT_PATH)).json() as Promise<FaultReport>;
  }

  /** A request to the gate over a raw socket. */
  send(request: RawRequest): Promise<RawResponse> {
    return rawRequest(this.url, request);
  }

  /** A call of `/v1` with the operator's token. Throws unless it is answered 2xx. */
  operator<T = Record<string, unknown>>(
    method: "GET" | "PUT" | "POST" | "DELETE",
    path: string,
    body?: unknown,
  ): Promise<T> {
    return operatorOf(this.gate)<T>(method, path, body);
  }

  database(binding: "CONSENT" | "EVIDENCE"): ReturnType<RunningGate["mf"]["getD1Database"]> {
    return this.gate.mf.getD1Database(binding);
  }

  async dispose(): Promise<void> {
    await this.gate.dispose();
    for (const upstream of Object.values<RawUpstream>(this.upstreams)) await upstream.close();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }
}

export async function startRig<Name extends string = "main">(options: RigOptions<Name>): Promise<Rig<Name>> {
  const names = options.upstreams ?? (["main"] as unknown as readonly Name[]);
  const started = await Promise.all(
    names.map(async (name) => [name, await startRawUpstream(options.upstreamOptions)] as const),
  );
  const upstreams = Object.fromEntries(started) as Record<Name, RawUpstream>;
  const urls = Object.fromEntries(started.map(([name, { url }]) => [name, url])) as Record<Name, string>;
  const stateDir = mkdtempSync(join(tmpdir(), "tenfour-test-"));
  const logs: string[] = [];
  try {
    const gate = await runGate({
      entry: join(ROOT, "test/support/faulty-worker.ts"),
      config: { value: options.config(urls) },
      plugins: [faultPoints, shorterLimits(options.limits ?? {})],
      stateDir,
      onLog: (line) => logs.push(line),
      ...(options.bindings === undefined ? {} : { bindings: options.bindings }),
    });
    return new Rig(gate, upstreams, logs, stateDir);
  } catch (error) {
    for (const [, upstream] of started) await upstream.close();
    rmSync(stateDir, { recursive: true, force: true });
    throw error;
  }
}
