/** Of what kind a part of a vCon is. */
import { describe, expect, test } from "vitest";
import { compileVcon } from "../../../../src/content/vcon/compile.ts";
import { compileKinds } from "../../../../src/content/vcon/kinds.ts";
import type { Kind } from "../../../../src/decision/model.ts";

const KINDS = compileKinds({});

test.each<[string, Kind | null]>([
  ["text", "chat"],
  ["audio", "audio"],
  ["video", "video"],
  ["transfer", "summary"],
  ["incomplete", "summary"],
  ["recording-set", "summary"],
  ["recording", null],
  ["Text", null],
  ["constructor", null],
  ["", null],
])("a dialog of type %j is %s", (type, kind) => {
  expect(KINDS.dialog({ type })).toEqual([kind]);
});

test.each<[string, Kind | null]>([
  ["transcript", "transcript"],
  ["wtf_transcription", "transcript"],
  ["diarized", "transcript"],
  ["translation", "transcript"],
  ["tts", "audio"],
  ["summary", "summary"],
  ["report", "summary"],
  ["sentiment", "summary"],
  ["mood", null],
])("an analysis of type %j is %s", (type, kind) => {
  expect(KINDS.analysis({ type })).toEqual([kind]);
});

test.each([
  [{}, ["file"]],
  [{ purpose: "notes", type: null }, ["file"]],
  [{ purpose: "chatlog" }, ["chat"]],
  [{ type: "chatlog" }, ["chat"]],
  [{ purpose: "chatlog", type: "poll" }, ["chat", "poll"]],
  [{ purpose: "notes", type: "poll" }, ["poll"]],
  [{ purpose: "chatlog", type: "chatlog", mediatype: "audio/wav" }, ["chat", "audio"]],
])("an attachment that says %j is %j", (said, kinds) => {
  expect(compileKinds({ kinds: { attachment: { chatlog: "chat", poll: "poll" } } }).attachment(said)).toEqual(
    kinds,
  );
});

test("a vCon comes under two names", () => {
  expect(compileVcon({}).mediaTypes).toEqual(["application/vcon+json", "application/vcon"]);
});

test("a route names others", () => {
  const own = compileKinds({
    kinds: { conversation: "transcript", dialog: { text: "poll" }, analysis: { mood: "poll" } },
  });
  expect([own.conversation, KINDS.conversation]).toEqual([["transcript"], ["summary"]]);
  expect([own.dialog({ type: "text" }), own.dialog({ type: "transfer" })]).toEqual([
    ["poll"],
    ["transcript"],
  ]);
  expect([own.analysis({ type: "mood" }), own.analysis({ type: "summary" })]).toEqual([
    ["poll"],
    ["summary"],
  ]);
});

describe("a media type", () => {
  const of = (mediatype: unknown) => KINDS.analysis({ type: "summary", mediatype });
  test.each([
    undefined,
    null,
    "",
    "text/plain",
    "application/vnd.x-y+z",
    "x/y;",
    "x/y \t ; a=b",
    "A1!#$&^_.+-/9!#$&^_.+-",
  ])("%j says nothing", (type) => {
    expect(of(type)).toEqual(["summary"]);
  });
  test.each<[string, Kind]>([
    ["audio/wav", "audio"],
    ["AUDIO/WAV", "audio"],
    ["Video/mp4; codecs=x", "video"],
    ["video/x \t;~", "video"],
  ])("%j is %s", (type, kind) => {
    expect(of(type)).toEqual([kind, "summary"]);
    expect(KINDS.analysis({ type: "summary", mimetype: type })).toEqual([kind, "summary"]);
    expect(KINDS.dialog({ mediatype: type })).toEqual([kind]);
  });
  test.each([
    7,
    ["audio/wav"],
    {},
    " audio/wav",
    "audio/wav ",
    "audio/wav x",
    "audio",
    "audio/",
    "/wav",
    "audio/wav/x",
    "-audio/wav",
    "audio/-wav",
    "au dio/wav",
    "audio/w v",
    "audio/wav;\t",
    "audio/wav; \u00e9",
    "audio/wav\n",
    "\naudio/wav",
  ])("%j may be any", (type) => {
    expect(of(type)).toEqual([null, "summary"]);
  });
  test("two of them say both", () => {
    expect(KINDS.dialog({ type: "text", mediatype: "audio/wav", mimetype: "video/mp4" })).toEqual([
      "audio",
      "video",
      "chat",
    ]);
    expect(KINDS.dialog({ type: "text", mediatype: "text/plain", mimetype: "x" })).toEqual([null, "chat"]);
  });
});
