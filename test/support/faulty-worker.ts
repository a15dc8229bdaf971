/**
 * The real worker over databases that fail on demand and count what is asked of them. For tests only; adds no behaviour of its own.
 */

import worker from "../../src/worker.ts";
import { inForce, PlanInForce, pause, setForAll, trueNow, under } from "./fault-context.ts";
import {
  BINDINGS,
  type Binding,
  type DatabaseCall,
  FAULT_PATH,
  type FaultReport,
  PLAN_HEADER,
} from "./fault-plan.ts";

type Env = Parameters<typeof worker.fetch>[1];

const NEVER_MS = 3_600_000;
const LOG_MAX = 10_000;

let calls: Record<Binding, number> = { CONSENT: 0, EVIDENCE: 0 };
let log: DatabaseCall[] = [];
const planned = new Map<string, PlanInForce>();
let wrapped: { readonly real: Env; readonly env: Env } | null = null;

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
    if (request.url.endsWith(FAULT_PATH)) return control(request);
    const current = wrapped?.real === env ? wrapped : { real: env, env: wrapEnv(env) };
    wrapped = current;
    const own = request.headers.get(PLAN_HEADER);
    if (own === null) return worker.fetch(request, current.env, ctx);
    const plan = new PlanInForce(JSON.parse(own));
    planned.set(request.headers.get("idempotency-key") ?? "", plan);
    return under(plan, () => worker.fetch(request, current.env, ctx));
  },

  scheduled(controller: unknown, env: Env): Promise<void> {
    return worker.scheduled(controller, wrapped?.real === env ? wrapped.env : env);
  },
};

async function control(request: Request): Promise<Response> {
  if (request.method === "PUT") {
    setForAll(await request.json());
    calls = { CONSENT: 0, EVIDENCE: 0 };
    log = [];
    planned.clear();
    wrapped = null;
  }
  const struck = [...planned].map(([name, plan]) => [name, plan.struck] as const);
  return Response.json({
    calls,
    log,
    struck: Object.fromEntries(struck.filter(([, times]) => times > 0)),
  } satisfies FaultReport);
}

function wrapEnv(real: Env): Env {
  const env: Record<string, unknown> = { ...real };
  for (const binding of BINDINGS) env[binding] = wrapDatabase(real[binding], binding);
  for (const name of inForce().plan.without ?? []) delete env[name];
  return env as unknown as Env;
}

const realStatements = new WeakMap<object, D1PreparedStatement>();
const texts = new WeakMap<object, string>();

function wrapDatabase<T extends object>(real: T, binding: Binding): T {
  return new Proxy(real, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      switch (name) {
        case "prepare":
          return (sql: string) => wrapStatement(member.call(target, sql), binding, sql);
        case "withSession":
          return (...args: unknown[]) => wrapDatabase(member.apply(target, args), binding);
        case "batch":
          return (statements: D1PreparedStatement[]) =>
            call(binding, "batch", texts.get(statements[0] ?? {}) ?? "", () =>
              member.call(
                target,
                statements.map((statement) => realStatements.get(statement) ?? statement),
              ),
            );
        case "exec":
          return (sql: string) => call(binding, "exec", sql, () => member.call(target, sql));
        default:
          return member.bind(target);
      }
    },
  });
}

function wrapStatement(real: D1PreparedStatement, binding: Binding, sql: string): D1PreparedStatement {
  const proxy = new Proxy(real, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      switch (name) {
        case "bind":
          return (...values: unknown[]) => wrapStatement(member.apply(target, values), binding, sql);
        case "first":
        case "all":
        case "run":
        case "raw":
          return (...args: unknown[]) => call(binding, name, sql, () => member.apply(target, args));
        default:
          return member.bind(target);
      }
    },
  });
  realStatements.set(proxy, real);
  texts.set(proxy, sql);
  return proxy;
}

/** Of the consent database, what the ledger's writer asks; of the evidence's, its own entries and all else that is no entry of an exchange. */
const WRITERS = {
  CONSENT: /(from|into|update) "(changes|pseudonym_keys)"|hex\(/,
  EVIDENCE: /->> '\$\.body'/,
} as const;
const APPENDED = /^insert into "entries"/;

/** What the ledger's writer asks behind requests, and what an isolate asks once: not counted, and failed only by name. */
function isBehind(binding: Binding, sql: string): boolean {
  const isNamed =
    inForce().plan.faults?.some((fault) => fault.sql !== undefined && sql.includes(fault.sql)) ?? false;
  if (isNamed || sql.includes("as materialized")) return false;
  return WRITERS[binding].test(sql) || (binding === "EVIDENCE" && !APPENDED.test(sql));
}

async function call<T>(
  binding: Binding,
  method: DatabaseCall["method"],
  sql: string,
  carryOut: () => Promise<T>,
): Promise<T> {
  if (isBehind(binding, sql)) return carryOut();
  const fault = inForce().faultFor(binding, sql);
  calls[binding] += 1;
  log.push({ binding, method, sql: sql.slice(0, 300), at: trueNow(), fault: fault?.action ?? null });
  if (log.length > LOG_MAX) log.shift();
  if (fault?.action === "fail") throw new Error("D1_ERROR: injected fault");
  if (fault?.action === "hang") await pause(NEVER_MS);
  if (fault?.action === "delay") await pause(fault.ms ?? 0);
  const answer = await carryOut();
  if (fault?.action === "fail_after") throw new Error("D1_ERROR: injected fault after the call");
  return answer;
}
