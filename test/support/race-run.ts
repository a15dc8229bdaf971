/**
 * Runs the races: a stream is under way when the change comes from another process, and a request starts the moment it is in force.
 * Measures what is handed on and what arrives; judges nothing.
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../scripts/bundle.ts";
import { type RunningGate, runGate } from "../../scripts/run-gate.ts";
import type { Acknowledged, Order } from "./race-control.ts";
import { HANDED_PATH, type HandedOn } from "./race-handed.ts";
import {
  callOf,
  givenUntil,
  keyOf,
  lineOf,
  type Pace,
  pathOf,
  type Racer,
  raceConfig,
  seedRaces,
} from "./race-world.ts";
import type { Random } from "./random.ts";
import { type RawResponse, rawRequest } from "./raw-client.ts";
import { type RawUpstream, startRawUpstream } from "./raw-upstream.ts";

export interface Piece {
  /** Unix milliseconds. */
  readonly at: number;
  readonly bytes: number;
}

export interface Run {
  readonly racer: Racer;
  /** From when the change is in force: acknowledged and, where it names an instant, that has come. Unix milliseconds. */
  readonly forceAt: number;
  /** Of the stream that was under way. */
  readonly handed: readonly Piece[];
  readonly arrived: readonly Piece[];
  readonly stream: RawResponse;
  /** Of the request that started after. */
  readonly afterBytes: number;
  readonly after: RawResponse;
}

/** How long a stream goes on sending after the change, ms: longer than the bound. */
const OUTLIVES_MS = 1_200;
/** So many blocks of 32 lines of 2 kB are more than the sockets of a stalled upstream hold, and a slow one takes two seconds for them. */
const BLOCKS = 36;
const FILLER = "x".repeat(1_800);

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
async function until(at: number): Promise<void> {
  while (Date.now() < at) await pause(at - Date.now());
}

type Upstreams = Readonly<Record<"fast" | "slow" | "stalled", RawUpstream>>;

export class RaceTrack {
  readonly #gate: RunningGate;
  readonly #upstreams: Upstreams;
  readonly #control: ChildProcess;
  readonly #stateDir: string;
  readonly #arrived: Map<string, Piece[]>;
  readonly #handed = new Map<string, Piece[]>();
  readonly #waiting: Map<string, () => void>;
  readonly #ordered = new Map<number, (acknowledged: Acknowledged) => void>();
  #orders = 0;
  #fetching: Promise<void> = Promise.resolve();

  constructor(
    gate: RunningGate,
    upstreams: Upstreams,
    stateDir: string,
    arrived: Map<string, Piece[]>,
    waiting: Map<string, () => void>,
  ) {
    this.#gate = gate;
    this.#upstreams = upstreams;
    this.#stateDir = stateDir;
    this.#arrived = arrived;
    this.#waiting = waiting;
    this.#control = fork(join(import.meta.dirname, "race-control.ts"), { execArgv: [] });
    this.#control.on("message", (acknowledged: Acknowledged) => {
      this.#ordered.get(acknowledged.id)?.(acknowledged);
      this.#ordered.delete(acknowledged.id);
    });
  }

  get gate(): RunningGate {
    return this.#gate;
  }

  /** Those whose change is one and the same race together. */
  async race(together: readonly Racer[], random: Random): Promise<Run[]> {
    const delay = random.int(0, 500);
    const ahead = random.int(300, 700);
    let shared: Promise<number> | null = null;
    const runs = together.map(async (racer) => {
      const change = () => {
        if (racer.change !== "supersede") return this.#order(racer, 0);
        shared ??= pause(delay).then(() => this.#order(racer, Date.now() + ahead));
        return shared;
      };
      return this.#one(racer, random, change);
    });
    const done = await Promise.all(runs);
    await this.#fetchHanded();
    return done.map((run) => {
      const { index } = run.racer;
      const later = [
        ...(this.#handed.get(`after-${index}`) ?? []),
        ...(this.#arrived.get(`after-${index}`) ?? []),
      ];
      return {
        ...run,
        handed: this.#handed.get(`stream-${index}`) ?? [],
        arrived: this.#arrived.get(`stream-${index}`) ?? [],
        afterBytes: later.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    });
  }

  async dispose(): Promise<void> {
    this.#control.disconnect();
    await this.#gate.dispose();
    for (const upstream of Object.values(this.#upstreams)) await upstream.close();
    rmSync(this.#stateDir, { recursive: true, force: true });
  }

  async #one(
    racer: Racer,
    random: Random,
    change: () => Promise<number>,
  ): Promise<Omit<Run, "handed" | "arrived" | "afterBytes">> {
    const { pace } = racer;
    const delay = pace === "hold" ? random.int(0, 900) : random.int(0, 400);
    const holdMs = random.int(200, 1_300);
    const laterPace = random.pick<Pace>(["fast", "hold"]);
    const gap = random.int(50, 200);
    const key = await keyOf(this.#gate, racer);
    const expiresAt = Date.now() + random.int(600, 1_200);
    if (racer.change === "expire") {
      const body = JSON.stringify(givenUntil(racer, expiresAt));
      await fetch(this.#gate.url + HANDED_PATH, { method: "PUT", body });
    }

    let stopAt = Date.now() + 15_000;
    const began = Date.now();
    const send = (name: string, path: string, pieces: AsyncIterable<string>, cut: boolean) =>
      rawRequest(this.#gate.url, {
        path,
        headers: {
          authorization: `Bearer ${key}`,
          "content-type": "application/x-ndjson",
          "idempotency-key": `${name}-${racer.index}`,
        },
        pieces,
        ending: cut ? "rst" : "end",
      });
    const firstByte = new Promise<void>((resolve) => this.#waiting.set(`stream-${racer.index}`, resolve));
    async function* lines(): AsyncGenerator<string> {
      if (pace === "slow" || pace === "stalled") {
        const block = lineOf(racer, "block", FILLER).repeat(32);
        for (let i = 0; i < BLOCKS; i++) yield block;
      }
      for (let i = 0; Date.now() < stopAt && (pace !== "hold" || Date.now() < began + holdMs); i++) {
        yield lineOf(racer, `t${i}`);
        await pause(gap);
      }
    }
    const cut = pace === "slow" || pace === "stalled";
    const stream = send("stream", pathOf(racer, pace), lines(), cut).catch(() => GONE);
    let forceAt = expiresAt;
    if (racer.change !== "expire") {
      if (pace !== "hold") await Promise.race([firstByte, pause(5_000)]);
      await pause(delay);
      forceAt = await change();
    }
    stopAt = forceAt + OUTLIVES_MS;
    await until(forceAt);
    const after = await send("after", pathOf(racer, laterPace), once(lineOf(racer, "after")), false);
    return { racer, forceAt, stream: await stream, after };
  }

  /** Resolves to the instant from which the change is in force. Rejects if it was not acknowledged as made. */
  async #order(racer: Racer, effectiveAt: number): Promise<number> {
    const call = callOf(racer, effectiveAt);
    if (call === null) throw new Error(`nobody makes the change ${racer.change}`);
    const id = this.#orders++;
    const { url, secrets } = this.#gate;
    const order: Order = {
      id,
      method: call.method,
      url: url + call.path,
      token: secrets.TENFOUR_OPERATOR_TOKEN,
      body: call.body,
    };
    const { status, at, text } = await new Promise<Acknowledged>((resolve) => {
      this.#ordered.set(id, resolve);
      this.#control.send(order);
    });
    if (status < 200 || status > 299) throw new Error(`${call.method} ${call.path}: ${status} ${text}`);
    return Math.max(at, effectiveAt);
  }

  /** Those of other races under way come with them, hence one after another: no race may find its own still on their way to another. */
  #fetchHanded(): Promise<void> {
    this.#fetching = this.#fetching.then(async () => {
      const answer = await fetch(this.#gate.url + HANDED_PATH);
      for (const piece of (await answer.json()) as HandedOn[]) {
        const pieces = this.#handed.get(piece.key);
        if (pieces === undefined) this.#handed.set(piece.key, [piece]);
        else pieces.push(piece);
      }
    });
    return this.#fetching;
  }
}

const GONE: RawResponse = { status: 0, headers: {}, body: Buffer.alloc(0), text: "", complete: false };

async function* once(line: string): AsyncGenerator<string> {
  yield line;
}

/** `cacheMs` 0: strict reads. The caller disposes of it. */
export async function openTrack(
  services: readonly string[],
  racers: readonly Racer[],
  cacheMs: number,
): Promise<RaceTrack> {
  const arrived = new Map<string, Piece[]>();
  const waiting = new Map<string, () => void>();
  const options = {
    keepBodies: false,
    onBytes: (headers: Readonly<Record<string, string>>, bytes: Uint8Array) => {
      const key = headers["idempotency-key"] ?? "";
      const pieces = arrived.get(key) ?? [];
      pieces.push({ at: Date.now(), bytes: bytes.length });
      arrived.set(key, pieces);
      waiting.get(key)?.();
      waiting.delete(key);
    },
  };
  const [fast, slow, stalled] = await Promise.all([
    startRawUpstream(options),
    startRawUpstream(options),
    startRawUpstream(options),
  ]);
  slow.behaviour = { bytesPerSecond: 1_200_000 };
  stalled.behaviour = { stall: { afterBytes: 600_000, forMs: 1_500 } };
  const stateDir = mkdtempSync(join(tmpdir(), "tenfour-race-"));
  const urls = { fast: fast.url, slow: slow.url, stalled: stalled.url };
  const gate = await runGate({
    entry: join(ROOT, "test/support/race-worker.ts"),
    config: { value: raceConfig(services, urls, cacheMs) },
    stateDir,
  });
  await seedRaces(gate, services, racers);
  return new RaceTrack(gate, { fast, slow, stalled }, stateDir, arrived, waiting);
}
