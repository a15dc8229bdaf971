/** Receipts over /v1: of every answer, whoever gave it and however it came, good for a stranger with the public key alone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createControl } from "../../../src/control/control.ts";
import { formatVerifierKey, parseVerifierKey } from "../../../src/ledger/note-keys.ts";
import { verifyReceipt } from "../../../src/ledger/receipt.ts";
import { type Claims, tokenOf } from "../../support/issuer.ts";
import { type Fixture, given, type Json, NOON, openControl, publish, TOKEN } from "./fixture.ts";

let control: Fixture;
const service = "meeting-summary";
const inside = "/conversations/m1/participants/pat";

beforeAll(async () => {
  control = await openControl();
  await publish(control, service, "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  await control.expect(201, "PUT", "/conversations/m1", { account: "acme", kind: "meeting" });
  await control.expect(201, "POST", "/conversations/m1/participants/hana/join", { host: true });
  await control.expect(201, "POST", `${inside}/join`, {});
});
afterAll(() => control.databases.close());

async function verified(receipt: Json) {
  const [signer] = await control.deps.ledgerKeys();
  const verifier = (await parseVerifierKey(formatVerifierKey(signer!)))!;
  return verifyReceipt(JSON.stringify(receipt), "receipt.json", [{ verifier, sizeMax: null }]);
}

const by = (person: string, role: string) => ({ by: { person, role } });
const shown = { service, notice_version: "v1" };
const ANSWERS: readonly (readonly [what: string, path: string, body: object, person: string])[] = [
  ["given", "/accounts/acme/consents", given(), "olga"],
  ["withdrawn", "/accounts/acme/consents", { service, answer: "withdrawn", ...by("olga", "owner") }, "olga"],
  ["given", "/conversations/m1/consents", { ...given(), ...by("hana", "host") }, "hana"],
  ["accepted", `${inside}/answers`, { answer: "accepted", ...shown }, "pat"],
  ["objected", `${inside}/answers`, { answer: "objected", service }, "pat"],
  ["objection_withdrawn", `${inside}/answers`, { answer: "objection_withdrawn", service }, "pat"],
  ["objected", "/accounts/acme/participants/pat/objections", {}, "pat"],
];

test.each(ANSWERS)("%s at %s has a receipt with its place in the log", async (answer, path, body, person) => {
  control.clock.now += 1_000;
  const { id } = await control.expect(201, "POST", path, body);
  const receipt = await control.expect(
    200,
    "GET",
    `/${path.endsWith("consents") ? "consents" : "answers"}/${id}/receipt`,
  );
  expect(receipt["tenfour:record"]["dct:identifier"]).toBe(id);
  expect(receipt["tenfour:imported"]).toBe(null);
  const size = (await control.deps.ledger.head())!.size;
  expect(await verified(receipt)).toMatchObject({
    ok: true,
    receipt: { person, answer, at: control.clock.now, checkpoint: { checkpoint: { size } } },
  });
  const forged = JSON.stringify(receipt).replaceAll(`"${answer}"`, '"accepted "');
  expect(await verified(JSON.parse(forged))).toMatchObject({ ok: false });
});

test("before a checkpoint covers it, it is a promise, and the same answer's later receipt has its place", async () => {
  const { id } = await control.expect(201, "POST", `${inside}/answers`, { answer: "accepted", ...shown });
  const { ledger } = control.deps;
  const before = await ledger.head();
  const behind = createControl({ ...control.deps, ledger: { ...ledger, head: async () => before } });
  const headers = { Authorization: `Bearer ${TOKEN}` };
  const promise = (await (await behind.request(`/v1/answers/${id}/receipt`, { headers })).json()) as Json;
  expect(promise["tenfour:log"]).toBe(null);
  expect(await verified(promise)).toMatchObject({ ok: true, receipt: { checkpoint: null } });
  const placed = await control.expect(200, "GET", `/answers/${id}/receipt`);
  expect(await verified(placed)).toMatchObject({
    ok: true,
    receipt: { checkpoint: { name: "receipt.json" } },
  });
  expect(placed["tenfour:entry"]).toEqual(promise["tenfour:entry"]);
});

test("an imported answer says that it was, from where, by whom and on what", async () => {
  await publish(control, "chat-compose", "v1");
  control.clock.now = NOON + 3_600_000;
  const line = {
    ...given({ service: "chat-compose" }),
    ...{ id: "con_imported", account: "acme", at: "2026-01-31T12:00:30Z" },
    ...{ source: "crm", evidence_sha256: "a".repeat(64) },
  };
  const token = tokenOf({ role: "operator", person: "ida" }, control.clock.now);
  const answer = await control.app.request("/v1/imports/consents", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/x-ndjson" },
    body: `${JSON.stringify(line)}\n`,
  });
  expect(await answer.text()).toContain('"applied":1');
  const receipt = await control.expect(200, "GET", "/consents/con_imported/receipt");
  expect(receipt["tenfour:imported"]).toEqual({
    "dct:source": "crm",
    "tenfour:importer": expect.stringMatching(/^p_/),
    "tenfour:evidenceSha256": "a".repeat(64),
  });
  expect(await verified(receipt)).toMatchObject({ ok: true, receipt: { person: "olga", answer: "given" } });
});

test("is theirs alone, and of an answer that there is", async () => {
  const { id } = await control.expect(201, "POST", `${inside}/answers`, { answer: "objected" });
  const as = async (claims: Claims, path: string) => {
    const headers = { Authorization: `Bearer ${tokenOf(claims, control.clock.now)}` };
    return (await control.app.request(`/v1${path}`, { headers })).status;
  };
  const pat = { role: "participant", account: "acme", conversation: "m1", person: "pat" } as const;
  expect(await as(pat, `/answers/${id}/receipt`)).toBe(200);
  expect(await as({ ...pat, person: "ned" }, `/answers/${id}/receipt`)).toBe(404);
  expect(await as(pat, "/consents/con_imported/receipt")).toBe(404);
  expect(await as({ role: "owner", account: "beta", person: "b" }, "/consents/con_imported/receipt")).toBe(
    404,
  );
  expect(await as({ role: "operator", person: "o" }, "/answers/none/receipt")).toBe(404);
  // An answer of one kind is not found as one of the other.
  expect(await as({ role: "operator", person: "o" }, `/consents/${id}/receipt`)).toBe(404);
});
