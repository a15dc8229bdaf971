/** The keyed digests of what came in and what went out are those of the very bytes, however they were hashed on the way. */
import { createHash, createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Rig, startRig } from "../../support/gate.ts";
import { inPieces, type RawRequest } from "../../support/raw-client.ts";
import { content, denied, seedWorld, worldConfig } from "../../support/world.ts";

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({ config: ({ main }) => worldConfig(main) });
  key = await seedWorld(rig);
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(() => rig.dispose());

const digestOf = (bytes: Uint8Array): string =>
  createHmac("sha256", rig.gate.secrets.TENFOUR_DIGEST_SECRET)
    .update(createHash("sha256").update(bytes).digest())
    .digest("base64url");
const lines = (count: number, make: (i: number) => string): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${make(i)}\n`).join(""));
const long = "x".repeat(700);
const allowed = (i: number): string => content({ id: `r${i}`, text: long });

const cases: readonly [string, Buffer, Partial<RawRequest>?][] = [
  ["one small record", lines(1, allowed)],
  ["several windows, all of them as they came", lines(20_000, allowed)],
  [
    "as they came, then not",
    lines(20_000, (i) => (i > 15_000 && i % 7 === 0 ? denied({ id: `r${i}` }) : allowed(i))),
  ],
  ["not at first, then as they came", lines(20_000, (i) => (i === 3 ? denied() : allowed(i)))],
  ["a blank line between", Buffer.concat([lines(9_000, allowed), Buffer.from("\n"), lines(9_000, allowed)])],
  ["no line break at the end", lines(9_000, allowed).subarray(0, -1)],
  ["windows that waited", lines(3, allowed), { pauseMs: 400 }],
];

test.each(cases)("%s", async (_, body, more = {}) => {
  const answer = await rig.send({
    path: "/ingest/drop",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
    pieces: inPieces(body, more.pauseMs === undefined ? 65_536 : 900),
    ...more,
  });
  expect(answer.status).toBe(200);
  const [received] = await rig.upstreams.main.until(1);
  expect(await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`)).toMatchObject({
    received: { bytes: body.length, digest: digestOf(body) },
    sent: { bytes: received!.bytes, digest: digestOf(received!.body) },
  });
});

test("a gzip body is measured as it came on the wire", async () => {
  const body = gzipSync(
    lines(1_000, (i) => content({ id: `r${i}`, text: createHash("sha512").update(`${i}`).digest("hex") })),
  );
  const answer = await rig.send({
    path: "/ingest/drop",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/x-ndjson",
      "content-encoding": "gzip",
    },
    pieces: [body],
  });
  const [received] = await rig.upstreams.main.until(1);
  expect(await rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`)).toMatchObject({
    received: { bytes: body.length, digest: digestOf(body) },
    sent: { bytes: received!.bytes, digest: digestOf(received!.body) },
  });
});

test("what was cut short is measured as far as it went", async () => {
  const body = Buffer.concat([lines(20_000, allowed), Buffer.from('{"bad"\n')]);
  const answer = await rig.send({
    path: "/ingest/drop",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson" },
    pieces: inPieces(body, 65_536),
  });
  expect(answer.status).toBe(400);
  const exchange = await rig.operator<{
    sent: { bytes: number; digest: string };
    received: { bytes: number; digest: string };
  }>("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`);
  expect(exchange.sent.digest).toBe(digestOf(body.subarray(0, exchange.sent.bytes)));
  expect(exchange.received.digest).toBe(digestOf(body.subarray(0, exchange.received.bytes)));
  expect(exchange.sent.bytes).toBeGreaterThan(0);
});
