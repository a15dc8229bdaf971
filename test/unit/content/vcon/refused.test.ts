/** What is no vCon the gate can take apart. */
import { describe, expect, test } from "vitest";
import type { Json } from "../../../support/vcons.ts";
import { read, TEXT } from "./reading.ts";

const escaped = (name: string) =>
  Array.from(name, (character) => `\\u00${character.charCodeAt(0).toString(16)}`).join("");

describe("refused", () => {
  const PARTS = { parties: [{ uuid: "ana" }], dialog: [TEXT] };
  test.each<[string, Json | string, string]>([
    ["nothing", " ", "body_empty"],
    ["a byte order mark", `\ufeff${JSON.stringify(PARTS)}`, "json_bom"],
    ["an array", "[]", "record_not_object"],
    ["a sealed text", '"eyJ.eyJ.x"', "record_not_object"],
    ["half of one", '{"parties":[', "body_truncated"],
    ["two of them", "{}{}", "json_syntax"],
    ["a comma too many", '{"parties":[],}', "json_syntax"],
    ["a member twice", '{"dialog":[],"dialog":[]}', "json_duplicate_key"],
    ["a member twice by case", '{"dialog":[],"Dialog":[]}', "json_duplicate_key"],
    ["a party who is two", '{"parties":[{"uuid":"ana","UUID":"bo"}]}', "json_duplicate_key"],
    ["a dialog of two", '{"dialog":[{"parties":[0],"Parties":[1]}]}', "json_duplicate_key"],
    ["an attachment of two", '{"attachments":[{"party":0,"party":1}]}', "json_duplicate_key"],
    ["an analysis of two", '{"analysis":[{"dialog":0,"DIALOG":1}]}', "json_duplicate_key"],
    ["a name that looks like another", '{"pаrties":[]}', "json_key"],
    ["a prototype", '{"dialog":[{"body":{"__proto__":1}}]}', "json_key"],
    ["half a character", '{"subject":"\\ud800"}', "json_surrogate"],
    ["no finite number", '{"dialog":[{"duration":1e999}]}', "json_number"],
    ["too deep", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`, "json_depth"],
    ["signed", { payload: "e30", signatures: [{ protected: "e30", signature: "x" }] }, "vcon_sealed"],
    ["signed, flattened", { payload: "e30", protected: "e30", signature: "x" }, "vcon_sealed"],
    ["encrypted", { unprotected: {}, recipients: [], iv: "", ciphertext: "x", tag: "" }, "vcon_sealed"],
    ["encrypted, flattened", { protected: "", encrypted_key: "", iv: "", tag: "" }, "vcon_sealed"],
    ["signed, with a vCon beside it", { ...PARTS, Signatures: [] }, "vcon_sealed"],
    ...["payload", "signatures", "Signature", "ciphertext", "recipients", "encrypted_key"].map(
      (seal): [string, Json, string] => [`with ${seal} alone`, { ...PARTS, [seal]: "x" }, "vcon_sealed"],
    ),
    ["of critical extensions", { ...PARTS, critical: ["x"] }, "vcon_invalid"],
    ["of extensions that must be supported", { ...PARTS, must_support: ["x"] }, "vcon_invalid"],
    [
      "of nothing critical, and of something that must be",
      { critical: [], must_support: ["x"] },
      "vcon_invalid",
    ],
    ["of an extension that is critical", { ...PARTS, critical: "x" }, "vcon_invalid"],
    ["parties by name", { parties: { ana: {} } }, "vcon_invalid"],
    ["a dialog that is none", { dialog: [TEXT, "hi"] }, "vcon_invalid"],
    ["a dialog for the dialogs", { dialog: TEXT }, "vcon_invalid"],
    ["attachments that are text", { attachments: ["x"] }, "vcon_invalid"],
    ["an analysis of nothing", { analysis: null }, "vcon_invalid"],
    ["dialogs by no name", { dialog: {} }, "vcon_invalid"],
    ["dialogs in a text", { dialog: "{}]" }, "vcon_invalid"],
    ["dialogs for readers deaf to case", { Dialog: [TEXT] }, "vcon_invalid"],
    ["parties for readers deaf to case", { dialog: [TEXT], Parties: [] }, "vcon_invalid"],
    ["a dialog's, too", { ...PARTS, dialog: [{ ...TEXT, Originator: 1 }] }, "vcon_invalid"],
    [
      "a dialog's, escaped",
      '{"dialog":[{"type":"text","parties":[0],"O\\u0072iginator":1}]}',
      "vcon_invalid",
    ],
    [
      "a dialog's, escaped all through",
      `{"dialog":[{"type":"text","parties":[0],"${escaped("Transfer_target")}":1}]}`,
      "vcon_invalid",
    ],
    ["a dialog's type, too", { dialog: [{ Type: "text", body: "hi" }] }, "vcon_invalid"],
    ["a party's, too", { parties: [{ Uuid: "bo", mailto: "ana" }] }, "vcon_invalid"],
    ["an attachment's, too", { ...PARTS, attachments: [{ Purpose: "lawful_basis" }] }, "vcon_invalid"],
    ["an analysis's, too", { ...PARTS, analysis: [{ type: "summary", Dialog: 0 }] }, "vcon_invalid"],
    ["extensions', too", { ...PARTS, Critical: ["x"] }, "vcon_invalid"],
    ["an event of two", '{"dialog":[{"party_history":[{"party":0,"Party":1}]}]}', "json_duplicate_key"],
    ["too many parties", { parties: Array(1_001).fill({}) }, "vcon_invalid"],
    [
      "too much to decide",
      {
        parties: Array.from({ length: 1_000 }, (_, i) => ({ uuid: `${i}` })),
        attachments: Array(100).fill({}),
      },
      "vcon_invalid",
    ],
  ])("%s", (_, vcon, fault) => {
    expect(read(vcon)).toEqual({ fault, index: 0 });
  });

  const members = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, 0]));
  test.each<[string, Json, string]>([
    ["too many members", members(1_001), "vcon_invalid"],
    ["too many parts", { dialog: Array(20_001).fill({}) }, "vcon_invalid"],
    ["more names than can be remembered", { subject: members(201_000) }, "record_too_large"],
    [
      "as many, one object in another",
      { subject: [members(100_000), { ...members(100_000), z: members(100_000) }] },
      "record_too_large",
    ],
    [
      "a few places that name a great many people",
      {
        parties: Array.from({ length: 1_000 }, (_, i) => ({ uuid: `${i}` })),
        dialog: [{}],
        analysis: Array(200).fill({ type: "summary", dialog: 0 }),
      },
      "vcon_invalid",
    ],
  ])("%s", (_, vcon, fault) => {
    expect(read(vcon)).toEqual({ fault, index: 0 });
  });

  test("not: as many names in one object after another", () => {
    expect("fault" in read({ subject: [members(100_000), members(100_000), members(100_000)] })).toBe(false);
  });

  test("what is no UTF-8", () => {
    const bytes = new TextEncoder().encode('{"subject":"é"}');
    bytes[13] = 0xff;
    expect(read(bytes)).toEqual({ fault: "json_utf8", index: 0 });
  });

  test("not: empty lists of what must be known", () => {
    expect("fault" in read({ ...PARTS, critical: [], must_support: null })).toBe(false);
  });
});
