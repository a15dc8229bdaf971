/** A receipt of an answer whose entry has left the database: read from the archive, proven as before, and refused where it is not there. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatVerifierKey, parseVerifierKey } from "../../../src/ledger/note-keys.ts";
import { verifyReceipt } from "../../../src/ledger/receipt.ts";
import { archiveEntries } from "../../../src/ledger-writer/archive.ts";
import { createArchive } from "../../../src/store/archive-store.ts";
import { createLedgerStore } from "../../../src/store/ledger-store.ts";
import { type Fixture, given, openControl, publish } from "../control/fixture.ts";

const DAY_MS = 86_400_000;
const inside = "/conversations/m1/participants/pat";

let control: Fixture;
let [consent, answer] = ["", ""];
beforeAll(async () => {
  control = await openControl();
  await publish(control, "meeting-summary", "v1");
  await control.expect(201, "PUT", "/accounts/acme", {});
  await control.expect(201, "PUT", "/conversations/m1", { account: "acme", kind: "meeting" });
  await control.expect(201, "POST", `${inside}/join`, {});
  consent = (await control.expect(201, "POST", "/accounts/acme/consents", given())).id;
  answer = (await control.expect(201, "POST", `${inside}/answers`, { answer: "objected" })).id;
  await control.deps.writeLedger();
});
afterAll(() => control.databases.close());

async function verified(path: string) {
  const receipt = await control.expect(200, "GET", path);
  const verifier = (await parseVerifierKey(formatVerifierKey((await control.deps.ledgerKeys())[0]!)))!;
  const trusted = [{ verifier, sizeMax: null }];
  return { receipt, verdict: await verifyReceipt(JSON.stringify(receipt), "receipt.json", trusted) };
}

test("is the receipt it was while the entry was in the database", async () => {
  const before = await verified(`/answers/${answer}/receipt`);
  const store = createLedgerStore(control.databases.evidence);
  const archive = createArchive(control.databases.archive);
  // The entries of changes are as old as the database's own clock says.
  expect(await archiveEntries(store, archive, Date.now() + 2 * DAY_MS)).toBeGreaterThan(4);
  const left = await control.databases.evidence
    .prepare(
      "select count(*) as n from entries where type = 'consent_changed' and seq < (select max(seq) from entries)",
    )
    .first<{ n: number }>();
  expect(left).toEqual({ n: 0 });
  const after = await verified(`/answers/${answer}/receipt`);
  expect(after.verdict).toMatchObject({ ok: true, receipt: { person: "pat", answer: "objected" } });
  expect(after.receipt["tenfour:entry"]).toEqual(before.receipt["tenfour:entry"]);
  expect(after.receipt["tenfour:log"]).toEqual(before.receipt["tenfour:log"]);
  expect((await verified(`/consents/${consent}/receipt`)).verdict).toMatchObject({ ok: true });
});

test("whose object in the archive is another, or gone, is none", async () => {
  const { archive } = control.databases;
  const held = await Promise.all(
    (await archive.list({ prefix: "entries/" })).objects.map(async ({ key }) => {
      const bytes = await (await archive.get(key))!.arrayBuffer();
      return { key, text: new TextDecoder().decode(bytes) };
    }),
  );
  const { key, text } = held.find((object) => object.text.includes(consent))!;
  await archive.put(key, text.replaceAll("acme", "evil"));
  expect((await control.ask("GET", `/consents/${consent}/receipt`)).status).toBe(503);
  await archive.delete(key);
  expect((await control.ask("GET", `/consents/${consent}/receipt`)).status).toBe(503);
  await archive.put(key, text);
  expect((await verified(`/consents/${consent}/receipt`)).verdict).toMatchObject({ ok: true });
});
