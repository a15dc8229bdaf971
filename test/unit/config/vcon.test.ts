/** What may be said of a route that takes vCons. */
import { expect, test } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { soundConfig } from "./example.ts";

const PLACE = "routes[0].document.vcon";

function problemsOf(vcon: unknown, more: object = {}): readonly string[] {
  const route = {
    id: "calls",
    path: "/ingest/calls",
    upstream: "training",
    purpose: "train",
    recipient: "first-party",
    services: ["meeting-summary"],
    kinds: ["audio"],
    document: { vcon, ...more },
    on_deny: "strip",
  };
  const result = parseConfig({ ...soundConfig(), routes: [route] });
  return result.ok ? [] : result.problems;
}

test.each<[string, unknown]>([
  ["nothing", {}],
  ["who a party is", { person: ["uuid", "name"], everybody: { role: ["attendee"] } }],
  ["where account and conversation are", { account: "/meta/account", conversation: "/uuid" }],
  [
    "what is of what kind",
    {
      kinds: { dialog: { fax: "file" }, analysis: {}, attachment: { chatlog: "chat" }, conversation: "poll" },
    },
  ],
  ["what a purpose is", { grants: { publication: [], analysis: ["summary"] } }],
  ["what may stay of a party", { party_fields: { "/uuid": "id", "/role": { words: ["agent"] } } }],
])("%s", (_, vcon) => {
  expect(problemsOf(vcon)).toEqual([]);
});

test.each<[unknown, string]>([
  [{ speaker: "/x" }, `${PLACE}.speaker: `],
  [{ person: [] }, `${PLACE}.person: name at least one`],
  [{ person: ["uuid", "uuid"] }, `${PLACE}.person: remove what is named twice`],
  [{ person: ["é"] }, `${PLACE}.person[0]: write 1 to 256 printable ASCII`],
  [{ everybody: { role: [] } }, `${PLACE}.everybody.role: name at least one`],
  [{ everybody: { role: [""] } }, `${PLACE}.everybody.role[0]: must not be empty`],
  [{ account: "account" }, `${PLACE}.account: write a JSON Pointer`],
  [{ conversation: "/parties/*/uuid" }, `${PLACE}.conversation: point at one member`],
  [{ kinds: { dialog: { text: "talk" } } }, `${PLACE}.kinds.dialog.text: `],
  [{ kinds: { parties: {} } }, `${PLACE}.kinds.parties: `],
  [{ grants: { recording: ["sound"] } }, `${PLACE}.grants.recording[0]: `],
  [{ grants: { recording: true } }, `${PLACE}.grants.recording: `],
  [{ party_fields: { "/role": "text" } }, `${PLACE}.party_fields["/role"]: `],
  [{ party_fields: { "/a": "id", "/A": "id" } }, `${PLACE}.party_fields["/A"]: differs from`],
  [{ party_fields: { "/text": "id" } }, `${PLACE}.party_fields["/text"]: a member of this name holds`],
  ["all", `${PLACE}: `],
])("%o is refused", (vcon, problem) => {
  expect(problemsOf(vcon).find((one) => one.startsWith(problem))).toBeDefined();
});

test("one format a route", () => {
  expect(problemsOf({}, { transcript: {} })).toHaveLength(1);
});
