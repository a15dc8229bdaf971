/** A transcript through the running gate: held, decided piece by piece, written anew. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  for (const request of rig.upstreams.main.received) assertNoMarker(request.body, "the upstream");
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const send = (body: BodyInit, headers: Record<string, string> = {}) =>
  fetch(`${rig.url}/ingest/transcript`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "text/vtt",
      "tenfour-account": "acme",
      "tenfour-conversation": "m1",
      "tenfour-captured-at": CAPTURED_AT,
      "tenfour-names": "Ana=ana&Bo=bo&Cy=cy&Dee=dee",
      ...headers,
    },
    body,
  });

const cue = (s: number, who: string, text: string) =>
  `00:00:0${s}.000 --> 00:00:0${s + 1}.000\n<v ${who}>${text}</v>\n\n`;
const ANA = cue(1, "Ana", "hello");
const BO = cue(2, "Bo", "good morning");
const CY = cue(3, "Cy", MARKER);

describe("a transcript", () => {
  test.each([
    ["a name without a space after it", `Dee:${MARKER}`],
    ["a wide colon", `Dee\uff1a${MARKER}`],
    ["a dash for the next to speak", `- ${MARKER}`],
    ["arrows for the next to speak", `>> ${MARKER}`],
    ["a voice in capitals", `<V Dee>${MARKER}`],
  ])("does not take for Ana's what another reader takes for Dee's: %s", async (_, line) => {
    const response = await send(`WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nAna: hello\n${line}\n`);
    expect(response.headers.get("tenfour-outcome")).toMatch(/^forwarded=0/);
    expect(JSON.stringify(rig.upstreams.main.received.map(({ body }) => body.toString()))).not.toContain(
      MARKER,
    );
  });

  test("whose speakers all consented arrives as it was sent", async () => {
    const response = await send(`WEBVTT\n\n${ANA}${BO}`);
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=2, stripped=0, dropped=0",
    ]);
    const [request] = rig.upstreams.main.received;
    expect([request!.body.toString(), request!.headers["content-type"], request!.complete]).toEqual([
      `WEBVTT\n\n${ANA}${BO}`,
      "text/vtt",
      true,
    ]);
    expect(
      Object.keys(request!.headers).filter((name) => /^tenfour-(account|names|conv|capt)/.test(name)),
    ).toEqual([]);
  });

  test("loses the words of whoever objected, and keeps when they were said", async () => {
    const response = await send(gzipSync(`WEBVTT\n\n${ANA}${CY}${BO}`), { "content-encoding": "gzip" });
    expect(response.headers.get("tenfour-outcome")).toBe("forwarded=2, stripped=1, dropped=0");
    expect(rig.upstreams.main.received[0]!.body.toString()).toBe(
      `WEBVTT\n\n${ANA}00:00:03.000 --> 00:00:04.000\n\n${BO}`,
    );
    const { counts } = await rig.operator("GET", `/v1/exchanges/${response.headers.get("tenfour-exchange")}`);
    expect(counts).toEqual({ forwarded: 2, stripped: 1, dropped: 0, rejected: 0 });
  });

  test("of nobody who is known is not sent", async () => {
    const response = await send(`WEBVTT\n\n${cue(1, "Eve", MARKER)}`, { "tenfour-account": "other" });
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=0, stripped=0, dropped=1",
    ]);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("of many cues leaves in pieces, whole", async () => {
    const text = `WEBVTT\n\n${ANA.repeat(20_000)}`;
    expect((await send(text)).headers.get("tenfour-outcome")).toBe("forwarded=20000, stripped=0, dropped=0");
    const [request] = rig.upstreams.main.received;
    expect([request!.body.toString() === text, request!.complete]).toEqual([true, true]);
  });

  test("that readers would read differently, or of another type, is refused", async () => {
    expect((await send(`WEBVTT\n\n${ANA}Ana: x\rCy: ${MARKER}`)).status).toBe(400);
    expect((await send(MARKER, { "content-type": "text/html" })).status).toBe(415);
    expect(rig.upstreams.main.received).toEqual([]);
  });
});
