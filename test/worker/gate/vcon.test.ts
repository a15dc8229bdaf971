/** A vCon through the running gate: held, taken apart, each part decided at its own time, written anew. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DocumentRouteConfig } from "../../../src/config/define.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { ANSWERED_AT, CAPTURED_AT, DAY_MS, seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

/** Routes by what they do with a denied part, in the place of the world's of the same name. */
const route = (id: DocumentRouteConfig["on_deny"]): DocumentRouteConfig => ({
  id,
  path: `/ingest/${id}`,
  upstream: "train",
  purpose: "train",
  recipient: "first-party",
  services: ["meeting-summary"],
  kinds: ["audio", "chat", "transcript", "summary", "file"],
  document: { vcon: { conversation: "/meeting" } },
  on_deny: id,
});
const routes = [route("strip"), route("drop"), route("reject")];

beforeAll(async () => {
  rig = await startRig({
    config: ({ main }) => {
      const world = worldConfig(main);
      const others = world.routes.filter(({ id }) => !routes.some((one) => one.id === id));
      return { ...world, routes: [...routes, ...others] };
    },
  });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  for (const request of rig.upstreams.main.received) assertNoMarker(request.body, "the upstream");
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

const send = (to: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${rig.url}/ingest/${to}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/vcon+json",
      "tenfour-account": "acme",
      ...headers,
    },
    body: body as BodyInit,
  });

const said = (parties: number[], body: string) => ({ type: "text", start: CAPTURED_AT, parties, body });
const ANA = said([0], "hello");
const BO = said([1, 0], "good morning");
const CY = said([2], MARKER);
const summary = (dialog: number[], body: string) => ({ type: "summary", dialog, vendor: "v", body });
const PARTIES = [
  { uuid: "ana", name: "Ana Lima" },
  { uuid: "bo", name: "Bo Berg" },
];
const WITH_CY = [...PARTIES, { uuid: "cy", name: MARKER, role: "customer" }];
const vcon = (more: object) =>
  JSON.stringify({ uuid: "v1", meeting: "m1", created_at: CAPTURED_AT, ...more }, null, 1);
const outcome = (response: Response) => [response.status, response.headers.get("tenfour-outcome")];

describe("a vCon", () => {
  const agreed = vcon({ parties: PARTIES, dialog: [ANA, BO], analysis: [summary([0, 1], "greetings")] });

  test.each(["strip", "drop", "reject"])(
    "that all have agreed to arrives as it was sent, by %s",
    async (to) => {
      const head = { "content-type": "application/vcon", "content-encoding": "gzip" };
      const response = await send(to, gzipSync(agreed), head);
      expect(outcome(response)).toEqual([200, "forwarded=3, stripped=0, dropped=0"]);
      const [request] = rig.upstreams.main.received;
      expect([request!.body.toString(), request!.headers["content-type"], request!.complete]).toEqual([
        agreed,
        "application/vcon",
        true,
      ]);
    },
  );

  const dialog = [ANA, CY, BO];
  const analysis = [summary([0, 1], MARKER), summary([0, 2], "greetings"), summary([], MARKER)];
  const objected = vcon({ parties: WITH_CY, dialog, analysis, subject: MARKER });

  test("loses the words of whoever objected, and what was made of them", async () => {
    const response = await send("strip", objected);
    expect(outcome(response)).toEqual([200, "forwarded=3, stripped=1, dropped=3"]);
    const left = {
      parties: [...PARTIES, { role: "customer" }],
      dialog: [ANA, { type: "text", start: CAPTURED_AT }, BO],
      analysis: [analysis[1]],
    };
    expect(JSON.parse(rig.upstreams.main.received[0]!.body.toString())).toEqual(JSON.parse(vcon(left)));
    const { counts } = await rig.operator("GET", `/v1/exchanges/${response.headers.get("tenfour-exchange")}`);
    expect(counts).toEqual({ forwarded: 3, stripped: 1, dropped: 3, rejected: 0 });
  });

  test("keeps the place of what went", async () => {
    const response = await send("drop", objected);
    expect(outcome(response)).toEqual([200, "forwarded=3, stripped=0, dropped=4"]);
    const { dialog: left } = JSON.parse(rig.upstreams.main.received[0]!.body.toString());
    expect(left).toEqual([ANA, { type: "recording" }, BO]);
  });

  test("one of whom objected is refused where the route rejects, each part with its reason", async () => {
    const response = await send("reject", objected);
    const { code, denied } = (await response.json()) as Record<string, unknown>;
    expect([response.status, code, denied]).toEqual([
      403,
      "items_denied",
      [1, 3, 5, 6].map((index) => ({ index, reason: "participant_objected" })),
    ]);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("nobody of which agreed goes nowhere", async () => {
    const text = vcon({ parties: [{ uuid: "eve", name: MARKER }], dialog: [said([0], MARKER)] });
    for (const [to, headers] of [
      ["drop", {}],
      ["strip", { "tenfour-account": "other" }],
    ] as const) {
      const response = await send(to, text, headers);
      expect(outcome(response)).toEqual([200, "forwarded=0, stripped=0, dropped=1"]);
    }
    expect((await send("reject", text)).status).toBe(403);
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("is decided part by part at its own time: what was said before the consent, or in nobody's time, stays", async () => {
    const bo = said([1], MARKER);
    const early = { ...bo, start: new Date(ANSWERED_AT - DAY_MS).toISOString() };
    const timeless = { ...bo, start: "whenever" };
    const text = vcon({
      parties: PARTIES,
      dialog: [ANA, early, BO, timeless],
      analysis: [summary([0, 1], MARKER), summary([0, 3], MARKER), summary([0, 2], "greetings")],
    });
    const response = await send("drop", text);
    expect(outcome(response)).toEqual([200, "forwarded=3, stripped=0, dropped=4"]);
    expect(JSON.parse(rig.upstreams.main.received[0]!.body.toString()).analysis).toHaveLength(1);
  });

  test("with a no inside stays; a yes inside opens nothing", async () => {
    const basis = (granted: boolean) => ({
      purpose: "lawful_basis",
      encoding: "json",
      dialog: 0,
      party: 0,
      body: { lawful_basis: "consent", purpose_grants: [{ purpose: "training", granted }], note: MARKER },
    });
    const [ana] = PARTIES;
    const no = vcon({ parties: [ana], dialog: [{ ...ANA, body: MARKER }], attachments: [basis(false)] });
    expect(outcome(await send("drop", no))[1]).toBe("forwarded=0, stripped=0, dropped=2");
    const cy = { ...CY, parties: [0] };
    const yes = vcon({ parties: [WITH_CY[2]], dialog: [cy], attachments: [basis(true)] });
    expect(outcome(await send("drop", yes))[1]).toBe("forwarded=0, stripped=0, dropped=2");
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("that is signed, encrypted or not whole is refused, with a word on what to do", async () => {
    const payload = Buffer.from(agreed).toString("base64url");
    const signed = await send("strip", JSON.stringify({ payload, signatures: [{ signature: MARKER }] }));
    expect([signed.status, await signed.json()]).toMatchObject([
      415,
      { code: "vcon_sealed", detail: expect.stringContaining("unsigned form") },
    ]);
    const sealed = await send("strip", JSON.stringify({ ciphertext: MARKER, recipients: [] }));
    expect([sealed.status, await sealed.json()]).toMatchObject([415, { code: "vcon_sealed" }]);
    const parts = await send("strip", vcon({ parties: { cy: MARKER } }));
    expect([parts.status, await parts.json()]).toMatchObject([422, { code: "vcon_invalid" }]);
    expect((await send("strip", objected.slice(0, -3))).status).toBe(400);
    expect((await send("strip", agreed, { "content-type": "application/vcon+gzip" })).status).toBe(415);
    expect(rig.upstreams.main.received).toEqual([]);
  });
});
