/** What is left of a vCon when parts of it go. */
import { describe, expect, test } from "vitest";
import { CALL, CHAT, type Json, MEETING } from "../../../support/vcons.ts";
import { ATTENDEES, claims, document, one, TEXT, without, written } from "./reading.ts";

describe("what is left", () => {
  const pretty = JSON.stringify(MEETING, null, 2);

  test.each([
    ["a meeting", pretty],
    ["a call", JSON.stringify(CALL)],
    ["a chat", ` ${JSON.stringify(CHAT, null, "\t")}\n`],
  ])("of %s that all have agreed to are the bytes that came", (_, text) => {
    const found = document(text, { config: ATTENDEES });
    expect(written(found, without(found))).toBe(text);
  });

  test("of a meeting one of whom objects: when it was, and no word", () => {
    const found = document(pretty, { config: ATTENDEES });
    const left = JSON.parse(written(found, without(found, "bo@acme.example", null))!);
    expect(left).toEqual({
      uuid: MEETING.uuid,
      redacted: {},
      group: [],
      parties: [{ role: "chair" }, { role: "chair" }, { role: "attendee" }],
      dialog: [{ type: "video", start: "2026-01-05T10:00:00+00:00", duration: 3600 }],
      attachments: [],
      analysis: [],
      created_at: MEETING.created_at,
      extensions: MEETING.extensions,
      updated_at: MEETING.updated_at,
    });
  });

  test("of a chat one of whom objects: the others' bytes, and every place as it was", () => {
    const text = JSON.stringify(CHAT);
    const found = document(text);
    const gone = without(found, "cy").map((fate) => (fate === "whole" ? "whole" : "gone"));
    const left = written(found, gone)!;
    const { parties, dialog, analysis, attachments } = CHAT;
    expect(left).toBe(
      JSON.stringify({
        ...CHAT,
        parties: [parties[0], parties[1], {}, {}],
        dialog: [dialog[0], dialog[1], { type: "recording" }, dialog[3], dialog[4]],
        analysis: [analysis[0]],
        attachments: [attachments[0], {}],
      }),
    );
    const { analysis: _, ...uncounted } = CHAT;
    const again = document(uncounted);
    expect(JSON.parse(written(again, without(again, "cy"))!).attachments).toEqual([attachments[0]]);
  });

  test.each<[string, Json, unknown]>([
    ["what it was", TEXT, { type: "text", start: TEXT.start }],
    [
      "why it came to nothing",
      { type: "incomplete", disposition: "busy", note: "x" },
      { type: "incomplete", disposition: "busy" },
    ],
    [
      "no reason that is none",
      { type: "incomplete", disposition: "she was out", note: "x" },
      { type: "recording" },
    ],
    ["no type that is none", { ...TEXT, type: "my words" }, { type: "recording" }],
    ["no start that is none", { ...TEXT, start: "my words" }, { type: "text" }],
    ["no text for a number", { ...TEXT, duration: "my words" }, { type: "text", start: TEXT.start }],
  ])("of a dialog that is stripped: %s", (_, dialog, expected) => {
    const found = document(one(dialog, [{ name: "Eve" }]));
    const left = JSON.parse(written(found, ["stripped"])!);
    expect([left.dialog, left.parties]).toEqual([[expected], [{}]]);
  });

  test("of those around is only what they agreed to", () => {
    const fields = { party_fields: { "/uuid": "id" } } as const;
    const text = JSON.stringify(one(TEXT));
    expect(JSON.parse(written(document(text), ["stripped", "gone"])!).parties).toEqual([{}, {}]);
    expect(JSON.parse(written(document(text), ["whole", "gone"])!).parties).toEqual([{ uuid: "ana" }, {}]);
    expect(JSON.parse(written(document(text), ["gone", "whole"])!).parties).toEqual([{}, { uuid: "bo" }]);
    expect(JSON.parse(written(document(text, { config: fields }), ["gone"]) ?? "{}")).toEqual({});
    expect(JSON.parse(written(document(text, { config: fields }), ["stripped"])!).parties).toEqual([
      { uuid: "ana" },
      { uuid: "bo" },
    ]);
  });

  test.each<[string, unknown]>([
    ["subject", "tea"],
    ["meta", { a: 1 }],
    ["group", [{ uuid: "other" }]],
    ["redacted", { uuid: "other", type: "names" }],
    ["appended", { url: "https://x.example/" }],
    ["extensions", ["not a name"]],
    ["extensions", "none"],
    ["created_at", "in the morning"],
    ["uuid", "the one and only"],
    ["vcon", { version: 1 }],
    ["anything", null],
    ["uuid", "x".repeat(300_000)],
  ])("%s goes with what is said of the whole conversation", (key, value) => {
    const rest = { dialog: [TEXT] };
    for (const vcon of [
      { [key]: value, ...rest },
      { ...rest, [key]: value },
    ]) {
      const found = document(JSON.stringify(vcon, null, 1));
      expect(claims(found)).toEqual([":chat", "*:summary"]);
      expect(JSON.parse(written(found, ["whole", "gone"])!)).toEqual(rest);
      expect(JSON.parse(written(found, ["gone", "whole"])!)).toEqual({
        [key]: value,
        dialog: [{ type: "recording" }],
      });
    }
  });

  test("of a party is a member whose name a pointer has to escape", () => {
    const config = { party_fields: { "/a~1b~0c": "id" } } as const;
    const found = document(one(TEXT, [{ uuid: "ana" }, { "a/b~c": "x" }]), { config });
    expect(found.items).toHaveLength(1);
  });

  test("of a vCon that holds nothing of anybody is all of it", () => {
    const text =
      '{"uuid":"u","created_at":"2026-01-05T09:00:00Z","parties":[{"role":"agent"}],"meta":{},"tags":null}';
    const found = document(text);
    expect([found.items, written(found, ["whole"])]).toEqual([
      [{ items: [{ type: "service_data" }], excess: "none", strippable: false }],
      text,
    ]);
  });

  test("of a party that nobody asked is no byte more, and no byte less where it may stay", () => {
    const party = '{ "role" : "agent" }';
    const text = `{"parties":[ ${party} ,{ "role":"agent","name":"Eve" }],"dialog":[{"type":"text","parties":[0]}]}`;
    const found = document(text);
    expect(written(found, ["stripped", "gone"])).toBe(
      `{"parties":[ ${party} ,{"role":"agent"}],"dialog":[{"type":"text"}]}`,
    );
  });

  test("of a dialog without content that may not stay is its place", () => {
    const empty = { type: "transfer", start: TEXT.start, transferee: 0 };
    const found = document({ parties: [{ role: "agent" }], dialog: [empty, empty] });
    expect(found.items.map(({ strippable }) => strippable)).toEqual([true, true]);
    expect(JSON.parse(written(found, ["gone", "whole"])!).dialog).toEqual([{ type: "recording" }, empty]);
  });

  test("of a word that goes on and on is nothing", () => {
    const found = document(one({ ...TEXT, disposition: "x".repeat(300_000) }));
    expect(JSON.parse(written(found, ["stripped", "gone"])!).dialog).toEqual([
      { type: "text", start: TEXT.start },
    ]);
  });

  test("is nothing where all goes", () => {
    for (const vcon of [MEETING, CALL, CHAT]) {
      const found = document(vcon);
      expect(found.write(found.items.map(() => "gone"))).toBeNull();
    }
  });

  test("is known only once all is decided", () => {
    expect(() => document(CALL).write(["whole"])).toThrow("fate");
  });
});
