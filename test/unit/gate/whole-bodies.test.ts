/** Documents and recordings, without a worker: what leaves, what is told, what is on record, and what a change of consent half-way does. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { RevisionsResult } from "../../../src/consent/port.ts";
import type { Entry } from "../../../src/evidence/entries.ts";
import { admit } from "../../../src/gate/admit.ts";
import { forwardDocument } from "../../../src/gate/documents.ts";
import type { Gate } from "../../../src/gate/gate.ts";
import { forwardMedia } from "../../../src/gate/media.ts";
import { argumentsOf, type Case, NOW } from "../../cases/decision/story.ts";
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
const PRODUCER = { id: "p", keyId: "k", accounts: ["*"] };
const WHOSE = {
  "tenfour-account": "acme",
  "tenfour-conversation": "meeting-1",
  "tenfour-speaker": "ben",
  "tenfour-kind": "audio",
  "tenfour-captured-at": "1970-01-01T00:20:00Z",
};
const OBJECTS: Case["people"] = { ben: { objected: [[0, null]] } };
const WAV = `RIFF\x24\x08\0\0WAVEfmt ${"w".repeat(2_000)}`;

let sent: { bytes: Promise<Uint8Array>; aborted: () => boolean }[];
let recorded: Entry[];
/** By the time the gate looks: the story, and from then on another. */
let stories: Partial<Case>[];
let now: number;

/** As the platform's: bytes in, bytes out. */
class Pipe extends TransformStream<Uint8Array, Uint8Array> {
  constructor() {
    super({ transform: (bytes, controller) => controller.enqueue(bytes.slice()) });
  }
}

beforeEach(() => {
  sent = [];
  recorded = [];
  stories = [{}];
  now = NOW;
  vi.stubGlobal("IdentityTransformStream", Pipe);
  vi.stubGlobal("FixedLengthStream", Pipe);
  vi.stubGlobal("fetch", async (_: string, { body, signal }: { body: BodyInit; signal: AbortSignal }) => {
    const bytes = new Response(body).bytes();
    sent.push({ bytes, aborted: () => signal.aborted });
    await Promise.race([
      bytes,
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("cut")))),
    ]);
    return new Response("ok");
  });
});
afterEach(() => vi.unstubAllGlobals());

async function pass(
  path: string,
  headers: Record<string, string>,
  pieces: readonly string[],
  after = () => {},
) {
  const stateNow = () => argumentsOf({ rule: "T15", name: "", expect: "consented", ...stories[0] })[3];
  const revision = (): RevisionsResult => ({
    keyRevoked: false,
    revisions: { accounts: new Map([["acme", stories.length]]), notices: new Map([["summary", 1]]) },
  });
  const gate = {
    now: () => now,
    routes: ROUTES,
    digestSecret: "x".repeat(43),
    attest: () => ({}),
    evidence: { append: async (entries: readonly Entry[]) => void recorded.push(...entries) },
    consent: {
      lookup: async () => ({ state: stateNow(), ageMs: 0, ...revision() }),
      revisions: async () => revision(),
    },
  } as unknown as Gate;
  let piece = 0;
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      if (piece === pieces.length) {
        controller.close();
        controller.byobRequest?.respond(0);
        return;
      }
      if (piece === 1) after();
      controller.enqueue(Uint8Array.from(pieces[piece++]!, (char) => char.charCodeAt(0)));
    },
  });
  const request = {
    headers: new Headers({ ...WHOSE, ...headers }),
    body,
    method: "POST",
  } as unknown as Request;
  const admission = admit(request, path, ROUTES);
  const response =
    admission.form === "document"
      ? await forwardDocument(gate, request, admission, PRODUCER)
      : admission.form === "media"
        ? await forwardMedia(gate, request, admission, PRODUCER)
        : expect.unreachable();
  const left =
    sent[0] === undefined || sent[0].aborted() ? null : new TextDecoder().decode(await sent[0].bytes);
  const answer = await response.text();
  const closed = recorded.at(-1)!;
  return {
    status: response.status,
    outcome: response.headers.get("tenfour-outcome"),
    code: response.headers.get("content-type")?.includes("problem") ? JSON.parse(answer).code : null,
    left,
    recorded: closed.type === "closed" ? closed.outcome : "open",
    aborted: sent[0]?.aborted() ?? null,
  };
}

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
    sent = [];
    const long = `WEBVTT\n\n${cue("ben").repeat(9_000)}`;
    expect(await pass("/ingest/words", VTT, [long])).toMatchObject({ status: 200, left: long });
  });

  test("leaves without what is denied, or not at all", async () => {
    const mixed = `WEBVTT\n\n${cue("ben")}${cue("eve")}`;
    expect(await pass("/ingest/words", VTT, [mixed])).toMatchObject({
      outcome: "forwarded=1, stripped=1, dropped=0",
      left: `WEBVTT\n\n${cue("ben")}00:01.000 --> 00:02.000\n\n`,
    });
    sent = [];
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
      stories = [{ people: OBJECTS }, {}];
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
    sent = [];
    const length = { "content-length": String(WAV.length) };
    expect(await pass("/ingest/sound", { ...SOUND, ...length }, [WAV])).toMatchObject({
      status: 200,
      left: WAV,
    });
    sent = [];
    expect(await pass("/ingest/sound", SOUND, [WAV.slice(0, 30)])).toMatchObject({ left: WAV.slice(0, 30) });
  });

  test("that is denied is told so, or counted", async () => {
    stories = [{ people: OBJECTS }];
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
      stories = [{ people: OBJECTS }, {}];
      now += 5_000;
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
