/** A running gate that the catalogue's requests are tried on, and what must hold of each. */
import { expect } from "vitest";
import { type Rig, startRig } from "../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, findMarker, MARKER } from "../support/marker.ts";
import { inPieces, type RawResponse } from "../support/raw-client.ts";
import { content, seedKey, seedWorld } from "../support/world.ts";
import { codeOf, isRefused, type KeyName, type Try } from "./attempt.ts";
import { catalogueConfig, ROUTES } from "./world.ts";

export class Bench {
  readonly rig: Rig<"main" | "other">;
  readonly keys: Readonly<Record<KeyName, string>>;
  #logsRead = 0;

  constructor(rig: Rig<"main" | "other">, keys: Readonly<Record<KeyName, string>>) {
    this.rig = rig;
    this.keys = keys;
  }

  get upstream(): Rig["upstreams"]["main"] {
    return this.rig.upstreams.main;
  }

  /** Forgets what reached the upstreams. */
  reset(): void {
    for (const upstream of Object.values(this.rig.upstreams)) upstream.reset();
  }

  /** One request, held against what should come of it. */
  async attempt(attempt: Try): Promise<void> {
    this.reset();
    const { gets } = attempt;
    const answer = await this.send(attempt);
    if (isRefused(gets)) {
      expect([answer.status, codeOf(answer)], describe(attempt)).toEqual(gets);
      const otlp = attempt.path?.startsWith("/ingest/otlp/") === true;
      expect(answer.headers["content-type"]).toBe(otlp ? "application/json" : "application/problem+json");
      expect(this.upstream.begun, describe(attempt)).toBe(0);
    } else {
      const [forwarded, stripped, dropped] = gets.counts;
      const outcome = `forwarded=${forwarded}, stripped=${stripped}, dropped=${dropped}`;
      expect([answer.status, answer.headers["tenfour-outcome"]], describe(attempt)).toEqual([200, outcome]);
      const bodies = this.upstream.received.map(({ body }) => body.toString());
      expect(bodies, describe(attempt)).toEqual(gets.upstream === undefined ? [] : [gets.upstream]);
    }
    expect(answer.headers["cache-control"]).toBe("no-store");
    this.sawNoMarker();
  }

  /** Requests that the platform or the gate refuses, in whatever words, and that never reach an upstream. */
  async neverTaken(attempts: readonly Omit<Try, "gets">[]): Promise<void> {
    for (const attempt of attempts) {
      this.reset();
      const { status } = await this.send({
        ...attempt,
        headers: { connection: "close", ...attempt.headers },
      });
      expect(status === 0 || status >= 400, `${JSON.stringify(attempt)} was answered ${status}`).toBe(true);
      expect(this.upstream.begun, JSON.stringify(attempt)).toBe(0);
      this.sawNoMarker();
    }
  }

  /** Sends it, with the marker in it somewhere, and looks for the marker in the answer. */
  async send(attempt: Omit<Try, "gets"> & { readonly gets?: Try["gets"] }): Promise<RawResponse> {
    const {
      path = "/ingest/drop",
      method,
      key = "good",
      type = "application/json",
      framing,
      chunk,
    } = attempt;
    const body = Buffer.from(attempt.body ?? content({ text: MARKER }));
    const headers = {
      ...(key === null ? {} : { authorization: `Bearer ${this.keys[key]}` }),
      ...(type === null ? {} : { "content-type": type }),
      ...attempt.headers,
    };
    const { gets } = attempt;
    if (gets === undefined || isRefused(gets) || gets.unmarked === undefined)
      expect(
        findMarker(body) ?? findMarker([path, JSON.stringify(headers)]),
        "the marker is in the request",
      ).not.toBeNull();
    const answer = await this.rig.send({
      path,
      headers,
      pieces: chunk === undefined ? [body] : inPieces(body, chunk),
      ...(method === undefined ? {} : { method }),
      ...(framing === undefined ? {} : { framing }),
    });
    assertNoMarker([JSON.stringify(answer.headers), answer.body], "the answer");
    return answer;
  }

  /** Nothing that reached an upstream, or the log since it was last read, holds the marker. */
  sawNoMarker(): void {
    for (const { received } of Object.values(this.rig.upstreams))
      for (const { rawHead, body } of received) assertNoMarker([rawHead, body], "the upstream");
    const lines = this.rig.logs.slice(this.#logsRead);
    this.#logsRead += lines.length;
    assertNoMarker(lines.join("\n"), "the log");
  }

  async recordedNoMarker(): Promise<void> {
    for (const binding of ["EVIDENCE", "CONSENT"] as const)
      await assertNoMarkerInDatabase(await this.rig.database(binding), binding);
  }
}

export async function openBench(): Promise<Bench> {
  const rig = await startRig({ upstreams: ["main", "other"], config: catalogueConfig });
  const routes = [...ROUTES];
  await seedWorld(rig);
  const good = await seedKey(rig, "good", ["*"], routes);
  const bench = new Bench(rig, {
    good,
    beta_only: await seedKey(rig, "beta-only", ["beta"], routes),
    other_route: await seedKey(rig, "other-route", ["*"], ["telemetry"]),
    revoked: await seedKey(rig, "revoked", ["*"], routes),
    tampered: `${good.slice(0, -2)}${good.endsWith("AA") ? "BB" : "AA"}`,
  });
  await rig.operator("DELETE", "/v1/producer-keys/revoked");
  return bench;
}

function describe({ method, path, headers, body }: Try): string {
  const text = Buffer.from(body ?? "").toString("latin1");
  return `${method ?? "POST"} ${path ?? ""} ${JSON.stringify(headers ?? {})} ${text.slice(0, 200)}`;
}
