/** Training lines that name nobody, in envelopes or under headers, from clients that nobody here wrote: Node's own FormData and undici's. */

import * as undici from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { watchResident } from "../../../bench/resident.ts";
import type { RecordRouteConfig, TenfourConfig } from "../../../src/config/define.ts";
import { trainingRecord } from "../../../src/config/presets/training-record.ts";
import { ATTRIBUTION_HEADERS } from "../../../src/content/attribution.ts";
import { type Rig, startRig } from "../../support/gate.ts";
import { assertNoMarker, assertNoMarkerInDatabase, MARKER } from "../../support/marker.ts";
import { CAPTURED_AT, seedKey, seedWorld, worldConfig } from "../../support/world.ts";

const FORM = { file: "file", fields: { purpose: { words: ["fine-tune"] } } } as const;
const ROUTES = ["lines", "whole", "headers"];
/** What a large body may add to the memory of the gate, and that body. */
const GROWTH_MAX = 64 * 1024 * 1024;
const LARGE_LINES = 40_000;

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => configOf(main) });
  await seedWorld(rig);
  key = await seedKey(rig, "trainer", ["*"], ROUTES);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(async () => {
  assertNoMarker(rig.logs.join("\n"), "the log");
  await assertNoMarkerInDatabase(await rig.database("EVIDENCE"), "the evidence");
  await rig.dispose();
});

function configOf(url: string): TenfourConfig {
  const config = worldConfig(url);
  const [strip] = config.routes as RecordRouteConfig[];
  const { shape: _, ...base } = strip!;
  const formats = ["json", "ndjson", "multipart"] as const;
  const route = (id: string, more: Partial<RecordRouteConfig>): RecordRouteConfig => ({
    ...base,
    formats,
    multipart: FORM,
    id,
    path: `/ingest/${id}`,
    ...more,
  });
  return {
    ...config,
    routes: [
      ...config.routes,
      route("lines", { shape: trainingRecord({ turns: "/messages" }) }),
      route("whole", { shape: trainingRecord({ turns: "/messages" }), on_deny: "drop" }),
      route("headers", { attribution: "headers" }),
    ],
  };
}

const line = (claims: object, record: string): string => {
  const tenfour = { account: "acme", conversation: "m1", kind: "chat", captured_at: CAPTURED_AT, ...claims };
  return `{"tenfour":${JSON.stringify(tenfour)},"record": ${record}}`;
};

// As three formats have them, with white space, an escape and a number that would not survive being written anew.
const CHAT =
  '{"messages": [{"role":"user","content":"caf\\u00e9"},{"role":"assistant","content":"ok"}], "weight": 1.0}';
const SHAREGPT = '{"conversations":[{"from":"human","value":"hi"},{"from":"gpt","value":"hello"}],"id":"é"}';
const COMPLETION = '{"prompt":"2+2=","completion":" 4"}';
const turn = (n: number, text = "said") => `{"role":"user","content":"${text}", "n":${n}}`;

const LINES: readonly (readonly [line: string, leaves: string | null])[] = [
  [line({ speaker: "bo" }, CHAT), CHAT],
  [line({ speaker: "dee" }, `{"messages":[${turn(0, MARKER)}]}`), null],
  [line({ speakers: ["ana", "bo"] }, SHAREGPT), SHAREGPT],
  [line({ speakers: ["ana", "cy"] }, `{"conversations":[{"value":"${MARKER}"}]}`), null],
  [
    line({ turns: ["ana", "bo"] }, `{"messages":[${turn(0)}, ${turn(1)}]}`),
    `{"messages":[${turn(0)}, ${turn(1)}]}`,
  ],
  [
    line(
      { turns: ["cy", "ana", null, "bo"] },
      `{"about":"${MARKER}","messages":[${turn(0, MARKER)},${turn(1)} , ${turn(2, MARKER)},${turn(3)}]}`,
    ),
    `{"messages":[${turn(1)},${turn(3)}]}`,
  ],
  [line({ turns: ["cy", "dee"] }, `{"messages":[${turn(0, MARKER)},${turn(1, MARKER)}]}`), null],
  [line({ speaker: "bo", note: MARKER }, COMPLETION), null],
  [COMPLETION, null],
  [line({ speaker: "bo" }, COMPLETION), COMPLETION],
];
const LEFT = LINES.flatMap(([, leaves]) => (leaves === null ? [] : [`${leaves}\n`])).join("");
const COUNTS = "forwarded=4, stripped=1, dropped=5";

async function received(): Promise<FormData> {
  const [request] = rig.upstreams.main.received;
  const { body, headers } = request!;
  return new Response(new Uint8Array(body), {
    headers: { "content-type": headers["content-type"]! },
  }).formData();
}

describe("a file of lines in envelopes, as uploaded for fine-tuning", () => {
  test.each([
    ["Node", { fetch, FormData, File }],
    ["undici", { fetch: undici.fetch, FormData: undici.FormData, File }],
  ])("by the FormData of %s", async (_, client) => {
    const form = new client.FormData();
    form.set("purpose", "fine-tune");
    form.set("file", new client.File([LINES.map(([one]) => `${one}\n`).join("")], `${MARKER}.jsonl`));
    const response = await client.fetch(`${rig.url}/ingest/lines`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}` },
      body: form as never,
    });
    expect([response.status, response.headers.get("tenfour-outcome")]).toEqual([200, COUNTS]);
    for (const request of rig.upstreams.main.received) assertNoMarker(request.body, "the upstream");
    const arrived = await received();
    expect([...arrived.keys()]).toEqual(["purpose", "file"]);
    expect(await (arrived.get("file") as File).text()).toBe(LEFT);
  });

  test("what stays of a conversation rests on those who stay, and explain says the same of each line", async () => {
    const response = await fetch(`${rig.url}/ingest/lines`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
      body: LINES.map(([one]) => one).join("\n"),
    });
    expect(response.headers.get("tenfour-outcome")).toBe(COUNTS);
    const exchange = await rig.operator<{ rests_on: { consents: string[]; items: unknown }[] }>(
      "GET",
      `/v1/exchanges/${response.headers.get("tenfour-exchange")}`,
    );
    const stripped = exchange.rests_on.find(({ consents }) => consents.includes("accepted-acme-bo"));
    expect(JSON.stringify(exchange.rests_on)).not.toContain("-cy");
    expect(stripped).toBeDefined();
    for (const [one, leaves] of LINES) {
      const record = JSON.parse(one);
      const explained = await rig.operator<{ outcome: string; basis: string[] }>("POST", "/v1/explain", {
        route: "lines",
        record,
      });
      const expected = leaves === null ? "dropped" : one.includes(leaves) ? "forwarded" : "stripped";
      expect([one, explained.outcome]).toEqual([one, expected]);
      expect(explained.basis.length > 0).toBe(leaves !== null);
    }
  });

  test("where the route drops, a record is all or nothing", async () => {
    const response = await fetch(`${rig.url}/ingest/whole`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: `[${LINES.map(([one]) => one).join(" , ")}]`,
    });
    expect(response.headers.get("tenfour-outcome")).toBe("forwarded=4, stripped=0, dropped=6");
    const whole = LINES.flatMap(([one, leaves]) => (leaves !== null && one.includes(leaves) ? [leaves] : []));
    expect(rig.upstreams.main.received[0]!.body.toString()).toBe(`[${whole.join(",")}]`);
  });
});

describe("a body whose headers say whose it is", () => {
  const send = (more: Record<string, string>, body: string) =>
    fetch(`${rig.url}/ingest/headers`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/jsonl",
        "tenfour-account": "acme",
        "tenfour-conversation": "m1",
        "tenfour-kind": "chat",
        "tenfour-captured-at": CAPTURED_AT,
        ...more,
      },
      body,
    });

  test("goes on as it came, without them", async () => {
    const body = `${CHAT}\n${SHAREGPT}\n${COMPLETION}\n`;
    const response = await send({ "tenfour-speaker": "ana, bo" }, body);
    expect(response.headers.get("tenfour-outcome")).toBe("forwarded=3, stripped=0, dropped=0");
    const [request] = rig.upstreams.main.received;
    expect(request!.body.toString()).toBe(body);
    for (const name of Object.values(ATTRIBUTION_HEADERS)) expect(request!.headers).not.toHaveProperty(name);
  });

  test.each<[string, Record<string, string>]>([
    ["one of its speakers objected", { "tenfour-speaker": "ana, cy" }],
    ["no speaker is named, and one who was there objected", {}],
    ["nobody says whose it is", { "tenfour-speaker": "bo", "tenfour-account": "" }],
  ])("does not go on where %s, whatever its records say", async (_, more) => {
    const own = `{"account":"acme","speaker":"bo","text":"${MARKER}"}\n${line({ speaker: "bo" }, `{"a":"${MARKER}"}`)}`;
    const response = await send(more, own);
    expect(response.headers.get("tenfour-outcome")).toBe("forwarded=0, stripped=0, dropped=2");
    expect(rig.upstreams.main.received).toEqual([]);
  });

  test("is explained as an item, not as a record", async () => {
    const item = { account: "acme", conversation: "m1", kind: "chat", captured_at: CAPTURED_AT };
    const asked = (body: object) => rig.operator("POST", "/v1/explain", { route: "headers", ...body });
    expect(await asked({ item: { ...item, speakers: ["ana", "bo"] } })).toMatchObject({
      outcome: "forwarded",
    });
    const denied = await asked({ item: { ...item, speakers: ["bo", "cy"] } });
    expect(denied).toMatchObject({ outcome: "dropped", reason: "participant_objected" });
    expect(denied.kinds).toMatchObject([
      { kind: "chat", speaker: "bo", decision: "allow" },
      { kind: "chat", speaker: "cy", decision: "deny" },
    ]);
    await expect(asked({ record: JSON.parse(COMPLETION) })).rejects.toThrow();
  });
});

test("a large file of envelopes is unwrapped at constant memory", async () => {
  const head =
    'Content-Disposition: form-data; name="file"; filename="a.jsonl"\r\nContent-Type: application/jsonl';
  const text = "w".repeat(800);
  const one = (i: number) =>
    i % 4 === 3
      ? [line({ speaker: "dee" }, `{"text":"${MARKER}${text}"}`), null]
      : [line({ speaker: "bo" }, `{"n":${i},"text":"${text}"}`), `{"n":${i},"text":"${text}"}`];
  function* pieces(lines: number): Generator<string> {
    yield `--X\r\n${head}\r\n\r\n`;
    for (let i = 0; i < lines; i += 50) {
      yield Array.from({ length: Math.min(50, lines - i) }, (_, n) => `${one(i + n)[0]}\n`).join("");
    }
    yield "\r\n--X--\r\n";
  }
  const send = (lines: number) =>
    rig.send({
      path: "/ingest/lines",
      headers: { authorization: `Bearer ${key}`, "content-type": "multipart/form-data; boundary=X" },
      pieces: pieces(lines),
      timeoutMs: 120_000,
    });
  await send(2_000);
  rig.upstreams.main.reset();
  const memory = watchResident();
  const answer = await send(LARGE_LINES);
  const grown = memory.stop();
  expect(answer.headers["tenfour-outcome"]).toBe(
    `forwarded=${LARGE_LINES * 0.75}, stripped=0, dropped=${LARGE_LINES / 4}`,
  );
  const left = Array.from({ length: LARGE_LINES }, (_, i) => one(i)[1]).filter((leaves) => leaves !== null);
  const [request] = await rig.upstreams.main.until(1);
  expect(request!.complete).toBe(true);
  expect(request!.body.includes(`\r\n\r\n${left.join("\n")}\n\r\n--`)).toBe(true);
  expect(grown).not.toBeNull();
  expect(grown!).toBeLessThan(GROWTH_MAX);
});
