/**
 * One seed of crashes: a gate and the ledger's writer in a process that is lost at any step, and again, while the databases fail as they like; then
 * what came after it, until the ledger has caught up and a day is archived. And what was wrong.
 */

import { createPrivateKey } from "node:crypto";
import { attestationHeaders } from "../../../src/attestation/sign.ts";
import { publicKeyOf, signNowWith } from "../../../src/base/ed25519.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import { issueProducerKey } from "../../../src/identity/producer-key.ts";
import { formatSignerKey, parseSignerKey, type SignerKey } from "../../../src/ledger/note-keys.ts";
import type { Random } from "../../support/random.ts";
import { SKELETONS } from "../../support/skeletons.ts";
import { readerOf, type Tables } from "../consent-tables.ts";
import { type CallHabits, callDatabase } from "../database-calls.ts";
import { type GateParts, REAL_GATE } from "../gate-parts.ts";
import { dice, drawPlan, type Plan } from "../plan.ts";
import { standIn } from "../platform.ts";
import { RequestBody, type Sending } from "../sender.ts";
import { UpstreamWire } from "../upstream.ts";
import { VirtualTime } from "../virtual-time.ts";
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
} from "../world.ts";
import { LEDGER, problemsAfter, type Sent } from "./invariants.ts";
import { LedgerTables } from "./ledger-tables.ts";
import { Process, steps, timersOf } from "./process.ts";

export const IN_AN_EXCHANGE = "lost in an exchange";

export interface CrashReport {
  readonly seed: number;
  /** How often a process was lost. */
  readonly crashes: number;
  readonly problems: readonly string[];
  /** What was going on when one was. */
  readonly hits: ReadonlySet<string>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** By then the gate's own limits have ended every exchange; and by then the sweep has ended those whose gate is gone. */
const ENDED_MS = 820_000;
const SWEPT_MS = 800_000;
const CALM: CallHabits = { latencyMs: 5, faults: {}, away: [] };
const UNQUIET: CallHabits = { latencyMs: 20, faults: { fails: 0.02, acknowledgement_lost: 0.04 }, away: [] };
const CONFIGURATION = { digest: CONFIG_DIGEST, canonical: '{"routes":[]}' };
const ATTESTER = { name: LEDGER.name, id: "00000000", sign: signNowWith(LEDGER.seed) };

let producerKeys: Promise<string[]> | null = null;
/** Under the stand-ins, as the gate has them. */
function keysOfProducers(): Promise<string[]> {
  const routes = ROUTES.map(({ id }) => id);
  const valid = { issuedAt: STARTS_AT - 1_000_000, expiresAt: STARTS_AT + 100 * DAY_MS };
  producerKeys ??= Promise.all(
    Array.from({ length: KEYS }, (_, i) =>
      issueProducerKey(
        { id: keyIdOf(i), producer: `producer-${i}`, accounts: ["*"], routes, ...valid },
        KEY_SECRET,
      ),
    ),
  );
  return producerKeys;
}

let ledgerSigner: Promise<SignerKey> | null = null;
async function makeSigner(): Promise<SignerKey> {
  const text = formatSignerKey(LEDGER.name, await publicKeyOf(LEDGER.seed), LEDGER.seed);
  const signer = (await parseSignerKey(text))!;
  const key = createPrivateKey({ key: pkcs8(LEDGER.seed), format: "der", type: "pkcs8" });
  return { ...signer, key: key.toCryptoKey("Ed25519", true, ["sign"]) };
}

/** As `platform.ts` signs at once, it must be able to see the key. */
function pkcs8(seed: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
}

export async function crash(
  seed: number,
  parts: GateParts = REAL_GATE,
  plan: Plan = drawPlan(seed),
): Promise<CrashReport> {
  ledgerSigner ??= makeSigner();
  return new CrashRun(seed, parts, plan, await ledgerSigner).run();
}

class CrashRun {
  readonly #seed: number;
  readonly #parts: GateParts;
  readonly #plan: Plan;
  #keys: readonly string[] = [];
  readonly #signer: SignerKey;
  readonly #random: Random;
  readonly #time = new VirtualTime(STARTS_AT);
  readonly #ledger: LedgerTables;
  readonly #upstream: UpstreamWire;
  readonly #sent: Sent[] = [];
  readonly #hits = new Set<string>();
  readonly #problems: string[] = [];
  #tables: Tables;
  #order = 0;
  /** When something failed that the ledger's writer may have waited for, ms since the seed began. */
  readonly #failedAt: number[] = [];
  #crashes = 0;
  /** Lost at some step; later ones are not. */
  #unsteady = true;
  #habits: CallHabits;
  #process!: Process;
  #gate!: Gate;
  #driver!: InstanceType<GateParts["LedgerDriver"]>;
  #doing = "the gate";

  constructor(seed: number, parts: GateParts, plan: Plan, signer: SignerKey) {
    this.#seed = seed;
    this.#parts = parts;
    this.#plan = plan;
    this.#signer = signer;
    this.#random = dice(seed, 11);
    this.#ledger = new LedgerTables(this.#next, () => this.#time.elapsed);
    this.#tables = startingTables(seed, plan.horizon, 0.08);
    this.#habits = plan.evidence;
    this.#upstream = new UpstreamWire({
      time: this.#time,
      random: dice(seed, 3),
      faults: plan.upstreamFaults,
      slow: plan.race,
      healed: () => false,
      order: this.#next,
      note: () => {},
    });
  }

  readonly #next = (): number => ++this.#order;

  async run(): Promise<CrashReport> {
    const { LIMITS } = this.#parts;
    const limits = { ...LIMITS };
    Object.assign(LIMITS, this.#plan.limits);
    const putBack = standIn(
      timersOf(this.#time),
      (url, init) => (steps() ? this.#upstream.fetch(url, init) : new Promise(() => {})),
      () => {
        if (!steps()) throw new Error("the process is gone");
        return this.#next();
      },
    );
    const onRejection = (error: unknown) => this.#problems.push(`an unhandled rejection: ${error}`);
    process.on("unhandledRejection", onRejection);
    try {
      this.#keys = await keysOfProducers();
      await this.#turn();
    } finally {
      process.off("unhandledRejection", onRejection);
      putBack();
      Object.assign(LIMITS, limits);
    }
    const after = {
      ...{ ledger: this.#ledger, seen: this.#upstream.seen, sent: this.#sent, failedAt: this.#failedAt },
    };
    const problems = [...this.#problems, ...(await problemsAfter(after))];
    return { seed: this.#seed, crashes: this.#crashes, problems, hits: this.#hits };
  }

  async #turn(): Promise<void> {
    this.#begin();
    for (const { at, change } of this.#plan.changes) {
      this.#time.after(at, () => {
        this.#tables = change[1](this.#tables, this.#time.wall());
        this.#ledger.change(this.#time.wall());
      });
    }
    for (const { startsAt, key, sending } of this.#plan.exchanges) {
      if (!sending.route.opaque) this.#time.after(startsAt, () => this.#send(key, sending));
    }
    let minutes = true;
    const minute = (): void => {
      if (minutes) void this.#time.after(MINUTE_MS, minute);
      this.#doing = "the writer";
      this.#tick();
    };
    this.#time.after(MINUTE_MS, minute);
    await this.#until(ENDED_MS);
    for (const one of this.#sent)
      if (!one.answered && !one.lost) this.#problems.push("an exchange never ends");
    this.#habits = UNQUIET;
    await this.#until(this.#time.elapsed + SWEPT_MS);
    minutes = false;
    await this.#settle();
    // The day is over.
    await this.#until(this.#time.elapsed + DAY_MS + 2 * 3_600_000);
    this.#unsteady = true;
    for (let round = 0; round < 3; round++) {
      this.#begin();
      this.#doing = "the archive";
      this.#tick();
      await this.#until(this.#time.elapsed + MINUTE_MS);
    }
    await this.#settle();
  }

  /** Nothing fails any more, and what was left behind is taken up. */
  async #settle(): Promise<void> {
    this.#unsteady = false;
    this.#habits = CALM;
    this.#begin();
    // Pages are small here: what is left may take many.
    for (let i = 0; i < 2 || (i < 50 && !this.#ledger.isWritten); i++) {
      this.#tick();
      await this.#until(this.#time.elapsed + MINUTE_MS);
    }
  }

  async #until(elapsed: number): Promise<void> {
    let passed = false;
    this.#time.after(elapsed - this.#time.elapsed, () => {
      passed = true;
    });
    await this.#time.run(() => passed, Number.POSITIVE_INFINITY);
  }

  /** A process of its own, and what it holds in memory. */
  #begin(): void {
    const r = this.#random;
    const lostAt = this.#unsteady ? r.int(1, r.pick([8, 30, 100, 400])) : null;
    this.#process = new Process(lostAt, () => this.#lose());
    this.#gate = this.#newGate(this.#process);
    this.#driver = new this.#parts.LedgerDriver(this.#writer(this.#process).write, () => this.#time.wall());
  }

  #lose(): void {
    this.#crashes += 1;
    this.#failedAt.push(this.#time.elapsed);
    const underWay = this.#sent.filter(({ answered, lost }) => !answered && !lost);
    this.#hits.add(underWay.length > 0 ? IN_AN_EXCHANGE : `lost in ${this.#doing}`);
    for (const one of underWay) one.lost = true;
    this.#upstream.lose();
    // Not from within what is being lost.
    this.#time.after(this.#random.pick([0, 10, 3_000]), () => this.#begin());
  }

  #call(process: Process, actor: number, habits: () => CallHabits) {
    const random = dice(this.#seed, actor);
    return <T>(carryOut: () => Promise<T>): Promise<T> =>
      process.call(async () => {
        const outcome = await callDatabase(
          this.#time,
          random,
          habits(),
          () =>
            carryOut().then(
              (answer) => () => answer,
              (error) => () => {
                throw error;
              },
            ),
          () => void this.#failedAt.push(this.#time.elapsed),
        );
        return (await outcome)();
      });
  }

  #newGate(process: Process): Gate {
    const parts = this.#parts;
    const now = () => parts.readClock(this.#time.wall);
    const consentCall = this.#call(process, 20 + this.#crashes, () => this.#plan.consent);
    const evidenceCall = this.#call(process, 40 + this.#crashes, () => this.#habits);
    const reader = readerOf(
      () => this.#tables,
      (_keyId, apply) => consentCall(async () => apply()),
      now,
    );
    const evidence = {
      append: (entries: Parameters<LedgerTables["intake"]["append"]>[0]) => {
        const copied = structuredClone(entries);
        return evidenceCall(() => this.#ledger.intake.append(copied));
      },
    };
    return {
      routes: parts.compileRoutes(CONFIG, CONFIG_DIGEST, () => "", SKELETONS),
      consent: reader,
      evidence,
      laggingEvidence: new parts.LaggingEvidence(evidence, now),
      revocations: new parts.Revocations(reader),
      ledgerHead: new parts.LedgerHead(() => evidenceCall(async () => ({ seq: 0, mark: "" }))),
      keySecrets: [KEY_SECRET],
      digestSecret: DIGEST_SECRET,
      attest: (forwarded) => attestationHeaders(forwarded, ATTESTER, now()),
      now,
    };
  }

  #writer(process: Process) {
    const parts = this.#parts;
    const call = this.#call(process, 60 + this.#crashes, () => this.#habits);
    const over = <T extends object>(port: T): T =>
      new Proxy(port, {
        get: (target, name) => {
          const member: unknown = Reflect.get(target, name);
          return typeof member === "function"
            ? (...args: unknown[]) => call(() => member.apply(target, args))
            : member;
        },
      });
    const store = over(this.#ledger.store);
    const archive = over(this.#ledger.archive);
    const now = this.#time.wall;
    const write = async () => {
      await parts
        .writeLedger({
          store,
          outbox: over(this.#ledger.outbox),
          signers: [this.#signer],
          configuration: CONFIGURATION,
          now,
          keep: (head) => parts.keepHead(archive, head),
        })
        .catch(() => null);
    };
    /** In the worker's order. */
    const tick = async () => {
      await write();
      const swept = await parts.sweepExchanges(store, now()).catch(() => 0);
      if (swept > 0) await write();
      await parts.archiveEntries(store, archive, now()).catch(() => 0);
    };
    return { write, tick };
  }

  #tick(): void {
    const owner = this.#process;
    if (!owner.dead) owner.run(() => void this.#writer(owner).tick());
  }

  #send(key: number, sending: Sending): void {
    if (this.#process.dead) return;
    const sent: Sent = { keyId: keyIdOf(key), sending, answered: false, lost: false };
    this.#sent.push(sent);
    const headers = new Headers({
      host: "gate.example",
      authorization: `Bearer ${this.#keys[key]!}`,
      "content-type": sending.format === "json" ? "application/json" : "application/x-ndjson",
    });
    if (sending.gzip) headers.set("content-encoding", "gzip");
    if (sending.usage !== null) headers.set("content-usage", sending.usage);
    const request = {
      method: "POST",
      url: `https://gate.example${sending.route.path}`,
      headers,
      body: new RequestBody(sending, this.#time, () => {}).stream,
      signal: new AbortController().signal,
    };
    const [gate, driver, owner] = [this.#gate, this.#driver, this.#process];
    owner.run(() => {
      const defer = (work: Promise<unknown>) => void work.catch(() => {});
      const passage = () => this.#parts.passThrough(gate, request as unknown as Request, defer);
      driver.after(passage, defer).then((response) => {
        if (owner.dead) return;
        sent.answered = true;
        this.#hits.add(`answered ${response.status}`);
      });
    });
  }
}
