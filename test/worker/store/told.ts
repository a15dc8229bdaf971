/** A way to tell a small story straight into the consent tables, with the defaults that a test does not care about. */
import { drizzle } from "drizzle-orm/d1";
import * as tables from "../../../schema/consent/tables.ts";

export const KEY = "key-1";
const FAR = 4_000_000_000_000;

type Row<Name extends keyof typeof tables> = Partial<(typeof tables)[Name]["$inferInsert"]>;

let told = 0;
const fresh = () => `id-${++told}`;

export function teller(db: D1Database) {
  const orm = drizzle(db);
  return {
    async account(id: string, more: Row<"accounts"> = {}) {
      const row = { id, labels: "[]", participationRule: "speaker", revision: 1, createdAt: 1, ...more };
      await orm.insert(tables.accounts).values(row);
    },
    async setting(accountId: string, service: string, more: Row<"serviceSettings"> = {}) {
      const by = { person: "owner", role: "owner", recordedBy: "test", enabled: 1, at: 1 };
      await orm.insert(tables.serviceSettings).values({ accountId, service, ...by, ...more });
    },
    async notice(service: string, version: string, position: number, more: Row<"notices"> = {}) {
      const words = { section: "10.4", locale: "en", text: "words", sha256: "x", material: 0 };
      const times = { publishedAt: 1, announcedAt: 1, effectiveAt: 1 };
      await orm.insert(tables.notices).values({ service, version, position, ...words, ...times, ...more });
    },
    async consent(accountId: string, conversationId: string, service: string, more: Row<"consents"> = {}) {
      const role = conversationId === "" ? "owner" : "host";
      const row = { id: fresh(), answer: "given", person: role, role, at: 1, noticeVersion: "v1" };
      const covers = (more.answer ?? "given") === "given" ? '{"chat":1}' : "{}";
      const values = { accountId, conversationId, service, ...row, covers, recordedBy: "test", ...more };
      await orm.insert(tables.consents).values(values);
    },
    async conversation(id: string, accountId: string, more: Row<"conversations"> = {}) {
      const row = { id, accountId, kind: "meeting", labels: "[]", startedAt: 1, createdAt: 1, ...more };
      await orm.insert(tables.conversations).values(row);
    },
    async presence(conversationId: string, person: string, more: Row<"presence"> = {}) {
      const row = { conversationId, person, host: 0, joinedAt: 1, recordedBy: "test", ...more };
      await orm.insert(tables.presence).values(row);
    },
    async showing(conversationId: string, person: string, service: string, more: Row<"showings"> = {}) {
      const row = { id: fresh(), conversationId, person, service, noticeVersion: "v1", at: 1 };
      await orm.insert(tables.showings).values({ ...row, recordedBy: "test", ...more });
    },
    async answer(
      accountId: string,
      conversationId: string,
      person: string,
      answer: "accepted" | "objected" | "objection_withdrawn",
      more: Row<"participantAnswers"> = {},
    ) {
      const noticeVersion = answer === "accepted" ? "v1" : "";
      const row = { id: fresh(), accountId, conversationId, person, service: "s", answer, noticeVersion };
      const times = { at: 1, since: more.at ?? 1, recordedBy: "test" };
      await orm.insert(tables.participantAnswers).values({ ...row, ...times, ...more });
    },
    async producerKey(id: string, more: Row<"producerKeys"> = {}) {
      const row = { id, producer: "producer", accounts: '["*"]', routes: "[]", createdAt: 1, expiresAt: FAR };
      await orm.insert(tables.producerKeys).values({ ...row, ...more });
    },
  };
}
