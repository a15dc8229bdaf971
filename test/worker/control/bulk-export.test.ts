/** Exports: everything on record, and what is imported from one comes out the same. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ACCOUNTS,
  type BulkInstance,
  IMPORTER,
  MINUTE,
  NOON,
  noonPlus,
  openBulk,
  SERVICE,
} from "./bulk-instance.ts";

let first: BulkInstance;
beforeAll(async () => {
  first = await openBulk();
  await live(first);
  await first.import("participants", PARTICIPANTS, { query: "?source=crm" });
  await first.import("consents", CONSENTS, { query: "?source=crm" });
});
afterAll(() => first.databases.close());

/** As it is recorded here, one by one: ids of its own, no source. */
async function live(first: BulkInstance): Promise<void> {
  const at = NOON + MINUTE;
  await first.run(
    `insert into conversations values ('li,ve', 'acme', 'meeting', '["health_information"]', ${NOON}, null, ${NOON})`,
  );
  await first.run(
    `insert into presence (conversation_id, person, host, joined_at, left_at, recorded_by)
     values ('li,ve', 'hal', 1, ${NOON}, null, 'operator'), ('li,ve', 'p"at', 0, ${NOON}, ${at}, 'host hal')`,
  );
  await first.run(
    `insert into consents (id, account_id, conversation_id, service, answer, person, role, at, notice_version, covers, expires_at, recorded_by)
     values ('con_1', 'acme', 'li,ve', '${SERVICE}', 'given', 'hal', 'host', ${at}, 'v1', '{"chat":${at},"audio":${at}}', null, 'host hal'),
     ('con_2', 'acme', '', '${SERVICE}', 'given', 'olga', 'owner', ${at}, 'v1', '{"chat":${NOON - 99}}', ${at + MINUTE}, 'operator')`,
  );
  await first.run(
    `insert into showings (id, conversation_id, person, service, notice_version, at, recorded_by)
     values ('shw_1', 'li,ve', 'hal', '${SERVICE}', 'v1', ${at}, 'host hal')`,
  );
  await first.run(
    `insert into participant_answers (id, account_id, conversation_id, person, service, answer, notice_version, at, since, recorded_by)
     values ('ans_1', 'acme', 'li,ve', 'p"at', '${SERVICE}', 'accepted', 'v1', ${at}, ${at}, 'participant pat'),
     ('ans_2', 'acme', '', 'cy', '', 'objected', '', ${at}, ${at}, 'operator')`,
  );
}

/** All that the gate reads before it decides. */
async function stateOf({ reader }: BulkInstance) {
  const keys = { accounts: ACCOUNTS, conversations: [], people: [], whole: ["li,ve", "b/1+2=="] };
  return (await reader.lookup(keys, [SERVICE, "chat-compose"], "key", true)).state;
}

const talk = { conversation: "b/1+2==" };
const hel = { type: "presence", ...talk, person: "hel", host: true };
const di = { type: "answer", account: "beta", ...talk, person: "di" };
const accepts = { ...di, service: SERVICE, answer: "accepted", notice_version: "v1" };
const PARTICIPANTS = [
  {
    ...{ type: "conversation", account: "beta", ...talk, kind: "webinar", labels: ["education_records"] },
    ...{ started_at: noonPlus(0), ended_at: noonPlus(90) },
  },
  { ...hel, joined_at: noonPlus(0), left_at: noonPlus(9), session: "16778240" },
  { ...hel, joined_at: noonPlus(10) },
  { type: "presence", ...talk, person: "di", joined_at: noonPlus(1), left_at: noonPlus(80) },
  { type: "shown", ...talk, person: "hel", service: SERVICE, notice_version: "v1", at: noonPlus(1) },
  { ...accepts, at: noonPlus(2) },
  { ...di, answer: "objected", at: noonPlus(3) },
  { ...di, answer: "objection_withdrawn", at: noonPlus(4) },
  { ...accepts, at: noonPlus(5) },
  { ...accepts, at: noonPlus(6) },
];
const OLGA = { person: "olga", role: "owner" };
const HEL = { person: "hel", role: "host" };
const yes = { account: "beta", service: SERVICE, answer: "given", notice_version: "v1", by: OLGA };
const CONSENTS = [
  {
    ...yes,
    at: noonPlus(-50),
    kinds: ["chat", "video"],
    covers_from: noonPlus(-900),
    source: 'old, "CRM" système',
  },
  { ...yes, at: noonPlus(-40), kinds: ["chat", "poll"], expires_at: noonPlus(-20) },
  { ...yes, at: noonPlus(-10), kinds: ["chat"] },
  {
    account: "beta",
    service: SERVICE,
    answer: "revoked",
    by: { person: "ida", role: "operator" },
    at: noonPlus(0),
  },
  { ...yes, at: noonPlus(1), kinds: ["chat"], covers_from: noonPlus(-99), evidence_sha256: "0f".repeat(32) },
  { ...yes, at: noonPlus(1), conversation: "b/1+2==", by: HEL, kinds: ["chat"] },
  { ...yes, at: noonPlus(2), conversation: "b/1+2==", by: HEL, kinds: ["chat", "summary"] },
];

describe.each([
  ["NDJSON", "application/x-ndjson"],
  ["CSV", "text/csv"],
])("%s", (_, type) => {
  test("exported, imported into an empty instance and exported: the same bytes, decided on alike", async () => {
    const second = await openBulk();
    for (const what of ["participants", "consents"] as const) {
      const text = await first.export(what, type);
      const { refused, summary } = await second.import(what, text, { type });
      expect(refused).toEqual([]);
      expect(summary).toMatchObject({ complete: true, unchanged: 0 });
      expect(summary.applied).toBe(text.trimEnd().split("\n").length - (type === "text/csv" ? 1 : 0));
      expect(await second.export(what, type)).toBe(text);
    }
    const state = await stateOf(second);
    expect(state).toEqual(await stateOf(first));
    expect(state.conversations.get("b/1+2==")?.people.get("di")?.acceptances.size).toBe(1);
    for (const { recordedBy } of (await second.records.consents("beta", null, SERVICE)).history) {
      expect(recordedBy).toBe(IMPORTER);
    }
    await second.databases.close();
  });
});

test("imported where it came from: nothing changes", async () => {
  const tables = ["accounts", "consents", "conversations", "presence", "showings", "participant_answers"];
  const before = await first.dump(...tables);
  for (const what of ["participants", "consents"] as const) {
    const { summary } = await first.import(what, await first.export(what));
    expect(summary).toMatchObject({ complete: true, applied: 0, refused: 0 });
  }
  expect(await first.dump(...tables)).toEqual(before);
});

test("a line says where it came from, or that it was recorded here", async () => {
  const lines = (await first.export("consents"))
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ source }) => source)).toEqual([
    "Tenfour, recorded by host hal",
    "Tenfour, recorded by operator",
    'old, "CRM" système',
    ...new Array(6).fill("crm"),
  ]);
  expect(lines.every(({ evidence_sha256 }) => /^[0-9a-f]{64}$/.test(evidence_sha256))).toBe(true);
});
