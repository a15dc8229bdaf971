/** One seed: a gate in a world where anything may fail, until everything has ended; and what was wrong. The same seed, the same trace. */

import { createHash } from "node:crypto";
import { attestationHeaders } from "../../src/attestation/sign.ts";
import { signNowWith } from "../../src/base/ed25519.ts";
import type { ConsentReader } from "../../src/consent/port.ts";
import type { Gate } from "../../src/gate/gate.ts";
import { issueProducerKey } from "../../src/identity/producer-key.ts";
import { SKELETONS } from "../support/skeletons.ts";
import { readerOf } from "./consent-tables.ts";
import { callDatabase } from "./database-calls.ts";
import { EvidenceLog } from "./evidence-log.ts";
import { Expectation } from "./expectation.ts";
import type { GateParts } from "./gate-parts.ts";
import { REAL_GATE } from "./gate-parts.ts";
import { problemsOf, type Run, type Told } from "./invariants.ts";
import { dice, drawPlan, healed, type Plan } from "./plan.ts";
import { standIn } from "./platform.ts";
import { RequestBody } from "./sender.ts";
import { UpstreamWire } from "./upstream.ts";
import { VirtualTime } from "./virtual-time.ts";
import {
  CONFIG,
  CONFIG_DIGEST,
  DIGEST_SECRET,
  KEY_SECRET,
  KEYS,
  keyIdOf,
  ROUTES,
  STARTS_AT,
  startingTables,
} from "./world.ts";

export interface Report {
  readonly seed: number;
  /** Sentences, each an invariant that did not hold. */
  readonly problems: readonly string[];
  /** Of all that happened, in order. */
  readonly traceDigest: string;
  readonly trace: readonly string[];
  /** What the seed has come to: outcomes, faults, what was told. */
  readonly hits: ReadonlySet<string>;
}

/** A body's time by the gate's limits: 240 s for itself, then what is waited for its end, its answer and its closing; and some for a stalled refusal. */
const EXCHANGE_ENDS_MS = 240_000 + 30_000 + 30_000 + 60_000 + 3 * 10_000 + 5 * 10_000;
const SEED_ENDS_MS = 3 * 375_000 + 2 * EXCHANGE_ENDS_MS;

const producerKeys = new Map<number, Promise<string>>();
function producerKey(i: number): Promise<string> {
  let key = producerKeys.get(i);
  if (key === undefined) {
    const claims = {
      id: keyIdOf(i),
      producer: `producer-${i}`,
      accounts: ["*"],
      routes: ROUTES.map(({ id }) => id),
      issuedAt: STARTS_AT - 1_000_000,
      expiresAt: STARTS_AT + 365 * 86_400_000,
    };
    key = issueProducerKey(claims, KEY_SECRET);
    producerKeys.set(i, key);
  }
  return key;
}

export async function simulate(
  seed: number,
  parts: GateParts = REAL_GATE,
  plan: Plan = drawPlan(seed),
): Promise<Report> {
  return new Simulation(seed, parts, plan).run();
}

const ATTESTER = { name: "gate.example", id: "00000000", sign: signNowWith(new Uint8Array(32)) };

class Simulation {
  readonly #plan: Plan;
  readonly #parts: GateParts;
  /** As they are in earnest. */
  readonly #limits: Readonly<Record<string, number>>;
  #keys: readonly string[] = [];
  readonly #time = new VirtualTime(STARTS_AT);
  readonly #evidence = new EvidenceLog();
  readonly #expectation: Expectation;
  readonly #upstream: UpstreamWire;
  readonly #runs: Run[] = [];
  readonly #trace: string[] = [];
  readonly #hits = new Set<string>();
  readonly #problems: string[] = [];
  readonly #names = new Map<string, string>();
  readonly #calls = new Map<string, number>();
  #order = 0;
  #healed = false;
  /** When a list of revoked keys was last asked for that arrived, ms since the seed began. */
  #revocationsAskedAt = Number.NEGATIVE_INFINITY;

  constructor(seed: number, parts: GateParts, plan: Plan) {
    this.#parts = parts;
    this.#plan = plan;
    this.#limits = { ...parts.LIMITS };
    this.#expectation = new Expectation(
      this.#time,
      startingTables(seed, plan.horizon, plan.race ? 0.3 : 0.08),
    );
    this.#upstream = new UpstreamWire({
      time: this.#time,
      random: dice(seed, 3),
      faults: plan.upstreamFaults,
      slow: plan.race,
      healed: () => this.#healed,
      order: this.#next,
      note: this.#note,
    });
  }

  readonly #next = (): number => ++this.#order;

  readonly #note = (what: string): void => {
    this.#hits.add(what);
    this.#log(what);
  };

  /** Exchanges' ids are random: in a trace they go by the order they are heard of. */
  #log(what: string): void {
    const named = what.replace(/x_[0-9a-z]{41}/g, (id) => {
      if (!this.#names.has(id)) this.#names.set(id, `x${this.#names.size}`);
      return this.#names.get(id)!;
    });
    this.#trace.push(`${this.#time.elapsed} ${named}`);
  }

  async run(): Promise<Report> {
    const { LIMITS } = this.#parts;
    Object.assign(LIMITS, this.#plan.limits);
    const putBack = standIn(this.#time, this.#upstream.fetch, this.#next);
    const onRejection = (error: unknown) => this.#problems.push(`an unhandled rejection: ${error}`);
    process.on("unhandledRejection", onRejection);
    try {
      this.#keys = await Promise.all(Array.from({ length: KEYS }, (_, i) => producerKey(i)));
      await this.#turn();
    } finally {
      process.off("unhandledRejection", onRejection);
      putBack();
      Object.assign(LIMITS, this.#limits);
    }
    const facts = {
      evidence: this.#evidence,
      expectation: this.#expectation,
      seen: this.#upstream.seen,
      d1CallsMax: Math.min(500, (this.#plan.limits.exchange_d1_calls_max ?? 490) + 10),
      stateAgeMs: Math.max(1_000, this.#plan.cacheMs + 200),
      cached: this.#plan.cacheMs > 0,
      hit: (what: string) => void this.#hits.add(what),
    };
    for (const run of this.#runs)
      this.#problems.push(...problemsOf(run, facts).map((problem) => `${run.name}: ${problem}`));
    const known = new Set(this.#runs.map(({ told }) => told?.exchange));
    for (const { exchange } of this.#upstream.seen) {
      if (!known.has(exchange))
        this.#problems.push("the upstream was called for an exchange of which no sender was told");
    }
    const seed = this.#plan.seed;
    const traceDigest = createHash("sha256").update(this.#trace.join("\n")).digest("hex");
    return { seed, problems: this.#problems, traceDigest, trace: this.#trace, hits: this.#hits };
  }

  async #turn(): Promise<void> {
    const gate = this.#gate();
    const { changes, clock, exchanges, seed } = this.#plan;
    for (const { at, change } of changes) {
      this.#time.after(at, () => {
        this.#note(`change: ${change[0]}`);
        this.#expectation.change(change[1](this.#expectation.tables, this.#clockOrStart()));
      });
    }
    for (const { at, by } of clock) {
      this.#time.after(at, () => {
        if (this.#healed) return;
        this.#note(`clock ${Number.isNaN(by) ? "away" : by < 0 ? "back" : "ahead"}`);
        this.#time.setClock(Number.isNaN(by) ? by : this.#clockOrStart() - this.#time.elapsed + by);
      });
    }
    for (const one of exchanges) this.#time.after(one.startsAt, () => this.#start(gate, one));
    const all = exchanges.length;
    await this.#time.run(
      () => this.#runs.length === all && this.#runs.every(({ told }) => told !== null),
      SEED_ENDS_MS,
    );
    for (const run of this.#runs) if (run.told === null) this.#problems.push(`${run.name} never ends`);
    // What lags behind the answers fails as they do.
    await this.#pass(3_000);
    this.#healed = true;
    Object.assign(this.#parts.LIMITS, this.#limits);
    this.#time.setClock(STARTS_AT);
    // What is late arrives before what comes after everything has healed.
    await this.#pass(90_000);
    const before = this.#runs.length;
    for (const one of healed(seed)) {
      this.#start(gate, one, true);
      await this.#time.run(
        () => this.#runs.length > before && this.#runs.every(({ told }) => told !== null),
        this.#time.elapsed + EXCHANGE_ENDS_MS,
      );
    }
    await this.#time.run(() => false, this.#time.elapsed + 30_000);
  }

  async #pass(ms: number): Promise<void> {
    let passed = false;
    this.#time.after(ms, () => {
      passed = true;
    });
    await this.#time.run(() => passed, Number.POSITIVE_INFINITY);
  }

  #clockOrStart(): number {
    const now = this.#time.wall();
    return Number.isFinite(now) ? now : STARTS_AT + this.#time.elapsed;
  }

  #gate(): Gate {
    const { parts, plan } = { parts: this.#parts, plan: this.#plan };
    const time = this.#time;
    const now = () => parts.readClock(time.wall);
    const onFault = (where: string) => (fault: string) => this.#note(`${where} ${fault}`);
    const calm = { latencyMs: 5, faults: {}, away: [] };
    const consentDice = dice(plan.seed, 4);
    const evidenceDice = dice(plan.seed, 5);
    const headDice = dice(plan.seed, 6);
    const query = async <T>(keyId: string | null, apply: () => T): Promise<T> => {
      if (keyId !== null) this.#calls.set(keyId, (this.#calls.get(keyId) ?? 0) + 1);
      this.#log(`consent asked for ${keyId ?? "revoked keys"}`);
      const askedAt = time.elapsed;
      const answer = await callDatabase(
        time,
        consentDice,
        this.#healed ? calm : plan.consent,
        apply,
        onFault("consent"),
      );
      if (keyId === null) this.#revocationsAskedAt = askedAt;
      return answer;
    };
    const reader = readerOf(() => this.#expectation.tables, query, now);
    const consent: ConsentReader =
      plan.cacheMs === 0 ? reader : parts.cachedReader(reader, plan.cacheMs, now);
    const evidence = this.#evidence.intake((apply, entries) => {
      for (const exchange of new Set(entries.map((entry) => entry.exchange))) {
        this.#calls.set(exchange, (this.#calls.get(exchange) ?? 0) + 1);
      }
      this.#log(
        `evidence ${entries.map(({ exchange, position, type }) => `${exchange} ${position} ${type}`)}`,
      );
      const carriedOut = () => {
        apply();
        this.#log(`evidence durable ${entries.map(({ exchange, position }) => `${exchange} ${position}`)}`);
      };
      const refused =
        !this.#healed &&
        entries.some(({ type }) => type === "closed") &&
        evidenceDice.chance(plan.closingFails);
      return callDatabase(
        time,
        evidenceDice,
        this.#healed ? calm : refused ? { latencyMs: 5, faults: { fails: 1 }, away: [] } : plan.evidence,
        carriedOut,
        onFault("evidence"),
      );
    }, this.#next);
    const routes = parts.compileRoutes(CONFIG, CONFIG_DIGEST, () => "", SKELETONS);
    return {
      routes: { ...routes, cacheMsMax: plan.cacheMs === 0 ? null : plan.cacheMs },
      consent,
      evidence,
      laggingEvidence: new parts.LaggingEvidence(evidence, now),
      revocations: new parts.Revocations(reader),
      ledgerHead: new parts.LedgerHead(() => {
        const habits = this.#healed ? calm : plan.evidence;
        return callDatabase(time, headDice, habits, () => ({ seq: 0, mark: "" }), onFault("ledger head"));
      }),
      keySecrets: [KEY_SECRET],
      digestSecret: DIGEST_SECRET,
      attest: (forwarded) => attestationHeaders(forwarded, ATTESTER, now()),
      now,
    };
  }

  #start(gate: Gate, { key, sending }: Plan["exchanges"][number], healed = false): void {
    const time = this.#time;
    const keyId = keyIdOf(key);
    this.#calls.set(keyId, 0);
    this.#expectation.note(sending);
    const run: Run = {
      name: healed
        ? `healed ${sending.route.id}`
        : `exchange ${this.#runs.length} (${sending.route.id}, ${sending.framing}${sending.gzip ? ", gzip" : ""})`,
      healed,
      sending,
      keyId,
      startedAt: time.elapsed,
      endedAt: time.elapsed,
      told: null,
      body: new RequestBody(sending, time, ({ taken }) => this.#log(`taken ${taken}`)),
      d1Calls: 0,
      revocationsKnownAt: this.#revocationsAskedAt,
    };
    this.#runs.push(run);
    this.#note(`sends ${sending.framing}${sending.gzip ? " gzip" : ""}`);
    if (sending.fault !== null) this.#note(`sender ${sending.fault}`);
    const headers = new Headers({
      host: "gate.example",
      authorization: `Bearer ${this.#keys[key]!}`,
      "content-type":
        sending.format === "json" && !sending.route.opaque ? "application/json" : "application/x-ndjson",
    });
    if (sending.gzip) headers.set("content-encoding", "gzip");
    if (sending.usage !== null) headers.set("content-usage", sending.usage);
    const url = `https://gate.example${sending.route.path}`;
    const request = {
      method: "POST",
      url,
      headers,
      body: run.body.stream,
      signal: new AbortController().signal,
    };
    const deferred: Promise<unknown>[] = [];
    const answer = this.#parts.passThrough(
      gate,
      request as unknown as Request,
      (work) => void deferred.push(work),
    );
    const tell = (told: Told): void => {
      run.told = told;
      run.endedAt = time.elapsed;
      run.d1Calls = this.#calls.get(keyId)! + (this.#calls.get(told.exchange ?? "") ?? 0);
      this.#note(`told ${told.status}${told.code === null ? "" : ` ${told.code}`}`);
      this.#log(JSON.stringify([told.outcomes, told.text]));
      if (time.elapsed - run.startedAt > EXCHANGE_ENDS_MS)
        this.#problems.push(`${run.name} took ${time.elapsed - run.startedAt} ms`);
    };
    answer.then(
      async (response) => {
        const text = await response.text();
        tell(toldBy(response, text));
      },
      (error) => {
        this.#problems.push(`${run.name}: the gate threw ${error}`);
        tell({ status: 500, code: "threw", exchange: null, outcomes: null, text: "" });
      },
    );
  }
}

function toldBy(response: Response, text: string): Told {
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  return {
    status: response.status,
    code: isProblem ? (JSON.parse(text).code as string) : null,
    exchange: response.headers.get("tenfour-exchange"),
    outcomes: response.headers.get("tenfour-outcome"),
    text,
  };
}
