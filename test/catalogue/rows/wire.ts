/**
 * P, the bytes of a request: lengths that contradict each other, broken heads, requests inside requests, and senders that take their time.
 * Whatever the platform makes of them, each request it finds is decided by itself.
 */
import { expect } from "vitest";
import { assertNoMarker, MARKER } from "../../support/marker.ts";
import { type Heard, sayBytes } from "../../support/raw-bytes.ts";
import { rawRequest } from "../../support/raw-client.ts";
import { denied, telemetry } from "../../support/world.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";

/** Longer than any row waits, shorter than a body may be idle. */
const SLOW_MS = 1_000;

/** A head: its lines joined by CR LF, with the empty line. */
const head = (bench: Bench, path: string, ...lines: string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(bench.rig.url).host}`,
    `Authorization: Bearer ${bench.keys.good}`,
    "Content-Type: application/json",
    ...lines,
    "\r\n",
  ].join("\r\n");

const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

/** A whole request whose record lacks consent. */
const hidden = (bench: Bench): string => {
  const body = denied();
  return `${head(bench, "/ingest/drop", `Content-Length: ${body.length}`)}${body}`;
};

/** Says the bytes; nothing of the marker may be anywhere, and upstreams get whole telemetry or nothing. */
async function say(bench: Bench, bytes: string): Promise<Heard> {
  bench.reset();
  expect(bytes).toContain(MARKER);
  const heard = await sayBytes(bench.rig.url, bytes);
  assertNoMarker(heard.text, "the answer");
  bench.sawNoMarker();
  for (const { body, complete } of bench.upstream.received)
    expect([body.toString(), complete]).toEqual([telemetry(), true]);
  return heard;
}

const each =
  (texts: (bench: Bench) => readonly string[]) =>
  async (bench: Bench): Promise<void> => {
    for (const text of texts(bench)) await say(bench, text);
  };

const T = "/ingest/telemetry";

export const WIRE_ROWS: readonly Row[] = [
  {
    id: "P19",
    what: "CONNECT and TRACE",
    async run(bench) {
      const { host } = new URL(bench.rig.url);
      for (const line of [
        `CONNECT ${host}`,
        "CONNECT evil.example:443",
        "CONNECT /ingest/drop",
        "TRACE /ingest/drop",
      ]) {
        const bytes = hidden(bench).replace("POST /ingest/drop", line);
        const { statuses } = await say(bench, bytes);
        expect([line, statuses.every((status) => status >= 400), bench.upstream.begun]).toEqual([
          line,
          true,
          0,
        ]);
      }
    },
  },
  {
    id: "P24",
    what: "Content-Length together with Transfer-Encoding",
    run: each((bench) => {
      const body = `${chunked(telemetry())}${hidden(bench)}`;
      return [
        `${head(bench, T, `Content-Length: ${body.length}`, "Transfer-Encoding: chunked")}${body}`,
        `${head(bench, T, "Transfer-Encoding: chunked", "Content-Length: 4")}${body}`,
        `${head(bench, T, "Content-Length: 5", `Content-Length: ${body.length}`)}${body}`,
      ];
    }),
  },
  {
    id: "P25",
    what: "Transfer-Encoding that is not plainly chunked",
    run: each((bench) =>
      [
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: ,chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding:\x0bchunked",
        "transfer-encoding: CHUNKED",
      ].map((line) => `${head(bench, T, line)}${chunked(telemetry())}${hidden(bench)}`),
    ),
  },
  {
    id: "P27",
    what: "a lone CR or LF in the head",
    run: each((bench) => [
      hidden(bench).replace("Content-Type:", "X-A: a\rAuthorization: Bearer x\r\nContent-Type:"),
      hidden(bench).replace("Content-Type:", `X-A: a\rTenfour-Exchange: ${MARKER}\r\nContent-Type:`),
      hidden(bench).replaceAll("\r\n", "\n"),
      hidden(bench).replace("\r\n", "\r"),
    ]),
  },
  {
    id: "P28",
    what: "folded headers, spaces before the colon, NUL in a header",
    run: each((bench) => [
      hidden(bench).replace("Content-Type: application/json", "Content-Type:\r\n application/json"),
      hidden(bench).replace("Content-Type:", "Content-Type :"),
      hidden(bench).replace("Content-Type: application", "Content-Type: application\0"),
      hidden(bench).replace("Content-Type:", `X-Note: ${MARKER}\0\r\nContent-Type:`),
    ]),
  },
  {
    id: "P29",
    what: "a request after the last chunk, where trailers go",
    run: each((bench) => [
      `${head(bench, T, "Transfer-Encoding: chunked")}${chunked(telemetry()).slice(0, -2)}${hidden(bench)}`,
      `${head(bench, T, "Transfer-Encoding: chunked")}${chunked(telemetry()).slice(0, -2)}X-Note: ${MARKER}\r\n\r\n`,
    ]),
  },
  {
    id: "P30",
    what: "sizes of chunks that are not plain hexadecimal",
    run: each((bench) => {
      const size = telemetry().length.toString(16);
      return [
        `0x${size}`,
        `+${size}`,
        `-${size}`,
        ` ${size}`,
        `${size} `,
        `f0000000000000000${size}`,
        `${size};a=${MARKER}`,
        "",
      ].map(
        (line) =>
          `${head(bench, T, "Transfer-Encoding: chunked")}${line}\r\n${telemetry()}\r\n0\r\n\r\n${hidden(bench)}`,
      );
    }),
  },
  {
    id: "P32",
    what: "several requests in one segment",
    async run(bench) {
      const telling = `${head(bench, T, `Content-Length: ${telemetry().length}`)}${telemetry()}`;
      const { text, statuses } = await say(bench, `${telling}${hidden(bench)}${telling}`);
      expect(statuses).toEqual([200, 200, 200]);
      expect(text.match(/forwarded=\d, stripped=\d, dropped=\d/g)).toEqual([
        "forwarded=1, stripped=0, dropped=0",
        "forwarded=0, stripped=0, dropped=1",
        "forwarded=1, stripped=0, dropped=0",
      ]);
    },
  },
  {
    id: "P33",
    what: "Expect: 100-continue",
    async run(bench) {
      bench.reset();
      const asking = head(
        bench,
        "/ingest/drop",
        "Expect: 100-continue",
        "Content-Length: 300",
        `X-Note: ${MARKER}`,
      );
      const unknown = asking.replace(/Bearer \S+/, "Bearer nobody");
      // Without a 100: the body is not asked for.
      const { statuses } = await sayBytes(bench.rig.url, unknown, { waitMs: 5_000, quietMs: 1_500 });
      expect(statuses).toEqual([401]);
      expect(bench.upstream.begun).toBe(0);
      bench.sawNoMarker();
    },
  },
  {
    id: "P34",
    what: "very long headers, very many, and a very long path",
    run: (bench) =>
      bench.neverTaken([
        { path: `/ingest/drop${"a".repeat(20_000)}` },
        { path: `/ingest/drop?${"a".repeat(20_000)}` },
        { headers: { "idempotency-key": "k".repeat(100_000) } },
        { headers: { host: "a".repeat(100_000) } },
        { headers: { authorization: `Bearer ${"k".repeat(100_000)}` } },
        { headers: { "content-type": `application/json;${" ".repeat(100_000)}x` } },
        {
          headers: Object.fromEntries([
            ...Array.from({ length: 5_000 }, (_, n) => [`x-note-${n}`, MARKER]),
            ["content-encoding", "br"],
          ]),
        },
      ]),
  },
  {
    id: "P35",
    what: "senders that trickle: heads, bodies, and answers that nobody reads",
    async run(bench) {
      bench.reset();
      const stop = new AbortController();
      const slow = async function* () {
        yield `{"text":"${MARKER}`;
        await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
      };
      const trickling = Array.from({ length: 50 }, (_, n) =>
        n % 2 === 0
          ? rawRequest(bench.rig.url, {
              path: "/ingest/drop",
              headers: { authorization: `Bearer ${bench.keys.good}`, "content-type": "application/json" },
              pieces: slow(),
              ending: "rst",
            }).catch(() => null)
          : sayBytes(bench.rig.url, head(bench, T).slice(0, 40), { waitMs: SLOW_MS }),
      );
      const started = performance.now();
      for (let n = 0; n < 10; n++) await bench.attempt({ body: denied(), gets: { counts: [0, 0, 1] } });
      expect(performance.now() - started).toBeLessThan(SLOW_MS * 10);
      stop.abort();
      await Promise.all(trickling);
      expect(bench.upstream.begun).toBe(0);
    },
  },
];
