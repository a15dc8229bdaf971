/**
 * A world for the races: every race has an account of its own that consents to everything, so that nothing but its own change can stop it;
 * a material notice changes a service, so those races come in groups, each with a service of its own. Written straight into the database.
 */

import type { RunningGate } from "../../scripts/run-gate.ts";
import type { RecordRouteConfig, TenfourConfig } from "../../src/config/define.ts";
import { tenfourRecord } from "../../src/config/presets/tenfour-record.ts";
import { KINDS } from "../../src/decision/model.ts";
import { issueProducerKey } from "../../src/identity/producer-key.ts";
import type { Statement } from "./race-handed.ts";

/** What takes consent away. The operator of the races writes each as whoever may. */
export const CHANGES = ["withdraw", "object", "expire", "supersede", "host_withdraw", "revoke_key"] as const;
export type Change = (typeof CHANGES)[number];

/** How the upstream takes the body; `hold`: a fast one, but the body is held until it is whole. */
export const PACES = ["fast", "slow", "stalled", "hold"] as const;
export type Pace = (typeof PACES)[number];

export interface Racer {
  readonly index: number;
  readonly change: Change;
  readonly pace: Pace;
  readonly service: string;
}

export const VERSION = "2026-01";
const DAY_MS = 86_400_000;
const ANSWERED_AT = Date.now() - DAY_MS;
const CAPTURED_AT = new Date(ANSWERED_AT + DAY_MS / 2).toISOString();
const COVERS = JSON.stringify(Object.fromEntries(KINDS.map((kind) => [kind, ANSWERED_AT])));

export const accountOf = ({ index }: Racer): string => `a${index}`;
export const meetingOf = ({ index }: Racer): string => `m${index}`;
export const keyIdOf = ({ index }: Racer): string => `k${index}`;
export const pathOf = ({ service }: Racer, pace: Pace): string => `/ingest/${service}/${pace}`;

/** `cacheMs` 0: strict. */
export function raceConfig(
  services: readonly string[],
  urls: Readonly<Record<"fast" | "slow" | "stalled", string>>,
  cacheMs: number,
): TenfourConfig {
  const route = (service: string, pace: Pace): RecordRouteConfig => ({
    id: `${service}-${pace}`,
    path: `/ingest/${service}/${pace}`,
    upstream: pace === "hold" ? "fast" : pace,
    purpose: "train",
    recipient: "first-party",
    services: [service],
    kinds: ["chat"],
    shape: tenfourRecord(),
    formats: ["ndjson"],
    on_deny: pace === "hold" ? "reject" : "drop",
  });
  const upstream = (url: string) => ({ url: `${url}/train`, purposes: ["train"] as const });
  return {
    hosts: ["127.0.0.1"],
    services: services.map((id) => ({ id, name: id, opt_in: true })),
    consent_cache_ms_max: cacheMs,
    upstreams: {
      fast: upstream(urls.fast),
      slow: upstream(urls.slow),
      stalled: upstream(urls.stalled),
    },
    routes: services.flatMap((service) => PACES.map((pace) => route(service, pace))),
  };
}

export async function seedRaces(
  gate: RunningGate,
  services: readonly string[],
  racers: readonly Racer[],
): Promise<void> {
  const db = await gate.mf.getD1Database("CONSENT");
  const insert = async (table: string, rows: readonly Readonly<Record<string, unknown>>[]) => {
    const columns = Object.keys(rows[0] ?? {});
    const values = columns.map((name) => `value ->> '$.${name}'`);
    await db
      .prepare(
        `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM json_each(?) ORDER BY key`,
      )
      .bind(JSON.stringify(rows))
      .run();
  };
  const at = ANSWERED_AT;
  const by = { recorded_by: "test" };
  await insert(
    "notices",
    services.map((service) => ({
      service,
      version: VERSION,
      position: 1,
      section: "10.4",
      locale: "en",
      text: "We would like to train on this.",
      sha256: "0".repeat(64),
      material: 1,
      published_at: at,
      announced_at: at,
      effective_at: at,
    })),
  );
  await insert(
    "accounts",
    racers.map((racer) => ({
      id: accountOf(racer),
      labels: "[]",
      participation_rule: "speaker",
      revision: 1,
      created_at: at,
    })),
  );
  await insert(
    "service_settings",
    racers.map((racer) => ({
      account_id: accountOf(racer),
      service: racer.service,
      enabled: 1,
      at,
      person: "root",
      role: "admin",
      ...by,
    })),
  );
  await insert(
    "conversations",
    racers.map((racer) => ({
      id: meetingOf(racer),
      account_id: accountOf(racer),
      kind: "meeting",
      labels: "[]",
      started_at: at,
      created_at: at,
    })),
  );
  await insert(
    "presence",
    racers.flatMap((racer) =>
      ["ana", "bo"].map((person) => ({
        conversation_id: meetingOf(racer),
        person,
        host: person === "ana" ? 1 : 0,
        joined_at: at,
        ...by,
      })),
    ),
  );
  await insert("consents", [
    ...racers.filter(({ change }) => change !== "expire").map((racer) => accountConsent(racer, null)),
    ...racers.map((racer) => ({
      ...accountConsent(racer, null),
      id: `h${racer.index}`,
      conversation_id: meetingOf(racer),
      person: "ana",
      role: "host",
    })),
  ]);
  await insert(
    "participant_answers",
    racers.map((racer) => ({
      id: `p${racer.index}`,
      account_id: accountOf(racer),
      conversation_id: meetingOf(racer),
      person: "bo",
      service: racer.service,
      answer: "accepted",
      notice_version: VERSION,
      at,
      since: at,
      ...by,
    })),
  );
  await insert(
    "producer_keys",
    racers.map((racer) => ({
      id: keyIdOf(racer),
      producer: "recorder",
      accounts: '["*"]',
      routes: JSON.stringify(routesOf(racer)),
      created_at: at,
      expires_at: Date.now() + DAY_MS,
    })),
  );
}

/** The consent of a race that ends by itself is given when the race begins: the only one that is not there before. */
export function givenUntil(racer: Racer, expiresAt: number): Statement[] {
  const row = accountConsent(racer, expiresAt);
  const names = Object.keys(row);
  return [
    [
      `INSERT INTO consents (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`,
      Object.values(row),
    ],
    ["UPDATE accounts SET revision = revision + 1 WHERE id = ?", [accountOf(racer)]],
  ];
}

export function keyOf(gate: RunningGate, racer: Racer): Promise<string> {
  return issueProducerKey(
    {
      id: keyIdOf(racer),
      producer: "recorder",
      accounts: ["*"],
      routes: routesOf(racer),
      issuedAt: ANSWERED_AT,
      expiresAt: Date.now() + DAY_MS,
    },
    gate.secrets.TENFOUR_KEY_SECRET,
  );
}

/** The call of `/v1` that makes the change; null: time makes it. */
export function callOf(
  racer: Racer,
  effectiveAt: number,
): { readonly method: "POST" | "DELETE"; readonly path: string; readonly body: unknown } | null {
  const { service } = racer;
  const withdrawn = (person: string, role: string) => ({
    answer: "withdrawn",
    service,
    by: { person, role },
  });
  switch (racer.change) {
    case "withdraw":
      return {
        method: "POST",
        path: `/v1/accounts/${accountOf(racer)}/consents`,
        body: withdrawn("root", "owner"),
      };
    case "host_withdraw":
      return {
        method: "POST",
        path: `/v1/conversations/${meetingOf(racer)}/consents`,
        body: withdrawn("ana", "host"),
      };
    case "object":
      return {
        method: "POST",
        path: `/v1/conversations/${meetingOf(racer)}/participants/bo/answers`,
        body: { answer: "objected", service },
      };
    case "revoke_key":
      return { method: "DELETE", path: `/v1/producer-keys/${keyIdOf(racer)}`, body: null };
    case "supersede":
      return {
        method: "POST",
        path: "/v1/notices",
        body: {
          service,
          version: "2026-02",
          section: "10.4",
          locale: "en",
          text: "We would like to train on more.",
          material: true,
          effective_at: new Date(effectiveAt).toISOString(),
        },
      };
    case "expire":
      return null;
  }
}

/** A line of content that every rule allows until the change. */
export function lineOf(racer: Racer, id: string, text = "consented words"): string {
  return `${JSON.stringify({
    type: "content",
    id,
    account: accountOf(racer),
    conversation: meetingOf(racer),
    speaker: "bo",
    kind: "chat",
    captured_at: CAPTURED_AT,
    text,
  })}\n`;
}

function routesOf({ service }: Racer): string[] {
  return PACES.map((pace) => `${service}-${pace}`);
}

function accountConsent(racer: Racer, expiresAt: number | null) {
  return {
    id: `c${racer.index}`,
    account_id: accountOf(racer),
    conversation_id: "",
    service: racer.service,
    answer: "given",
    person: "root",
    role: "owner",
    at: ANSWERED_AT,
    notice_version: VERSION,
    covers: COVERS,
    expires_at: expiresAt,
    recorded_by: "test",
  };
}
