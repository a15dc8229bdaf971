/** The bulk routes over a real, migrated D1, asked by the operator: accounts and notices are there, nobody has answered. Asserts nothing. */
import { Hono } from "hono";
import type { Asking } from "../../../src/control/asking.ts";
import { bulkRoutes } from "../../../src/control/bulk/routes.ts";
import type { ControlDeps } from "../../../src/control/deps.ts";
import { Refusal } from "../../../src/control/fault.ts";
import { problem } from "../../../src/control/problem.ts";
import { createBulkStore } from "../../../src/store/bulk-store.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { createConsentRecords } from "../../../src/store/consent-records.ts";
import { createConsentWriter } from "../../../src/store/consent-writer.ts";
import { type Databases, openDatabases } from "../../support/d1.ts";

export const NOON = Date.UTC(2026, 0, 31, 12);
export const MINUTE = 60_000;
/** RFC 3339, so many minutes after noon. */
export const noonPlus = (minutes: number): string => new Date(NOON + minutes * MINUTE).toISOString();

export const IMPORTER = "operator ida";
export const SERVICE = "meeting-summary";
export const ACCOUNTS = ["acme", "beta"];

export interface Report {
  readonly status: number;
  readonly text: string;
  readonly refused: readonly { readonly line: number; readonly code: string; readonly field?: string }[];
  // biome-ignore lint/suspicious/noExplicitAny: the summary is checked member by member.
  readonly summary: any;
}

export class BulkInstance {
  readonly databases: Databases;
  readonly app: Hono;
  readonly clock = { now: NOON + 600 * MINUTE };
  readonly writer: ReturnType<typeof createConsentWriter>;
  readonly records: ReturnType<typeof createConsentRecords>;
  readonly reader: ReturnType<typeof createConsentReader>;
  readonly deps: ControlDeps;

  constructor(databases: Databases, over: Partial<ControlDeps> = {}) {
    this.databases = databases;
    this.writer = createConsentWriter(databases.consent);
    this.records = createConsentRecords(databases.consent);
    this.reader = createConsentReader(databases.consent);
    this.deps = {
      bulk: createBulkStore(databases.consent),
      records: this.records,
      services: [
        { id: SERVICE, name: "Meeting Summary", opt_in: true },
        { id: "chat-compose", name: "Chat Compose", opt_in: true },
      ],
      now: () => this.clock.now,
      ...over,
    } as ControlDeps;
    this.app = new Hono().basePath("/v1");
    this.app.use(async (c, next) => {
      c.set("asking", { role: "operator", recordedBy: IMPORTER } as Asking);
      await next();
    });
    bulkRoutes(this.app, this.deps);
    this.app.onError((error) => {
      if (error instanceof Refusal) return problem(error.fault);
      throw error;
    });
  }

  /** `v1` from an hour before noon; `v2`, material, from two hours after; `w1`, of another service, with `v1`. */
  async settle(): Promise<void> {
    await this.run(
      `insert into accounts values ${ACCOUNTS.map((id) => `('${id}', '[]', 'speaker', 1, ${NOON - 90 * MINUTE})`).join()}`,
    );
    const published = NOON - 60 * MINUTE;
    const notice = (service: string, version: string, position: number, minutes: number) =>
      `('${service}', '${version}', ${position}, '10.4', 'en', 'Text.', '-', 1, ${published}, ${published}, ${NOON + minutes * MINUTE})`;
    const notices = [
      notice(SERVICE, "v1", 1, -60),
      notice(SERVICE, "v2", 2, 120),
      notice("chat-compose", "w1", 1, -60),
    ];
    await this.run(`insert into notices values ${notices.join()}`);
  }

  async run(sql: string): Promise<void> {
    await this.databases.consent.prepare(sql).run();
  }

  async import(
    what: "consents" | "participants",
    lines: readonly object[] | string | ReadableStream<Uint8Array>,
    more: { readonly query?: string; readonly type?: string } = {},
  ): Promise<Report> {
    const body = Array.isArray(lines) ? lines.map((line) => `${JSON.stringify(line)}\n`).join("") : lines;
    const response = await this.app.request(`/v1/imports/${what}${more.query ?? ""}`, {
      method: "POST",
      headers: { "content-type": more.type ?? "application/x-ndjson" },
      body: body as BodyInit,
      ...(body instanceof ReadableStream ? { duplex: "half" } : {}),
    } as RequestInit);
    const text = await response.text();
    if (response.status !== 200)
      return { status: response.status, text, refused: [], summary: JSON.parse(text) };
    const report = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    return {
      status: 200,
      text,
      refused: report.filter(({ type }) => type === "refused"),
      summary: report.find(({ type }) => type === "summary"),
    };
  }

  async export(what: "consents" | "participants", accept = "application/x-ndjson"): Promise<string> {
    const response = await this.app.request(`/v1/exports/${what}`, { headers: { accept } });
    return response.text();
  }

  async dump(...tables: readonly string[]): Promise<unknown[]> {
    return Promise.all(tables.map((table) => this.databases.consent.prepare(`select * from ${table}`).raw()));
  }
}

export async function openBulk(over: Partial<ControlDeps> = {}): Promise<BulkInstance> {
  const instance = new BulkInstance(await openDatabases(), over);
  await instance.settle();
  return instance;
}
