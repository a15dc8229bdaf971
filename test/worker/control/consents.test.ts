/** What accounts and hosts answer: who may, from when it covers, and that no two writers spoil a run. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createConsentRecords } from "../../../src/store/consent-records.ts";
import { type Fixture, given, type Json, NOON, noonPlus, openControl, publish, said } from "./fixture.ts";

let control: Fixture;
let account: string;
let conversation: string;
let serial = 0;
beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v0");
  await publish(control, "meeting-summary", "v1");
});
afterAll(() => control.databases.close());

beforeEach(async () => {
  control.clock.now = NOON;
  serial += 1;
  account = `/accounts/acme${serial}`;
  conversation = `/conversations/m${serial}`;
  await control.expect(201, "PUT", account, {});
  await control.expect(201, "PUT", conversation, { account: `acme${serial}`, kind: "meeting" });
});

const at = (minutes: number) => {
  control.clock.now = NOON + minutes * 60_000;
};
const post = (path: string, body: unknown) => control.expect(201, "POST", `${path}/consents`, body);
const refused = async (path: string, body: unknown) => {
  const answer = await control.ask("POST", `${path}/consents`, body);
  return [answer.status, answer.body.code];
};
const join = (person: string, host: boolean) =>
  control.expect(201, "POST", `${conversation}/participants/${person}/join`, { host });

describe("an account's consent", () => {
  test("stored, answered whole, listed newest first", async () => {
    const record = await post(account, given({ expires_at: noonPlus(60), covers_from: noonPlus(-30) }));
    expect(record).toEqual({
      id: expect.stringMatching(/^con_/),
      account: `acme${serial}`,
      service: "meeting-summary",
      answer: "given",
      notice_version: "v1",
      covers: { audio: noonPlus(-30), chat: noonPlus(-30) },
      expires_at: noonPlus(60),
      at: noonPlus(0),
      by: { person: "olga", role: "owner" },
      recorded_by: "operator",
    });
    at(1);
    const refusal = await post(account, said("refused"));
    expect(refusal).toMatchObject({ covers: {}, notice_version: null, expires_at: null });
    const listed = await control.expect(200, "GET", `${account}/consents`);
    expect(listed).toEqual({ consents: [refusal, record], next: null });
  });

  test("listed in pages, by service", async () => {
    for (let i = 0; i < 5; i++) await post(account, said("refused"));
    const ids: string[] = [];
    let path = `${account}/consents?service=meeting-summary&limit=2`;
    for (;;) {
      const { consents, next } = await control.expect(200, "GET", path);
      ids.push(...consents.map(({ id }: Json) => id));
      if (next === null) break;
      path = `${account}/consents?service=meeting-summary&limit=2&cursor=${next}`;
    }
    expect(new Set(ids).size).toBe(5);
    expect((await control.expect(200, "GET", `${account}/consents?service=chat-compose`)).consents).toEqual(
      [],
    );
    for (const query of [
      "limit=0",
      "limit=1001",
      "limit=x",
      "cursor=-1",
      "limit=1&limit=2",
      "service=nothing",
    ]) {
      expect((await control.ask("GET", `${account}/consents?${query}`)).status).toBeGreaterThanOrEqual(400);
    }
  });

  test.each([
    ["given", ["owner", "admin"]],
    ["refused", ["owner", "admin", "operator"]],
    ["withdrawn", ["owner", "admin"]],
    ["revoked", ["operator"]],
  ])("%s: only from %j", async (answer, may) => {
    for (const role of ["owner", "admin", "host", "participant", "operator", "auditor"]) {
      const by = { person: "x", role };
      const body = answer === "given" ? given({ by }) : said(answer, by);
      const { status, body: told } = await control.ask("POST", `${account}/consents`, body);
      expect([role, status]).toEqual([role, may.includes(role) ? 201 : 422]);
      if (status === 422)
        expect([told.code, told.detail]).toEqual(["role_may_not", expect.stringContaining("may")]);
    }
  });

  test("meaning: 422", async () => {
    expect(await refused(account, given({ service: "nothing" }))).toEqual([422, "service_unknown"]);
    expect(await refused(account, given({ notice_version: "v9" }))).toEqual([422, "notice_unknown"]);
    expect(await refused(account, { ...said("refused"), notice_version: "v9" })).toEqual([
      422,
      "notice_unknown",
    ]);
    expect(await refused(account, given({ notice_version: "v0" }))).toEqual([422, "notice_superseded"]);
    expect(await refused(account, given({ expires_at: noonPlus(0) }))).toEqual([422, "instant_past"]);
    expect(await refused(account, { ...said("refused"), kinds: ["audio"] })).toEqual([400, "field_unknown"]);
    expect((await control.expect(200, "GET", `${account}/consents`)).consents).toEqual([]);
  });

  test("a refusal may name a version that no longer counts: it is what they were shown", async () => {
    expect((await post(account, { ...said("refused"), notice_version: "v0" })).notice_version).toBe("v0");
  });

  test("runs: renewing keeps the start of the kinds both cover; after a withdrawal it starts anew", async () => {
    await post(account, given({ kinds: ["audio"], covers_from: noonPlus(-30) }));
    at(1);
    const renewed = await post(account, given());
    expect(renewed.covers).toEqual({ audio: noonPlus(-30), chat: noonPlus(1) });
    at(2);
    await post(account, said("withdrawn"));
    at(3);
    expect((await post(account, given())).covers).toEqual({ audio: noonPlus(3), chat: noonPlus(3) });
    at(4);
    const back = await post(account, given({ covers_from: noonPlus(-30) }));
    expect(back.covers).toEqual({ audio: noonPlus(2), chat: noonPlus(2) });
  });

  test("a clock that runs back does not put an answer before the one it follows", async () => {
    at(10);
    await post(account, given());
    at(5);
    expect((await post(account, said("withdrawn"))).at).toBe(noonPlus(10));
  });

  test("the account's revision grows with each", async () => {
    const revision = async () => (await control.expect(200, "GET", account)).revision;
    const before = await revision();
    await post(account, given());
    await post(account, said("revoked", { person: "op", role: "operator" }));
    expect(await revision()).toBe(before + 2);
  });

  test("many at once: each run is worked out from the answer before it", async () => {
    const bodies = Array.from({ length: 6 }, (_, i) =>
      i % 2 === 0 ? given({ kinds: ["audio"] }) : said("withdrawn"),
    );
    const answers = await Promise.all(bodies.map((body) => control.ask("POST", `${account}/consents`, body)));
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    const records = createConsentRecords(control.databases.consent);
    const { history } = await records.consents(`acme${serial}`, null, "meeting-summary");
    expect(history).toHaveLength(answers.filter(({ status }) => status === 201).length);
  });

  test("what was worked out is not written once another answer came between", async () => {
    const { records, writer } = control.deps;
    const seen = await records.consents(`acme${serial}`, null, "meeting-summary");
    const first = await post(account, given());
    await post(account, said("withdrawn"));
    const [stored] = (await records.consents(`acme${serial}`, null, "meeting-summary")).history;
    const stale = { ...stored!, id: `${first.id}x` };
    const also = { noticesSeen: 2, showing: null, hosting: false };
    expect(await writer.addConsent(stale, seen, also)).toBe("changed");
    const now = await records.consents(`acme${serial}`, null, "meeting-summary");
    expect(await writer.addConsent(stale, now, { ...also, noticesSeen: 1 })).toBe("changed");
    expect(await writer.addConsent(stale, now, { ...also, hosting: true })).toBe("changed");
    expect(await writer.addConsent(stale, now, also)).toBe("written");
  });
});

describe("a host's consent", () => {
  const hosting = (more: Record<string, unknown> = {}) =>
    given({ by: { person: "hana", role: "host" }, ...more });

  test("given by a person hosting now; that they were shown the version is recorded with it", async () => {
    await join("hana", true);
    const record = await post(conversation, hosting());
    expect(record).toMatchObject({
      conversation: `m${serial}`,
      account: `acme${serial}`,
      covers: { audio: noonPlus(0), chat: noonPlus(0) },
      by: { person: "hana", role: "host" },
    });
    const person = await control.expect(200, "GET", `${conversation}/participants/hana`);
    expect(person.shown).toMatchObject([
      { service: "meeting-summary", notice_version: "v1", at: noonPlus(0) },
    ]);
    expect((await control.expect(200, "GET", `${conversation}/consents`)).consents).toEqual([record]);
    expect((await control.expect(200, "GET", `${account}/consents`)).consents).toEqual([]);
  });

  test("never from anyone else", async () => {
    await join("pat", false);
    await join("hana", true);
    for (const by of [
      { person: "pat", role: "host" },
      { person: "nobody", role: "host" },
    ]) {
      expect(await refused(conversation, hosting({ by }))).toEqual([422, "not_hosting"]);
      expect(await refused(conversation, said("withdrawn", by))).toEqual([422, "not_hosting"]);
    }
    for (const role of ["owner", "admin", "participant", "operator", "auditor"]) {
      expect(await refused(conversation, hosting({ by: { person: "hana", role } }))).toEqual([
        422,
        "role_may_not",
      ]);
    }
    expect((await control.expect(200, "GET", `${conversation}/participants/pat`)).shown).toEqual([]);
  });

  test("hosting is at that instant: from joining, until before leaving", async () => {
    await control.expect(201, "POST", `${conversation}/participants/hana/join`, {
      host: true,
      at: noonPlus(2),
    });
    await control.expect(200, "POST", `${conversation}/participants/hana/leave`, { at: noonPlus(4) });
    at(1.99);
    expect(await refused(conversation, hosting())).toEqual([422, "not_hosting"]);
    at(2);
    await post(conversation, hosting());
    control.clock.now = NOON + 4 * 60_000 - 1;
    await post(conversation, hosting());
    at(4);
    expect(await refused(conversation, hosting())).toEqual([422, "not_hosting"]);
  });

  test("never for the past: covers_from is no field of it", async () => {
    await join("hana", true);
    expect(await refused(conversation, hosting({ covers_from: noonPlus(-30) }))).toEqual([
      400,
      "field_unknown",
    ]);
  });

  test("survives a hand-over; any current host withdraws, whoever gave it too, nobody else", async () => {
    const hana = { person: "hana", role: "host" };
    const hugo = { person: "hugo", role: "host" };
    await join("hana", true);
    await post(conversation, hosting());
    at(1);
    await join("hugo", true);
    await control.expect(200, "POST", `${conversation}/participants/hana/leave`);
    at(2);
    expect((await post(conversation, hosting({ by: hugo }))).covers).toEqual({
      audio: noonPlus(0),
      chat: noonPlus(0),
    });
    expect(await refused(conversation, said("withdrawn", hana))).toEqual([422, "not_hosting"]);
    await post(conversation, said("withdrawn", hugo));
    at(3);
    await post(conversation, hosting({ by: hugo }));
    await control.expect(200, "POST", `${conversation}/participants/hugo/leave`, { at: noonPlus(4) });
    at(5);
    expect(await refused(conversation, said("refused", hugo))).toEqual([422, "not_hosting"]);
    expect((await post(conversation, said("withdrawn", hugo))).answer).toBe("withdrawn");
    expect(await refused(conversation, said("withdrawn", hugo))).toEqual([422, "not_hosting"]);
  });

  test("the operator refuses and revokes, whoever hosts", async () => {
    const operator = { person: "op", role: "operator" };
    await post(conversation, said("refused", operator));
    await post(conversation, said("revoked", operator));
    expect(await refused(conversation, said("withdrawn", operator))).toEqual([422, "role_may_not"]);
  });

  test("a channel has no host", async () => {
    await control.expect(201, "PUT", `/conversations/ch${serial}`, {
      account: `acme${serial}`,
      kind: "channel",
    });
    expect(await refused(`/conversations/ch${serial}`, hosting())).toEqual([422, "no_host"]);
    const joining = await control.ask("POST", `/conversations/ch${serial}/participants/hana/join`, {
      host: true,
    });
    expect([joining.status, joining.body.code]).toEqual([422, "no_host"]);
  });
});
