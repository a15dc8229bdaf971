/** Conversations, who was present, what they were shown, what they answered. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Fixture, type Json, NOON, noonPlus, openControl, publish } from "./fixture.ts";

let control: Fixture;
let conversation: string;
let pat: string;
let standing: string;
let serial = 0;
beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v0");
  await publish(control, "meeting-summary", "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  await control.expect(201, "PUT", "/accounts/other", {});
});
afterAll(() => control.databases.close());

beforeEach(async () => {
  control.clock.now = NOON;
  serial += 1;
  // A meeting occurrence is named by its uuid.
  conversation = `/conversations/${encodeURIComponent(`4kSn+A/${serial}==`)}`;
  pat = `${conversation}/participants/pat${serial}`;
  standing = `/accounts/acme/participants/pat${serial}`;
  await control.expect(201, "PUT", conversation, { account: "acme", kind: "meeting" });
});

const at = (minutes: number) => {
  control.clock.now = NOON + minutes * 60_000;
};
const failed = async (method: string, path: string, body: unknown) => {
  const answer = await control.ask(method, path, body);
  return [answer.status, answer.body.code];
};
const accepting = (more: Record<string, unknown> = {}) => ({
  answer: "accepted",
  service: "meeting-summary",
  notice_version: "v1",
  ...more,
});

describe("conversations", () => {
  test("created, changed, read; what is not named stays", async () => {
    const body = {
      account: "acme",
      kind: "meeting",
      labels: ["health_information"],
      started_at: noonPlus(0),
    };
    await control.expect(200, "PUT", conversation, body);
    const ended = await control.expect(200, "PUT", conversation, {
      account: "acme",
      kind: "meeting",
      ended_at: noonPlus(5),
    });
    expect(ended).toEqual({
      conversation: `4kSn+A/${serial}==`,
      ...body,
      ended_at: noonPlus(5),
    });
    expect(await control.expect(200, "GET", conversation)).toEqual(ended);
    const open = { account: "acme", kind: "meeting", ended_at: null, labels: [] };
    expect(await control.expect(200, "PUT", conversation, open)).toMatchObject({
      ended_at: null,
      labels: [],
    });
  });

  test("keeps its account and its kind", async () => {
    for (const change of [{ account: "other" }, { kind: "channel" }]) {
      const body = { account: "acme", kind: "meeting", labels: ["education_records"], ...change };
      expect(await failed("PUT", conversation, body)).toEqual([409, "conversation_fixed"]);
    }
    expect(await control.expect(200, "GET", conversation)).toMatchObject({ account: "acme", labels: [] });
  });

  test("an account nobody knows, an end before the start: 422", async () => {
    const body = { account: "acme", kind: "meeting", started_at: noonPlus(0) };
    expect(await failed("PUT", conversation, { ...body, account: "none" })).toEqual([422, "account_unknown"]);
    expect(await failed("PUT", conversation, { ...body, ended_at: noonPlus(-1) })).toEqual([
      422,
      "instant_order",
    ]);
    await control.expect(200, "PUT", conversation, body);
    const end = { account: "acme", kind: "meeting", ended_at: noonPlus(-1) };
    expect(await failed("PUT", conversation, end)).toEqual([422, "instant_order"]);
  });
});

describe("presence", () => {
  const join = (body?: unknown) => control.expect(201, "POST", `${pat}/join`, body);
  const leave = (body?: unknown) => control.expect(200, "POST", `${pat}/leave`, body);
  const stays = (answer: Json) =>
    answer.presence.map(({ joined_at, left_at, host }: Json) => [joined_at, left_at, host]);

  test("joins and leaves, and again, without a body: now", async () => {
    await join();
    at(1);
    await leave();
    at(2);
    expect(stays(await join())).toEqual([
      [noonPlus(0), noonPlus(1), false],
      [noonPlus(2), null, false],
    ]);
  });

  test("the same event twice is one", async () => {
    await join({ at: noonPlus(-5) });
    await join({ at: noonPlus(-5) });
    await leave({ at: noonPlus(-3) });
    expect(stays(await leave({ at: noonPlus(-3) }))).toEqual([[noonPlus(-5), noonPlus(-3), false]]);
  });

  test("becoming a host ends the stay without, and the other way round", async () => {
    await join({ at: noonPlus(-5) });
    await join({ host: true, at: noonPlus(-4) });
    expect(stays(await join({ host: false, at: noonPlus(-3) }))).toEqual([
      [noonPlus(-5), noonPlus(-4), false],
      [noonPlus(-4), noonPlus(-3), true],
      [noonPlus(-3), null, false],
    ]);
    expect(await failed("POST", `${pat}/join`, { host: true, at: noonPlus(-3) })).toEqual([
      422,
      "instant_order",
    ]);
  });

  test("a rejoin that comes before the leave it follows is not lost", async () => {
    await join({ at: noonPlus(-5) });
    await join({ at: noonPlus(-2) });
    expect(stays(await leave({ at: noonPlus(-3) }))).toEqual([
      [noonPlus(-5), noonPlus(-3), false],
      [noonPlus(-2), null, false],
    ]);
  });

  test("leaving without having been there, joining in the future: 422", async () => {
    expect(await failed("POST", `${pat}/leave`, {})).toEqual([422, "not_present"]);
    await join();
    expect(await failed("POST", `${pat}/leave`, {})).toEqual([422, "not_present"]);
    expect(await failed("POST", `${pat}/join`, { at: noonPlus(5.001) })).toEqual([422, "instant_ahead"]);
    expect(await failed("POST", `${pat}/leave`, { at: noonPlus(5.001) })).toEqual([422, "instant_ahead"]);
    await join({ at: noonPlus(5) });
  });
});

describe("what a person was shown", () => {
  test("recorded as that and no more", async () => {
    const body = { service: "meeting-summary", notice_version: "v0", at: noonPlus(-1) };
    const shown = await control.expect(201, "POST", `${pat}/notices`, body);
    expect(shown).toMatchObject({ id: expect.stringMatching(/^shw_/), ...body, recorded_by: "operator" });
    expect((await control.expect(200, "GET", `${pat}/notices`)).shown).toEqual([shown]);
    expect(await control.expect(200, "GET", pat)).toMatchObject({
      shown: [shown],
      answers: [],
      presence: [],
    });
  });

  test.each([
    [{ service: "nothing", notice_version: "v1" }, "service_unknown"],
    [{ service: "meeting-summary", notice_version: "v9" }, "notice_unknown"],
    [{ service: "meeting-summary", notice_version: "v1", at: noonPlus(6) }, "instant_ahead"],
  ])("%j: 422", async (body, code) => {
    expect(await failed("POST", `${pat}/notices`, body)).toEqual([422, code]);
  });
});

describe("what a person answers", () => {
  const answer = (body: unknown) => control.expect(201, "POST", `${pat}/answers`, body);

  test("accepting records the showing with it, and starts a run that accepting again keeps", async () => {
    const first = await answer(accepting());
    expect(first).toEqual({
      id: expect.stringMatching(/^ans_/),
      account: "acme",
      conversation: `4kSn+A/${serial}==`,
      person: `pat${serial}`,
      service: "meeting-summary",
      answer: "accepted",
      notice_version: "v1",
      at: noonPlus(0),
      since: noonPlus(0),
      by: { person: `pat${serial}`, role: "participant" },
      recorded_by: "operator",
      objections_standing: [],
    });
    at(1);
    expect(await answer(accepting())).toMatchObject({ at: noonPlus(1), since: noonPlus(0) });
    const { shown, answers } = await control.expect(200, "GET", pat);
    expect(shown).toMatchObject([{ notice_version: "v1", at: noonPlus(0) }, { at: noonPlus(1) }]);
    expect(answers).toHaveLength(2);
  });

  test("an objection ends the run, and stands until it is withdrawn where and as it was made", async () => {
    await answer(accepting());
    at(1);
    const objection = await answer({ answer: "objected" });
    expect(objection).toMatchObject({ service: null, notice_version: null });
    at(2);
    const again = await answer(accepting());
    expect(again).toMatchObject({ since: noonPlus(2), objections_standing: [{ id: objection.id }] });
    const narrower = { answer: "objection_withdrawn", service: "meeting-summary" };
    expect(await failed("POST", `${pat}/answers`, narrower)).toEqual([422, "no_objection"]);
    expect(await failed("POST", `${standing}/objections/withdraw`, {})).toEqual([422, "no_objection"]);
    await answer({ answer: "objection_withdrawn" });
    expect((await control.expect(200, "GET", pat)).objections_standing).toEqual([]);
    expect(await failed("POST", `${pat}/answers`, { answer: "objection_withdrawn" })).toEqual([
      422,
      "no_objection",
    ]);
  });

  test("accepting in the instant of an objection counts as after it", async () => {
    await answer({ answer: "objected" });
    const since = new Date(NOON + 1).toISOString();
    expect(await answer(accepting())).toMatchObject({ at: since, since });
  });

  test.each([
    [accepting({ service: "nothing" }), 422, "service_unknown"],
    [accepting({ notice_version: "v9" }), 422, "notice_unknown"],
    [accepting({ notice_version: "v0" }), 422, "notice_superseded"],
    [{ answer: "objected", service: "nothing" }, 422, "service_unknown"],
    [{ answer: "objected", notice_version: "v1" }, 400, "field_unknown"],
    [{ answer: "accepted", service: "meeting-summary" }, 400, "field_missing"],
    [{ answer: "accepted", notice_version: "v1" }, 400, "field_missing"],
    [{ answer: "given" }, 400, "field_invalid"],
  ])("%j: %i", async (body, status, code) => {
    expect(await failed("POST", `${pat}/answers`, body)).toEqual([status, code]);
  });
});

describe("standing objections", () => {
  test("made, seen in every conversation, withdrawn in one call", async () => {
    const objection = await control.expect(201, "POST", `${standing}/objections`);
    expect(objection).toMatchObject({
      conversation: null,
      service: null,
      answer: "objected",
      account: "acme",
    });
    expect(await control.expect(200, "GET", standing)).toMatchObject({ objections_standing: [objection] });
    expect(await control.expect(200, "GET", pat)).toMatchObject({ objections_standing: [objection] });
    const accepted = await control.expect(201, "POST", `${pat}/answers`, accepting());
    expect(accepted.objections_standing).toEqual([objection]);
    at(1);
    const withdrawn = await control.expect(201, "POST", `${standing}/objections/withdraw`, {});
    expect(withdrawn).toMatchObject({ answer: "objection_withdrawn", at: noonPlus(1) });
    expect((await control.expect(200, "GET", standing)).objections_standing).toEqual([]);
  });

  test("for one service", async () => {
    const service = "meeting-summary";
    await control.expect(201, "POST", `${standing}/objections`, { service });
    expect(await failed("POST", `${standing}/objections/withdraw`, {})).toEqual([422, "no_objection"]);
    await control.expect(201, "POST", `${standing}/objections/withdraw`, { service });
    expect(await failed("POST", `${standing}/objections`, { service: "nothing" })).toEqual([
      422,
      "service_unknown",
    ]);
  });

  test("many answers at once leave one history", async () => {
    const bodies = [accepting(), { answer: "objected" }, accepting(), { answer: "objected" }];
    const answers = await Promise.all(bodies.map((body) => control.ask("POST", `${pat}/answers`, body)));
    expect(answers.every(({ status }) => status === 201)).toBe(true);
    const { answers: history } = await control.expect(200, "GET", `${pat}/answers`);
    expect(history).toHaveLength(4);
    for (const [index, { answer, since }] of history.entries()) {
      if (answer !== "accepted") continue;
      const earlier = history.slice(0, index).filter((past: Json) => past.answer === "objected");
      for (const objection of earlier) expect(Date.parse(since)).toBeGreaterThan(Date.parse(objection.at));
    }
  });
});
