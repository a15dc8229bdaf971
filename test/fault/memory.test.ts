/**
 * What would fill memory if it were let: refused, or streamed, while workerd's resident memory grows by no more than 32 MiB over what it
 * took to serve ordinary bodies.
 */
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { watchResident } from "../../bench/resident.ts";
import { LIMITS } from "../../src/config/limits.ts";
import { type Rig, startRig } from "../support/gate.ts";
import type { Piece, RawRequest, RawResponse } from "../support/raw-client.ts";
import { content, seedWorld, worldConfig } from "../support/world.ts";

const MIB = 1_048_576;
const GROWTH_MAX = 32 * MIB;
/** Where each look-up asks for very many, the process also holds what stands in for the database, which parses and answers it. */
const WITH_DATABASE_MAX = 48 * MIB;
const PIECE = 65_536;
const IDS = 100_000;
const KEYS = 100_000;
/** Those of an ordinary body, as large as ordinary ones are. */
const PEOPLE = LIMITS.window_keys_max;

let rig: Rig;
let key: string;

beforeAll(async () => {
  rig = await startRig({
    config: ({ main }) => worldConfig(main),
    upstreamOptions: { keepBodies: false },
    limits: { upstream_stall_ms_max: 3_000 },
  });
  key = await seedWorld(rig);
  const ordinary = `${content({ more: "w".repeat(500) })}\n`.repeat(100);
  for (const route of ["strip", "drop"]) {
    await send({ pieces: repeated(ordinary, 8 * MIB), route });
    const body = gzipSync(ordinary.repeat(40), { level: 1 });
    await send({ pieces: [body], route, headers: { "content-encoding": "gzip" } });
    await send({
      pieces: lines(PEOPLE, (i) => `${content({ speaker: `p${i}`, more: "w".repeat(500) })}\n`),
      route,
    });
  }
});
beforeEach(() => rig.upstreams.main.reset());
afterAll(() => rig.dispose());

function send({
  route = "drop",
  headers,
  ...request
}: Omit<RawRequest, "path"> & { readonly route?: string }): Promise<RawResponse> {
  return rig.send({
    path: `/ingest/${route}`,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-ndjson", ...headers },
    timeoutMs: 240_000,
    ...request,
  });
}

function* repeated(text: string, bytes: number): Generator<Piece> {
  for (let sent = 0; sent < bytes; sent += text.length) yield text;
}

function* lines(count: number, lineOf: (i: number) => string): Generator<Piece> {
  let piece = "";
  for (let i = 0; i < count; i++) {
    piece += lineOf(i);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function* first(start: Piece, rest: Iterable<Piece>): Generator<Piece> {
  yield start;
  yield* rest;
}

/** Status, code or counts; and that memory grew by little. A sender that still sends may lose the answer, or the end of it: then there is no code. */
async function within(
  name: string,
  work: () => Promise<RawResponse | null>,
  growthMax = GROWTH_MAX,
): Promise<unknown> {
  const memory = watchResident();
  const began = Date.now();
  const answer = await work();
  const grown = memory.stop();
  expect(grown).not.toBeNull();
  console.log(`${name}: ${(grown! / MIB).toFixed(1)} MiB in ${Date.now() - began} ms`);
  expect(grown!).toBeLessThan(growthMax);
  if (answer === null) return null;
  if (answer.status === 200) return [200, answer.headers["tenfour-outcome"]];
  return [answer.status, answer.complete && answer.text !== "" ? JSON.parse(answer.text).code : null];
}

test("a line without end", async () => {
  const endless = first('{"type":"content","text":"', repeated("w".repeat(PIECE), 200 * MIB));
  const ended = await within("a line without end", () => send({ pieces: endless }));
  expect([
    [413, "record_too_large"],
    [413, null],
    [0, null],
  ]).toContainEqual(ended);
  expect(rig.upstreams.main.begun).toBe(0);
});

test("a gzip bomb", async () => {
  const bomb = gzipSync(" ".repeat(100 * MIB), { level: 9 });
  const ended = await within("a gzip bomb", () =>
    send({ pieces: [bomb], headers: { "content-encoding": "gzip" } }),
  );
  expect(ended).toEqual([413, "inflate_ratio"]);
});

test("a gzip bomb of empty records", async () => {
  const bomb = gzipSync("{}\n".repeat((100 * MIB) / 3), { level: 9 });
  const ended = await within("a gzip bomb of empty records", () =>
    send({ pieces: [bomb], headers: { "content-encoding": "gzip" } }),
  );
  expect(ended).toEqual([413, "inflate_ratio"]);
});

test("ten million empty records", async () => {
  const ended = await within("ten million empty records", () =>
    send({ pieces: repeated("{}\n".repeat(20_000), 30_000_000) }),
  );
  expect(ended).toEqual([200, "forwarded=0, stripped=0, dropped=10000000"]);
});

test("a hundred thousand keys in one record", async () => {
  const keys = Array.from({ length: KEYS }, (_, i) => `"x${i.toString(36)}":0`).join(",");
  const record = `{${keys},${content().slice(1)}\n`;
  expect(record.length).toBeLessThan(LIMITS.record_bytes_max);
  const ended = await within("a hundred thousand keys", () => send({ pieces: [record] }));
  expect(ended).toEqual([200, "forwarded=1, stripped=0, dropped=0"]);
});

test("a hundred thousand ids, each nobody's", async () => {
  const body = lines(IDS, (i) => `${content({ conversation: `c${i}`, speaker: `s${i}` })}\n`);
  const ended = await within("a hundred thousand ids", () => send({ pieces: body }), WITH_DATABASE_MAX);
  expect(ended).toEqual([200, `forwarded=0, stripped=0, dropped=${IDS}`]);
});

test("an upstream that stops reading", async () => {
  rig.upstreams.main.next({ stall: { afterBytes: 100_000 } });
  const body = repeated(`${content({ more: "w".repeat(500) })}\n`.repeat(100), 100 * MIB);
  await within("an upstream that stops reading", async () => {
    const { status } = await send({ pieces: body });
    // A sender that still sends may lose the answer.
    expect([0, 504]).toContain(status);
    return null;
  });
});

test("a client that stops reading the answer", async () => {
  rig.upstreams.main.next({ body: Buffer.alloc(100 * MIB, "w") });
  await within("a client that stops reading", async () => {
    const body = `${content()}\n`;
    const { hostname, port } = new URL(rig.url);
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("error", () => {});
    const head = [
      "POST /ingest/drop HTTP/1.1",
      `host: ${hostname}:${port}`,
      `authorization: Bearer ${key}`,
      "content-type: application/x-ndjson",
      `content-length: ${body.length}`,
    ];
    socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
    await new Promise<void>((resolve) =>
      socket.once("data", () => {
        socket.pause();
        resolve();
      }),
    );
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    socket.destroy();
    return null;
  });
});

test.each([
  [0, 200],
  [1, 413],
])("a record of exactly the limit, and %i bytes more", async (more, status) => {
  const padding = LIMITS.record_bytes_max - content({ more: "" }).length + more;
  const record = content({ more: "w".repeat(padding) });
  expect(record.length).toBe(LIMITS.record_bytes_max + more);
  for (const pieces of [[`${record}\n`], lines(1, () => record), splitAt(record, PIECE)]) {
    const answer = await send({ pieces });
    expect(answer.status).toBe(status);
  }
});

function* splitAt(text: string, size: number): Generator<Piece> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}
