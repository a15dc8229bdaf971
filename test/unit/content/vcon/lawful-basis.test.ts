/** What a `lawful_basis` attachment forbids. */
import { describe, expect, test } from "vitest";
import type { VconConfig } from "../../../../src/config/documents.ts";
import type { Document } from "../../../../src/content/document.ts";
import { CHAT, type Json } from "../../../support/vcons.ts";
import { contents, document } from "./reading.ts";

describe("a lawful_basis attachment", () => {
  const grant = (purpose: unknown, granted: unknown) => ({ purpose, granted });
  const basis = (body: unknown, more: Json = {}) => ({
    ...CHAT,
    attachments: [{ purpose: "lawful_basis", encoding: "json", body, ...more }],
    analysis: [
      { type: "summary", dialog: [0, 1] },
      { type: "transcript", dialog: 2 },
    ],
  });
  const grants = (...all: unknown[]) => ({ lawful_basis: "consent", purpose_grants: all });
  const NO = grants(grant("training", false));
  /** By part: three texts, two empty dialogs, summary, transcript, the attachment, and Dee, who said nothing unless that is of her too. */
  const signals = (found: Document) =>
    contents(found)
      .map((items) => [...new Set(items.map(({ signal }) => signal[0]))].join(""))
      .join(" ");

  test.each<[string, Json, string, VconConfig?]>([
    ["that grants", basis(grants(grant("training", true))), "n n n   n n n"],
    ["that grants nothing and refuses nothing", basis(grants()), "n n n   n n n"],
    ["that refuses", basis(NO), "d d d   d d d"],
    ["by its type", basis(NO, { purpose: undefined, type: "lawful_basis" }), "d d d   d d d"],
    ["by another spelling", basis(NO, { purpose: "Lawful-Basis" }), "d d d   d d d"],
    ["by a third", basis(NO, { purpose: "LawfulBasis" }), "d d d   d d d"],
    ["by no such name", basis(NO, { purpose: "unlawful_basis" }), "n n n   n n n"],
    ["by a longer name", basis(NO, { purpose: "lawful_basis_of_old" }), "n n n   n n n"],
    ["that is another attachment", basis(NO, { purpose: undefined, type: "notes" }), "n n n   n n n"],
    ["that grants and refuses", basis(grants(grant("a", true), grant("b", false))), "d d d   d d d"],
    ["that refuses transcription", basis(grants(grant("transcription", false))), "n n n   n d n"],
    ["that refuses recording", basis(grants(grant("recording", false))), "n n n   n n n"],
    ["that refuses what the route does not mind", basis(NO), "n n n   n n n", { grants: { training: [] } }],
    [
      "that refuses what the route calls a summary",
      basis(NO),
      "n n n   d n n",
      { grants: { training: ["summary"] } },
    ],
    ["of a party", basis(NO, { party: 0 }), "d n n   d n d n"],
    ["of a dialog", basis(NO, { dialog: 1 }), "n d n   d n d n"],
    ["of a party and a dialog", basis(NO, { party: 2, dialog: 1 }), "n d d   d d d n"],
    ["of a party that is not there", basis(NO, { party: 9 }), "d d d   d d d d"],
    ["of a party before the first", basis(NO, { party: -2 }), "d d d   d d d d"],
    ["of a dialog before the first", basis(NO, { dialog: -2 }), "d d d   d d d d"],
    ["of a party, with words of all", { ...basis(NO, { party: 0 }), subject: "x" }, "d n n   d n d n d"],
    ["of a dialog, with words of all", { ...basis(NO, { dialog: 1 }), subject: "x" }, "n d n   d n d n d"],
    ["whose text is JSON", basis(JSON.stringify(NO)), "d d d   d d d"],
    ["whose text is JSON of many lines", basis(JSON.stringify(NO, null, 1)), "d d d   d d d"],
    ["whose text is something else", basis("no"), "m m m   m m m"],
    [
      "whose text says it twice",
      basis('{"purpose_grants":[{"purpose":"a","granted":false,"granted":true}]}'),
      "m m m   m m m",
    ],
    ["that says it twice", basis(grants({ ...grant("a", true), Granted: false })), "m m m   m m m"],
    ["that is empty", basis({}), "m m m   m m m"],
    ["that is elsewhere", basis(undefined, { url: "https://x.example/" }), "m m m   m m m"],
    ["that is a list", basis([NO]), "m m m   m m m"],
    ["of grants that are none", basis({ purpose_grants: { training: false } }), "m m m   m m m"],
    ["of a grant that is none", basis(grants("training")), "m m m   m m m"],
    ["of a grant that is null", basis(grants(null)), "m m m   m m m"],
    ["that is null", basis(null), "m m m   m m m"],
    ["of a party, that is empty", basis({}, { party: 0 }), "m n n   m n m n"],
    ["of a grant of nothing", basis(grants(grant(undefined, true))), "m m m   m m m"],
    ["of a grant that says neither", basis(grants(grant("a", "true"))), "m m m   m m m"],
  ])("%s", (_, vcon, expected, config = {}) => {
    expect(signals(document(vcon, { config }))).toBe(expected);
  });

  test.each([
    [{}, grants(grant("training", true))],
    [grants(grant("training", true)), {}],
    [{}, NO],
    [grants(grant("transcription", false)), {}],
  ])("that cannot be read denies beside another: %j, %j", (...bodies) => {
    const attachments = bodies.map((body) => ({ purpose: "lawful_basis", body }));
    const all = signals(document({ ...CHAT, attachments, analysis: [] })).replaceAll(" ", "");
    expect(all).toBe("mmmmm");
  });

  test("that refuses recording refuses sound, pictures and screens", () => {
    const dialog = ["audio", "video", "hologram", "text"].map((type) => ({ type, parties: 0 }));
    const vcon = { ...basis(grants(grant("recording", false))), analysis: [], dialog };
    const config = { kinds: { dialog: { hologram: "screen" } } } as const;
    expect(signals(document(vcon, { config }))).toBe("d d d n n");
  });

  test("opens nothing that the request forbids", () => {
    const found = document(basis(grants(grant("training", true))), { signal: "disallows" });
    expect(signals(found)).toBe("d d d   d d d");
  });
});
