/** A person's own token: whose answer it is, in which role, and how that is recorded. And what a conversation's people can read. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Claims, tokenOf } from "../../support/issuer.ts";
import { type Answer, type Fixture, given, NOON, noonPlus, openControl, publish } from "./fixture.ts";

let control: Fixture;
beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  await control.expect(201, "PUT", "/conversations/m1", { account: "acme", kind: "meeting" });
  await control.expect(201, "POST", "/conversations/m1/participants/hana/join", { host: true });
});
afterAll(() => control.databases.close());
beforeEach(() => {
  control.clock.now += 1_000;
});

const OWNER: Claims = { role: "owner", account: "acme", person: "olga" };
const HOST: Claims = { role: "host", account: "acme", conversation: "m1", person: "hana" };
const PAT: Claims = { role: "participant", account: "acme", conversation: "m1", person: "pat" };

const as = (claims: Claims, method: string, path: string, body?: unknown): Promise<Answer> =>
  control.ask(method, path, body, {
    headers: {
      Authorization: `Bearer ${tokenOf(claims, control.clock.now)}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
  });
const refused = (answer: Answer) => [answer.status, answer.body.code];
const { by: _, ...own } = given();

describe("whose answer it is", () => {
  test("the token's, with or without saying so; the record names who came with it", async () => {
    const silent = await as(OWNER, "POST", "/accounts/acme/consents", own);
    expect(silent.body).toMatchObject({
      answer: "given",
      by: { person: "olga", role: "owner" },
      recorded_by: "owner olga of https://id.example",
    });
    const said = await as(OWNER, "POST", "/accounts/acme/consents", given());
    expect([said.status, said.body.by]).toEqual([201, { person: "olga", role: "owner" }]);
  });

  test.each([
    ["another person", { person: "adam", role: "owner" }],
    ["another role", { person: "olga", role: "admin" }],
    ["the operator", { person: "olga", role: "operator" }],
  ])("not %s", async (_, by) => {
    expect(refused(await as(OWNER, "POST", "/accounts/acme/consents", { ...own, by }))).toEqual([
      403,
      "by_mismatch",
    ]);
  });

  test("what is not theirs to say is 403", async () => {
    const revoked = { service: "meeting-summary", answer: "revoked" };
    expect(refused(await as(OWNER, "POST", "/accounts/acme/consents", revoked))).toEqual([
      403,
      "role_may_not",
    ]);
    expect(refused(await as(HOST, "POST", "/conversations/m1/consents", revoked))).toEqual([
      403,
      "role_may_not",
    ]);
  });

  test("an operator's token gives nothing in its own name, and revokes", async () => {
    const opal: Claims = { role: "operator", person: "opal" };
    expect(refused(await as(opal, "POST", "/accounts/acme/consents", own))).toEqual([403, "role_may_not"]);
    const revoked = { service: "meeting-summary", answer: "revoked" };
    expect((await as(opal, "POST", "/accounts/acme/consents", revoked)).body).toMatchObject({
      by: { person: "opal", role: "operator" },
      recorded_by: "operator opal of https://id.example",
    });
    expect((await control.ask("POST", "/accounts/acme/consents", own)).body).toMatchObject({
      code: "field_missing",
      field: "by",
    });
  });

  test("a host who does not host now gives nothing, whatever the token says", async () => {
    const hugo: Claims = { ...HOST, person: "hugo" };
    expect(refused(await as(hugo, "POST", "/conversations/m1/consents", own))).toEqual([422, "not_hosting"]);
  });

  test("everything a person records says who they are", async () => {
    const inside = "/conversations/m1/participants/pat";
    const joined = await as(HOST, "POST", `${inside}/join`, {});
    expect(joined.body.presence.at(-1).recorded_by).toBe("host hana of https://id.example");
    const shown = { service: "meeting-summary", notice_version: "v1" };
    expect((await as(HOST, "POST", `${inside}/notices`, shown)).body.recorded_by).toMatch(/^host hana /);
    const accepted = { ...shown, answer: "accepted" };
    expect((await as(PAT, "POST", `${inside}/answers`, accepted)).body.recorded_by).toMatch(
      /^participant pat /,
    );
    const objected = await as(PAT, "POST", "/accounts/acme/participants/pat/objections", {});
    expect(objected.body.recorded_by).toMatch(/^participant pat /);
    const setting = await as(OWNER, "PUT", "/accounts/acme/services/meeting-summary", { enabled: true });
    expect(setting.body).toMatchObject({
      by: { person: "olga", role: "owner" },
      recorded_by: "owner olga of https://id.example",
    });
  });
});

test("participants read whether the account and the host have consented, to what, under which notice, and when", async () => {
  const answered = control.clock.now;
  await as(OWNER, "POST", "/accounts/acme/consents", { ...own, kinds: ["chat", "audio"] });
  await as(HOST, "POST", "/conversations/m1/consents", { ...own, kinds: ["chat"] });
  await as(OWNER, "PUT", "/accounts/acme/services/meeting-summary", {
    enabled: true,
    trial_ends_at: noonPlus(600),
  });
  const { status, body } = await as(PAT, "GET", "/conversations/m1/consent-status");
  expect(status).toBe(200);
  expect(body).toMatchObject({ conversation: "m1", account: "acme", kind: "meeting" });
  const [summary, compose, recording] = body.services;
  const given = {
    consent: "given",
    notice_version: "v1",
    notice_text: "What meeting-summary does with your content, v1.",
    at: new Date(answered).toISOString(),
    expires_at: null,
  };
  expect(summary).toMatchObject({
    service: "meeting-summary",
    enabled: true,
    trial_ends_at: noonPlus(600),
    account: { ...given, kinds: ["chat", "audio"] },
    host: { ...given, kinds: ["chat"] },
    notice: { version: "v1", section: "10.4", text: "What meeting-summary does with your content, v1." },
  });
  const missing = { consent: "missing", kinds: [], notice_version: null, notice_text: null, at: null };
  expect(compose).toMatchObject({ enabled: false, account: missing, host: missing, notice: null });
  expect(recording).toMatchObject({ enabled: null });
  expect(JSON.stringify(body)).not.toMatch(/olga|hana/);

  await as(HOST, "POST", "/conversations/m1/consents", { service: "meeting-summary", answer: "withdrawn" });
  const after = await as(PAT, "GET", "/conversations/m1/consent-status");
  expect(after.body.services[0]).toMatchObject({
    account: { consent: "given" },
    host: { consent: "withdrawn", kinds: [] },
  });
});

describe("tokens", () => {
  const ask = (token: string) =>
    control.ask("GET", "/notices", undefined, { headers: { Authorization: `Bearer ${token}` } });

  test("refused tokens are 401 and say how to come back", async () => {
    const expired = tokenOf({ ...OWNER, expiresAt: control.clock.now - 61_000 }, NOON);
    expect(refused(await ask(expired))).toEqual([401, "token_expired"]);
    expect(refused(await ask(`${tokenOf(OWNER, NOON)}x`))).toEqual([401, "token_wrong"]);
    expect(refused(await ask(tokenOf({ role: "owner", person: "olga" }, NOON)))).toEqual([
      401,
      "token_unfit",
    ]);
    expect((await ask(expired)).headers.get("WWW-Authenticate")).toContain("Bearer");
  });
});
