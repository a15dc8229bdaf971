/** The decision API in its own words: whose content, for what, on which route; and what it answers beside yes and no. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { KINDS } from "../../../src/decision/model.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { ISSUER, tokenOf } from "../../support/issuer.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, seedKey, seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => ({ ...worldConfig(main), issuers: [ISSUER] }) });
  await seedWorld(rig);
  await seedKey(rig, "beta-only", ["beta"]);
  await seedKey(rig, "drop-only", ["*"], ["drop"]);
});
afterAll(async () => {
  assertNoMarker(rig.logs.join("\n"), "the logs");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  expect(await rig.operator("GET", "/v1/exchanges")).toMatchObject({ exchanges: [] });
  await rig.dispose();
});

interface Ask {
  readonly subject?: object;
  readonly action?: string;
  readonly properties?: object;
  readonly type?: string;
  readonly context?: object;
}

const request = ({ subject, action, properties, type, context }: Ask = {}) => ({
  subject: subject ?? { type: "person", id: "bo" },
  action: { name: action ?? "train" },
  resource: {
    type: type ?? "content",
    id: "r1",
    properties: {
      account: "acme",
      conversation: "m1",
      kind: "chat",
      captured_at: CAPTURED_AT,
      ...properties,
    },
  },
  context: context ?? { route: "drop" },
});

async function post(body: unknown, path = "/access/v1/evaluation", token?: string) {
  const response = await fetch(rig.url + path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token ?? rig.gate.secrets.TENFOUR_OPERATOR_TOKEN}`,
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assertNoMarker(text, "the answer");
  return { status: response.status, headers: response.headers, text };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are checked member by member.
async function ask(what: Ask = {}): Promise<any> {
  const { status, text } = await post(request(what));
  return status === 200 ? JSON.parse(text) : { status, text };
}

const reason = async (what: Ask = {}) => {
  const { decision, context } = await ask(what);
  return [decision, context?.reason];
};

test("a yes says which rule, which route and which answers it rests on", async () => {
  expect(await ask()).toEqual({
    decision: true,
    context: {
      reason: "consented",
      rule: null,
      route: "drop",
      basis: ["c-acme", "h-acme", "accepted-acme-bo"],
      reason_user: { en: expect.stringMatching(/^Everyone .*\.$/) },
    },
  });
});

test("a no is 200 with its rule and a sentence", async () => {
  const { status, text } = await post(request({ subject: { type: "person", id: "dee" } }));
  expect([status, JSON.parse(text)]).toEqual([
    200,
    {
      decision: false,
      context: {
        reason: "participant_undecided",
        rule: "T15",
        route: "drop",
        reason_user: { en: expect.any(String) },
      },
    },
  ]);
});

const PRODUCER = { type: "producer", id: "k1" };

test.each<[what: string, ask: Ask, answer: [boolean, string]]>([
  ["an objector", { subject: { type: "user", id: "cy" } }, [false, "participant_objected"]],
  ["a stranger", { subject: { type: "person", id: MARKER } }, [false, "speaker_unknown"]],
  [
    "the speaker, sent by a producer",
    { subject: PRODUCER, properties: { speaker: "bo" } },
    [true, "consented"],
  ],
  [
    "another speaker, sent by a producer",
    { subject: PRODUCER, properties: { speaker: "dee" } },
    [false, "participant_undecided"],
  ],
  ["nobody's in particular", { subject: PRODUCER }, [false, "participant_objected"]],
  ["a private message", { properties: { private_to: ["dee"] } }, [false, "participant_undecided"]],
  ["an unknown account", { properties: { account: MARKER } }, [false, "unattributed"]],
  ["no account", { properties: { account: undefined } }, [false, "unattributed"]],
  ["another account's conversation", { properties: { account: "beta" } }, [false, "unattributed"]],
  ["no time", { properties: { captured_at: undefined } }, [false, "unattributed"]],
  ["a time that is none", { properties: { captured_at: MARKER } }, [false, "unattributed"]],
  ["no kind", { properties: { kind: undefined } }, [false, "kind_unknown"]],
  ["a kind that is none", { properties: { kind: [MARKER] } }, [false, "kind_unknown"]],
  ["a label", { properties: { labels: ["health_information"] } }, [false, "protected_health"]],
  ["a label nobody knows", { properties: { labels: [MARKER] } }, [false, "label_unknown"]],
  ["a resource of another type", { type: "record" }, [false, "kind_unknown"]],
  [
    "a signal against training",
    { context: { route: "drop", content_usage: "train-ai=n" } },
    [false, "signal_disallows"],
  ],
  ["a signal for training", { context: { route: "drop", content_usage: "train-ai=y" } }, [true, "consented"]],
  ["a signal that is none", { context: { route: "drop", content_usage: 1 } }, [false, "signal_disallows"]],
  ["a route by its id", { action: "drop", context: {} }, [true, "consented"]],
  ["the only route of a purpose", { action: "serve", context: {} }, [true, "serve"]],
  ["a third party", { context: { route: "third" } }, [false, "third_party_recipient"]],
  ["to operate", { action: "operate", context: { route: "telemetry" } }, [false, "purpose_not_permitted"]],
  [
    "content for a route that nobody looks into",
    { action: "operate", context: { route: "opaque" } },
    [false, "purpose_not_permitted"],
  ],
  [
    "a key that is another account's",
    { subject: { type: "producer", id: "beta-only" }, properties: { speaker: "bo" } },
    [false, "producer_not_authorized"],
  ],
  [
    "a key that is another route's",
    { subject: { type: "producer", id: "drop-only" }, context: { route: "strip" } },
    [false, "producer_not_authorized"],
  ],
  ["a key that is none", { subject: { type: "producer", id: MARKER } }, [false, "producer_not_authorized"]],
  ["several routes of a purpose", { context: {} }, [false, "route_not_named"]],
  ["an unknown route", { context: { route: MARKER } }, [false, "route_unknown"]],
  ["a route that is no word", { context: { route: 1 } }, [false, "route_unknown"]],
  ["another purpose than the route's", { action: "serve" }, [false, "action_unknown"]],
  ["an unknown action", { action: MARKER, context: {} }, [false, "action_unknown"]],
  ["an inherited word for an action", { action: "constructor", context: {} }, [false, "action_unknown"]],
  ["a subject of another type", { subject: { type: "robot", id: "bo" } }, [false, "subject_unknown"]],
])("%s", async (_what, asked, answer) => {
  expect(await reason(asked)).toEqual(answer);
});

test.each<[what: string, ask: Ask]>([
  ["a speaker beside another subject", { properties: { speaker: "dee" } }],
  ["a property in two spellings", { properties: { Speaker: MARKER, speaker: "bo" } }],
  ["a property that is not ASCII", { properties: { [`k\u00efnd ${MARKER}`]: "chat" } }],
])("%s cannot be read in one way only: 400", async (_what, asked) => {
  const { status, text } = await post(request(asked));
  expect([status, text]).toEqual([400, expect.stringMatching(/^[A-Z].*\.$/)]);
});

const CAN_STRIP = { obligations_supported: ["custom"], custom_obligations_supported: ["tenfour:strip"] };
const dee = { type: "person", id: "dee" };

test("strip is an obligation to whoever says that they can", async () => {
  const { decision, context } = await ask({ subject: dee, context: { route: "strip", ...CAN_STRIP } });
  expect([decision, context.reason, context.basis]).toEqual([true, "participant_undecided", undefined]);
  expect(context.obligations).toEqual([
    {
      id: "strip",
      type: "custom",
      properties: {
        action: "tenfour:strip",
        keep: {
          "/type": { words: ["content"] },
          "/id": "id",
          "/account": "id",
          "/conversation": "id",
          "/kind": { words: [...KINDS] },
          "/captured_at": "timestamp",
          "/captured_until": "timestamp",
        },
      },
    },
  ]);
});

test.each<[what: string, ask: Ask]>([
  ["who does not say so", { context: { route: "strip" } }],
  ["who names the type alone", { context: { route: "strip", obligations_supported: ["custom"] } }],
  [
    "who names the action alone",
    { context: { route: "strip", custom_obligations_supported: ["tenfour:strip"] } },
  ],
  [
    "who names no list",
    {
      context: {
        route: "strip",
        obligations_supported: "custom",
        custom_obligations_supported: "tenfour:strip",
      },
    },
  ],
  ["where the route drops", { context: { route: "drop", ...CAN_STRIP } }],
  ["where the route rejects", { context: { route: "reject", ...CAN_STRIP } }],
  [
    "what is never stripped",
    { properties: { account: "nobody" }, context: { route: "strip", ...CAN_STRIP } },
  ],
])("no obligation, and a no: %s", async (_what, asked) => {
  const { decision, context } = await ask({ subject: dee, ...asked });
  expect([decision, context.obligations]).toEqual([false, undefined]);
});

test("what is allowed brings no obligation", async () => {
  const { decision, context } = await ask({ context: { route: "strip", ...CAN_STRIP } });
  expect([decision, context.reason, context.obligations]).toEqual([true, "consented", undefined]);
});

test("a batch of different routes is answered on one reading of the state", async () => {
  await rig.faults({});
  const routes = ["strip", "serve", "third", "drop"];
  const evaluations = routes.map((route) => ({ action: { name: route }, context: {} }));
  const { text } = await post({ ...request(), evaluations }, "/access/v1/evaluations");
  expect(JSON.parse(text).evaluations.map((one: { decision: boolean }) => one.decision)).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect((await rig.counted()).calls).toEqual({ CONSENT: 1, EVIDENCE: 0 });
});

test("a key that was revoked sends nothing any more", async () => {
  await seedKey(rig, "leaving", ["acme"]);
  const asked = { subject: { type: "producer", id: "leaving" }, properties: { speaker: "bo" } };
  expect(await reason(asked)).toEqual([true, "consented"]);
  await rig.operator("DELETE", "/v1/producer-keys/leaving");
  expect(await reason(asked)).toEqual([false, "producer_not_authorized"]);
});

test("who may ask: the operator, and the account's side about its own account", async () => {
  const asked = (role: string, properties: object, subject?: object) => {
    const bound = {
      role,
      account: "acme",
      ...(role === "host" || role === "participant" ? { conversation: "m1" } : {}),
    };
    const body = request({ properties, ...(subject === undefined ? {} : { subject }) });
    return post(body, "/access/v1/evaluation", tokenOf({ ...bound, person: "ana" }, Date.now()));
  };
  for (const role of ["host", "participant"]) {
    const { status, text } = await asked(role, {});
    expect([role, status, text]).toEqual([role, 403, expect.stringMatching(/^[A-Z].*\.$/)]);
  }
  for (const role of ["owner", "admin", "auditor"]) {
    expect(JSON.parse((await asked(role, {})).text).decision).toBe(true);
    const nobodys = await asked(role, { account: "nobody", conversation: "nowhere" });
    const others = await asked(role, { account: "school", conversation: "school-m1" });
    expect(JSON.parse(nobodys.text).context.reason).toBe("unattributed");
    expect([others.status, others.text]).toEqual([nobodys.status, nobodys.text]);
    const key = (id: string) => asked(role, { speaker: "bo" }, { type: "producer", id });
    expect((await key("beta-only")).text).toBe((await key("no-such")).text);
    expect(JSON.parse((await key("k1")).text).decision).toBe(true);
  }
});

test("state that cannot be read is no answer: 503, and when to ask again", async () => {
  await rig.faults({ faults: [{ binding: "CONSENT", action: "fail" }] });
  for (const path of ["/access/v1/evaluation", "/access/v1/evaluations"]) {
    const { status, headers, text } = await post(request(), path);
    expect([status, headers.get("content-type"), headers.has("retry-after")]).toEqual([
      503,
      "text/plain; charset=utf-8",
      true,
    ]);
    expect(text).toMatch(/^[A-Z].*\.$/);
  }
  await rig.faults({});
  expect(await reason()).toEqual([true, "consented"]);
});
