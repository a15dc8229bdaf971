/** Whom to ask again: everyone whose answer a newer material notice lapses or will, nobody else, each once, whatever the page. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tokenOf } from "../../support/issuer.ts";
import { type Fixture, given, type Json, NOON, noonPlus, openControl, publish, said } from "./fixture.ts";

const SERVICE = "meeting-summary";
let control: Fixture;

async function account(
  id: string,
  rule: string,
  kinds: Readonly<Record<string, string>> = {},
): Promise<void> {
  await control.expect(201, "PUT", `/accounts/${id}`, { participation_rule: rule });
  for (const [conversation, kind] of Object.entries(kinds)) {
    await control.expect(201, "PUT", `/conversations/${conversation}`, { account: id, kind });
  }
}
const host = (person: string) => ({ by: { person, role: "host" } });
const inside = (conversation: string, person: string) =>
  `/conversations/${conversation}/participants/${person}`;
const join = (conversation: string, person: string, more = {}) =>
  control.expect(201, "POST", `${inside(conversation, person)}/join`, more);
const leave = (conversation: string, person: string) =>
  control.expect(200, "POST", `${inside(conversation, person)}/leave`, {});
const accept = (conversation: string, person: string, version = "v1") =>
  control.expect(201, "POST", `${inside(conversation, person)}/answers`, {
    ...{ answer: "accepted", service: SERVICE, notice_version: version },
  });
const show = (conversation: string, person: string, version = "v1") =>
  control.expect(201, "POST", `${inside(conversation, person)}/notices`, {
    ...{ service: SERVICE, notice_version: version },
  });

/** Whose answer, of which conversation, of whom. */
const who = ({ ask_again }: Json): string[] =>
  ask_again.map(({ who, account, conversation, people }: Json) =>
    [who, account, conversation ?? "-", people.join("+")].join(" "),
  );
const ofAll = (query = "") => control.expect(200, "GET", `/services/${SERVICE}/ask-again${query}`);
const ofAcme = () => control.expect(200, "GET", `/accounts/acme/services/${SERVICE}/ask-again`);

beforeAll(async () => {
  control = await openControl({ participationRuleMin: "notice" });
  await publish(control, SERVICE, "v1");
  await publish(control, "chat-compose", "v1");
  await account("acme", "speaker", { am: "meeting", ended: "meeting", chat: "channel" });
  await account("beta", "notice", { bm: "meeting", bchat: "channel" });
  await account("silent", "speaker");
  await account("refuses", "speaker");
  await account("expires", "speaker");
  await account("other", "speaker", { om: "meeting" });

  await control.expect(201, "POST", "/accounts/acme/consents", given());
  await control.expect(201, "POST", "/accounts/beta/consents", given());
  await control.expect(201, "POST", "/accounts/refuses/consents", given());
  await control.expect(201, "POST", "/accounts/refuses/consents", said("withdrawn"));
  await control.expect(201, "POST", "/accounts/expires/consents", given({ expires_at: noonPlus(50) }));
  await control.expect(201, "POST", "/accounts/other/consents", given({ service: "chat-compose" }));

  for (const talk of ["am", "ended", "bm"]) {
    await join(talk, "hana", { host: true });
    await control.expect(201, "POST", `/conversations/${talk}/consents`, given(host("hana")));
  }
  await join("am", "hugo", { host: true });
  for (const person of ["ann", "gone", "objects", "objected", "accepts-again", "undecided"]) {
    await join("am", person);
    if (person === "undecided") await show("am", person);
    else await accept("am", person);
  }
  await accept("am", "hugo");
  control.clock.now = NOON + 60_000;
  await leave("am", "hana");
  await leave("am", "gone");
  await control.expect(201, "POST", `${inside("am", "objects")}/answers`, { answer: "objected" });
  control.clock.now += 1;
  await accept("am", "objects");
  await control.expect(201, "POST", "/accounts/acme/participants/objected/objections", {});
  await join("chat", "cleo");
  await accept("chat", "cleo");
  await join("chat", "shown-only");
  await show("chat", "shown-only");
  for (const person of ["bea", "never-shown"]) await join("bm", person);
  await show("bm", "bea");
  await join("bchat", "bob");
  await show("bchat", "bob");
  await join("ended", "eve");
  await accept("ended", "eve");
  await control.expect(200, "PUT", "/conversations/ended", {
    ...{ account: "acme", kind: "meeting", ended_at: noonPlus(1) },
  });
});
afterAll(() => control.databases.close());

test("while every version still holds: nobody", async () => {
  await publish(control, SERVICE, "v2", { material: false, effective_at: noonPlus(-1) });
  await publish(control, "chat-compose", "v2");
  expect(await ofAll()).toEqual({ service: SERVICE, notice: null, ask_again: [], next: null });
});

const EVERYONE = [
  "account acme - olga",
  "host acme am hugo",
  "account beta - olga",
  "host beta bm hana",
  "participant acme am accepts-again",
  "participant acme am ann",
  "participant acme am hugo",
  "participant beta bm bea",
  "participant beta bm hana",
  "participant acme chat cleo",
];

describe("a material version that is to come", () => {
  test("is nobody's to answer before it is announced", async () => {
    const times = { published_at: noonPlus(1), announced_at: noonPlus(10), effective_at: noonPlus(60) };
    await publish(control, SERVICE, "v3", { material: true, ...times });
    expect((await ofAll()).ask_again).toEqual([]);
  });

  test("once announced, names everyone whose answer it will lapse, and when", async () => {
    control.clock.now = NOON + 10 * 60_000;
    const listed = await ofAll();
    expect(who(listed)).toEqual(EVERYONE);
    expect(listed.notice).toMatchObject({ version: "v3" });
    expect(listed.ask_again[0]).toEqual({
      who: "account",
      people: ["olga"],
      how: "POST /v1/accounts/{account}/consents",
      account: "acme",
      conversation: null,
      answer: "given",
      id: listed.ask_again[0].id,
      notice_version: "v1",
      superseded_by: "v3",
      lapses_at: noonPlus(60),
      lapsed: false,
    });
    const by = Object.fromEntries(listed.ask_again.map((one: Json) => [one.people[0], one]));
    expect(by.bea).toMatchObject({ answer: "shown", how: expect.stringMatching(/\/notices$/) });
    expect(by.ann).toMatchObject({ answer: "accepted", how: expect.stringMatching(/\/answers$/) });
    const status = await control.expect(200, "GET", "/conversations/am/consent-status");
    expect(status.services[0]).toMatchObject({
      account: { consent: "given", lapses_at: noonPlus(60) },
      host: { consent: "given", lapses_at: noonPlus(60) },
    });
  });

  test("an account sees what is its own", async () => {
    expect(who(await ofAcme())).toEqual(EVERYONE.filter((one) => one.includes(" acme ")));
    const token = tokenOf({ role: "auditor", account: "beta", person: "aude" }, control.clock.now);
    const { body } = await control.ask("GET", `/accounts/beta/services/${SERVICE}/ask-again`, undefined, {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(who(body)).toEqual(EVERYONE.filter((one) => one.includes(" beta ")));
  });

  test.each([1, 3, 4, 10])("in pages of %i, each once and in order", async (limit) => {
    for (const path of ["/services", "/accounts/acme/services"]) {
      const all: string[] = [];
      let next: string | null = "";
      for (let pages = 0; next !== null && pages < 50; pages++) {
        const cursor: string = next === "" ? "" : `&cursor=${next}`;
        const page: Json = await control.expect(
          200,
          "GET",
          `${path}/${SERVICE}/ask-again?limit=${limit}${cursor}`,
        );
        expect(page.ask_again.length).toBeLessThanOrEqual(limit);
        all.push(...who(page));
        next = page.next;
      }
      expect(all).toEqual(EVERYONE.filter((one) => path === "/services" || one.includes(" acme ")));
    }
  });

  test("answered already, nobody is asked twice", async () => {
    await control.expect(201, "POST", "/accounts/beta/consents", given({ notice_version: "v3" }));
    await control.expect(
      201,
      "POST",
      "/conversations/bm/consents",
      given({ notice_version: "v3", ...host("hana") }),
    );
    await accept("am", "accepts-again", "v3");
    await show("bm", "bea", "v3");
    const left = [
      "account beta - olga",
      "host beta bm hana",
      "participant beta bm bea",
      "participant beta bm hana",
    ];
    left.push("participant acme am accepts-again");
    expect(who(await ofAll())).toEqual(EVERYONE.filter((one) => !left.includes(one)));
  });

  test("in effect, the same, as lapsed; an expiry that came first counts as that", async () => {
    control.clock.now = NOON + 60 * 60_000;
    const { ask_again } = await ofAll();
    expect(ask_again.every((one: Json) => one.lapsed && one.lapses_at === noonPlus(60))).toBe(true);
    expect(who({ ask_again })).toContain("account acme - olga");
    expect(who({ ask_again }).join()).not.toContain("expires");
    const status = await control.expect(200, "GET", "/conversations/am/consent-status");
    expect(status.services[0].account).toMatchObject({ consent: "superseded", lapses_at: noonPlus(60) });
  });

  test("a later version that lapses it sooner says so, and the last is the one to ask with", async () => {
    control.clock.now = NOON + 30 * 60_000;
    await publish(control, SERVICE, "v4", { material: true, effective_at: noonPlus(40) });
    const listed = await ofAll();
    expect(listed.ask_again[0]).toMatchObject({ superseded_by: "v4", lapses_at: noonPlus(40) });
    expect(who(listed)).toContain("account beta - olga");
    expect(listed.notice.version).toBe("v4");
  });
});

test("a cursor of another list, or of nobody's making: 400", async () => {
  for (const position of [["people", "x"], ["elsewhere"], "x", 5, [], ["answers", 1, 2]]) {
    const cursor = btoa(JSON.stringify(position)).replaceAll("=", "");
    const { status, body } = await control.ask("GET", `/services/${SERVICE}/ask-again?cursor=${cursor}`);
    expect([status, body.field]).toEqual([400, "cursor"]);
  }
  expect((await control.ask("GET", "/services/nothing/ask-again")).body.code).toBe("service_unknown");
});
