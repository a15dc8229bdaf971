/** Accounts, the services they enable, and the notices people are shown. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MARKER } from "../../support/marker.ts";
import { type Fixture, given, noonPlus, OWNER, openControl, publish, said } from "./fixture.ts";

let control: Fixture;
beforeAll(async () => {
  control = await openControl();
});
afterAll(() => control.databases.close());

describe("accounts", () => {
  test("created, read back, changed: what is not named stays", async () => {
    const { expect: must } = control;
    const created = await must(201, "PUT", "/accounts/school", { labels: ["education_records"] });
    expect(created).toMatchObject({
      account: "school",
      labels: ["education_records"],
      participation_rule: "speaker",
    });
    await must(200, "PUT", "/accounts/school", { participation_rule: "everyone" });
    const read = await must(200, "GET", "/accounts/school");
    expect(read).toMatchObject({
      labels: ["education_records"],
      participation_rule: "everyone",
      services: [],
    });
    expect(read.revision).toBeGreaterThan(created.revision);
    expect(await must(200, "PUT", "/accounts/school", { labels: [] })).toMatchObject({
      labels: [],
      participation_rule: "everyone",
    });
  });

  test("any id of printable ASCII, percent-encoded once", async () => {
    for (const id of [
      "4kSn+A/9Q==",
      "a%2Fb",
      "a%b",
      "?#&",
      "x;y\\z",
      "..a",
      "~!@$^*()'\"<>[]{}|`",
      "a".repeat(256),
    ]) {
      const path = `/accounts/${encodeURIComponent(id)}`;
      expect((await control.expect(201, "PUT", path, {})).account).toBe(id);
      expect((await control.expect(200, "GET", path)).account).toBe(id);
    }
    expect((await control.ask("GET", "/accounts/A%25B")).status).toBe(404);
  });

  test("never looser than the configuration; the default is speaker or what is stricter", async () => {
    const loose = await control.ask("PUT", "/accounts/loose", { participation_rule: "notice" });
    expect([loose.status, loose.body.code]).toEqual([422, "rule_too_loose"]);
    expect((await control.ask("GET", "/accounts/loose")).status).toBe(404);
    for (const [least, rule] of [
      ["notice", "speaker"],
      ["everyone", "everyone"],
    ] as const) {
      const other = await openControl({ participationRuleMin: least });
      expect((await other.expect(201, "PUT", "/accounts/a", {})).participation_rule).toBe(rule);
      const status = least === "notice" ? 200 : 422;
      await other.expect(status, "PUT", "/accounts/a", { participation_rule: "notice" });
      await other.databases.close();
    }
  });

  test("labels are of the list, each once", async () => {
    for (const labels of [[MARKER], ["education_records", "education_records"], "education_records", null]) {
      expect((await control.ask("PUT", "/accounts/labels", { labels })).body.field).toMatch(/^labels/);
    }
  });
});

describe("services", () => {
  const path = "/accounts/acme/services/meeting-summary";
  const enabling = { enabled: true, by: OWNER };

  test("enabling lists the consent still needed and the notice to show, and implies none", async () => {
    await publish(control, "meeting-summary", "v1");
    await publish(control, "meeting-summary", "v2", { material: false, effective_at: noonPlus(60) });
    await control.expect(201, "PUT", "/accounts/acme", {});
    const enabled = await control.expect(200, "PUT", path, { ...enabling, trial_ends_at: noonPlus(60) });
    expect(enabled).toMatchObject({
      enabled: true,
      trial_ends_at: noonPlus(60),
      by: OWNER,
      recorded_by: "operator",
      account_consent: "missing",
      notice: { version: "v1", text: "What meeting-summary does with your content, v1." },
    });
    expect(enabled.consent_needed.map(({ who }: { who: string }) => who)).toEqual([
      "account",
      "host",
      "participants",
    ]);
    expect((await control.expect(200, "GET", "/accounts/acme/consents")).consents).toEqual([]);
    const account = await control.expect(200, "GET", "/accounts/acme");
    expect(account.services).toMatchObject([{ service: "meeting-summary", enabled: true }]);
  });

  test("once the account consented, that is no longer asked for; disabling asks for nothing", async () => {
    await control.expect(201, "POST", "/accounts/acme/consents", given());
    const enabled = await control.expect(200, "PUT", path, enabling);
    expect(enabled).toMatchObject({ account_consent: "given", trial_ends_at: null });
    expect(enabled.consent_needed.map(({ who }: { who: string }) => who)).toEqual(["host", "participants"]);
    await control.expect(201, "POST", "/accounts/acme/consents", said("withdrawn"));
    expect((await control.expect(200, "PUT", path, enabling)).account_consent).toBe("withdrawn");
    const operator = { person: "op", role: "operator" };
    const disabled = await control.expect(200, "PUT", path, { enabled: false, by: operator });
    expect(disabled).toMatchObject({ enabled: false, consent_needed: [], by: operator });
    expect(await control.expect(200, "GET", path)).toMatchObject({ enabled: false });
  });

  test("only the account's side enables", async () => {
    for (const role of ["operator", "host", "participant", "auditor"]) {
      const answer = await control.ask("PUT", path, { enabled: true, by: { person: "x", role } });
      expect([answer.status, answer.body.code]).toEqual([422, "role_may_not"]);
    }
  });

  test.each([
    ["recording", "service_not_opt_in"],
    ["nothing", "service_unknown"],
    [MARKER, "service_unknown"],
  ])("%s: 422", async (service, code) => {
    const answer = await control.ask("PUT", `/accounts/acme/services/${service}`, enabling);
    expect([answer.status, answer.body.code]).toEqual([422, code]);
  });
});

describe("notices", () => {
  const notice = {
    service: "chat-compose",
    version: "2026-01",
    section: "10.4",
    locale: "en",
    text: "We will not … ✓",
    material: true,
    effective_at: noonPlus(60),
  };

  test("published with a digest and the next position; listed in their order", async () => {
    const first = await control.expect(201, "POST", "/notices", notice);
    const sha256 = createHash("sha256").update("We will not … ✓").digest("hex");
    expect(first).toMatchObject({
      position: 1,
      sha256,
      published_at: noonPlus(0),
      announced_at: noonPlus(0),
    });
    const second = await control.expect(201, "POST", "/notices", {
      ...notice,
      version: "2026-02",
      material: false,
    });
    expect(second.position).toBe(2);
    const { notices } = await control.expect(200, "GET", "/notices?service=chat-compose");
    expect(notices).toEqual([first, second]);
    const all = await control.expect(200, "GET", "/notices");
    expect(all.notices.length).toBeGreaterThan(2);
  });

  test("never changed: the same again is the same, another text is a conflict", async () => {
    expect((await control.expect(200, "POST", "/notices", notice)).position).toBe(1);
    for (const change of [
      { text: MARKER },
      { material: false },
      { locale: "fr" },
      { effective_at: noonPlus(61) },
    ]) {
      const answer = await control.ask("POST", "/notices", { ...notice, ...change });
      expect([answer.status, answer.body.code]).toEqual([409, "notice_exists"]);
    }
  });

  test.each([
    [{ service: "nothing" }, 422, "service_unknown"],
    [{ version: "x", published_at: noonPlus(61) }, 422, "instant_order"],
    [{ version: "x", announced_at: noonPlus(61) }, 422, "instant_order"],
    [{ version: "x", locale: "english please" }, 400, "field_invalid"],
    [{ version: "x", text: "" }, 400, "field_invalid"],
    [{ version: "x", text: "\ud800" }, 400, "json_invalid"],
    [{ version: "x", position: 7 }, 400, "field_unknown"],
  ])("%j: %i", async (change, status, code) => {
    const answer = await control.ask("POST", "/notices", { ...notice, ...change });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test("many published at once take positions without a gap", async () => {
    const other = await openControl();
    const versions = Array.from({ length: 8 }, (_, i) => `v${i}`);
    const send = (version: string) => other.ask("POST", "/notices", { ...notice, version });
    const statuses = (await Promise.all(versions.map(send))).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([]);
    for (const version of versions) await send(version);
    const { notices } = await other.expect(200, "GET", "/notices");
    expect(notices.map(({ position }: { position: number }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    await other.databases.close();
  });
});
