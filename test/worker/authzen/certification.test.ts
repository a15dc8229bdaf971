/** AuthZEN's certification scenario at its Basic, Batch and Discovery levels, over HTTP, against the running worker. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { BAD, BASIC, BATCH, PERMITTED, RULES } from "./certification.ts";
import { answer, SEARCH, scenarioConfig, seedScenario } from "./fixture.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => scenarioConfig(main) });
  await seedScenario(rig);
});
afterAll(() => rig.dispose());

const EVALUATION = "/access/v1/evaluation";
const EVALUATIONS = "/access/v1/evaluations";
const ENDPOINTS = [EVALUATION, EVALUATIONS];

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are checked member by member.
  readonly body: any;
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> {
  const response = await fetch(rig.url + path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${rig.gate.secrets.TENFOUR_OPERATOR_TOKEN}`,
      "content-type": "application/json",
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json = response.headers.get("content-type") === "application/json";
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : null };
}

const decisionOn = async (request: object) => (await post(EVALUATION, request)).body.decision;
const error = ({ status, headers, text }: Answered) => [
  status,
  headers.get("content-type"),
  /^[A-Z].*\.$/.test(text),
];
const BAD_REQUEST = [400, "text/plain; charset=utf-8", true];

describe("Basic", () => {
  test.each(BASIC)("%s", async (_test, request, decision) => {
    for (const endpoint of ENDPOINTS) {
      const { status, headers, body } = await post(endpoint, request);
      expect([status, headers.get("content-type"), body.decision]).toEqual([
        200,
        "application/json",
        decision,
      ]);
      expect(body.context).toEqual(expect.objectContaining({ reason: expect.any(String) }));
    }
  });

  test.each(BAD)("%s: 400 and a sentence", async (_test, request) => {
    for (const endpoint of ENDPOINTS) expect(error(await post(endpoint, request))).toEqual(BAD_REQUEST);
  });

  test.each([
    ["c-2-4-3", "text/plain", JSON.stringify(PERMITTED)],
    ["c-2-4-3, a form", "application/x-www-form-urlencoded", JSON.stringify(PERMITTED)],
    ["another charset", "application/json; charset=utf-16", JSON.stringify(PERMITTED)],
    ["c-2-4-4", "application/json", '{"subject":'],
    ["c-2-4-4, text after it", "application/json", `${JSON.stringify(PERMITTED)} {}`],
    [
      "a member twice",
      "application/json",
      JSON.stringify(PERMITTED).replace("{", '{"subject":{"type":"user","id":"bob"},'),
    ],
    ["an array", "application/json", JSON.stringify([PERMITTED])],
    ["null", "application/json", "null"],
    ["c-2-4-5", "application/json", ""],
    ["c-2-4-5, no type either", "", ""],
  ])("%s: 400 and a sentence", async (_test, type, body) => {
    for (const endpoint of ENDPOINTS) {
      expect(error(await post(endpoint, body, { "content-type": type }))).toEqual(BAD_REQUEST);
    }
  });

  test("c-2-5: the request's identifier comes back, with errors too, and need not be there", async () => {
    const id = "bfe9eb29-ab87-4ca3-be83-a1d5d8305716";
    const sent = { "x-request-id": id };
    for (const endpoint of ENDPOINTS) {
      expect((await post(endpoint, PERMITTED, sent)).headers.get("x-request-id")).toBe(id);
      expect((await post(endpoint, "", sent)).headers.get("x-request-id")).toBe(id);
      expect(
        (await post(endpoint, PERMITTED, { ...sent, authorization: "Bearer no" })).headers.get(
          "x-request-id",
        ),
      ).toBe(id);
      expect((await post(endpoint, PERMITTED)).headers.get("x-request-id")).toBeNull();
    }
  });

  test("c-2-6: the same request is decided the same", async () => {
    for (let i = 0; i < 5; i++) expect(await decisionOn(PERMITTED)).toBe(true);
  });

  test("credentials that are missing or wrong: 401 and a sentence, whatever is asked", async () => {
    for (const endpoint of ENDPOINTS) {
      for (const authorization of ["", "Bearer wrong", "Basic YTpi"]) {
        const answered = await post(endpoint, "{", { authorization });
        expect(error(answered)).toEqual([401, "text/plain; charset=utf-8", true]);
        expect(answered.headers.get("www-authenticate")).toMatch(/^Bearer/);
      }
    }
  });

  test("another method: 405, another path: 404", async () => {
    const headers = { authorization: `Bearer ${rig.gate.secrets.TENFOUR_OPERATOR_TOKEN}` };
    for (const endpoint of ENDPOINTS) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        const response = await fetch(rig.url + endpoint, { method, headers });
        expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      }
    }
    for (const path of [
      "/access/v1/search/subject",
      "/access/v1/",
      "/access/v1/evaluation/",
      "/access/v1/evaluations2",
    ]) {
      expect((await post(path, PERMITTED)).status).toBe(404);
    }
  });
});

describe("the fixture", () => {
  test.each(RULES)("rule %i holds with and without a context", async (_rule, request, decision) => {
    expect(await decisionOn(request)).toBe(decision);
    expect(await decisionOn({ ...request, context: { time: "2025-06-27T18:03-07:00" } })).toBe(decision);
  });

  test("its decisions are those of the state, and follow it", async () => {
    const decided = () => Promise.all(RULES.map(([, request]) => decisionOn(request)));
    const before = RULES.map(([, , decision]) => decision);
    expect(await decided()).toEqual(before);
    await answer(rig, "record-1", "alice", "objected");
    expect(await decided()).toEqual(before.with(1, false));
    await answer(rig, "record-1", "bob", "accepted");
    expect(await decided()).toEqual(before.with(1, false).with(3, true));
    const by = { person: "olga", role: "owner" };
    await rig.operator("PUT", `/v1/accounts/record/services/${SEARCH}`, { enabled: false, by });
    expect(await decided()).toEqual([false, false, false, false, false, true, false, false]);
    await rig.operator("PUT", `/v1/accounts/record/services/${SEARCH}`, { enabled: true, by });
    await answer(rig, "record-1", "alice", "objection_withdrawn");
    await answer(rig, "record-1", "alice", "accepted");
    await answer(rig, "record-1", "bob", "objected");
    expect(await decided()).toEqual(before);
  });
});

describe("Batch", () => {
  test.each(BATCH)("$test", async ({ request, decisions }) => {
    const { status, headers, body } = await post(EVALUATIONS, request);
    expect([status, headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(body.decision).toBeUndefined();
    expect(body.evaluations.map(({ decision }: { decision: unknown }) => typeof decision)).toEqual(
      decisions.map(() => "boolean"),
    );
    for (const [i, decision] of decisions.entries()) {
      if (decision !== null) expect([i, body.evaluations[i].decision]).toEqual([i, decision]);
    }
  });

  test("c-3-4-1: what is wrong with an evaluation is said in its place", async () => {
    const { body } = await post(EVALUATIONS, {
      ...PERMITTED,
      resource: undefined,
      evaluations: [{}, 7, { resource: PERMITTED.resource }],
    });
    expect(body.evaluations.map((one: { decision: boolean }) => one.decision)).toEqual([false, false, true]);
    for (const { context } of body.evaluations.slice(0, 2)) {
      expect(context.error).toEqual({ status: 400, message: expect.stringMatching(/^[A-Z].*\.$/) });
    }
  });

  test("c-3-4-2, c-3-4-3: no evaluations, or an empty array, is a single one", async () => {
    expect((await post(EVALUATIONS, PERMITTED)).body).toEqual((await post(EVALUATION, PERMITTED)).body);
    const { status, body } = await post(EVALUATIONS, { ...PERMITTED, evaluations: [] });
    expect([status, body.decision, body.evaluations]).toEqual([200, true, undefined]);
  });

  const THREE = [{ action: { name: "read" } }, { action: { name: "write" } }, { action: { name: "read" } }];
  const asked = (semantic: unknown, evaluations: unknown = THREE) =>
    post(EVALUATIONS, {
      subject: { type: "user", id: "bob" },
      resource: PERMITTED.resource,
      evaluations,
      options: { evaluations_semantic: semantic, another_option: "value" },
    });
  test.each([
    ["execute_all", [true, false, true]],
    ["deny_on_first_deny", [true, false]],
    ["permit_on_first_permit", [true]],
  ])("%s returns what it should", async (semantic, decisions) => {
    const { body } = await asked(semantic);
    expect(body.evaluations.map((one: { decision: boolean }) => one.decision)).toEqual(decisions);
  });

  test("an error stops deny_on_first_deny, and not permit_on_first_permit", async () => {
    const broken = [{ action: {} }, { action: { name: "read" } }, { action: { name: "write" } }];
    const decisions = async (semantic: string) =>
      (await asked(semantic, broken)).body.evaluations.map((one: { decision: boolean }) => one.decision);
    expect(await decisions("deny_on_first_deny")).toEqual([false]);
    expect(await decisions("permit_on_first_permit")).toEqual([false, true]);
  });

  test.each([
    ["another semantic", { evaluations: THREE, options: { evaluations_semantic: "any" } }],
    ["a semantic that is no word", { evaluations: THREE, options: { evaluations_semantic: 1 } }],
    ["options that are no object", { evaluations: THREE, options: "execute_all" }],
    ["evaluations that are no array", { evaluations: { 0: THREE[0] } }],
    ["evaluations that are null", { evaluations: null }],
    ["a default that is no object", { evaluations: THREE, subject: "alice" }],
    ["a default of the wrong type", { evaluations: THREE, action: { name: 1 } }],
    ["more than may be asked at once", { evaluations: Array.from({ length: 1_001 }, () => ({})) }],
  ])("%s: 400 for the whole request", async (_what, over) => {
    expect(error(await post(EVALUATIONS, { ...PERMITTED, ...over }))).toEqual(BAD_REQUEST);
  });

  test("a thousand evaluations are one reading of consent state", async () => {
    await rig.faults({});
    const { body } = await post(EVALUATIONS, {
      ...PERMITTED,
      evaluations: Array.from({ length: 1_000 }, () => ({})),
    });
    expect(body.evaluations.filter(({ decision }: { decision: boolean }) => decision)).toHaveLength(1_000);
    const counted = await rig.counted();
    expect(counted.calls).toEqual({ CONSENT: 1, EVIDENCE: 0 });
  });

  test("a long default in many evaluations is refused before it is read so often", async () => {
    const context = { padding: "x".repeat(500_000) };
    const evaluations = Array.from({ length: 100 }, () => ({}));
    expect(error(await post(EVALUATIONS, { ...PERMITTED, context, evaluations }))).toEqual(BAD_REQUEST);
  });
});

describe("Discovery", () => {
  const METADATA = "/.well-known/authzen-configuration";

  test("c-6: the metadata names the PDP as it was asked, and what it offers", async () => {
    const response = await fetch(rig.url + METADATA);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(response.headers.get("cache-control")).toMatch(/max-age=\d+/);
    expect(await response.json()).toEqual({
      policy_decision_point: rig.url,
      access_evaluation_endpoint: rig.url + EVALUATION,
      access_evaluations_endpoint: rig.url + EVALUATIONS,
      obligations_supported: ["custom"],
    });
  });

  test("c-6-5: by a name of its own it is https", async () => {
    const { status, text } = await rig.send({
      method: "GET",
      path: METADATA,
      headers: { host: "pdp.example" },
      framing: null,
    });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      policy_decision_point: "https://pdp.example",
      access_evaluation_endpoint: "https://pdp.example/access/v1/evaluation",
    });
  });

  test("a name that is not configured names no PDP; another method or tenant is none", async () => {
    const other = await rig.send({
      method: "GET",
      path: METADATA,
      headers: { host: "evil.example" },
      framing: null,
    });
    expect(other.status).toBe(421);
    expect((await fetch(rig.url + METADATA, { method: "POST", body: "{}" })).status).toBe(405);
    expect((await fetch(`${rig.url}${METADATA}/tenant1`)).status).toBe(404);
    const sent = { headers: { "x-request-id": "r-1" } };
    expect((await fetch(rig.url + METADATA, sent)).headers.get("x-request-id")).toBe("r-1");
  });
});
