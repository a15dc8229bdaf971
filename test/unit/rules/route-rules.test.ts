/** What of the configuration a decision sees: nothing of it may be lost or looser on the way. */
import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileRules } from "../../../src/rules/route-rules.ts";
import { opaqueRoute, soundConfig, trainRoute } from "../config/example.ts";

function rulesOf(routes: Record<string, unknown>[], over: object = {}) {
  const result = parseConfig({ ...soundConfig(), routes, ...over });
  if (!result.ok) throw new Error(result.problems.join("\n"));
  return compileRules(result.config);
}

test("a route of records", () => {
  const rules = rulesOf([trainRoute()]).get("train-meetings")!;
  expect(rules).toMatchObject({
    form: "records",
    id: "train-meetings",
    onDeny: "strip",
    recordBytesMax: 1_048_576,
    serviceIds: ["meeting-summary"],
    terms: {
      purpose: "train",
      recipient: "first-party",
      serviceDataToThirdParty: false,
      kinds: ["transcript", "chat"],
      services: [{ id: "meeting-summary", optIn: true }],
      participationRuleMin: "speaker",
      presenceSettleMs: 60_000,
    },
  });
});

test("each setting reaches the terms, services in the route's order", () => {
  const route = trainRoute({
    recipient: "third-party",
    service_data_to_third_party: true,
    services: ["recording", "meeting-summary"],
    kinds: ["poll"],
    on_deny: "reject",
    wrapper: { items: "batch" },
    limits: { record_bytes_max: 1_000 },
  });
  const rules = rulesOf([route], { participation_rule_min: "everyone", presence_settle_s: 7 });
  expect(rules.get("train-meetings")).toMatchObject({
    onDeny: "reject",
    recordBytesMax: 1_000,
    serviceIds: ["recording", "meeting-summary"],
    wrapper: { items: "batch" },
    terms: {
      recipient: "third-party",
      serviceDataToThirdParty: true,
      kinds: ["poll"],
      services: [
        { id: "recording", optIn: false },
        { id: "meeting-summary", optIn: true },
      ],
      participationRuleMin: "everyone",
      presenceSettleMs: 7_000,
    },
  });
});

test("an opaque route admits no kind and serves no service", () => {
  expect(rulesOf([trainRoute(), opaqueRoute()]).get("otlp-traces")).toEqual({
    form: "opaque",
    id: "otlp-traces",
    terms: {
      purpose: "operate",
      recipient: "first-party",
      serviceDataToThirdParty: false,
      kinds: [],
      services: [],
      participationRuleMin: "speaker",
      presenceSettleMs: 60_000,
    },
  });
});

test.each([
  ["strip", "service_data"],
  ["refuse", "content"],
] as const)("service data that holds more, where the route would %s: %s", (service_data_excess, type) => {
  const rules = rulesOf([trainRoute({ service_data_excess })]).get("train-meetings")!;
  if (rules.form !== "records") throw new Error("it is a route of records");
  const bytes = new TextEncoder().encode('[{"type":"usage","tokens_used":1,"note":"SECRET-7f3a"}]');
  const types: string[] = [];
  const { recordBytesMax } = rules;
  createFraming("json", rules.reader.plan, { recordBytesMax }).cut(
    bytes,
    0,
    bytes.length,
    true,
    (...record) => {
      const { items } = rules.reader.read(...record, "none");
      types.push(...items.map((item) => item.type));
      return true;
    },
  );
  expect(types).toEqual([type]);
});

test("every route is there, by its id", () => {
  expect([...rulesOf([trainRoute(), opaqueRoute()]).keys()]).toEqual(["train-meetings", "otlp-traces"]);
});
