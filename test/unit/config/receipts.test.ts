/** What receipts say of whoever asks for consent: the configuration's words, checked, and where it has none that it was not stated. */
import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { receiptTerms } from "../../../src/control/receipt-terms.ts";
import { soundConfig, trainRoute } from "./example.ts";

const RECEIPTS = {
  controller: {
    id: "https://northwind.example/",
    name: "Northwind",
    address: "1 Harbour Road, Dublin",
    contact: "privacy@northwind.example",
    jurisdiction: "loc:IE",
  },
  manage_at: "https://northwind.example/consents",
  storage_duration: "P6M",
  storage_location: "loc:IE",
};

const problemsOf = (receipts: unknown): readonly string[] => {
  const parsed = parseConfig({ ...soundConfig(), receipts });
  return parsed.ok ? [] : parsed.problems;
};

function termsOf(more: object) {
  const parsed = parseConfig({ ...soundConfig(), ...more });
  if (!parsed.ok) throw new Error(parsed.problems.join("\n"));
  return receiptTerms(parsed.config, "gate.example/ledger");
}

test("its words are those of every receipt", () => {
  const { controller, manageAt, processing } = termsOf({ receipts: RECEIPTS });
  expect(controller).toEqual(RECEIPTS.controller);
  expect(manageAt).toBe(RECEIPTS.manage_at);
  expect(processing("meeting-summary")).toMatchObject({
    personalData: ["urn:tenfour:kind:chat", "urn:tenfour:kind:transcript"],
    recipients: ["https://northwind.example/"],
    storageDuration: "P6M",
    storageLocation: "loc:IE",
  });
});

test("without it nothing is claimed, and the log is named", () => {
  const { controller, manageAt, processing } = termsOf({});
  expect(controller).toMatchObject({
    name: "gate.example/ledger",
    address: "not stated",
    jurisdiction: "not stated",
  });
  expect(manageAt).toBe("https://localhost/docs");
  expect(processing(null)).toMatchObject({ storageDuration: "not stated", storageLocation: "not stated" });
});

test("of a service, only what its own routes train on and send", () => {
  const third = { training: { url: "https://m.example/in", purposes: ["train"] } };
  const { processing } = termsOf({
    receipts: RECEIPTS,
    upstreams: { ...soundConfig().upstreams, ...third },
    routes: [
      trainRoute(),
      trainRoute({ id: "r2", path: "/ingest/r2", services: ["recording"], kinds: ["audio"] }),
    ],
  });
  expect(processing("recording").personalData).toEqual(["urn:tenfour:kind:audio"]);
  expect(processing("meeting-summary").personalData).not.toContain("urn:tenfour:kind:audio");
  expect(processing(null).personalData).toHaveLength(3);
  expect(processing("nothing-trains-it")).toMatchObject({ personalData: [], recipients: [] });
});

test.each<[string, (receipts: typeof RECEIPTS) => unknown]>([
  ["receipts.controller", ({ controller: _, ...rest }) => rest],
  ["receipts.controller.id", (all) => ({ ...all, controller: { ...all.controller, id: "northwind" } })],
  ["receipts.controller.name", (all) => ({ ...all, controller: { ...all.controller, name: "" } })],
  ["receipts.controller.address", (all) => ({ ...all, controller: { ...all.controller, address: 7 } })],
  ["receipts.controller.contact", (all) => ({ ...all, controller: { ...all.controller, contact: " " } })],
  ["receipts.manage_at", (all) => ({ ...all, manage_at: "javascript:alert(1)" })],
  ["receipts.storage_duration", (all) => ({ ...all, storage_duration: "six months" })],
  ["receipts.storage_location", ({ storage_location: _, ...rest }) => rest],
  ["receipts.secret", (all) => ({ ...all, secret: "x" })],
])("%s: what is wrong is named by its place", (place, spoilt) => {
  expect(problemsOf(RECEIPTS)).toEqual([]);
  const problems = problemsOf(spoilt(RECEIPTS));
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(new RegExp(`^${place}: `));
});
