/** What was recorded through /v1 is what a decision rests on: read back by the gate's own reader, decided by the same function. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { ContentItem, RouteTerms } from "../../../src/decision/model.ts";
import { createConsentReader } from "../../../src/store/consent-reader.ts";
import { type Fixture, given, NOON, noonPlus, OWNER, openControl, publish, said } from "./fixture.ts";

let control: Fixture;
beforeAll(async () => {
  control = await openControl();
});
afterAll(() => control.databases.close());

const SERVICE = "meeting-summary";
const HANA = { person: "hana", role: "host" };
const TERMS: RouteTerms = {
  purpose: "train",
  recipient: "first-party",
  serviceDataToThirdParty: false,
  kinds: ["audio", "chat"],
  services: [{ id: SERVICE, optIn: true }],
  participationRuleMin: "speaker",
  presenceSettleMs: 60_000,
};

/** What Pat said so many minutes after noon, decided now. */
async function decided(capturedMinutes: number, more: Partial<ContentItem> = {}) {
  const item: ContentItem = {
    type: "content",
    account: "acme",
    conversation: "m/1=",
    speaker: "pat",
    privateTo: null,
    kind: "audio",
    capturedAt: NOON + capturedMinutes * 60_000,
    capturedUntil: null,
    labels: [],
    signal: "none",
    ...more,
  };
  const reader = createConsentReader(control.databases.consent);
  const keys = { accounts: ["acme"], conversations: ["m/1="], people: [["m/1=", "pat"]] as const, whole: [] };
  const { state } = await reader.lookup(keys, [SERVICE], "key", false);
  return decide(item, TERMS, { accounts: ["*"] }, state, control.clock.now);
}

test("from nothing to consented, and back", async () => {
  const at = (minutes: number) => {
    control.clock.now = NOON + minutes * 60_000;
  };
  const must = control.expect;
  const reason = async (captured: number) => (await decided(captured)).reason;
  const meeting = `/conversations/${encodeURIComponent("m/1=")}`;
  const pat = `${meeting}/participants/pat`;

  expect(await reason(0)).toBe("unattributed");
  await must(201, "PUT", "/accounts/acme", {});
  await must(201, "PUT", meeting, { account: "acme", kind: "meeting" });
  expect(await reason(0)).toBe("service_not_enabled");
  await publish(control, SERVICE, "v1");
  await must(200, "PUT", `/accounts/acme/services/${SERVICE}`, { enabled: true, by: OWNER });
  expect(await reason(0)).toBe("account_consent_missing");
  await must(201, "POST", "/accounts/acme/consents", given());
  expect(await reason(0)).toBe("host_consent_missing");
  await must(201, "POST", `${meeting}/participants/hana/join`, { host: true });
  await must(201, "POST", `${meeting}/consents`, given({ by: HANA }));
  expect(await reason(0)).toBe("speaker_unknown");
  await must(201, "POST", `${pat}/join`);
  expect(await reason(0)).toBe("participant_undecided");
  const accepted = { answer: "accepted", service: SERVICE, notice_version: "v1" };
  const { id } = await must(201, "POST", `${pat}/answers`, accepted);
  const allowed = await decided(0);
  expect(allowed).toMatchObject({ allow: true, reason: "consented", basis: expect.arrayContaining([id]) });
  expect(await reason(-1)).toBe("captured_before_consent");

  at(10);
  await must(201, "POST", `${pat}/answers`, { answer: "objected" });
  expect(await reason(5)).toBe("participant_objected");
  at(20);
  await must(201, "POST", `${pat}/answers`, { answer: "objection_withdrawn" });
  await must(201, "POST", `${pat}/answers`, accepted);
  expect([await reason(5), await reason(15), await reason(20)]).toEqual([
    "participant_undecided",
    "participant_objected",
    "consented",
  ]);
  const standing = "/accounts/acme/participants/pat/objections";
  await must(201, "POST", standing, {});
  expect(await reason(20)).toBe("participant_objected");
  at(21);
  await must(201, "POST", `${standing}/withdraw`, {});
  await must(201, "POST", `${pat}/answers`, accepted);
  expect(await reason(21)).toBe("consented");

  await must(201, "POST", `${meeting}/consents`, said("withdrawn", HANA));
  expect(await reason(21)).toBe("host_consent_withdrawn");
  at(22);
  await must(201, "POST", `${meeting}/consents`, given({ by: HANA }));
  expect([await reason(21.5), await reason(22)]).toEqual(["captured_before_host_consent", "consented"]);
  await must(201, "POST", "/accounts/acme/consents", said("revoked", { person: "op", role: "operator" }));
  expect(await reason(22)).toBe("account_consent_revoked");
  at(23);
  await must(201, "POST", "/accounts/acme/consents", given({ covers_from: noonPlus(0) }));
  expect([await reason(21.9), await reason(22)]).toEqual(["captured_before_consent", "consented"]);

  await publish(control, SERVICE, "v2", { effective_at: noonPlus(30) });
  at(30 - 1 / 60_000);
  expect(await reason(23)).toBe("consented");
  at(30);
  expect(await reason(23)).toBe("account_consent_superseded");
  await must(200, "PUT", "/accounts/acme", { labels: ["health_information"] });
  expect(await reason(23)).toBe("protected_health");
});
