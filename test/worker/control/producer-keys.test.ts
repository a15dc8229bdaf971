/** Producer keys: shown once, verifiable without the database, revocable. And exchanges, as recorded. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Entry } from "../../../src/evidence/entries.ts";
import { verifyProducerKey } from "../../../src/identity/producer-key.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { type Fixture, KEY_SECRET, NOON, noonPlus, openControl } from "./fixture.ts";

let control: Fixture;
beforeAll(async () => {
  control = await openControl();
});
afterAll(() => control.databases.close());

const wanted = {
  producer: "recorder",
  accounts: ["acme", "4kSn+A/="],
  routes: ["train", "telemetry"],
  expires_at: "2027-01-31T12:00:00.999Z",
};

describe("producer keys", () => {
  test("issued, shown once, verifiable without the database", async () => {
    const { key, ...record } = await control.expect(201, "POST", "/producer-keys", wanted);
    expect(record).toMatchObject({
      producer: "recorder",
      expires_at: "2027-01-31T12:00:00.000Z",
      revoked_at: null,
    });
    expect(await verifyProducerKey(key, KEY_SECRET, NOON)).toEqual({
      ok: true,
      key: {
        id: record.id,
        producer: "recorder",
        accounts: wanted.accounts,
        routes: wanted.routes,
        issuedAt: NOON,
        expiresAt: Date.parse(record.expires_at),
      },
    });
    const read = await control.ask("GET", `/producer-keys/${record.id}`);
    expect(read.body).toEqual(record);
    expect((await control.expect(200, "GET", "/producer-keys")).producer_keys).toContainEqual(record);
    const { results } = await control.databases.consent.prepare("SELECT * FROM producer_keys").all();
    expect(JSON.stringify(results) + read.text).not.toContain(key);
  });

  test("revoked in one call, once; the gate's reader knows at once", async () => {
    const { id } = await control.expect(201, "POST", "/producer-keys", wanted);
    const reader = createConsentReader(control.databases.consent);
    expect((await reader.revokedKeys()).has(id)).toBe(false);
    control.clock.now = NOON + 60_000;
    expect((await control.expect(200, "DELETE", `/producer-keys/${id}`)).revoked_at).toBe(noonPlus(1));
    control.clock.now = NOON + 120_000;
    expect((await control.expect(200, "DELETE", `/producer-keys/${id}`)).revoked_at).toBe(noonPlus(1));
    expect((await reader.revokedKeys()).has(id)).toBe(true);
    control.clock.now = NOON;
  });

  test.each([
    [{ routes: ["nowhere"] }, 422, "route_not_configured"],
    [{ routes: [] }, 400, "field_invalid"],
    [{ accounts: [] }, 400, "field_invalid"],
    [{ accounts: ["*", "acme"] }, 400, "field_invalid"],
    [{ accounts: ["acme", "acme"] }, 400, "field_invalid"],
    [{ accounts: Array.from({ length: 40 }, (_, i) => `${i}`.padStart(256, "a")) }, 422, "key_too_long"],
    [{ expires_at: noonPlus(0) }, 422, "instant_past"],
    [{ expires_at: null }, 400, "field_invalid"],
    [{ id: "mine" }, 400, "field_unknown"],
  ])("%j: %i", async (change, status, code) => {
    const answer = await control.ask("POST", "/producer-keys", { ...wanted, ...change });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe("exchanges", () => {
  const opened: Entry = {
    type: "opened",
    exchange: "exc_1",
    position: 0,
    at: NOON,
    route: "train",
    purpose: "train",
    producer: "recorder",
    key_id: "key_1",
    config_digest: "d",
  };

  test("one, and those there are, newest first", async () => {
    control.evidence.set("exc_1", [opened]);
    control.evidence.set("exc_2", [{ ...opened, exchange: "exc_2" }]);
    const read = await control.expect(200, "GET", "/exchanges/exc_1");
    expect(read).toMatchObject({
      exchange: "exc_1",
      opened_at: noonPlus(0),
      outcome: "open",
      decided: [],
      rests_on: [],
    });
    const { exchanges } = await control.expect(200, "GET", "/exchanges?limit=1");
    expect(exchanges).toMatchObject([{ exchange: "exc_2", outcome: "open" }]);
    expect(exchanges[0]).not.toHaveProperty("decided");
    expect((await control.expect(200, "GET", "/exchanges")).exchanges).toHaveLength(2);
    expect((await control.ask("GET", "/exchanges?limit=101")).status).toBe(400);
  });
});
