/** Documents and recordings, without a worker: what leaves, what is told, what is on record, and what a change of consent half-way does. */
import { describe, expect, test } from "vitest";
import { BEN_OBJECTS, beginWorlds, passing, world } from "./passing.ts";
import { routesOf } from "./sound-routes.ts";

const TRAINING = {
  upstream: "training",
  purpose: "train",
  recipient: "first-party",
  services: ["summary"],
  kinds: ["transcript", "audio", "video"],
};
const ROUTES = routesOf(
  [
    {
      ...TRAINING,
      id: "words",
      path: "/ingest/words",
      document: { transcript: { plain: true } },
      on_deny: "strip",
    },
    { ...TRAINING, id: "all", path: "/ingest/all", document: { transcript: {} }, on_deny: "reject" },
    {
      ...TRAINING,
      id: "sound",
      path: "/ingest/sound",
      media: { types: ["audio/wav"], form: { metadata: "metadata", file: "file" } },
      on_deny: "reject",
    },
    { ...TRAINING, id: "quiet", path: "/ingest/quiet", media: { types: ["audio/wav"] }, on_deny: "drop" },
  ],
  { services: [{ id: "summary", name: "Summary", opt_in: true }] },
);
const WHOSE = {
  "tenfour-account": "acme",
  "tenfour-conversation": "meeting-1",
  "tenfour-speaker": "ben",
  "tenfour-kind": "audio",
  "tenfour-captured-at": "1970-01-01T00:20:00Z",
};
const WAV = `RIFF\x24\x08\0\0WAVEfmt ${"w".repeat(2_000)}`;

beginWorlds();

const pass = (path: string, headers: Record<string, string>, pieces: readonly string[], after?: () => void) =>
  passing(ROUTES, path, { ...WHOSE, ...headers }, pieces, after);

const VTT = { "content-type": "text/vtt" };
const cue = (who: string) => `00:01.000 --> 00:02.000\n<v ${who}>hi</v>\n\n`;

describe("a document", () => {
  test("leaves whole, in one piece or in many", async () => {
    const text = `WEBVTT\n\n${cue("ben")}`;
    expect(await pass("/ingest/words", VTT, [text.slice(0, 9), text.slice(9)])).toMatchObject({
      status: 200,
      outcome: "forwarded=1, stripped=0, dropped=0",
      left: text,
      recorded: "forwarded",
    });
    world.sent = [];
    const long = `WEBVTT\n\n${cue("ben").repeat(9_000)}`;
    expect(await pass("/ingest/words", VTT, [long])).toMatchObject({ status: 200, left: long });
  });

  test("leaves without what is denied, or not at all", async () => {
    const mixed = `WEBVTT\n\n${cue("ben")}${cue("eve")}`;
    expect(await pass("/ingest/words", VTT, [mixed])).toMatchObject({
      outcome: "forwarded=1, stripped=1, dropped=0",
      left: `WEBVTT\n\n${cue("ben")}00:01.000 --> 00:02.000\n\n`,
    });
    world.sent = [];
    expect(await pass("/ingest/words", { "content-type": "text/plain" }, ["hello"])).toMatchObject({
      status: 200,
      outcome: "forwarded=0, stripped=0, dropped=1",
      left: null,
      recorded: "dropped",
    });
    expect(await pass("/ingest/all", VTT, [mixed])).toMatchObject({
      status: 403,
      code: "items_denied",
      left: null,
      recorded: "rejected",
    });
  });

  test("that cannot be read, or is nothing, ends before anything leaves", async () => {
    expect(await pass("/ingest/words", VTT, ["nothing of the kind"])).toMatchObject({
      status: 400,
      code: "transcript_invalid",
      left: null,
    });
    expect(await pass("/ingest/words", VTT, [])).toMatchObject({ status: 400, code: "body_empty" });
  });

  test("whose speaker objects while it is read goes by the new state", async () => {
    const text = `WEBVTT\n\n${cue("ben")}`;
    const objects = () => {
      world.stories = [BEN_OBJECTS, {}];
    };
    expect(await pass("/ingest/words", VTT, [text, "\n"], objects)).toMatchObject({
      outcome: "forwarded=0, stripped=1, dropped=0",
    });
  });
});

const SOUND = { "content-type": "audio/wav" };

describe("a recording", () => {
  test("leaves as it came, with the length it had or without", async () => {
    expect(await pass("/ingest/sound", SOUND, [WAV, WAV])).toMatchObject({
      status: 200,
      outcome: "forwarded=1, stripped=0, dropped=0",
      left: WAV + WAV,
      recorded: "forwarded",
    });
    world.sent = [];
    const length = { "content-length": String(WAV.length) };
    expect(await pass("/ingest/sound", { ...SOUND, ...length }, [WAV])).toMatchObject({
      status: 200,
      left: WAV,
    });
    world.sent = [];
    expect(await pass("/ingest/sound", SOUND, [WAV.slice(0, 30)])).toMatchObject({ left: WAV.slice(0, 30) });
  });

  test("that is denied is told so, or counted", async () => {
    world.stories = [BEN_OBJECTS];
    expect(await pass("/ingest/sound", SOUND, [WAV])).toMatchObject({
      status: 403,
      code: "items_denied",
      left: null,
    });
    expect(await pass("/ingest/quiet", SOUND, [WAV])).toMatchObject({
      status: 200,
      outcome: "forwarded=0, stripped=0, dropped=1",
      left: null,
    });
  });

  test("that begins as another thing, or is none, is refused", async () => {
    expect(await pass("/ingest/sound", SOUND, ["PK\x03\x04"])).toMatchObject({ status: 415, left: null });
    expect(await pass("/ingest/sound", SOUND, [])).toMatchObject({ status: 400, code: "body_empty" });
  });

  test("is cut once its speaker objects", async () => {
    const objects = () => {
      world.stories = [BEN_OBJECTS, {}];
      world.now += 5_000;
    };
    expect(await pass("/ingest/sound", SOUND, [WAV, WAV, WAV], objects)).toMatchObject({
      status: 403,
      code: "consent_changed",
      aborted: true,
    });
  });

  const FORM = { "content-type": "multipart/form-data; boundary=b" };
  const metadata = JSON.stringify({
    account: "acme",
    conversation: "meeting-1",
    speaker: "ben",
    kind: "audio",
    captured_at: "1970-01-01T00:20:00Z",
  });
  const form = (first: string, last: string) =>
    `--b\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n${first}\r\n--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n${last}\r\n--b--\r\n`;

  test("in a form leaves in another form, without who it is of", async () => {
    const whole = form(metadata, WAV);
    const answer = await pass("/ingest/sound", FORM, [
      whole.slice(0, 100),
      whole.slice(100, 700),
      whole.slice(700),
    ]);
    expect(answer).toMatchObject({ status: 200, recorded: "forwarded" });
    expect(answer.left).toContain(WAV);
    expect(answer.left).not.toContain("acme");
  });

  test.each([
    ["whose metadata is none", form("{", WAV)],
    ["whose parts are in another order", form(metadata, WAV).replace('"metadata"', '"other"')],
    ["that does not end", form(metadata, WAV).slice(0, -8)],
    ["that goes on after its end", `${form(metadata, WAV)}more`],
    ["of nothing", "--b--\r\n"],
  ])("in a form %s is no success", async (_, body) => {
    expect((await pass("/ingest/sound", FORM, [body])).status).toBeGreaterThanOrEqual(400);
  });
});
