/** Who speaks in a record: all of them are decided on, and a list of which one is unreadable has somebody in it who is nobody. */
import { describe, expect, test } from "vitest";
import type { ShapeConfig } from "../../../src/config/define.ts";
import { trainingRecord } from "../../../src/config/presets/training-record.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { readOne } from "./read-one.ts";

const shapeOf = (speakers: string, more: object = {}): ShapeConfig => ({
  variants: [{ content: { account: "/a", speaker: "/speaker", speakers, kind: { fixed: "chat" }, ...more } }],
});
const speakersOf = (source: string, shape: ShapeConfig) =>
  readOne(source, shape).reading.items.map((item) => (item as ContentItem).speaker);

describe("a list of speakers", () => {
  test.each<[string, (string | null)[]]>([
    ["{}", [null]],
    ['{"speakers":["ana","bo"]}', ["ana", "bo"]],
    ['{"speakers":["ana","bo","ana"]}', ["ana", "bo"]],
    ['{"speakers":"ana"}', ["ana"]],
    ['{"speaker":"bo","speakers":["ana"]}', ["bo", "ana"]],
    ['{"speaker":"bo"}', ["bo"]],
    ['{"speakers":[]}', [""]],
    ['{"speakers":null}', [""]],
    ['{"speakers":{}}', [""]],
    ['{"speakers":["ana",null]}', ["ana", ""]],
    ['{"speakers":["ana",7]}', ["ana", ""]],
    ['{"speakers":["ana",["bo"]]}', ["ana", ""]],
    ['{"speakers":["ana","b o"]}', ["ana", ""]],
    ['{"speaker":null,"speakers":["ana"]}', ["", "ana"]],
  ])("%s", (source, expected) => {
    expect(speakersOf(source, shapeOf("/speakers"))).toEqual(expected);
  });

  test.each<[string, (string | null)[]]>([
    ["{}", [null]],
    ['{"people":[{"id":"ana"},{"id":"bo"}]}', ["ana", "bo"]],
    ['{"people":[{"id":"ana"},{"name":"Bo"}]}', ["ana", ""]],
    ['{"people":[{"id":"ana"},"bo"]}', ["ana", ""]],
    ['{"people":[{"id":["ana","bo"]}]}', [""]],
    ['{"people":[]}', [""]],
    ['{"people":{"id":"ana"}}', [""]],
    ['{"people":"ana"}', [""]],
  ])("one in each element: %s", (source, expected) => {
    expect(speakersOf(source, shapeOf("/people/*/id"))).toEqual(expected);
  });

  test("without any, somebody is claimed where a speaker is required", () => {
    expect(speakersOf("{}", shapeOf("/speakers", { speaker_required: true }))).toEqual([""]);
    expect(speakersOf('{"speakers":["ana"]}', shapeOf("/speakers", { speaker_required: true }))).toEqual([
      "ana",
    ]);
  });

  test("whatever stands first in the plan", () => {
    const bare = (content: object): ShapeConfig => ({
      variants: [{ content: { kind: { fixed: "chat" }, ...content } }],
    });
    expect(speakersOf('{"speaker":"ana"}', bare({ speaker: "/speaker" }))).toEqual(["ana"]);
    expect(speakersOf('{"speakers":["ana","bo"]}', bare({ speakers: "/speakers" }))).toEqual(["ana", "bo"]);
  });

  test("a hundred are themselves, one more is nobody's", () => {
    const people = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);
    const source = (count: number) => JSON.stringify({ speakers: people(count) });
    expect(speakersOf(source(100), shapeOf("/speakers"))).toEqual(people(100));
    expect(speakersOf(source(101), shapeOf("/speakers"))).toEqual([""]);
  });

  test("each of its people with each kind, up to a hundred", () => {
    const shape = shapeOf("/speakers", { kind: { pointer: "/kinds/*" } });
    const source = (people: number) =>
      JSON.stringify({
        kinds: ["chat", "file"],
        speakers: Array.from({ length: people }, (_, i) => `p${i}`),
      });
    const pairs = (people: number) =>
      readOne(source(people), shape).reading.items.map((item) => {
        const { speaker, kind } = item as ContentItem;
        return [speaker, kind];
      });
    expect(pairs(2)).toEqual([
      ["p0", "chat"],
      ["p0", "file"],
      ["p1", "chat"],
      ["p1", "file"],
    ]);
    expect(pairs(50)).toHaveLength(100);
    expect(pairs(51)).toEqual([["p0", null]]);
    expect(pairs(101)).toEqual([
      ["", "chat"],
      ["", "file"],
    ]);
  });
});

describe("turns", () => {
  const SHAPE = trainingRecord({ turns: "/messages", strip_to: { "/id": "id" } });
  const line = (envelope: string, record: string) => `{"tenfour":{${envelope}},"record":${record}}`;
  const RECORD = '{"id":"r1","messages":[{"n":0}, {"n":1} ,{"n":2}],"title":"ours"}';

  test("each has a speaker, or is the whole conversation's", () => {
    const { reading } = readOne(line('"turns":["ana",null,"ana"]', RECORD), SHAPE);
    expect(reading.turns).toEqual(["ana", null, "ana"]);
    expect(reading.items.map((item) => (item as ContentItem).speaker)).toEqual(["ana", null]);
  });

  test.each<[string, boolean[], string | null]>([
    ["the first", [true, false, false], '{"id":"r1","messages":[{"n":0}]}'],
    ["the last", [false, false, true], '{"id":"r1","messages":[{"n":2}]}'],
    ["the outer two", [true, false, true], '{"id":"r1","messages":[{"n":0},{"n":2}]}'],
    ["none", [false, false, false], '{"id":"r1"}'],
  ])("what is left where %s may stay", (_, kept, left) => {
    expect(readOne(line('"turns":["ana","bo","cy"]', RECORD), SHAPE).strip(kept)).toBe(left);
  });

  test("they may stand in a record without an envelope", () => {
    const bare: ShapeConfig = {
      variants: [
        {
          content: { account: "/a", kind: { fixed: "chat" } },
          turns: { of: "/messages", speakers: "/who" },
          strip_to: { "/id": "id" },
        },
      ],
    };
    const { reading, strip } = readOne('{"id":"r1","who":["ana","bo"],"messages":[{"n":0},{"n":1}]}', bare);
    expect(reading.turns).toEqual(["ana", "bo"]);
    expect(strip([false, true])).toBe('{"id":"r1","messages":[{"n":1}]}');
    expect(strip()).toBe('{"id":"r1"}');
  });

  test("nothing of them is left of a record denied as a whole", () => {
    expect(readOne(line('"turns":["ana","bo","cy"]', RECORD), SHAPE).strip()).toBe('{"id":"r1"}');
    const bare = trainingRecord({ turns: "/messages" });
    expect(readOne(line('"turns":["ana","bo","cy"]', RECORD), bare).strip()).toBeNull();
  });

  test("who is named beside them is in all of them", () => {
    const { reading } = readOne(line('"speaker":"dee","turns":["ana","ana","ana"]', RECORD), SHAPE);
    expect(reading.turns).toBeNull();
    expect(reading.items.map((item) => (item as ContentItem).speaker)).toEqual(["dee", "ana"]);
  });

  test.each([
    ["too few", '"turns":["ana","ana"]', RECORD],
    ["too many", '"turns":["ana","ana","ana","ana"]', RECORD],
    ["of nothing", '"turns":["ana"]', '{"text":"hi"}'],
    ["of what is no array", '"turns":["ana"]', '{"messages":{"n":0}}'],
    ["no array", '"turns":"ana"', '{"messages":[{"n":0}]}'],
    ["null", '"turns":null', '{"messages":[{"n":0}]}'],
  ])("nobody's: %s", (_, envelope, record) => {
    const { reading } = readOne(line(envelope, record), SHAPE);
    expect([reading.turns, reading.items.map((item) => (item as ContentItem).speaker)]).toEqual([null, [""]]);
  });

  test("one of nobody goes, and the others may stay", () => {
    const { reading } = readOne(line('"turns":["ana",7,"b o"]', RECORD), SHAPE);
    expect(reading.turns).toEqual(["ana", "", ""]);
  });

  test("without them the record is one", () => {
    const { reading } = readOne(line('"speaker":"ana"', RECORD), SHAPE);
    expect([reading.turns, reading.items.length]).toEqual([null, 1]);
  });
});
