/** Whose each part of a vCon is, and of what kind. */
import { describe, expect, test } from "vitest";
import type { VconConfig } from "../../../../src/config/documents.ts";
import { LIMITS } from "../../../../src/config/limits.ts";
import { CALL, CHAT, type Json, MEETING } from "../../../support/vcons.ts";
import { type Asked, ATTENDEES, claims, contents, document, one, TEXT } from "./reading.ts";

describe("whose each part is", () => {
  test("of a meeting", () => {
    const people = "ana@acme.example bo@acme.example *".split(" ");
    const all = (kind: string) => people.map((person) => `${person}:${kind}`).join(" ");
    expect(claims(document(MEETING, { config: ATTENDEES }))).toEqual([
      all("video"),
      all("transcript"),
      all("file"),
      all("file"),
      all("file"),
      "*:summary",
    ]);
  });

  test("of a call", () => {
    const both = (kind: string) => `ana@acme.example:${kind} cy@customer.example:${kind}`;
    expect(claims(document(CALL))).toEqual([
      both("audio"),
      both("transcript"),
      both("summary"),
      both("transcript"),
    ]);
  });

  test("of a chat, with what is service data, and somebody who said nothing", () => {
    expect(claims(document(CHAT))).toEqual([
      "ana:chat",
      "bo:chat",
      "cy:chat",
      "",
      "",
      "ana:summary bo:summary",
      "cy:summary",
      "ana:summary bo:summary cy:summary dee:summary *:summary",
      "cy:transcript",
      "ana:file",
      "cy:file",
    ]);
    const silent = { ...CHAT, analysis: [], subject: "tea" };
    expect(claims(document(silent)).slice(5)).toEqual(["ana:file", "cy:file", "dee:summary", "*:summary"]);
  });

  test.each<[string, Json, string, VconConfig?]>([
    ["the first member that says who", one(TEXT, [{ tel: "1", mailto: "a@x", uuid: "ana" }]), "ana:chat"],
    ["the next where one is empty", one(TEXT, [{ tel: "tel:+1", mailto: "", uuid: null }]), "+1:chat"],
    ["a name is not who somebody is", one(TEXT, [{ name: "Ana" }]), ":chat"],
    ["a name is, if the route says so", one(TEXT, [{ name: "Ana" }]), "Ana:chat", { person: ["name"] }],
    ["an id that cannot be one", one(TEXT, [{ uuid: "a b", mailto: "ana@x" }]), ":chat"],
    ["an address that is no text", one(TEXT, [{ mailto: 7 }]), ":chat"],
    ["an address of a telephone", one(TEXT, [{ sip: "sip:ana@x" }]), "ana@x:chat", { person: ["sip"] }],
    ["an id that is no text", one(TEXT, [{ uuid: 7, mailto: "ana@x" }]), ":chat"],
    ["an id that goes on and on", one(TEXT, [{ uuid: "a".repeat(300_000), mailto: "ana@x" }]), ":chat"],
    ["places that go on and on", one({ ...TEXT, parties: Array(140_000).fill(0) }), ":chat"],
    ["no such party", one({ ...TEXT, parties: [0, 2] }), "ana:chat :chat"],
    ["a place before the first", one({ ...TEXT, parties: -1 }), ":chat"],
    ["half a place", one({ ...TEXT, parties: 0.5 }), ":chat"],
    ["a place as text", one({ ...TEXT, parties: ["0"] }), ":chat"],
    ["channels of several", one({ ...TEXT, parties: [[0, 1], 1, null] }), "ana:chat bo:chat"],
    ["an originator besides", one({ ...TEXT, originator: 1 }), "ana:chat bo:chat"],
    [
      "somebody who joined",
      one({ ...TEXT, party_history: [{ party: 1, event: "join", time: "2026-01-05T09:00:00Z" }] }),
      "ana:chat bo:chat",
    ],
    ["a history of nobody", one({ ...TEXT, party_history: [{ event: "join" }] }), "ana:chat :chat"],
    ...["bo", "", {}, 0, [null]].map((party_history): [string, Json, string] => [
      `a history that is none: ${JSON.stringify(party_history)}`,
      one({ ...TEXT, party_history }),
      "ana:chat :chat",
    ]),
    ["nobody named is everybody", one({ ...TEXT, parties: undefined }), "ana:chat bo:chat *:chat"],
    ["nobody named in a list is everybody", one({ ...TEXT, parties: [] }), "ana:chat bo:chat *:chat"],
    ["a group", one(TEXT, [{ role: "attendee" }]), "*:chat", ATTENDEES],
    [
      "a group of several names",
      one(TEXT, [{ role: "attendee" }]),
      "*:chat",
      { everybody: { role: ["guest", "attendee"] } },
    ],
    ["a group that is somebody", one(TEXT, [{ role: "attendee", uuid: "ana" }]), "ana:chat", ATTENDEES],
    ["another group", one(TEXT, [{ role: "guest" }]), ":chat", ATTENDEES],
    ["a recording of no media type", one({ ...TEXT, type: "recording" }), "ana:null"],
    ["a video to who trims", one({ ...TEXT, type: "audio", mediatype: " video/mp4" }), "ana:null ana:audio"],
    ["a video in a list", one({ ...TEXT, type: "audio", mediatype: ["video/mp4"] }), "ana:null ana:audio"],
    ["of no media type", one({ ...TEXT, mediatype: "", mimetype: null }), "ana:chat"],
    ["with a parameter", one({ ...TEXT, mediatype: "text/plain; charset=utf-8" }), "ana:chat"],
    ["a video with sound", one({ ...TEXT, type: "video", mediatype: "Audio/mp4" }), "ana:audio ana:video"],
    ["a text that is audio", one({ ...TEXT, mimetype: "audio/wav" }), "ana:audio ana:chat"],
    ["another type", one({ ...TEXT, type: "hologram" }), "ana:null"],
    [
      "another type, if the route says so",
      one({ ...TEXT, type: "hologram" }),
      "ana:screen",
      { kinds: { dialog: { hologram: "screen" } } },
    ],
    ["a transfer with words", one({ ...TEXT, type: "transfer", body: "hi" }), "ana:summary"],
    [
      "a transfer of somebody who is not there",
      one({ type: "transfer", transferee: 0, transferor: 9 }),
      "ana:summary :summary",
    ],
    ...[
      { original: 4 },
      { original: -2 },
      { consultation: 4 },
      { target_dialog: [0, 4] },
      { recordings: [-1] },
    ].map((pointing): [string, Json, string] => [
      `a transfer between calls that are not there: ${JSON.stringify(pointing)}`,
      one({ type: "transfer", transferee: 0, ...pointing }),
      "ana:summary :summary",
    ]),
  ])("%s", (_, vcon, expected, config = {}) => {
    expect(claims(document(vcon, { config }))[0]).toBe(expected);
  });

  const analysed = (analysis: Json, attachments: readonly Json[] = []) => ({
    ...CHAT,
    analysis: [analysis],
    attachments,
  });
  test.each<[string, Json, string, VconConfig?]>([
    [
      "an analysis of a dialog that is not there",
      analysed({ type: "summary", dialog: [0, 9] }),
      "ana:summary :summary",
    ],
    ["of another kind", analysed({ type: "mood", dialog: 0 }), "ana:null"],
    [
      "of a kind the route names",
      analysed({ type: "mood", dialog: 0 }),
      "ana:poll",
      { kinds: { analysis: { mood: "poll" } } },
    ],
    ["read aloud", analysed({ type: "mood", dialog: 0, mediatype: "audio/wav" }), "ana:audio ana:null"],
    ["of an attachment", analysed({ type: "summary", attachment: 0 }, [{ party: 1 }]), "bo:summary"],
    [
      "of an attachment that is not there",
      analysed({ type: "summary", attachment: 1 }, [{ party: 1 }]),
      ":summary",
    ],
  ])("%s", (_, vcon, expected, config = {}) => {
    expect(claims(document(vcon, { config }))[5]).toBe(expected);
  });

  const attached = (attachment: Json) => ({ ...CHAT, analysis: [], attachments: [attachment] });
  test.each<[string, Json, string, VconConfig?]>([
    ["an attachment of a party", attached({ party: 1 }), "bo:file"],
    ["of a party and of a dialog", attached({ party: 1, dialog: 2 }), "cy:file bo:file"],
    ["of a dialog", attached({ dialog: 0 }), "ana:file"],
    ["of nothing", attached({}), "ana:file bo:file cy:file dee:file *:file"],
    ["of a party that is not there", attached({ party: 4 }), ":file"],
    ["of a dialog that is not there", attached({ party: 0, dialog: 5 }), ":file ana:file"],
    ["that is a recording", attached({ party: 0, mediatype: "video/mp4" }), "ana:file ana:video"],
    [
      "of a purpose the route names",
      attached({ party: 0, purpose: "chatlog" }),
      "ana:chat",
      { kinds: { attachment: { chatlog: "chat" } } },
    ],
  ])("%s", (_, vcon, expected, config = {}) => {
    expect(claims(document(vcon, { config }))[5]).toBe(expected);
  });

  test.each<[string, Json, Asked, (string | null)[]]>([
    ["in headers", CHAT, {}, ["acme", "m1"]],
    [
      "inside",
      CHAT,
      { config: { conversation: "/uuid" }, headers: { "tenfour-account": "acme" } },
      ["acme", CHAT.uuid],
    ],
    [
      "inside and in a header alike",
      { ...CHAT, account: "acme" },
      { config: { account: "/account" } },
      ["acme", "m1"],
    ],
    ["inside, and another in a header", CHAT, { config: { conversation: "/uuid" } }, ["acme", null]],
    ["inside, where there is none", CHAT, { config: { account: "/account" } }, [null, "m1"]],
    [
      "inside, where there is no id",
      { ...CHAT, account: "a b" },
      { config: { account: "/account" }, headers: {} },
      [null, null],
    ],
    [
      "inside, where there is no text",
      { ...CHAT, account: 7 },
      { config: { account: "/account" } },
      [null, "m1"],
    ],
    [
      "inside, where there is a number",
      { ...CHAT, account: 12345 },
      { config: { account: "/account" }, headers: {} },
      [null, null],
    ],
    [
      "inside, as long as may be",
      { ...CHAT, account: "a".repeat(LIMITS.id_chars_max) },
      { config: { account: "/account" }, headers: {} },
      ["a".repeat(LIMITS.id_chars_max), null],
    ],
    ["inside, once", { ...CHAT, in: ["acme"] }, { config: { account: "/in/*" } }, ["acme", "m1"]],
    ["inside, twice", { ...CHAT, in: ["acme", "acme"] }, { config: { account: "/in/*" } }, [null, "m1"]],
    ["nowhere", CHAT, { headers: {} }, [null, null]],
  ])("account and conversation are %s", (_, vcon, asked, expected) => {
    for (const item of contents(document(vcon, asked)).flat()) {
      expect([item.account, item.conversation]).toEqual(expected);
    }
  });

  test("what says whose it is may stay without consent, if it is an id", () => {
    const config = { account: "/account", conversation: "/meta/meeting" };
    const held = (meta: Json) => {
      const { items } = document({ account: "acme", meta, dialog: [TEXT] }, { config, headers: {} });
      return items.length;
    };
    expect([
      held({ meeting: "m1" }),
      held({ meeting: "our talk" }),
      held({ meeting: "m1", more: 1 }),
    ]).toEqual([1, 2, 2]);
  });

  test("labels come in a header", () => {
    expect(contents(document(CALL))[0]![0]!.labels).toEqual(["health_information"]);
  });
});
