/** Documents and recordings, without a worker: what leaves, what is told, what is on record, and what a change of consent half-way does. */
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { BEN_OBJECTS, beginWorlds, limit, passing, SMALL, world } from "./passing.ts";
import { routesOf } from "./sound-routes.ts";
import { digestOf } from "./windows-of.ts";

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
      id: "spans",
      path: "/ingest/spans",
      upstream: "metrics",
      purpose: "operate",
      recipient: "first-party",
      document: { otlp: { signal: "traces" } },
      services: [],
      kinds: [],
      on_deny: "strip",
    },
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
    const headers = { ...VTT, "idempotency-key": '"a"' };
    const passed = await pass("/ingest/words", headers, [text.slice(0, 9), text.slice(9)]);
    expect(passed).toMatchObject({
      status: 200,
      outcome: "forwarded=1, stripped=0, dropped=0",
      left: text,
      recorded: "forwarded",
    });
    expect(passed.closed).toMatchObject({ received: digestOf(text), sent: digestOf(text), in_doubt: 1 });
    expect(world.sent[0]!.whole).toBe(true);
    expect(Object.fromEntries(world.sent[0]!.headers)).toEqual({
      "accept-encoding": "identity",
      "content-type": "text/vtt",
      "idempotency-key": '"a"',
    });
  });

  /** A transcript of so many bytes. */
  const long = (bytes: number) => {
    const end = "</v>\n\n";
    const cues = cue("ben").repeat(Math.floor((bytes - 8) / cue("ben").length));
    return `WEBVTT\n\n${cues}`.slice(0, -end.length).padEnd(bytes - end.length, "x") + end;
  };

  test.each([
    [SMALL.slice_bytes_max, true],
    [SMALL.slice_bytes_max + 1, false],
    [3 * SMALL.slice_bytes_max, false],
  ])("of %i bytes leaves at once: %s; and all of it", async (bytes, whole) => {
    const text = long(bytes);
    const passed = await pass("/ingest/words", VTT, [text]);
    expect(passed.left === text).toBe(true);
    expect(passed.closed).toMatchObject({ outcome: "forwarded", received: { bytes }, sent: digestOf(text) });
    expect(world.sent[0]!.whole).toBe(whole);
  });

  test("in a coding is measured as it came", async () => {
    const text = `WEBVTT\n\n${cue("ben")}`;
    const packed = gzipSync(text).toString("latin1");
    const passed = await pass("/ingest/words", { ...VTT, "content-encoding": "gzip" }, [packed]);
    expect(passed).toMatchObject({ status: 200, left: text });
    expect(passed.closed.received.bytes).toBe(packed.length);
    expect(passed.closed.sent).toEqual(digestOf(text));
  });

  test.each([
    ["whose speaker objects", (who: string) => who],
    ["one of whose speakers objects, in another window than the rest", () => "ana"],
  ])("%s while it leaves is cut", async (_, later) => {
    limit({ window_records_max: 50 });
    const text = `WEBVTT\n\n${cue("ben").repeat(3)}${cue(later("ben")).repeat(96)}`;
    world.onTaken = () => {
      world.stories = [BEN_OBJECTS, {}];
      world.now += 5_000;
    };
    expect(await pass("/ingest/words", VTT, [text])).toMatchObject({
      status: 403,
      code: "consent_changed",
      aborted: true,
      recorded: "aborted",
      closed: { settled: 0, in_doubt: 99 },
    });
  });

  test("that only time has passed over leaves all the same", async () => {
    world.onTaken = () => {
      world.now += 5_000;
    };
    const text = long(3 * SMALL.slice_bytes_max);
    expect((await pass("/ingest/words", VTT, [text])).left === text).toBe(true);
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

  test("of spans is answered in their protocol's words", async () => {
    const passed = await pass("/ingest/spans", { "content-type": "application/json" }, ["{"]);
    expect([passed.status, passed.type, JSON.parse(passed.answer).code]).toEqual([
      400,
      "application/json",
      3,
    ]);
  });
});

const SOUND = { "content-type": "audio/wav" };

describe("a recording", () => {
  test("leaves as it came, with the length it had or without", async () => {
    const passed = await pass("/ingest/sound", { ...SOUND, "idempotency-key": '"a"' }, [WAV, WAV]);
    expect(passed).toMatchObject({
      status: 200,
      outcome: "forwarded=1, stripped=0, dropped=0",
      left: WAV + WAV,
      recorded: "forwarded",
    });
    const bytes = Buffer.from(WAV + WAV, "latin1");
    expect(passed.closed).toMatchObject({ received: digestOf(bytes), sent: digestOf(bytes), in_doubt: 1 });
    expect(Object.fromEntries(world.sent[0]!.headers)).toEqual({
      "accept-encoding": "identity",
      "content-type": "audio/wav",
      "idempotency-key": '"a"',
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
    const passed = await pass("/ingest/quiet", SOUND, [WAV, WAV]);
    expect(passed).toMatchObject({
      status: 200,
      outcome: "forwarded=0, stripped=0, dropped=1",
      left: null,
      recorded: "dropped",
    });
    // What nobody wants is taken all the same, so that its sender reads the answer.
    expect(passed.taken.pieces).toBe(2);
  });

  test("that begins as another thing, or is none, is refused", async () => {
    expect(await pass("/ingest/sound", SOUND, ["PK\x03\x04"])).toMatchObject({ status: 415, left: null });
    expect(await pass("/ingest/sound", SOUND, [])).toMatchObject({ status: 400, code: "body_empty" });
  });

  test.each(["sound", "quiet"])("is cut once its speaker objects, on the route %s", async (route) => {
    const objects = () => {
      world.stories = [BEN_OBJECTS, {}];
      world.now += 5_000;
    };
    expect(await pass(`/ingest/${route}`, SOUND, [WAV, WAV, WAV], objects)).toMatchObject({
      status: 403,
      code: "consent_changed",
      aborted: true,
      closed: { settled: 0, in_doubt: 1 },
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
      whole.slice(700, 1_500),
      whole.slice(1_500),
    ]);
    expect(answer).toMatchObject({ status: 200, recorded: "forwarded" });
    const { exchange } = answer.closed;
    expect(world.sent[0]!.headers.get("content-type")).toBe(`multipart/form-data; boundary=${exchange}`);
    const head = `Content-Disposition: form-data; name="file"; filename="recording.wav"\r\nContent-Type: audio/wav`;
    const left = `--${exchange}\r\n${head}\r\n\r\n${WAV}\r\n--${exchange}--\r\n`;
    expect(answer.left).toBe(left);
    expect(answer.closed).toMatchObject({ received: digestOf(whole), sent: digestOf(left) });
  });

  test("in a form is checked again after the form's head, which may have been taken late", async () => {
    let taken = 0;
    world.onTaken = () => {
      taken += 1;
      Object.assign(world, {
        stories: [BEN_OBJECTS, {}],
        now: world.now + 5_000,
        onTaken: () => (taken += 1),
      });
    };
    const answer = await pass("/ingest/sound", FORM, [form(metadata, WAV)]);
    expect(answer).toMatchObject({ status: 403, code: "consent_changed", aborted: true });
    expect(taken).toBe(1);
  });

  test("that comes in large pieces is handed on a slice at a time, each checked", async () => {
    let taken = 0;
    world.onTaken = () => {
      taken += 1;
      if (taken === 2) Object.assign(world, { stories: [BEN_OBJECTS, {}], now: world.now + 5_000 });
    };
    const answer = await pass("/ingest/sound", SOUND, [WAV.padEnd(3 * SMALL.slice_bytes_max, "w")]);
    expect(answer).toMatchObject({ status: 403, code: "consent_changed", aborted: true });
    expect(taken).toBe(2);
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
