/** Recordings through the running gate: all or nothing, streamed, cut when consent goes. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { watchResident } from "../../../bench/resident.ts";
import type { TenfourConfig } from "../../../src/config/define.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, seedKey, seedWorld, worldConfig } from "../../support/world.ts";

const MIB = 1_048_576;

/** One more route, where sound may go, in files that may hold more. */
const withSound = (config: TenfourConfig): TenfourConfig => {
  const media = config.routes.filter((route) => route.id === "media");
  const sound = media.map((route) => ({ ...route, id: "sound", path: "/ingest/sound", kinds: ["audio"] }));
  return { ...config, routes: [...config.routes, ...(sound as TenfourConfig["routes"])] };
};

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => withSound(worldConfig(main)) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  for (const request of rig.upstreams.main.received) assertNoMarker(request.body, "the upstream");
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const headers = (more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  "content-type": "audio/wav",
  "tenfour-account": "acme",
  "tenfour-conversation": "m1",
  "tenfour-kind": "audio",
  "tenfour-speaker": "ana, bo",
  "tenfour-captured-at": CAPTURED_AT,
  ...more,
});
const MP4 = "\0\0\0\x20ftypisom";
const send = (body: string, more: Record<string, string> = {}, route = "media") =>
  fetch(`${rig.url}/ingest/${route}`, { method: "POST", headers: headers(more), body });
const WAV = `RIFF\x24\x08\0\0WAVEfmt ${"x".repeat(1_000)}`;

describe("a recording", () => {
  test("whose speakers all consented arrives as it was sent", async () => {
    const response = await send(WAV);
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=1, stripped=0, dropped=0",
    ]);
    const [request] = rig.upstreams.main.received;
    expect([request!.body.toString(), request!.headers["content-type"], request!.complete]).toEqual([
      WAV,
      "audio/wav",
      true,
    ]);
  });

  test.each<[string, Record<string, string>]>([
    ["one of its speakers objected", { "tenfour-speaker": "ana, cy" }],
    ["one of its speakers is nobody", { "tenfour-speaker": "ana," }],
    ["nobody says whose it is", { "tenfour-account": "" }],
    ["nobody says when", { "tenfour-captured-at": "" }],
    ["nobody says of what kind", { "tenfour-kind": "" }],
    ["its sender says no", { "content-usage": "train-ai=n" }],
  ])("is held back if %s", async (_, more) => {
    const response = await send(WAV + MARKER, more);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: "items_denied", denied_total: 1 });
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("is held back if it is a video where only sound may go, whatever it is called", async () => {
    const authorization = `Bearer ${await seedKey(rig, "k2", ["*"], ["sound"])}`;
    const response = await send(MP4 + MARKER, { authorization, "content-type": "video/mp4" }, "sound");
    expect([response.status, await response.json()]).toMatchObject([
      403,
      { denied: [{ index: 0, reason: "kind_unknown" }] },
    ]);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("may be no longer than what says of what type it is", async () => {
    const response = await send(MP4, { "content-type": "video/mp4" });
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([
      200,
      "forwarded=1, stripped=0, dropped=0",
    ]);
    const [request] = rig.upstreams.main.received;
    expect([request!.body.toString(), request!.complete]).toEqual([MP4, true]);
  });

  test.each<[string, string, Record<string, string>, number]>([
    ["begins otherwise", `PK\x03\x04${MARKER}`, {}, 415],
    ["begins as another type", WAV, { "content-type": "video/mp4" }, 415],
    ["is of a type the route does not take", WAV, { "content-type": "audio/flac" }, 415],
    ["is packed", WAV, { "content-encoding": "gzip" }, 415],
    ["is part of an upload", WAV, { "content-range": "bytes 0-9/100" }, 400],
  ])("is refused if it %s", async (_, body, more, status) => {
    expect((await send(body, more)).status).toBe(status);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("streams at constant memory", async () => {
    const size = 256 * MIB;
    function* pieces() {
      yield WAV;
      const piece = new Uint8Array(MIB / 4);
      for (let left = size - WAV.length; left > 0; left -= piece.length) yield piece.subarray(0, left);
    }
    await send(WAV);
    rig.upstreams.main.reset();
    const memory = watchResident();
    const answer = await rig.send({
      path: "/ingest/media",
      headers: headers(),
      framing: size,
      pieces: pieces(),
      timeoutMs: 120_000,
    });
    const grown = memory.stop();
    const [request] = await rig.upstreams.main.until(1);
    expect([answer.status, request!.bytes, request!.complete]).toEqual([200, size, true]);
    expect(grown).toBeLessThan(48 * MIB);
  });

  test("is cut within the bound when consent is withdrawn, and the upstream sees it incomplete", async () => {
    let stopped = false;
    async function* pieces() {
      yield WAV;
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
    const answer = await rig.send({
      path: "/ingest/media",
      headers: headers(),
      pieces: pieces(),
      onStatus: () => {
        stopped = true;
      },
    });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, "consent_changed"]);
    const [request] = await rig.upstreams.main.until(1);
    expect(request!.complete).toBe(false);
    expect(await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`)).toMatchObject({
      outcome: "aborted",
      fault: "consent_changed",
    });
  });
});
