/** A control plane over a real, migrated D1, with a clock that a test sets; and short ways to ask it things. */
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { newId } from "../../../src/base/digest.ts";
import { createControl } from "../../../src/control/control.ts";
import type { ControlDeps } from "../../../src/control/deps.ts";
import { receiptTerms } from "../../../src/control/receipt-terms.ts";
import type { Entry } from "../../../src/evidence/entries.ts";
import { personVerifier } from "../../../src/identity/person-token.ts";
import { createArchive } from "../../../src/store/archive-store.ts";
import { createBulkStore } from "../../../src/store/bulk-store.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { createConsentRecords } from "../../../src/store/consent-records.ts";
import { createConsentWriter } from "../../../src/store/consent-writer.ts";
import { createErasures } from "../../../src/store/erasure-store.ts";
import { createIdempotencyKeys } from "../../../src/store/idempotency-store.ts";
import { createImpactRecords } from "../../../src/store/impact-store.ts";
import { createLedgerReader } from "../../../src/store/ledger-reader.ts";
import { createLedgerStore } from "../../../src/store/ledger-store.ts";
import { createOutbox } from "../../../src/store/outbox-store.ts";
import { createReceiptRecords } from "../../../src/store/receipt-store.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";
import { ISSUER } from "../../support/issuer.ts";
import { MARKER } from "../../support/marker.ts";
import { ledgerOver } from "../ledger/fixture.ts";

export const TOKEN = Buffer.from("an operator's token, 32 bytes or more").toString("base64url");
export const KEY_SECRET = Buffer.alloc(32, 7).toString("base64url");
export const NOON = Date.UTC(2026, 0, 31, 12);

/** RFC 3339, so many minutes after noon. */
export const noonPlus = (minutes: number): string => new Date(NOON + minutes * 60_000).toISOString();

const UNLIMITED = { limit: async () => ({ success: true }) };

// biome-ignore lint/suspicious/noExplicitAny: answers are checked member by member.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
  readonly text: string;
}

export interface Fixture {
  readonly app: Hono;
  readonly deps: ControlDeps;
  readonly databases: Databases;
  readonly clock: { now: number };
  readonly evidence: Map<string, Entry[]>;
  ask(method: string, path: string, body?: unknown, init?: RequestInit): Promise<Answer>;
  /** As `ask`, and the answer must have this status. */
  expect(status: number, method: string, path: string, body?: unknown): Promise<Json>;
}

export async function openControl(overrides: Partial<ControlDeps> = {}): Promise<Fixture> {
  const databases = await openDatabases();
  const clock = { now: NOON };
  const evidence = new Map<string, Entry[]>();
  const deps: ControlDeps = {
    writer: createConsentWriter(databases.consent),
    writerMarking: (claim) => createConsentWriter(databases.consent, claim),
    idempotency: createIdempotencyKeys(databases.consent),
    verifyPerson: personVerifier(
      [ISSUER],
      () => Promise.reject(new Error("no network")),
      () => clock.now,
    ),
    rateLimits: { requests: UNLIMITED, failures: UNLIMITED },
    records: createConsentRecords(databases.consent),
    evidence: {
      entries: async (id) => evidence.get(id) ?? [],
      recent: async (limit, before = null) =>
        [...evidence.keys()]
          .map((exchange, index) => ({ exchange, position: index + 1 }))
          .filter(({ position }) => before === null || position < before)
          .reverse()
          .slice(0, limit),
    },
    ledger: createLedgerReader(
      databases.evidence,
      createLedgerStore(databases.evidence),
      createArchive(databases.archive),
    ),
    outbox: createOutbox(databases.consent),
    erasures: createErasures(databases.consent),
    impact: createImpactRecords(databases.consent),
    receipts: createReceiptRecords(databases.consent),
    receiptTerms: (name) => receiptTerms({ receipts: null, routes: [], hosts: ["gate.example"] }, name),
    writeLedger: async () => (await ledgerOver(databases)).run(),
    ledgerKeys: async () => (await ledgerOver(databases)).deps.signers,
    consent: createConsentReader(databases.consent),
    bulk: createBulkStore(databases.consent),
    rules: new Map(),
    vocabulary: [],
    services: [
      { id: "meeting-summary", name: "Meeting Summary", opt_in: true },
      { id: "chat-compose", name: "Chat Compose", opt_in: true },
      { id: "recording", name: "Recording", opt_in: false },
    ],
    participationRuleMin: "speaker",
    routeIds: ["train", "telemetry"],
    operatorToken: TOKEN,
    keySecret: KEY_SECRET,
    now: () => clock.now,
    newId: (prefix) => newId(prefix, clock.now),
    ...overrides,
  };
  const app = createControl(deps);
  const ask = async (method: string, path: string, body?: unknown, init: RequestInit = {}) => {
    const headers = new Headers({ Authorization: `Bearer ${TOKEN}` });
    if (body !== undefined) headers.set("Content-Type", "application/json");
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const response = await app.request(`/v1${path}`, { method, headers, ...sent, ...init });
    const text = await response.text();
    if (response.status >= 400) checkProblem(response, text);
    return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  };
  return {
    app,
    deps,
    databases,
    clock,
    evidence,
    ask,
    async expect(status, method, path, body) {
      const answer = await ask(method, path, body);
      if (answer.status !== status) {
        throw new Error(`${method} ${path}: ${answer.status} instead of ${status}: ${answer.text}`);
      }
      return answer.body;
    },
  };
}

/** What holds for every error: a problem that says what to do, is not cached, and echoes nothing. */
function checkProblem(response: Response, text: string): void {
  const { type, status, title, detail, code } = JSON.parse(text);
  const told = [
    type === `urn:tenfour:problem:${code}`,
    status === response.status,
    title !== "",
    detail !== "",
  ];
  const plain = response.headers.get("Content-Type") === "application/problem+json";
  const fresh = response.headers.get("Cache-Control") === "no-store";
  if (!told.every(Boolean) || !plain || !fresh) throw new Error(`not a problem: ${text}`);
  if (text.includes(MARKER)) throw new Error(`echoes what was sent: ${text}`);
}

/** Publishes a version that is in effect at noon. */
export async function publish(
  { expect }: Fixture,
  service: string,
  version: string,
  more: Record<string, unknown> = {},
): Promise<Json> {
  return expect(201, "POST", "/notices", {
    service,
    version,
    section: "10.4",
    locale: "en",
    text: `What ${service} does with your content, ${version}.`,
    material: true,
    published_at: noonPlus(-60),
    effective_at: noonPlus(-60),
    ...more,
  });
}

export const OWNER = { person: "olga", role: "owner" };
export const given = (more: Record<string, unknown> = {}) => ({
  service: "meeting-summary",
  answer: "given",
  kinds: ["audio", "chat"],
  notice_version: "v1",
  by: OWNER,
  ...more,
});
export const said = (answer: string, by: { person: string; role: string } = OWNER) => ({
  service: "meeting-summary",
  answer,
  by,
});

/** An account of its own for each test, in one control plane where `v1` of `meeting-summary` is in effect; at noon. */
export interface Given {
  readonly control: Fixture;
  /** Its path. */
  readonly account: string;
  readonly serial: number;
}

/** Registers the hooks; `give` is called before each test. */
export function accountEach(give: (given: Given) => void): void {
  let control: Fixture;
  let serial = 0;
  beforeAll(async () => {
    control = await openControl();
    await publish(control, "meeting-summary", "v1");
  });
  afterAll(() => control.databases.close());
  beforeEach(async () => {
    control.clock.now = NOON;
    serial += 1;
    const account = `/accounts/acme${serial}`;
    await control.expect(201, "PUT", account, {});
    give({ control, account, serial });
  });
}

/** As the operator, with headers of the test's own. */
export const sendTo = (
  { ask }: Fixture,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer> =>
  ask(method, path, body, {
    headers: { Authorization: `Bearer ${TOKEN}`, "Content-Type": "application/json", ...headers },
  });

export const codeOf = ({ status, body }: Answer) => [status, body.code];
