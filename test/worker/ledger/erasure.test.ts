/** Erasing a person: nobody can tell any more which entries were theirs, all that is proven still is, and what they objected to stays forbidden. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { ContentItem, RouteTerms } from "../../../src/decision/model.ts";
import { verifyExport } from "../../../src/ledger/export-verify.ts";
import { hashOfLeaf } from "../../../src/ledger/leaf.ts";
import { formatVerifierKey, parseVerifierKey } from "../../../src/ledger/note-keys.ts";
import type { LedgerReader } from "../../../src/ledger/port.ts";
import { pseudonym } from "../../../src/ledger/pseudonym.ts";
import { verifyReceipt } from "../../../src/ledger/receipt.ts";
import { leafOf } from "../../../src/ledger/stored-leaf.ts";
import { type Claims, tokenOf } from "../../support/issuer.ts";
import { type Fixture, given, type Json, openControl, publish } from "../control/fixture.ts";

const service = "meeting-summary";
const inside = "/conversations/m1/participants/pat";
const erasures = "/accounts/acme/participants/pat/erasures";
const TERMS: RouteTerms = {
  ...{ purpose: "train", recipient: "first-party", serviceDataToThirdParty: false, kinds: ["chat"] },
  ...{ services: [{ id: service, optIn: true }], participationRuleMin: "speaker", presenceSettleMs: 60_000 },
};
const PAT = { role: "participant", account: "acme", conversation: "m1", person: "pat" } as const;

let control: Fixture;
let accepted = "";
let receipt: Json;
let before: readonly string[] = [];

const headers = (claims: Claims) => ({ Authorization: `Bearer ${tokenOf(claims, control.clock.now)}` });

async function entries() {
  const found = [];
  for (let size = 0; ; ) {
    const { entries: page, to } = await (control.deps.ledger as LedgerReader).after(size);
    if (page.length === 0) return found;
    found.push(...page);
    size = to;
  }
}
/** Of what pat says now. */
async function decided(conversation: string): Promise<string> {
  const item: ContentItem = {
    ...{ type: "content", account: "acme", conversation, speaker: "pat", privateTo: null, kind: "chat" },
    ...{ capturedAt: control.clock.now, capturedUntil: null, labels: [], signal: "none" },
  };
  const keys = {
    accounts: ["acme"],
    conversations: [conversation],
    people: [[conversation, "pat"]] as const,
  };
  const reader = control.deps.consent;
  const { state } = await reader.lookup({ ...keys, whole: [] }, [service], "key", false);
  return decide(item, TERMS, { accounts: ["*"] }, state, control.clock.now).reason;
}

const hashes = async () => (await entries()).map((entry) => hashOfLeaf(leafOf(entry)).join());
const raw = async (sql: string) => (await control.databases.consent.prepare(sql).raw()) as unknown[][];
const outbox = async () => JSON.stringify(await raw("select body from changes"));
const key = async () => ({
  verifier: (await parseVerifierKey(formatVerifierKey((await control.deps.ledgerKeys())[0]!)))!,
  sizeMax: null,
});

beforeAll(async () => {
  control = await openControl();
  await publish(control, service, "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  const by = { person: "olga", role: "owner" };
  await control.expect(200, "PUT", `/accounts/acme/services/${service}`, { enabled: true, by });
  await control.expect(201, "POST", "/accounts/acme/consents", given());
  for (const meeting of ["m1", "m2"]) {
    const people = `/conversations/${meeting}/participants`;
    await control.expect(201, "PUT", `/conversations/${meeting}`, { account: "acme", kind: "meeting" });
    await control.expect(201, "POST", `${people}/hana/join`, { host: true });
    await control.expect(201, "POST", `${people}/pat/join`, {});
    const host = { ...given(), by: { person: "hana", role: "host" } };
    await control.expect(201, "POST", `/conversations/${meeting}/consents`, host);
  }
  const answer = await control.app.request(`/v1${inside}/answers`, {
    method: "POST",
    headers: { ...headers(PAT), "content-type": "application/json" },
    body: JSON.stringify({ answer: "accepted", service, notice_version: "v1" }),
  });
  accepted = ((await answer.json()) as Json).id;
  receipt = await control.expect(200, "GET", `/answers/${accepted}/receipt`);
  before = await hashes();
  expect(await outbox()).toMatch(/\bpat\b/);
  expect(await decided("m1")).toBe("consented");
});
afterAll(() => control.databases.close());

test("is on record, under what was their pseudonym, and names nobody", async () => {
  const [[known]] = (await raw(
    "select key from pseudonym_keys where account_id = 'acme' and person = 'pat'",
  )) as [[string]];
  control.clock.now += 60_000;
  const said = await control.expect(201, "POST", erasures);
  expect(said).toEqual({ id: "erasure/1", account: "acme", at: expect.any(String) });
  await control.deps.writeLedger();
  const [entry] = (await entries()).filter(({ type }) => type === "erasure");
  expect(JSON.parse(entry!.body)).toMatchObject({
    account: "acme",
    pseudonym: pseudonym(known, "pat"),
    positions: [],
    recorded_by: expect.stringMatching(/^p_/),
  });
  expect(await control.expect(200, "POST", erasures)).toEqual(said);
  expect((await entries()).filter(({ type }) => type === "erasure")).toHaveLength(1);
});

test("their key is gone and gets no successor, and neither the outbox nor the ledger says their id", async () => {
  expect(await raw("select person from pseudonym_keys where person like '%pat%'")).toEqual([]);
  expect(await outbox()).not.toMatch(/\bpat\b/);
  expect(JSON.stringify(await entries())).not.toMatch(/\bpat\b/);
  expect(await control.deps.outbox.pseudonymKeys([["acme", "pat"]])).toEqual(new Map());
  expect(await raw("select person from pseudonym_keys where person = 'pat'")).toEqual([]);
});

test("what comes later names them no more either", async () => {
  control.clock.now += 60_000;
  await control.expect(200, "POST", `${inside}/leave`, {});
  await control.expect(201, "POST", `${inside}/join`, {});
  await control.expect(201, "POST", `${inside}/answers`, { answer: "objected", service });
  await control.deps.writeLedger();
  expect(await outbox()).not.toMatch(/\bpat\b/);
  const last = (await entries()).at(-1)!;
  expect(JSON.parse(last.body)).toMatchObject({
    what: "participant_answer",
    answer: "objected",
    person: null,
  });
  expect(await raw("select person from pseudonym_keys where person = 'pat'")).toEqual([]);
});

test("the objection to everything that stands from then on is withdrawn by nobody, at no moment of an erasure", async () => {
  const withdraw = "/accounts/acme/participants/pat/objections/withdraw";
  for (const claims of [{ role: "operator", person: "o" } as const, PAT]) {
    const refused = await control.app.request(`/v1${withdraw}`, { method: "POST", headers: headers(claims) });
    expect([refused.status, await refused.json()]).toMatchObject([422, { code: "person_erased" }]);
  }
  const line = {
    type: "answer",
    id: "lift-pat",
    account: "acme",
    person: "pat",
    answer: "objection_withdrawn",
    source: "crm",
  };
  const imported = await control.app.request("/v1/imports/participants", {
    method: "POST",
    headers: { ...headers({ role: "operator", person: "o" }), "content-type": "application/x-ndjson" },
    body: JSON.stringify({ ...line, at: new Date(control.clock.now).toISOString() }),
  });
  expect(await imported.text()).toContain("person_erased");
  expect(await decided("m2")).toBe("participant_objected");

  const people = "/conversations/m2/participants/quin";
  const quin = "/accounts/acme/participants/quin";
  await control.expect(201, "POST", `${people}/join`, {});
  await control.expect(201, "POST", `${quin}/objections`, {});
  await control.deps.writeLedger();
  // Quin withdraws it at the last moment at which that can be done.
  await control.databases.consent.exec(
    `CREATE TRIGGER meanwhile BEFORE INSERT ON erasures WHEN NEW.person = 'quin' BEGIN INSERT INTO participant_answers (id, account_id, conversation_id, person, service, answer, notice_version, at, since, recorded_by) VALUES ('w', 'acme', '', 'quin', '', 'objection_withdrawn', '', ${control.clock.now}, ${control.clock.now}, 'quin'); END`,
  );
  await control.expect(201, "POST", `${quin}/erasures`);
  await control.databases.consent.exec("DROP TRIGGER meanwhile");
  const { objections_standing } = await control.expect(200, "GET", quin);
  expect(objections_standing).toHaveLength(1);
});

test("not one leaf has changed: the export verifies, and so does the receipt they hold, by itself and against it", async () => {
  expect((await hashes()).slice(0, before.length)).toEqual(before);
  const response = await control.app.request("/v1/ledger/export", {
    headers: headers({ role: "operator", person: "o" }),
  });
  const text = await response.text();
  expect(text).not.toMatch(/\bpat\b/);
  const held = await verifyReceipt(JSON.stringify(receipt), "receipt.json", [await key()]);
  expect(held).toMatchObject({ ok: true, receipt: { person: "pat", answer: "accepted" } });
  const verdict = await verifyExport(new Blob([text]).stream(), { keys: [await key()] });
  expect(verdict).toMatchObject({ ok: true });
});

test("nobody gets another receipt of what they answered, for nobody can tell any more whose it was", async () => {
  const answer = await control.app.request(`/v1/answers/${accepted}/receipt`, { headers: headers(PAT) });
  expect(answer.status).toBe(404);
});

test("what they say is forbidden from then on, in whichever conversation: an objection to everything stands", async () => {
  const standing = (await control.expect(200, "GET", "/accounts/acme/participants/pat")).objections_standing;
  expect(standing).toMatchObject([{ answer: "objected", service: null, conversation: null }]);
  expect(await decided("m1")).toBe("participant_objected");
  expect(await decided("m2")).toBe("participant_objected");
});

test("who was never known is not found, and the tables hold an erasure to what it may do", async () => {
  const { app } = control;
  const operator = headers({ role: "operator", person: "o" });
  const none = await app.request("/v1/accounts/acme/participants/nobody/erasures", {
    method: "POST",
    headers: operator,
  });
  expect(none.status).toBe(404);
  for (const sql of [
    "update changes set body = json_remove(body, '$.person') where body ->> 'person' = 'hana'",
    "update changes set body = json_set(body, '$.person', 'mallory') where seq = 1",
    "update changes set body = json_remove(body, '$.answer')",
    "update changes set mark = 'x'",
    "delete from pseudonym_keys where person = 'hana'",
    "delete from erasures",
    "update erasures set person = 'x'",
  ]) {
    await expect(control.databases.consent.prepare(sql).run(), sql).rejects.toThrow();
  }
});
