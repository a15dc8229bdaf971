/** `explain` says what the gate does: asked first, then sent, and the two compared. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ContentVariantConfig, RecordRouteConfig, TenfourConfig } from "../../../src/config/define.ts";
import { explain } from "../../../src/decision/explain.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { ISSUER, tokenOf } from "../../support/issuer.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import {
  CAPTURED_AT,
  content,
  denied,
  seedKey,
  seedWorld,
  telemetry,
  worldConfig,
} from "../../support/world.ts";

let rig: Rig;
let key: string;
beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => configOf(main) });
  key = await seedWorld(rig);
  await seedKey(rig, "beta-only", ["beta"]);
});
afterAll(async () => {
  assertNoMarker(rig.logs.join("\n"), "the logs");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

/** The world's routes, and one whose records may be of several kinds. */
function configOf(url: string): TenfourConfig {
  const config = worldConfig(url);
  const [strip] = config.routes as RecordRouteConfig[];
  const [variant] = strip!.shape!.variants as ContentVariantConfig[];
  const content = { ...variant!.content, kind: { pointer: "/kinds/*" } };
  const kinds = { ...strip!, id: "kinds", path: "/ingest/kinds", shape: { variants: [{ content }] } };
  return { ...config, issuers: [ISSUER], routes: [...config.routes, kinds] };
}

// biome-ignore lint/suspicious/noExplicitAny: answers are checked member by member.
type Json = any;

/** `body` as JSON text, so that a record is asked about byte for byte. */
async function asked(
  body: string,
  token = rig.gate.secrets.TENFOUR_OPERATOR_TOKEN,
): Promise<{ status: number; body: Json }> {
  const answer = await fetch(`${rig.url}/v1/explain`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body,
  });
  const text = await answer.text();
  assertNoMarker(text, "the answer");
  return { status: answer.status, body: JSON.parse(text) };
}

const ask = (route: string, record: string, more: object = {}, token?: string) =>
  asked(JSON.stringify({ route, ...more }).replace(/\}$/, `,"record":${record}}`), token);

/** What the gate does with the record when it is sent. */
async function sent(route: string, record: string, headers: Record<string, string> = {}) {
  const answer = await rig.send({
    path: `/ingest/${route}`,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json", ...headers },
    pieces: [record],
  });
  const exchange = answer.headers["tenfour-exchange"];
  const { decided, outcome } = await rig.operator<Json>("GET", `/v1/exchanges/${exchange}`);
  return { outcome: outcome === "rejected" ? "rejected" : decided[0].outcome, reason: decided[0].reason };
}

const RECORDS: Record<string, string> = {
  consented: content(),
  "not asked": denied(),
  objecting: denied({ speaker: "cy" }),
  "a stranger": denied({ speaker: "zoe" }),
  "no speaker": denied({ speaker: undefined }),
  "another kind": denied({ kind: "video" }),
  "no kind": denied({ kind: 7 }),
  "an unknown account": denied({ account: "nobody" }),
  "an account that never consented": denied({ account: "beta", conversation: "beta-m1" }),
  "another account's conversation": denied({ account: "beta" }),
  "education records": denied({ account: "school", conversation: "school-m1" }),
  "a number for a time": denied({ captured_at: 1.0 }),
  "before the consent": denied({ captured_at: "2001-01-01T00:00:00Z" }),
  "to come": denied({ captured_at: "2099-01-01T00:00:00Z" }),
  "an unknown label": denied({ labels: [MARKER] }),
  "a private message": denied({ speaker: "bo", private_to: ["cy"] }),
  telemetry: telemetry(),
  "telemetry and more": telemetry({ note: `${MARKER} words` }),
  "of no known type": denied({ type: "other" }),
};

test.each(["strip", "drop", "reject", "third", "serve"])(
  "on %s it says what the gate does",
  async (route) => {
    for (const [name, record] of Object.entries(RECORDS)) {
      const { status, body } = await ask(route, record);
      const did = await sent(route, record);
      expect([name, status, body.reason, body.outcome]).toEqual([name, 200, did.reason, did.outcome]);
      const { rule, says, wouldChange } = explain(
        body.reason,
        record.startsWith('{"type":"telemetry"') ? "service_data" : "content",
      );
      expect([name, body.rule, body.explanation, body.what_would_change]).toEqual([
        name,
        rule,
        says,
        wouldChange,
      ]);
      expect(body.decision).toBe(
        ["forwarded"].includes(did.outcome) || body.reason === "service_data" ? "allow" : "deny",
      );
    }
  },
);

test("a yes rests on the answers of the account, the host and the person", async () => {
  const { body } = await ask("strip", content());
  expect(body).toMatchObject({
    route: "strip",
    decision: "allow",
    reason: "consented",
    rule: null,
    outcome: "forwarded",
    basis: ["c-acme", "h-acme", "accepted-acme-bo"],
    known: { account: "acme", conversation: "m1", speaker: "bo" },
  });
  expect(Math.abs(Date.parse(body.decided_at) - Date.now())).toBeLessThan(60_000);
  expect(body.kinds).toBeUndefined();
});

test("each kind of a record that has several is decided, and all must be allowed", async () => {
  const of = (...kinds: string[]) => ask("kinds", content({ kinds, text: MARKER }));
  expect((await of("chat", "audio")).body).toMatchObject({
    decision: "allow",
    kinds: [
      {
        kind: "chat",
        decision: "allow",
        reason: "consented",
        basis: ["c-acme", "h-acme", "accepted-acme-bo"],
      },
      { kind: "audio", decision: "allow", reason: "consented" },
    ],
  });
  const { body } = await of("chat", "video", MARKER);
  expect(body).toMatchObject({ decision: "deny", reason: "kind_unknown", outcome: "dropped", basis: [] });
  expect(body.kinds.map(({ kind, decision }: Json) => [kind, decision])).toEqual([
    ["chat", "allow"],
    ["video", "deny"],
    [null, "deny"],
  ]);
});

test("only ids that are known are named", async () => {
  const known = async (over: Record<string, unknown>) => (await ask("strip", denied(over))).body.known;
  expect(await known({ speaker: MARKER })).toEqual({ account: "acme", conversation: "m1", speaker: null });
  expect(await known({ account: MARKER })).toEqual({ account: null, conversation: null, speaker: null });
  expect(await known({ account: "beta" })).toEqual({ account: "beta", conversation: null, speaker: null });
});

test("an item by its fields is read as a record of them", async () => {
  const item = { account: "acme", conversation: "m1", speaker: "bo", kind: "chat", captured_at: CAPTURED_AT };
  const answered = async (over: Record<string, unknown>, more: object = {}) =>
    (await asked(JSON.stringify({ route: "strip", item: { ...item, ...over }, ...more }))).body;
  expect(await answered({})).toMatchObject({ reason: "consented", outcome: "forwarded" });
  expect(await answered({ speaker: "dee" })).toMatchObject({
    reason: "participant_undecided",
    outcome: "stripped",
  });
  expect(await answered({ captured_at: undefined })).toMatchObject({
    reason: "unattributed",
    outcome: "dropped",
  });
  expect(await answered({ speaker: null })).toMatchObject({ reason: "speaker_unknown" });
  expect(await answered({}, { route: "reject", item: { ...item, speaker: "dee" } })).toMatchObject({
    outcome: "rejected",
  });
});

test("what the request would say about training counts, and tightens only", async () => {
  const reason = async (usage: string) =>
    (await ask("strip", content(), { content_usage: usage })).body.reason;
  expect(await reason("train-ai=n")).toBe("signal_disallows");
  expect((await sent("strip", content(), { "content-usage": "train-ai=n" })).reason).toBe("signal_disallows");
  expect(await reason("train-ai=perhaps")).toBe("signal_disallows");
  expect(await reason("train-ai=y")).toBe("consented");
});

test("the key it would be sent with counts", async () => {
  expect((await ask("strip", content(), { producer_key: "beta-only" })).body).toMatchObject({
    reason: "producer_not_authorized",
    rule: "T7",
    outcome: "dropped",
  });
  expect((await ask("strip", content(), { producer_key: "k1" })).body.reason).toBe("consented");
  const { status, body } = await ask("strip", content(), { producer_key: "no-such" });
  expect([status, body.code, body.field]).toEqual([400, "field_invalid", "producer_key"]);
});

test("an opaque route looks into nothing", async () => {
  expect((await ask("opaque", denied())).body).toMatchObject({
    reason: "opaque_uninspected",
    rule: "T1",
    outcome: "forwarded",
  });
});

const BAD: [what: string, body: string, status: number, code: string][] = [
  ["no body", "", 400, "json_invalid"],
  ["an array", "[]", 400, "json_invalid"],
  ["a member twice", `{"route":"strip","route":"drop","record":${denied()}}`, 400, "json_invalid"],
  ["no route", `{"record":${denied()}}`, 400, "field_missing"],
  ["an unknown route", `{"route":"${MARKER}","record":${denied()}}`, 422, "route_not_configured"],
  ["neither record nor item", '{"route":"strip"}', 400, "field_missing"],
  ["both", `{"route":"strip","record":${denied()},"item":{}}`, 400, "field_invalid"],
  ["a record that is none", `{"route":"strip","record":["${MARKER}"]}`, 400, "field_invalid"],
  ["an unknown member", `{"route":"strip","record":${denied()},"force":true}`, 400, "field_unknown"],
  ["an unknown field of an item", `{"route":"strip","item":{"text":"${MARKER}"}}`, 400, "field_unknown"],
  [
    "a record of two minds",
    `{"route":"strip","record":{"kind":"chat","Kind":"${MARKER}"}}`,
    422,
    "record_unreadable",
  ],
  [
    "a key nobody should trust",
    `{"route":"strip","record":{"__proto__":{"x":"${MARKER}"}}}`,
    400,
    "json_invalid",
  ],
];

test.each(BAD)("%s is refused", async (_what, body, status, code) => {
  const answer = await asked(body);
  expect([answer.status, answer.body.code]).toEqual([status, code]);
});

test("nobody asks without a token, nor in a role that is not the account's", async () => {
  expect((await ask("strip", content(), {}, "wrong")).status).toBe(401);
  for (const role of ["host", "participant"]) {
    const token = tokenOf({ role, account: "acme", conversation: "m1", person: "ana" }, Date.now());
    const { status, body } = await ask("strip", content(), {}, token);
    expect([role, status, body.code]).toEqual([role, 403, "not_permitted"]);
  }
});

test.each(["owner", "admin", "auditor"])(
  "to %s of an account, others' are as those that do not exist",
  async (role) => {
    const labelled = { account: "beta", kind: "meeting", labels: ["health_information"] };
    await rig.operator("PUT", "/v1/conversations/beta-health", labelled);
    const token = tokenOf({ role, account: "acme" }, Date.now());
    const told = async (over: Record<string, unknown>, more: object = {}) => {
      const { status, body } = await ask("strip", denied(over), more, token);
      const { decided_at, ...rest } = body;
      return { status, rest, dated: decided_at !== undefined };
    };
    expect(await told({ speaker: "bo" })).toMatchObject({ status: 200, rest: { reason: "consented" } });
    const nobodys = await told({ account: "nobody", conversation: "nowhere" });
    expect(nobodys.rest.reason).toBe("unattributed");
    for (const [account, conversation] of [
      ["beta", "beta-m1"],
      ["beta", "beta-health"],
      ["school", "school-m1"],
      ["school", "m1"],
    ]) {
      expect(await told({ account, conversation })).toEqual(nobodys);
    }
    const unknownKey = await told({}, { producer_key: "no-such" });
    expect(unknownKey.status).toBe(400);
    expect(await told({}, { producer_key: "beta-only" })).toEqual(unknownKey);
    expect((await told({ speaker: "bo" }, { producer_key: "k1" })).rest.reason).toBe("consented");
  },
);
