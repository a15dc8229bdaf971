import { describe, expect, test } from "vitest";
import { attributedItems, readAttribution } from "../../../src/content/attribution.ts";

const read = (headers: Readonly<Record<string, string>>) => readAttribution((name) => headers[name] ?? null);
const NONE = {
  account: null,
  conversation: null,
  speakers: [],
  kind: null,
  capturedAt: null,
  capturedUntil: null,
  labels: [],
  names: null,
};

describe("whose a body is, from its headers", () => {
  test.each<[string, Record<string, string>, object]>([
    ["nothing says nothing", {}, {}],
    [
      "all of it",
      {
        "tenfour-account": "acme",
        "tenfour-conversation": "m1",
        "tenfour-speaker": "ana",
        "tenfour-kind": "audio",
        "tenfour-captured-at": "2026-01-01T00:00:00.0009Z",
        "tenfour-captured-until": "2026-01-01T00:00:01.0001Z",
        "tenfour-labels": "education_records",
      },
      {
        account: "acme",
        conversation: "m1",
        speakers: ["ana"],
        kind: "audio",
        capturedAt: Date.UTC(2026, 0, 1),
        capturedUntil: Date.UTC(2026, 0, 1) + 1_001,
        labels: ["education_records"],
      },
    ],
    ["several speakers, each once", { "tenfour-speaker": "ana, bo,ana" }, { speakers: ["ana", "bo"] }],
    ["an empty speaker is somebody who is nobody", { "tenfour-speaker": "" }, { speakers: [""] }],
    ["a speaker that is no id is nobody", { "tenfour-speaker": "ana, b o" }, { speakers: ["ana", ""] }],
    [
      "too many speakers are nobody",
      { "tenfour-speaker": Array.from({ length: 101 }, (_, i) => `p${i}`).join(",") },
      { speakers: [""] },
    ],
    [
      "as many as may be are themselves",
      { "tenfour-speaker": Array.from({ length: 100 }, (_, i) => `p${i}`).join(",") },
      { speakers: Array.from({ length: 100 }, (_, i) => `p${i}`) },
    ],
    ["two accounts, joined as headers are, are none", { "tenfour-account": "acme, beta" }, {}],
    ["a kind in other letters is none", { "tenfour-kind": "Audio" }, {}],
    ["a beginning that cannot be read is none", { "tenfour-captured-at": "yesterday" }, {}],
    ["an end that cannot be read", { "tenfour-captured-until": "later" }, { capturedUntil: "unreadable" }],
    ["a label nobody knows is kept as one", { "tenfour-labels": "secret" }, { labels: [""] }],
    [
      "names",
      { "tenfour-names": "Ana+Lima=ana&C%C3%BD=cy" },
      {
        names: new Map([
          ["Ana Lima", "ana"],
          ["Cý", "cy"],
        ]),
      },
    ],
    ["a name of two people is nobody's", { "tenfour-names": "A=ana&A=bo" }, { names: new Map([["A", ""]]) }],
    [
      "a name of the same twice is theirs",
      { "tenfour-names": "A=ana&A=ana" },
      { names: new Map([["A", "ana"]]) },
    ],
    ["a name of what is no id is nobody's", { "tenfour-names": "A=a+b" }, { names: new Map([["A", ""]]) }],
  ])("%s", (_, headers, expected) => {
    expect(read(headers)).toEqual({ ...NONE, ...expected });
  });

  test("is one item for each speaker, or one of everybody", () => {
    const speakersOf = (speaker: Record<string, string>) =>
      attributedItems(read(speaker), "none").map((item) => item.speaker);
    expect(speakersOf({ "tenfour-speaker": "ana,bo" })).toEqual(["ana", "bo"]);
    expect(speakersOf({})).toEqual([null]);
  });
});
