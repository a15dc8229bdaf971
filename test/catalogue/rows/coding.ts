/** H: what a body is said to be, and how it is packed. */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { expect } from "vitest";
import { MARKER } from "../../support/marker.ts";
import { content, denied, telemetry } from "../../support/world.ts";
import type { Try } from "../attempt.ts";
import type { Row } from "../row.ts";

const UNREAD = [415, "content_type_unsupported"] as const;
const PACKED = [415, "content_coding_unsupported"] as const;
const DAMAGED = [400, "coding_invalid"] as const;

const types = (...all: (string | null)[]): Try[] => all.map((type) => ({ type, gets: UNREAD }));
const secret = Buffer.from(content({ text: MARKER }));
const gzip = (coding: string, body: Uint8Array, gets: Try["gets"]): Try => ({
  headers: { "content-encoding": coding },
  body,
  gets,
});

function changed(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length + at]! ^= 0xff;
  return copy;
}

export const CODING_ROWS: readonly Row[] = [
  {
    id: "H01",
    what: "a Content-Type that is not the route's",
    tries: [
      ...types("text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "text/json"),
      { path: "/ingest/opaque/v1/traces", type: "text/plain", gets: UNREAD },
    ],
  },
  {
    id: "H03",
    what: "another charset",
    tries: types(
      "application/json; charset=utf-16",
      "application/json;charset=latin1",
      'application/json; charset="utf-8"; charset=utf-16',
      "application/json; profile=x",
      "application/json; charset=",
    ),
  },
  {
    id: "H04",
    what: "UTF-7",
    tries: [
      ...types("application/json; charset=utf-7"),
      { body: `+AHsAIg-type+ACIAOgAi-telemetry+ACIAfQ- ${MARKER}`, gets: [400, "json_syntax"] },
    ],
  },
  {
    id: "H05",
    what: "two Content-Types",
    tries: [
      { type: "application/json, text/plain", gets: [400, "header_refused"] },
      {
        type: null,
        headers: { "content-type": "application/json\r\nContent-Type: application/x-ndjson" },
        gets: [400, "header_refused"],
      },
    ],
  },
  {
    id: "H06",
    what: "a type that only looks like one the gate reads, or that it cannot read yet",
    tries: types(
      "application/foo+json",
      "application/json-seq",
      "application/jsonp",
      "application/json5",
      "text/event-stream",
      "multipart/form-data; boundary=X",
      "multipart/mixed; boundary=X",
      "application/x-protobuf",
      "audio/wav",
    ),
  },
  { id: "H07", what: "no Content-Type", tries: types(null, "", ";", "/", "application") },
  {
    id: "H08",
    what: "content packed with gzip",
    tries: [
      gzip("gzip", gzipSync(`[${content()},${denied()}]`), {
        counts: [1, 0, 1],
        upstream: `[${content()}]`,
      }),
      {
        ...gzip("gzip", gzipSync(telemetry({ text: MARKER })), { counts: [0, 1, 0], upstream: telemetry() }),
        path: "/ingest/telemetry",
      },
      { ...gzip("gzip", gzipSync(denied()), { counts: [0, 0, 1] }), chunk: 1 },
      // Packed, and not said to be.
      { body: gzipSync(secret), gets: [400, "json_syntax"] },
    ],
  },
  {
    id: "H09",
    what: "a coding upon a coding",
    tries: [
      gzip("gzip, gzip", gzipSync(gzipSync(secret)), [400, "header_refused"]),
      gzip("gzip,identity", gzipSync(secret), [400, "header_refused"]),
      gzip("gzip", gzipSync(gzipSync(secret)), [400, "json_syntax"]),
    ],
  },
  {
    id: "H10",
    what: "codings that the gate does not unpack",
    tries: [
      ...[gzip("br", brotliCompressSync(secret), PACKED), gzip("zstd", zstdCompressSync(secret), PACKED)].map(
        (attempt) => ({ ...attempt, headers: { ...attempt.headers, "x-note": MARKER } }),
      ),
      ...["compress", "x-gzip", "dcb", "aes128gcm", "exi"].map((coding) =>
        gzip(coding, gzipSync(secret), PACKED),
      ),
    ],
  },
  {
    id: "H11",
    what: "deflate, with a zlib header and without",
    tries: [gzip("deflate", deflateSync(secret), PACKED), gzip("deflate", deflateRawSync(secret), PACKED)],
  },
  {
    id: "H13",
    what: "bytes after the end of the gzip, or a second member",
    tries: [
      gzip("gzip", Buffer.concat([gzipSync(telemetry()), Buffer.from(MARKER)]), DAMAGED),
      gzip("gzip", Buffer.concat([gzipSync(content()), gzipSync(secret)]), DAMAGED),
      gzip("gzip", secret, DAMAGED),
    ],
  },
  {
    id: "H14",
    what: "gzip that is cut short, or whose checksum or size is wrong",
    tries: [
      gzip("gzip", gzipSync(secret).subarray(0, -1), DAMAGED),
      gzip("gzip", gzipSync(secret).subarray(0, 40), DAMAGED),
      gzip("gzip", changed(gzipSync(secret), -5), DAMAGED),
      gzip("gzip", changed(gzipSync(secret), -1), DAMAGED),
    ].map((attempt) => ({ ...attempt, headers: { ...attempt.headers, "x-note": MARKER } })),
  },
  {
    id: "H15",
    what: "a body that inflates without end",
    tries: [
      gzip("gzip", gzipSync(Buffer.concat([secret, Buffer.alloc(100_000_000, 0x20)])), [
        413,
        "inflate_ratio",
      ]),
      gzip(
        "gzip",
        gzipSync(Buffer.concat([Buffer.from(`{"a":"${MARKER}`), Buffer.alloc(100_000_000, 0x61)])),
        [413, "inflate_ratio"],
      ),
    ],
  },
  {
    id: "H16",
    what: "an empty body that is said to be gzip",
    tries: [
      {
        ...gzip("gzip", new Uint8Array(0), DAMAGED),
        headers: { "content-encoding": "gzip", "x-note": MARKER },
      },
    ],
  },
  {
    id: "H17",
    what: "codings spelt otherwise",
    tries: [
      gzip("GZIP", gzipSync(denied()), { counts: [0, 0, 1] }),
      gzip(" gZip ", gzipSync(denied()), { counts: [0, 0, 1] }),
      gzip("identity", Buffer.from(denied()), { counts: [0, 0, 1] }),
      gzip("*", gzipSync(secret), PACKED),
      gzip("", gzipSync(secret), [400, "json_syntax"]),
      gzip("gzip;q=1", gzipSync(secret), PACKED),
      gzip("identity", gzipSync(secret), [400, "json_syntax"]),
    ],
  },
  {
    id: "H19",
    what: "an answer compressed together with what the sender wrote",
    async run(bench) {
      for (const path of ["/ingest/drop", "/ingest/none", "/ingest/reject"]) {
        const answer = await bench.send({ path, headers: { "accept-encoding": "gzip, br" }, body: denied() });
        expect(answer.headers["content-encoding"]).toBeUndefined();
      }
    },
  },
  {
    id: "H20",
    what: "an answer kept by a cache",
    async run(bench) {
      bench.upstream.behaviour = {
        headers: { "cache-control": "public, max-age=600", etag: '"a"', age: "1" },
      };
      for (const path of [
        "/ingest/drop",
        "/ingest/none",
        "/ingest/reject",
        "/v1/accounts",
        "/ingest/strip",
      ]) {
        const answer = await bench.send({ path, body: denied() });
        expect([path, answer.headers["cache-control"], answer.headers.etag]).toEqual([
          path,
          "no-store",
          undefined,
        ]);
      }
    },
  },
];
