/**
 * A gate whose requests each run under faults of their own, many at a time, and everything that can be known of each afterwards: what its
 * sender was told, what the upstream got, and what is on record. Asserts nothing.
 */
import type { Entry } from "../../src/evidence/entries.ts";
import { type Exchange, foldExchange } from "../../src/evidence/exchange.ts";
import { issueProducerKey } from "../../src/identity/producer-key.ts";
import { type FaultPlan, PLAN_HEADER } from "./fault-plan.ts";
import type { Limits } from "./fault-points.ts";
import { type Rig, startRig } from "./gate.ts";
import type { RawRequest, RawResponse } from "./raw-client.ts";
import type { Behaviour, RawUpstreamOptions, Received } from "./raw-upstream.ts";
import { ANSWERED_AT, DAY_MS, seedWorld, worldConfig } from "./world.ts";

export interface Sending extends Omit<RawRequest, "path" | "leaveOn"> {
  /** Names it, to the upstream, the plan and the evidence: an id, given to `expect` before. */
  readonly name: string;
  readonly route: string;
  readonly plan?: FaultPlan;
  readonly upstream?: Behaviour;
  /** In place of `pieces`: each is sent once something of the one before has reached the upstream, or a second has passed. */
  readonly steps?: readonly string[];
  /** The sender resets the connection this long after the upstream has the whole body, ms. */
  readonly leaveAfterMs?: number;
}

const STEP_MS = 1_000;

export interface Seen {
  /** null: it did not end in time. */
  readonly answer: RawResponse | null;
  /** Of the answer's headers, which may come without an end; 0: none came. */
  readonly status: number;
  /** null: nothing reached the upstream. `complete` null: it has neither ended nor been cut. */
  readonly received: (Pick<Received, "body" | "headers"> & { readonly complete: boolean | null }) | null;
}

type Config = ReturnType<typeof worldConfig>;

export class FaultTrack {
  readonly rig: Rig;
  readonly #routes: readonly string[];
  readonly #behaviours: Map<string, Behaviour>;
  readonly #begun: Map<string, Received["headers"]>;
  /** Bytes of body. */
  readonly #arrived: Map<string, number>;
  /** The first `#indexed` of what the upstream received, by name. */
  readonly #byName = new Map<string, Received>();
  #indexed = 0;

  constructor(
    rig: Rig,
    routes: readonly string[],
    behaviours: Map<string, Behaviour>,
    begun: Map<string, Received["headers"]>,
    arrived: Map<string, number>,
  ) {
    this.rig = rig;
    this.#routes = routes;
    this.#behaviours = behaviours;
    this.#begun = begun;
    this.#arrived = arrived;
  }

  /** Sends it, and waits until the upstream's side has settled too, `settleMs` at most. */
  async send(sending: Sending, settleMs: number): Promise<Seen> {
    const { name, route, plan, upstream, headers, steps, leaveAfterMs, ...request } = sending;
    if (upstream !== undefined) this.#behaviours.set(name, upstream);
    let status = 0;
    const answer = await this.rig
      .send({
        path: route === "opaque" ? "/ingest/opaque/v1/traces" : `/ingest/${route}`,
        headers: {
          authorization: `Bearer ${await this.#keyOf(name)}`,
          "content-type": "application/x-ndjson",
          "idempotency-key": name,
          ...(plan === undefined ? {} : { [PLAN_HEADER]: JSON.stringify(plan) }),
          ...headers,
        },
        onStatus: (told) => {
          status = told;
        },
        ...request,
        ...(steps === undefined ? {} : { pieces: this.#stepwise(name, steps) }),
        ...(leaveAfterMs === undefined ? {} : { leaveOn: this.#whole(name, leaveAfterMs) }),
      })
      .catch(() => null);
    return { answer, status, received: await this.#received(name, settleMs) };
  }

  /** Each request has a key of its own, so that its exchange is known even where nobody was told its id. */
  async expect(names: readonly string[]): Promise<void> {
    const database = await this.rig.database("CONSENT");
    await database
      .prepare(
        `INSERT INTO producer_keys (id, producer, accounts, routes, created_at, expires_at)
         SELECT value, 'recorder', '["*"]', '[]', ?, ? FROM json_each(?)`,
      )
      .bind(ANSWERED_AT, ANSWERED_AT + 10 * DAY_MS, JSON.stringify(names))
      .run();
  }

  /** What is on record of every exchange, by the name of its request. */
  async exchanges(): Promise<ReadonlyMap<string, Exchange>> {
    const database = await this.rig.database("EVIDENCE");
    const { results } = await database
      .prepare("SELECT exchange, body FROM entries ORDER BY seq")
      .all<{ exchange: string; body: string }>();
    const grouped = Map.groupBy(results, ({ exchange }) => exchange);
    return new Map(
      [...grouped.values()].flatMap((rows) => {
        // null: entries that speak of no exchange.
        const exchange = foldExchange(rows.map(({ body }) => JSON.parse(body) as Entry));
        return exchange === null ? [] : [[exchange.key_id ?? "", exchange] as const];
      }),
    );
  }

  async *#stepwise(name: string, steps: readonly string[]): AsyncGenerator<string> {
    for (const step of steps) {
      const before = this.#arrived.get(name) ?? 0;
      yield step;
      for (const until = Date.now() + STEP_MS; Date.now() < until; await pause(5)) {
        if ((this.#arrived.get(name) ?? 0) > before) break;
      }
    }
  }

  async #whole(name: string, ms: number): Promise<void> {
    for (const until = Date.now() + 10 * STEP_MS; Date.now() < until; await pause(5)) {
      if (this.#find(name)?.complete) break;
    }
    await pause(ms);
  }

  #keyOf(name: string): Promise<string> {
    const key = {
      id: name,
      producer: "recorder",
      accounts: ["*"],
      routes: this.#routes,
      issuedAt: ANSWERED_AT,
      expiresAt: ANSWERED_AT + 10 * DAY_MS,
    };
    return issueProducerKey(key, this.rig.gate.secrets.TENFOUR_KEY_SECRET);
  }

  dispose(): Promise<void> {
    return this.rig.dispose();
  }

  #find(name: string): Received | undefined {
    const { received } = this.rig.upstreams.main;
    for (; this.#indexed < received.length; this.#indexed++) {
      const one = received[this.#indexed]!;
      this.#byName.set(one.headers["idempotency-key"] ?? "", one);
    }
    return this.#byName.get(name);
  }

  async #received(name: string, settleMs: number): Promise<Seen["received"]> {
    // A request that was cut may still be on its way to the upstream.
    const until = Date.now() + settleMs;
    while (this.#find(name) === undefined && (this.#begun.has(name) || Date.now() < until - settleMs + 50)) {
      if (Date.now() > until) break;
      await pause(5);
    }
    const found = this.#find(name);
    if (found !== undefined) return found;
    const headers = this.#begun.get(name);
    return headers === undefined ? null : { headers, body: Buffer.alloc(0), complete: null };
  }
}

export async function openFaultTrack(options: {
  readonly limits: Limits;
  readonly config?: (config: Config) => Config;
  readonly upstream?: RawUpstreamOptions;
}): Promise<FaultTrack> {
  const behaviours = new Map<string, Behaviour>();
  const begun = new Map<string, Received["headers"]>();
  const arrived = new Map<string, number>();
  let routes: readonly string[] = [];
  const rig = await startRig({
    config({ main }) {
      const config = (options.config ?? ((same) => same))(worldConfig(main));
      routes = config.routes.map(({ id }) => id);
      return config;
    },
    limits: options.limits,
    upstreamOptions: {
      ...options.upstream,
      behave(headers) {
        const name = headers["idempotency-key"] ?? "";
        begun.set(name, headers);
        return behaviours.get(name);
      },
      onBytes(headers, bytes) {
        const name = headers["idempotency-key"] ?? "";
        arrived.set(name, (arrived.get(name) ?? 0) + bytes.length);
      },
    },
  });
  await seedWorld(rig);
  return new FaultTrack(rig, routes, behaviours, begun, arrived);
}

/** `work` on each, so many at a time; in the order of `of`. */
export async function manyAtOnce<T, R>(
  of: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    while (next < of.length) {
      const index = next++;
      results[index] = await work(of[index]!);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, of.length) }, worker));
  return results;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
