/** Imports: every line accounted for, good ones as if they had been given here one after the other, bad ones by number and reason. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MARKER } from "../../support/marker.ts";
import { type BulkInstance, IMPORTER, noonPlus, openBulk, SERVICE } from "./bulk-instance.ts";

let instance: BulkInstance;
beforeAll(async () => {
  instance = await openBulk();
  const { summary } = await instance.import("participants", [
    talk("talk"),
    talk("room", "channel"),
    talk("theirs", "meeting", "beta"),
    here("talk", "hal", true, 0, 60),
    here("talk", "hel", true, 30, null),
    here("talk", "pat", false, 0, null),
  ]);
  expect(summary).toMatchObject({ complete: true, applied: 6, refused: 0 });
});
afterAll(() => instance.databases.close());

const talk = (conversation: string, kind = "meeting", account = "acme") => ({
  type: "conversation",
  account,
  conversation,
  kind,
});
const here = (conversation: string, person: string, host: boolean, from: number, to: number | null) => ({
  ...{ type: "presence", conversation, person, host, source: "crm" },
  joined_at: noonPlus(from),
  left_at: to === null ? null : noonPlus(to),
});

const OLGA = { person: "olga", role: "owner" };
const HAL = { person: "hal", role: "host" };
const given = (minutes: number, more: object = {}) => ({
  ...{ account: "acme", service: SERVICE, answer: "given", notice_version: "v1", kinds: ["chat"], by: OLGA },
  ...{ at: noonPlus(minutes), source: "crm export, row 7" },
  ...more,
});
const said = (answer: string, minutes: number, more: object = {}) => ({
  ...{ account: "acme", service: SERVICE, answer, by: OLGA, at: noonPlus(minutes), source: "crm" },
  ...more,
});
const hosted = (minutes: number, more: object = {}) =>
  given(minutes, { conversation: "talk", by: HAL, ...more });
const accepted = (minutes: number, more: object = {}) => ({
  ...{
    type: "answer",
    account: "acme",
    conversation: "talk",
    person: "pat",
    service: SERVICE,
    answer: "accepted",
  },
  ...{ notice_version: "v1", at: noonPlus(minutes), source: "crm" },
  ...more,
});
const objection = (answer: string, minutes: number, more: object = {}) => ({
  ...{ type: "answer", account: "acme", person: "pat", answer, at: noonPlus(minutes), source: "crm" },
  ...more,
});

describe("consents", () => {
  test.each<[string, object | string, string, string?]>([
    ["not JSON", "{", "json_invalid"],
    ["a list", "[]", "json_invalid"],
    ["a member twice", '{"account":"a","account":"b"}', "json_invalid"],
    ["too long", `{"account":"${"a".repeat(20_000)}"}`, "line_too_long"],
    ["an unknown field", given(0, { [MARKER]: 1 }), "field_unknown", "(unnamed)"],
    ["no account", given(0, { account: undefined }), "field_missing", "account"],
    ["an id with a space", given(0, { account: `${MARKER} x` }), "field_invalid", "account"],
    ["no kinds", given(0, { kinds: undefined }), "field_missing", "kinds"],
    ["kinds and covers", given(0, { covers: { chat: noonPlus(0) } }), "field_unknown", "covers"],
    ["no source", given(0, { source: undefined }), "field_missing", "source"],
    ["a digest that is none", given(0, { evidence_sha256: "AB" }), "field_invalid", "evidence_sha256"],
    ["an account that is not there", given(0, { account: "nobody" }), "account_unknown"],
    ["a service that is not there", given(0, { service: "x" }), "service_unknown"],
    ["a version that is not there", given(0, { notice_version: "v9" }), "notice_unknown"],
    ["a superseded version", given(121), "notice_superseded"],
    ["the future", given(601), "instant_ahead", "at"],
    ["expired before it began", given(1, { expires_at: noonPlus(1) }), "instant_order", "expires_at"],
    ["given by the operator", given(0, { by: { person: "ida", role: "operator" } }), "role_may_not"],
    ["given by a host", given(0, { by: HAL }), "role_may_not"],
    ["revoked by the owner", said("revoked", 0), "role_may_not"],
    ["no such conversation", hosted(5, { conversation: "x" }), "conversation_unknown"],
    ["another account's conversation", hosted(5, { conversation: "theirs" }), "conversation_unknown"],
    ["a channel", hosted(5, { conversation: "room" }), "no_host"],
    ["a host who had left", hosted(60), "not_hosting"],
    ["a host who had not come", hosted(29, { by: { person: "hel", role: "host" } }), "not_hosting"],
    ["a participant as host", hosted(5, { by: { person: "pat", role: "host" } }), "not_hosting"],
    ["a host for the past", hosted(5, { covers_from: noonPlus(-5) }), "field_unknown", "covers_from"],
  ])("%s: refused by number and reason, and the lines around it are not", async (name, line, code, field) => {
    const service = { service: "chat-compose", notice_version: "w1" };
    const around = (place: string) =>
      given(0, { ...service, id: `${name} ${place}`.replaceAll(/[^a-z]/g, "-") });
    const text = typeof line === "string" ? line : JSON.stringify(line);
    const file = `${JSON.stringify(around("before"))}\n\n${text}\r\n${JSON.stringify(around("after"))}`;
    const dry = await instance.import("consents", file, { query: "?dry_run=true" });
    const report = await instance.import("consents", file);
    for (const { refused, summary, text: answer } of [dry, report]) {
      expect(refused).toMatchObject([{ line: 3, code, ...(field === undefined ? {} : { field }) }]);
      expect(summary).toMatchObject({ complete: true, lines: 3, applied: 2, unchanged: 0, refused: 1 });
      expect(answer).not.toContain(MARKER);
    }
    expect([dry.summary.dry_run, report.summary.dry_run]).toEqual([true, false]);
  });

  test("runs come out as if each answer had been given here in turn", async () => {
    const history = [
      given(-50, { covers_from: noonPlus(-500) }),
      given(-40, { kinds: ["chat", "audio"], expires_at: noonPlus(-20) }),
      given(-10, { covers_from: noonPlus(-400) }),
      said("withdrawn", 0),
      given(10, { covers_from: noonPlus(-400), kinds: ["video"] }),
      said("revoked", 20, { by: { person: "ida", role: "operator" } }),
      given(130, { notice_version: "v2" }),
    ];
    const { summary } = await instance.import("consents", history);
    expect(summary).toMatchObject({ applied: 7, refused: 0 });
    const seen = await instance.records.consents("acme", null, SERVICE);
    const covers = seen.history.map(({ covers }) =>
      Object.fromEntries([...covers].map(([kind, from]) => [kind, new Date(from).toISOString()])),
    );
    expect(covers).toEqual([
      { chat: noonPlus(-500) },
      { chat: noonPlus(-500), audio: noonPlus(-40) },
      { chat: noonPlus(-20) },
      {},
      { video: noonPlus(0) },
      {},
      { chat: noonPlus(130) },
    ]);
    const line = JSON.stringify(history[0]);
    expect(seen.history[0]).toMatchObject({
      recordedBy: IMPORTER,
      source: "crm export, row 7",
      evidenceSha256: createHash("sha256").update(line).digest("hex"),
    });

    const before = await instance.dump("consents", "accounts");
    const again = await instance.import("consents", history);
    expect(again.summary).toMatchObject({ applied: 0, unchanged: 7, refused: 0 });
    const late = await instance.import("consents", [said("refused", 30), given(-50, { id: "mine" })]);
    expect(late.refused.map(({ code }) => code)).toEqual(["out_of_order", "out_of_order"]);
    expect(await instance.dump("consents", "accounts")).toEqual(before);
  });

  test("a host's answer, by whoever hosted then; taken back by whoever gave it", async () => {
    const hel = { person: "hel", role: "host" };
    const lines = [
      hosted(5, { id: "h1" }),
      said("withdrawn", 90, { conversation: "talk", by: HAL, id: "h2" }),
      said("withdrawn", 91, { conversation: "talk", by: HAL }),
      hosted(91, { by: hel, id: "h1" }),
      hosted(92, { by: hel }),
    ];
    const { refused, summary } = await instance.import("consents", lines);
    expect(refused).toMatchObject([
      { line: 3, code: "not_hosting" },
      { line: 4, code: "exists_differently" },
    ]);
    expect(summary).toMatchObject({ applied: 3, refused: 2 });
  });
});

describe("participants", () => {
  test("what bears on each other is judged in turn; an objection stands whatever came before it", async () => {
    const { refused, summary } = await instance.import(
      "participants",
      [
        accepted(1, { conversation: "gone" }),
        accepted(1),
        objection("objection_withdrawn", 2),
        objection("objected", 2),
        objection("objection_withdrawn", 3),
        accepted(4),
        objection("objected", 5, { notice_version: "v1" }),
        { ...accepted(5), conversation: null },
        {
          type: "shown",
          conversation: "talk",
          person: "pat",
          service: SERVICE,
          notice_version: "v9",
          at: noonPlus(1),
        },
        here("talk", "hel", true, 30, 200),
        here("talk", "hal", false, 0, 60),
        here("room", "hal", true, 0, null),
        talk("talk", "webinar"),
        { ...talk("talk"), labels: ["health_information"] },
      ],
      { query: "?source=crm" },
    );
    expect(refused.map(({ line, code }) => [line, code])).toEqual([
      [1, "conversation_unknown"],
      [3, "no_objection"],
      [7, "field_unknown"],
      [8, "field_missing"],
      [9, "notice_unknown"],
      [11, "exists_differently"],
      [12, "no_host"],
      [13, "conversation_fixed"],
      [14, "exists_differently"],
    ]);
    expect(summary).toMatchObject({ applied: 5, refused: 9 });
    const { history } = await instance.records.answers("acme", "talk", "pat");
    expect(history.map(({ answer, since }) => [answer, new Date(since).toISOString()])).toEqual([
      ["accepted", noonPlus(1)],
      ["objected", noonPlus(2)],
      ["objection_withdrawn", noonPlus(3)],
      ["accepted", noonPlus(4)],
    ]);
    const stays = await instance.records.presence("talk", "hel");
    expect(stays.map(({ leftAt }) => leftAt)).toEqual([Date.parse(noonPlus(200))]);
  });

  test("a dry run knows the lines before, and writes none", async () => {
    const tables = ["conversations", "presence", "participant_answers", "accounts"];
    const before = await instance.dump(...tables);
    const lines = [
      talk("dry"),
      here("dry", "dora", true, 0, null),
      accepted(1, { conversation: "dry", person: "dora" }),
    ];
    const { summary } = await instance.import("participants", lines, { query: "?dry_run=true" });
    expect(summary).toMatchObject({ complete: true, dry_run: true, applied: 3, refused: 0 });
    expect(await instance.dump(...tables)).toEqual(before);
  });
});

describe("the file", () => {
  const csv = { type: "text/csv" };
  test("CSV: any order of columns, quotes, a byte order mark, CRLF", async () => {
    const file = [
      '\uFEFFsource,account,service,answer,person,role,at,kinds,notice_version,"id"',
      `"crm, ""old""",beta,${SERVICE},given,"ol""ga",owner,${noonPlus(0)},chat audio,v1,"csv,1"`,
      `crm,beta,${SERVICE},given,olga,owner,${noonPlus(1)},chat;audio,v1,`,
      `crm,beta,${SERVICE},given`,
      `crm,beta,${SERVICE},refused,"olga,owner,${noonPlus(1)},,,`,
    ].join("\r\n");
    const { refused, summary } = await instance.import("consents", file, csv);
    expect(refused.map(({ line, code, field }) => [line, code, field])).toEqual([
      [3, "field_invalid", "kinds.0"],
      [4, "csv_invalid", undefined],
      [5, "csv_invalid", undefined],
    ]);
    expect(summary).toMatchObject({ lines: 4, applied: 1, refused: 3 });
    const { history } = await instance.records.consents("beta", null, SERVICE);
    expect(history).toMatchObject([{ id: "csv,1", person: 'ol"ga', source: 'crm, "old"' }]);
  });

  test.each([
    ["no header", "", csv, 400, "field_invalid"],
    ["an unknown column", `account,${MARKER}\n`, csv, 400, "field_invalid"],
    ["a column twice", "account,account\n", csv, 400, "field_invalid"],
    ["JSON", "[]", { type: "application/json" }, 415, "bulk_type_unsupported"],
    ["a word for true", "", { query: "?dry_run=yes" }, 400, "field_invalid"],
    ["an unknown parameter", "", { query: "?dryrun=true" }, 400, "field_unknown"],
  ])("%s: refused before anything is read", async (_, body, more, status, code) => {
    const answer = await instance.import("consents", body, more);
    expect([answer.status, answer.summary.code]).toEqual([status, code]);
    expect(answer.text).not.toContain(MARKER);
  });

  test("no line at all", async () => {
    expect((await instance.import("consents", "\n \n")).summary).toMatchObject({ complete: true, lines: 0 });
  });

  test("a sender that is cut off, and a store that is away: the report says that it is not complete", async () => {
    const cut = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.error(new Error("cut"));
      },
    });
    expect((await instance.import("consents", cut)).summary).toMatchObject({
      complete: false,
      code: "body_stalled",
    });
    const away = await openBulk();
    await away.run("drop trigger consents_no_delete");
    await away.run("drop table consents");
    const { summary } = await away.import("consents", [given(0)]);
    await away.databases.close();
    expect(summary).toMatchObject({ complete: false, applied: 0 });
  });

  test("what others write meanwhile is seen: nothing is written on what was known before", async () => {
    let meddled = false;
    const racing = await openBulk();
    const store = racing.deps.bulk;
    const meddling = {
      ...store,
      async addConsents(...args: Parameters<typeof store.addConsents>) {
        if (!meddled) {
          meddled = true;
          await racing.run(
            `insert into consents (id, account_id, conversation_id, service, answer, person, role, at, notice_version, covers, recorded_by)
             values ('theirs', 'acme', '', '${SERVICE}', 'refused', 'olga', 'owner', ${Date.parse(noonPlus(5))}, '', '{}', 'olga')`,
          );
        }
        return store.addConsents(...args);
      },
    };
    Object.assign(racing.deps, { bulk: meddling });
    const { refused, summary } = await racing.import("consents", [
      given(0),
      given(10, { covers_from: noonPlus(-100) }),
      given(10, { service: "chat-compose", notice_version: "w1" }),
    ]);
    expect(refused).toMatchObject([{ line: 1, code: "out_of_order" }]);
    expect(summary).toMatchObject({ applied: 2, refused: 1 });
    const { history } = await racing.records.consents("acme", null, SERVICE);
    expect(history.at(-1)?.covers.get("chat")).toBe(Date.parse(noonPlus(5)));
    await racing.databases.close();
  });
});
