/** Recordings in forms, from Node's FormData and undici's: all or nothing by the part that comes before them, streamed, cut when consent goes. */
import { createHash, randomBytes } from "node:crypto";
import * as undici from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { watchResident } from "../../../bench/resident.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, seedWorld, worldConfig } from "../../support/world.ts";

const MIB = 1_048_576;
/** What a large body may add to the memory of the gate. */
const GROWTH_MAX = 48 * MIB;
const WAV = `RIFF\x24\x08\0\0WAVEfmt ${"x".repeat(1_000)}\r\n--`;

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const whose = (over: object = {}) =>
  JSON.stringify({
    account: "acme",
    conversation: "m1",
    speakers: ["ana", "bo"],
    kind: "audio",
    captured_at: CAPTURED_AT,
    ...over,
  });
const json = (text: string) => new Blob([text], { type: "application/json" });
const wav = (content = WAV, type = "audio/wav") => new File([content], `${MARKER}.wav`, { type });

type Parts = readonly (readonly [name: string, value: string | Blob])[];

function send(parts: Parts, client: { fetch: unknown; FormData: unknown } = { fetch, FormData }) {
  const { fetch: fetcher, FormData: Form } = client as { fetch: typeof fetch; FormData: typeof FormData };
  const form = new Form();
  for (const [name, value] of parts) form.append(name, value as never);
  const headers = { authorization: `Bearer ${key}` };
  return fetcher(`${rig.url}/ingest/media`, { method: "POST", headers, body: form });
}

describe("a form with a recording", () => {
  test.each([
    ["Node", { fetch, FormData }],
    ["undici", { fetch: undici.fetch, FormData: undici.FormData }],
  ])("of %s, whose speakers all consented, arrives without what is said of it", async (_, client) => {
    const parts: Parts = [
      ["metadata", json(whose())],
      ["model", "small"],
      ["note", MARKER],
      ["file", wav()],
    ];
    const response = await send(parts, client);
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=1, stripped=0, dropped=0",
    ]);
    const [request] = rig.upstreams.main.received;
    assertNoMarker([request!.rawHead, request!.body], "the upstream");
    const arrived = await new Response(new Uint8Array(request!.body), {
      headers: { "content-type": request!.headers["content-type"]! },
    }).formData();
    expect([...arrived.keys()]).toEqual(["model", "file"]);
    const file = arrived.get("file") as File;
    expect([arrived.get("model"), file.name, file.type, await file.text()]).toEqual([
      "small",
      "recording.wav",
      "audio/wav",
      WAV,
    ]);
  });

  test.each<[string, object]>([
    ["one of its speakers objected", { speakers: ["ana", "cy"] }],
    ["one of its speakers is nobody", { speakers: ["ana", null] }],
    ["nobody says whose it is", { account: undefined }],
    ["more is said than is read", { labels_: ["health_information"] }],
    ["nobody says when", { captured_at: undefined }],
  ])("is held back if %s", async (_, over) => {
    const response = await send([
      ["metadata", json(whose(over))],
      ["file", wav(WAV + MARKER)],
    ]);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
      403,
      "items_denied",
    ]);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test.each<[string, Parts, number, string]>([
    [
      "the recording comes first",
      [
        ["file", wav(WAV + MARKER)],
        ["metadata", json(whose())],
      ],
      400,
      "multipart_invalid",
    ],
    [
      "another file comes first",
      [
        ["metadata", json(whose())],
        ["extra", wav(MARKER)],
        ["file", wav()],
      ],
      400,
      "multipart_invalid",
    ],
    [
      "it begins otherwise",
      [
        ["metadata", json(whose())],
        ["file", wav(`PK\x03\x04${MARKER}`)],
      ],
      415,
      "media_type_differs",
    ],
    [
      "it begins as another type",
      [
        ["metadata", json(whose())],
        ["file", wav(WAV, "video/mp4")],
      ],
      415,
      "media_type_differs",
    ],
    [
      "it is of a type the route does not take",
      [
        ["metadata", json(whose())],
        ["file", wav(WAV, "audio/flac")],
      ],
      415,
      "part_type_unsupported",
    ],
    ["there is no recording", [["metadata", json(whose({ note: MARKER }))]], 400, "multipart_invalid"],
    [
      "what is said of it is none",
      [
        ["metadata", json(MARKER)],
        ["file", wav()],
      ],
      400,
      "json_syntax",
    ],
    [
      "what is said of it never ends",
      [
        ["metadata", json(`{"a":"${MARKER}${"a".repeat(70_000)}"}`)],
        ["file", wav()],
      ],
      413,
      "record_too_large",
    ],
  ])("is refused if %s", async (_, parts, status, code) => {
    const response = await send(parts);
    expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([status, code]);
    expect(rig.upstreams.main.received).toEqual([]);
  });
});

const boundary = "X";
const headers = () => ({
  authorization: `Bearer ${key}`,
  "content-type": `multipart/form-data; boundary=${boundary}`,
});
const opening = () =>
  `--X\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n${whose()}\r\n` +
  '--X\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nContent-Type: audio/wav\r\n\r\n';

test("it streams at constant memory, unchanged", async () => {
  const piece = randomBytes(MIB / 4);
  function* recording(bytes: number) {
    yield Buffer.from(WAV, "latin1");
    for (let left = bytes; left > 0; left -= piece.length) yield piece.subarray(left % 7);
  }
  function* pieces(bytes: number) {
    yield opening();
    yield* recording(bytes);
    yield "\r\n--X--\r\n";
  }
  const upload = (bytes: number) =>
    rig.send({ path: "/ingest/media", headers: headers(), pieces: pieces(bytes), timeoutMs: 120_000 });
  await upload(MIB);
  rig.upstreams.main.reset();
  const memory = watchResident();
  const answer = await upload(128 * MIB);
  const grown = memory.stop();
  const own = answer.headers["tenfour-exchange"];
  const expected = createHash("sha256").update(
    `--${own}\r\nContent-Disposition: form-data; name="file"; filename="recording.wav"\r\nContent-Type: audio/wav\r\n\r\n`,
  );
  for (const one of recording(128 * MIB)) expected.update(one);
  expected.update(`\r\n--${own}--\r\n`);
  const [request] = await rig.upstreams.main.until(1);
  expect([answer.status, request!.complete, request!.sha256]).toEqual([200, true, expected.digest("hex")]);
  expect(grown).not.toBeNull();
  expect(grown!).toBeLessThan(GROWTH_MAX);
});

test("one that does not end, and one that goes on after its end, arrive visibly incomplete", async () => {
  for (const [end, code] of [
    ["", "body_truncated"],
    ["\r\n--X\r\n", "multipart_invalid"],
    [`\r\n--X--\r\n${MARKER}`, "multipart_invalid"],
  ] as const) {
    rig.upstreams.main.reset();
    const answer = await rig.send({
      path: "/ingest/media",
      headers: headers(),
      pieces: [opening() + WAV, "y".repeat(400_000), end],
    });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, code]);
    const [request] = await rig.upstreams.main.until(1);
    expect(request!.complete).toBe(false);
    expect(request!.body.toString("latin1")).not.toMatch(/--x_\w+--\r\n$/);
    assertNoMarker(request!.body, "the upstream");
  }
});

test("it is cut within the bound when consent is withdrawn", async () => {
  let stopped = false;
  async function* pieces() {
    yield opening() + WAV;
    for (let i = 0; i < 100 && !stopped; i++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      yield "x".repeat(1_000);
      if (i === 4) {
        await rig.operator("POST", "/v1/accounts/acme/consents", {
          service: "meeting-summary",
          answer: "withdrawn",
          by: { person: "olga", role: "owner" },
        });
      }
    }
  }
  const onStatus = () => {
    stopped = true;
  };
  const answer = await rig.send({ path: "/ingest/media", headers: headers(), pieces: pieces(), onStatus });
  expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, "consent_changed"]);
  const [request] = await rig.upstreams.main.until(1);
  expect(request!.complete).toBe(false);
});
