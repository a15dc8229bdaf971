import { afterAll, beforeAll, expect, test } from "vitest";
import { type Databases, openDatabases } from "../../support/d1.ts";
import { teller } from "./told.ts";

let databases: Databases;
let tell: ReturnType<typeof teller>;

beforeAll(async () => {
  databases = await openDatabases();
  tell = teller(databases.consent);
  await tell.account("acme");
  await tell.account("other");
  await tell.conversation("talk", "acme");
  await tell.setting("acme", "s");
  await tell.notice("s", "v1", 1);
  await tell.consent("acme", "", "s", { id: "consent" });
  await tell.presence("talk", "ann");
  await tell.showing("talk", "ann", "s", { id: "showing" });
  await tell.answer("acme", "talk", "ann", "accepted", { id: "answer" });
  await tell.producerKey("key");
});

afterAll(() => databases.close());

const run = (sql: string) => databases.consent.prepare(sql).run();
const dump = async (table: string) => await databases.consent.prepare(`select * from ${table}`).raw();

const APPEND_ONLY = ["service_settings", "notices", "consents", "showings", "participant_answers"];

test.each(APPEND_ONLY)("%s refuses update, delete and replace", async (table) => {
  const before = await dump(table);
  expect(before).toHaveLength(1);
  const refused = expect.stringContaining("append-only");
  const columns = await databases.consent
    .prepare(`select name from pragma_table_info('${table}')`)
    .raw<[string]>();
  const same = columns.map(([column]) => `${column} = ${column}`);
  for (const change of [...same.slice(-1), same.join(", ")]) {
    await expect(run(`update ${table} set ${change}`)).rejects.toMatchObject({ message: refused });
  }
  await expect(run(`delete from ${table}`)).rejects.toMatchObject({ message: refused });
  await expect(run(`insert or replace into ${table} select * from ${table}`)).rejects.toMatchObject({
    message: refused,
  });
  await expect(run(`insert or ignore into ${table} select * from ${table}`)).rejects.toMatchObject({
    message: refused,
  });
  if (columns.some(([column]) => column === "id")) {
    const [first, ...others] = columns.map(([column]) => column);
    expect(first).toBe("seq");
    await expect(
      run(`insert or replace into ${table} (${others}) select ${others} from ${table}`),
    ).rejects.toMatchObject({ message: refused });
  }
  expect(await dump(table)).toEqual(before);
});

test.each([
  ["a presence is left once", "update presence set left_at = 5", "update presence set left_at = 6"],
  [
    "a key is revoked once",
    "update producer_keys set revoked_at = 5",
    "update producer_keys set revoked_at = null",
  ],
  [
    "a revision grows",
    "update accounts set revision = 9 where id = 'acme'",
    "update accounts set revision = 8 where id = 'acme'",
  ],
])("%s", async (_, first, second) => {
  await run(first);
  await expect(run(second)).rejects.toThrow();
});

test.each([
  ["who was present", "update presence set person = 'bob'"],
  ["that someone was present", "delete from presence"],
  ["that someone was present, by replacing", "insert or replace into presence select * from presence"],
  ["whose a conversation is", "update conversations set account_id = 'other'"],
  [
    "whose a conversation is, by replacing",
    "insert or replace into conversations select id, 'other', kind, labels, started_at, ended_at, created_at from conversations",
  ],
  ["whether a conversation has a host", "update conversations set kind = 'channel'"],
  ["what a key may do", `update producer_keys set accounts = '["other"]'`],
  ["that a key was revoked", "delete from producer_keys"],
  [
    "that a key was revoked, by replacing",
    "insert or replace into producer_keys select id, producer, accounts, routes, created_at, expires_at, null from producer_keys",
  ],
])("nobody changes %s", async (_, sql) => {
  await expect(run(sql)).rejects.toThrow();
});

test.each<[string, () => Promise<void>]>([
  ["given by the operator", () => tell.consent("acme", "", "s", { role: "operator" })],
  ["given for the account by a host", () => tell.consent("acme", "", "s", { role: "host" })],
  ["given for a conversation by an admin", () => tell.consent("acme", "talk", "s", { role: "admin" })],
  [
    "withdrawn by the operator",
    () => tell.consent("acme", "", "s", { answer: "withdrawn", role: "operator" }),
  ],
  ["revoked by the account", () => tell.consent("acme", "", "s", { answer: "revoked", role: "owner" })],
  ["given to no notice", () => tell.consent("acme", "", "s", { noticeVersion: "" })],
  ["refused, with kinds", () => tell.consent("acme", "", "s", { answer: "refused", covers: '{"chat":1}' })],
  ["given for an unknown kind", () => tell.consent("acme", "", "s", { covers: '{"smell":1}' })],
  ["given from no instant", () => tell.consent("acme", "", "s", { covers: '{"chat":"now"}' })],
  ["an unknown answer", () => tell.consent("acme", "", "s", { answer: "granted" })],
  ["given for another account's conversation", () => tell.consent("other", "talk", "s", { role: "host" })],
  ["objected in another account's conversation", () => tell.answer("other", "talk", "ann", "objected")],
  ["accepted standing", () => tell.answer("acme", "", "ann", "accepted")],
  ["accepted for every service", () => tell.answer("acme", "talk", "ann", "accepted", { service: "" })],
  [
    "accepted with a run that begins after it",
    () => tell.answer("acme", "talk", "ann", "accepted", { since: 2 }),
  ],
  ["left before joining", () => tell.presence("talk", "bob", { joinedAt: 5, leftAt: 5 })],
  ["present in no conversation", () => tell.presence("nowhere", "bob")],
  ["an unknown label", () => tell.account("a1", { labels: '["education"]' })],
  ["an unknown rule", () => tell.account("a2", { participationRule: "none" })],
  ["an unknown kind of conversation", () => tell.conversation("c1", "acme", { kind: "party" })],
  ["a conversation of nobody", () => tell.conversation("c2", "nobody")],
  ["half enabled", () => tell.setting("acme", "s", { enabled: 2 })],
  ["two notices in one place", () => tell.notice("s", "v9", 1)],
  ["an empty id", () => tell.account("")],
  ["an id with a space", () => tell.account("a b")],
  ["an id beyond ASCII", () => tell.account("é")],
  ["an id with a NUL", () => tell.account("a\u0000b")],
  ["an id of 257", () => tell.account("a".repeat(257))],
])("the database refuses: %s", async (_, write) => {
  await expect(write()).rejects.toThrow();
});

test("the longest id and the oddest", async () => {
  await tell.account("~".repeat(256));
  await tell.account("!\"#$%&'()*+,-./0:;<=>?@A[\\]^_`a{|}~");
});
