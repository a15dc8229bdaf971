/**
 * A small world to send records about: who consented, who did not, and routes to send to. Written straight into the database.
 * Account `acme` consented and enabled the service; `beta` enabled it only; `school` consented and holds education records. In `acme`'s meeting
 * `m1` the host is ana; bo accepted, cy accepted and objected later, dee was never asked.
 */
import { drizzle } from "drizzle-orm/d1";
import {
  accounts,
  consents,
  conversations,
  notices,
  participantAnswers,
  presence,
  producerKeys,
  serviceSettings,
} from "../../schema/consent/tables.ts";
import type { RecordRouteConfig, TenfourConfig } from "../../src/config/define.ts";
import { OTLP_SIGNALS } from "../../src/config/documents.ts";
import { tenfourRecord } from "../../src/config/presets/tenfour-record.ts";
import { KINDS } from "../../src/decision/model.ts";
import { issueProducerKey } from "../../src/identity/producer-key.ts";
import type { Rig } from "./gate.ts";
import { MARKER } from "./marker.ts";

export const DAY_MS = 86_400_000;
/** When everybody answered. */
export const ANSWERED_AT = Date.now() - DAY_MS;
export const CAPTURED_AT = new Date(ANSWERED_AT + DAY_MS / 2).toISOString();
const SERVICE = "meeting-summary";
const VERSION = "2026-01";

export const ROUTE_IDS = [
  "strip",
  "drop",
  "reject",
  "wrapped",
  "form",
  "transcript",
  "media",
  "telemetry",
  "third",
  "serve",
  "opaque",
  "otlp-traces",
  "otlp-metrics",
  "otlp-logs",
] as const;

/** Routes named after what they do with a denied item, each to its own path of one upstream. */
export function worldConfig(url: string): TenfourConfig {
  const route = (id: string, more: Partial<RecordRouteConfig> = {}): RecordRouteConfig => ({
    id,
    path: `/ingest/${id}`,
    upstream: "train",
    purpose: "train",
    recipient: "first-party",
    services: [SERVICE],
    kinds: ["chat", "transcript", "audio"],
    shape: tenfourRecord(),
    formats: ["json", "ndjson"],
    on_deny: "strip",
    ...more,
  });
  const whole = {
    upstream: "train",
    purpose: "train",
    recipient: "first-party",
    services: [SERVICE],
    kinds: ["transcript", "audio", "video"],
  } as const;
  return {
    hosts: ["127.0.0.1"],
    services: [{ id: SERVICE, name: "Meeting Summary", opt_in: true }],
    upstreams: {
      train: { url: `${url}/train`, purposes: ["train"] },
      partner: { url: `${url}/partner`, purposes: ["train"] },
      serve: { url: `${url}/serve`, purposes: ["serve"] },
      operate: { url: `${url}/operate`, purposes: ["operate"] },
    },
    routes: [
      route("strip"),
      route("drop", { on_deny: "drop" }),
      route("wrapped", { on_deny: "drop", wrapper: { items: "batch" } }),
      route("form", {
        formats: ["multipart"],
        multipart: { file: "file", fields: { purpose: { words: ["fine-tune"] } } },
      }),
      {
        ...whole,
        id: "transcript",
        path: "/ingest/transcript",
        document: { transcript: { plain: true } },
        on_deny: "strip",
      },
      {
        ...whole,
        id: "media",
        path: "/ingest/media",
        media: {
          types: ["audio/wav", "video/mp4"],
          form: { metadata: "metadata", file: "file", fields: { model: { words: ["small", "large"] } } },
        },
        on_deny: "reject",
      },
      route("reject", { on_deny: "reject" }),
      route("telemetry", { upstream: "operate", purpose: "operate", services: [], kinds: [] }),
      route("third", { upstream: "partner", recipient: "third-party" }),
      route("serve", { upstream: "serve", purpose: "serve" }),
      ...OTLP_SIGNALS.map((signal) => ({
        id: `otlp-${signal}`,
        path: `/ingest/otlp/v1/${signal}`,
        upstream: "operate",
        purpose: "operate" as const,
        recipient: "first-party" as const,
        services: [],
        kinds: [],
        document: { otlp: { signal } },
        on_deny: "drop" as const,
      })),
      {
        id: "opaque",
        path: "/ingest/opaque/v1/traces",
        upstream: "operate",
        purpose: "operate",
        recipient: "first-party",
        content_types: ["application/json", "application/x-protobuf"],
        opaque: {
          accepted_by: "privacy@example.com",
          reason: "Collector strips it.",
          accepted_at: "2026-01-01T00:00:00Z",
        },
      },
    ],
  };
}

/** Fills the consent database and returns a producer key for every account and route. */
export async function seedWorld(rig: Rig<string>): Promise<string> {
  const db = drizzle((await rig.database("CONSENT")) as unknown as D1Database);
  const at = ANSWERED_AT;
  const by = { recordedBy: "test" };
  const account = (id: string, labels: string) => ({
    id,
    labels,
    participationRule: "speaker",
    revision: 1,
    createdAt: at,
  });
  await db
    .insert(accounts)
    .values([account("acme", "[]"), account("beta", "[]"), account("school", '["education_records"]')]);
  await db.insert(notices).values({
    service: SERVICE,
    version: VERSION,
    position: 1,
    section: "10.4",
    locale: "en",
    text: "We would like to train on this.",
    sha256: "0".repeat(64),
    material: 1,
    publishedAt: at - DAY_MS,
    announcedAt: at - DAY_MS,
    effectiveAt: at - DAY_MS,
  });
  const covers = JSON.stringify(Object.fromEntries(KINDS.map((kind) => [kind, at])));
  const given = {
    service: SERVICE,
    answer: "given",
    at,
    noticeVersion: VERSION,
    covers,
    expiresAt: null,
    ...by,
  };
  for (const accountId of ["acme", "beta", "school"]) {
    const meeting = accountId === "acme" ? "m1" : `${accountId}-m1`;
    await db.insert(serviceSettings).values({
      accountId,
      service: SERVICE,
      enabled: 1,
      trialEndsAt: null,
      at,
      person: "root",
      role: "admin",
      ...by,
    });
    await db.insert(conversations).values({
      id: meeting,
      accountId,
      kind: "meeting",
      labels: "[]",
      startedAt: at,
      endedAt: null,
      createdAt: at,
    });
    await db.insert(presence).values(
      ["ana", "bo", "cy", "dee"].map((person) => ({
        conversationId: meeting,
        person,
        host: person === "ana" ? 1 : 0,
        joinedAt: at,
        leftAt: null,
        ...by,
      })),
    );
    const host = {
      id: `h-${accountId}`,
      accountId,
      conversationId: meeting,
      person: "ana",
      role: "host",
      ...given,
    };
    const owner = {
      id: `c-${accountId}`,
      accountId,
      conversationId: "",
      person: "root",
      role: "owner",
      ...given,
    };
    await db.insert(consents).values(accountId === "beta" ? [host] : [host, owner]);
    const answer = (person: string, word: string, after: number) => ({
      id: `${word}-${accountId}-${person}`,
      accountId,
      conversationId: meeting,
      person,
      service: SERVICE,
      answer: word,
      noticeVersion: word === "accepted" ? VERSION : "",
      at: at + after,
      since: at + after,
      ...by,
    });
    await db
      .insert(participantAnswers)
      .values([answer("bo", "accepted", 0), answer("cy", "accepted", 0), answer("cy", "objected", 1_000)]);
  }
  return seedKey(rig, "k1", ["*"]);
}

/** A producer key known to the database. */
export async function seedKey(
  rig: Rig<string>,
  id: string,
  allowed: readonly string[],
  routes: readonly string[] = ROUTE_IDS,
): Promise<string> {
  const db = drizzle((await rig.database("CONSENT")) as unknown as D1Database);
  const key = {
    id,
    producer: "recorder",
    accounts: allowed,
    routes,
    issuedAt: ANSWERED_AT,
    expiresAt: Date.now() + DAY_MS,
  };
  await db.insert(producerKeys).values({
    id,
    producer: key.producer,
    accounts: JSON.stringify(allowed),
    routes: JSON.stringify(routes),
    createdAt: key.issuedAt,
    expiresAt: key.expiresAt,
    revokedAt: null,
  });
  return issueProducerKey(key, rig.gate.secrets.TENFOUR_KEY_SECRET);
}

/** A content record of bo's in `m1`, which every rule allows, as JSON; members replaced by `over` (undefined: left out). */
export function content(over: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    type: "content",
    id: "r1",
    account: "acme",
    conversation: "m1",
    speaker: "bo",
    kind: "chat",
    captured_at: CAPTURED_AT,
    text: "consented words",
    ...over,
  });
}

/** One that is denied, and says what must never be seen. */
export function denied(over: Readonly<Record<string, unknown>> = {}): string {
  return content({ speaker: "dee", text: `${MARKER} denied words`, ...over });
}

export function telemetry(over: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    type: "telemetry",
    id: "t1",
    event: "call.quality",
    at: CAPTURED_AT,
    region: "eu-1",
    duration_ms: 12,
    ...over,
  });
}
