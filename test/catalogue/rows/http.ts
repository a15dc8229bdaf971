/** P, the parts of a request that a client chooses: its path, host, method and headers. */
import { expect } from "vitest";
import { assertNoMarker, MARKER } from "../../support/marker.ts";
import { sayBytes } from "../../support/raw-bytes.ts";
import { content, denied } from "../../support/world.ts";
import { codeOf, type Try } from "../attempt.ts";
import type { Row } from "../row.ts";

const MALFORMED = [400, "path_malformed"] as const;
const UNKNOWN = [404, "route_unknown"] as const;
const HOST = [421, "host_unknown"] as const;
const HEADER = [400, "header_refused"] as const;
const METHOD = [405, "method_not_allowed"] as const;

const paths = (gets: Try["gets"], ...all: string[]): Try[] => all.map((path) => ({ path, gets }));
const hosts = (...all: string[]): Try[] => all.map((host) => ({ headers: { host }, gets: HOST }));

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;

/** Headers that are taken, and do not leave. */
const dropped = (...names: string[]): Try[] =>
  names.map((name) => ({
    headers: { [name]: MARKER },
    body: content(),
    gets: { counts: [1, 0, 0], upstream: content() },
  }));

export const HTTP_ROWS: readonly Row[] = [
  {
    id: "P01",
    what: "encoded dot segments in the path",
    tries: paths(
      MALFORMED,
      "/ingest/telemetry/%2e%2e/drop",
      "/ingest/%2E%2E/ingest/drop",
      "/%2e/ingest/drop",
    ),
  },
  {
    id: "P02",
    what: "plain dot segments in the path",
    tries: [
      ...paths(MALFORMED, "/ingest/telemetry/../drop", "/ingest/drop/..", "/../ingest/drop"),
      ...paths(UNKNOWN, "/ingest/./drop"),
    ],
  },
  {
    id: "P03",
    what: "dot segments half encoded, twice encoded, or with a parameter",
    tries: paths(
      MALFORMED,
      "/ingest/telemetry/.%2e/drop",
      "/ingest/telemetry/..%2fdrop",
      "/ingest/telemetry/..;/drop",
      "/ingest/telemetry/%252e%252e/drop",
      "/ingest/telemetry/..\\drop",
    ),
  },
  {
    id: "P04",
    what: "double slashes in the path",
    tries: paths(MALFORMED, "//ingest/drop", "/ingest//drop", "/ingest/drop//", "//evil.example/ingest/drop"),
  },
  {
    id: "P05",
    what: "an encoded letter in the path",
    tries: paths(MALFORMED, "/ingest/%64rop", "/%69ngest/drop"),
  },
  {
    id: "P06",
    what: "a backslash in the path",
    tries: paths(MALFORMED, "/ingest\\drop"),
    run: (bench) =>
      bench.neverTaken([{ path: "/\\ingest/drop" }, { path: "\\ingest\\drop" }, { path: "ingest/drop" }]),
  },
  {
    id: "P07",
    what: "a path with something at its end, or in another case",
    tries: [
      ...paths(
        UNKNOWN,
        "/ingest/drop/",
        "/ingest/drop.",
        "/ingest/DROP",
        "/ingest/drop.json",
        "/ingest",
        "/ingest/drop,",
      ),
      ...paths(
        MALFORMED,
        "/ingest/drop%00",
        "/ingest/drop%2f",
        "/ingest/drop;a=b",
        "/ingest/drop%20",
        "/ingest/dr\u00f6p",
      ),
    ],
  },
  {
    id: "P08",
    what: "an encoded question mark or hash in the path",
    tries: paths(MALFORMED, "/ingest/telemetry%3f/drop", "/ingest/drop%23", "/ingest/drop%3Fa=b"),
  },
  {
    id: "P09",
    what: "a path in the Host header",
    tries: hosts("127.0.0.1/ingest/telemetry?", "127.0.0.1/ingest/telemetry/x", "127.0.0.1?", "127.0.0.1#"),
  },
  {
    id: "P10",
    what: "a Host header with user information, another name, a port that is none, or twice",
    tries: hosts(
      "127.0.0.1@evil.example",
      "gate@127.0.0.1",
      "evil.example",
      "127.0.0.1.",
      "127.0.0.1:",
      "127.0.0.1:80a",
      "127.0.0.1:999999",
      "[::1]",
      "localhost",
      "127.0.0.1, evil.example",
      "127.0.0.1 evil.example",
      "127.1",
      "2130706433",
    ),
    run: (bench) => {
      const { host } = new URL(bench.rig.url);
      return bench.neverTaken([
        { headers: { host, Host: "evil.example" } },
        { headers: { host: "evil.example", Host: host } },
        { headers: { host: "" } },
      ]);
    },
  },
  {
    id: "P11",
    what: "a whole URL in place of the path",
    tries: [
      ...[
        "http://evil.example/ingest/drop",
        "http://127.0.0.1/ingest/drop",
        "https://127.0.0.1/ingest/drop",
      ].map((path) => ({ path, headers: { host: "evil.example" }, gets: HOST })),
    ],
    async run(bench) {
      for (const path of ["http://evil.example/ingest/drop", "http://127.0.0.1@evil.example/ingest/drop"]) {
        bench.reset();
        const answer = await bench.send({ path, body: denied() });
        expect([path, answer.status < 500]).toEqual([path, true]);
        expect(bench.upstream.begun).toBe(0);
      }
    },
  },
  {
    id: "P12",
    what: "an upstream named by the request",
    tries: [
      ...paths(
        [400, "query_not_accepted"],
        "/ingest/drop?upstream=http://169.254.169.254/",
        `/ingest/drop?text=${MARKER}`,
        "/ingest/drop?",
      ),
      ...hosts("169.254.169.254"),
      ...dropped("x-upstream", "x-forwarded-host", "x-original-url", "x-rewrite-url"),
    ],
  },
  {
    id: "P13",
    what: "another method named in a header",
    tries: [
      ...dropped("x-http-method-override", "x-http-method", "x-method-override"),
      { method: "PUT", headers: { "x-http-method-override": "POST" }, gets: METHOD },
    ],
  },
  {
    id: "P15",
    what: "a body with another method than POST",
    tries: ["GET", "DELETE", "OPTIONS", "PROPFIND", "QUERY"].map((method) => ({ method, gets: METHOD })),
    async run(bench) {
      bench.reset();
      const host = new URL(bench.rig.url).host;
      const head = `HEAD /ingest/drop HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 2\r\n\r\n{}`;
      expect([(await sayBytes(bench.rig.url, head)).statuses[0], bench.upstream.begun]).toEqual([405, 0]);
    },
  },
  {
    id: "P16",
    what: "part of a body: Range, Content-Range, PUT and PATCH",
    tries: [
      { headers: { "content-range": "bytes 5-9/10" }, gets: HEADER },
      { headers: { range: "bytes=0-1" }, gets: HEADER },
      { method: "PUT", gets: METHOD },
      { method: "PATCH", gets: METHOD },
    ],
  },
  {
    id: "P17",
    what: "an upgrade to a WebSocket",
    tries: [
      { headers: { upgrade: "websocket", connection: "upgrade" }, gets: HEADER },
      { headers: { upgrade: "websocket" }, gets: HEADER },
      {
        method: "GET",
        framing: null,
        body: "",
        headers: {
          upgrade: "websocket",
          connection: "Upgrade",
          "sec-websocket-version": "13",
          "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
          "x-note": MARKER,
        },
        gets: METHOD,
      },
    ],
  },
  {
    id: "P18",
    what: "an upgrade to HTTP/2 without TLS",
    tries: [
      {
        headers: {
          upgrade: "h2c",
          connection: "Upgrade, HTTP2-Settings",
          "http2-settings": "AAMAAABkAAQAAP__",
        },
        gets: HEADER,
      },
      { headers: { upgrade: "h2c" }, gets: HEADER },
    ],
  },
  {
    id: "P20",
    what: "the gate's own headers, sent by a client",
    tries: dropped(
      "tenfour-outcome",
      "x-tenfour-decision",
      "x-gate-decision",
      "tenfour_exchange",
      "tenfour-consent",
    ),
    async run(bench) {
      bench.reset();
      const answer = await bench.send({ headers: { "tenfour-exchange": MARKER }, body: content() });
      const exchange = answer.headers["tenfour-exchange"];
      expect(exchange).toMatch(/^x_/);
      expect(bench.upstream.received[0]?.headers["tenfour-exchange"]).toBe(exchange);
    },
  },
  {
    id: "P21",
    what: "who the client is, by its own word",
    tries: dropped(
      "cf-connecting-ip",
      "x-forwarded-for",
      "x-forwarded-proto",
      "forwarded",
      "x-real-ip",
      "true-client-ip",
    ),
  },
  {
    id: "P22",
    what: "headers named in Connection",
    tries: [
      { headers: { connection: "close, Authorization, Content-Encoding" }, gets: HEADER },
      { headers: { connection: "content-type" }, gets: HEADER },
      { headers: { connection: "keep-alive, x-note", "x-note": MARKER }, gets: HEADER },
      { headers: { connection: "TE", te: "trailers" }, gets: HEADER },
    ],
    async run(bench) {
      for (const connection of ["close", "keep-alive", "Close"]) {
        bench.reset();
        const answer = await bench.send({
          headers: { connection, "keep-alive": MARKER, te: MARKER },
          body: content(),
        });
        expect([connection, answer.status]).toEqual([connection, 200]);
        bench.sawNoMarker();
      }
    },
  },
  {
    id: "P36",
    what: "line ends in a value that might become a header",
    tries: [
      { body: content({ account: "acme\r\nX-Note: 1", text: MARKER }), gets: { counts: [0, 0, 1] } },
      { body: content({ id: "r1\r\nX-Note: 1", text: MARKER, speaker: "dee" }), gets: { counts: [0, 0, 1] } },
      { headers: { "idempotency-key": `"${MARKER} and words"` }, gets: HEADER },
      { headers: { "idempotency-key": "k\tk" }, gets: HEADER },
      { headers: { "idempotency-key": "a, b" }, gets: HEADER },
      { headers: { "idempotency-key": '"k-1' }, gets: HEADER },
      { headers: { "idempotency-key": 'k-1"' }, gets: HEADER },
    ],
  },
  {
    id: "P37",
    what: "identity headers more than once",
    tries: [
      { key: null, headers: { authorization: "Bearer a, Bearer b" }, gets: HEADER },
      { headers: { Authorization: "Bearer x" }, gets: HEADER },
      { headers: { authorization: "Basic dGVzdDp0ZXN0" }, gets: [401, "key_missing"] },
      { key: null, headers: { authorization: basic("test:") }, gets: [401, "key_malformed"] },
      { key: null, headers: { authorization: `${basic("test:")},${basic("a:")}` }, gets: HEADER },
      { key: null, gets: [401, "key_missing"] },
      { key: "tampered", gets: [401, "key_signature"] },
      { key: "revoked", gets: [401, "key_revoked"] },
      { key: "other_route", gets: [403, "route_not_permitted"] },
      { key: null, headers: { "x-api-key": MARKER, cookie: `key=${MARKER}` }, gets: [401, "key_missing"] },
    ],
  },
  {
    id: "P38",
    what: "a length that is none, or beyond what the gate takes",
    tries: [
      { framing: 2_000_000_000, body: "", headers: { "x-note": MARKER }, gets: [413, "body_too_large"] },
    ],
    async run(bench) {
      const lengths = ["-1", "1e3", "0x10", "+5", "5, 5", ""];
      await bench.neverTaken(
        lengths.map((length) => ({ framing: null, headers: { "content-length": length } })),
      );
    },
  },
  {
    id: "P39",
    what: "a path of the gate's own under another's name",
    async run(bench) {
      for (const path of [
        "/v1/../ingest/drop",
        "/v1//ingest/drop",
        "/healthz/../ingest/drop",
        "/healthz/",
        "/sources/x",
      ]) {
        bench.reset();
        const answer = await bench.send({ path });
        expect([path, answer.status >= 400, bench.upstream.begun]).toEqual([path, true, 0]);
        assertNoMarker(answer.text, "the answer");
        expect(["path_malformed", "route_unknown", "not_found", "token_wrong", "token_missing"]).toContain(
          codeOf(answer),
        );
      }
    },
  },
];
