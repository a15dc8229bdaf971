/** U: an upstream that leads elsewhere, says too much, too early or twice, or breaks off. */
import { expect } from "vitest";
import { parseConfig } from "../../../src/config/parse.ts";
import { MARKER } from "../../support/marker.ts";
import type { Behaviour } from "../../support/raw-upstream.ts";
import { content, denied } from "../../support/world.ts";
import { codeOf } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";
import { catalogueConfig } from "../world.ts";

/** Two records of which one may leave; what the upstream then does. */
async function exchange(bench: Bench, ...behaviours: Behaviour[]) {
  bench.reset();
  bench.upstream.next(...behaviours);
  return bench.send({ body: `[${content()},${denied()}]`, headers: { "idempotency-key": "k-1" } });
}

/** Only what may leave was asked for, and once. */
function askedOnce(bench: Bench): void {
  expect(bench.upstream.begun).toBe(1);
  expect(bench.rig.upstreams.other.begun).toBe(0);
  for (const { body } of bench.upstream.received) expect(`[${content()}]`).toContain(body.toString());
  bench.sawNoMarker();
}

export const UPSTREAM_ROWS: readonly Row[] = [
  {
    id: "U01",
    what: "a redirect to another host",
    async run(bench) {
      for (const status of [301, 302, 303, 307, 308]) {
        const location = `${bench.rig.upstreams.other.url}/other?${MARKER}`;
        const answer = await exchange(bench, { status, headers: { location } });
        expect([status, answer.status, codeOf(answer)]).toEqual([status, 502, "upstream_redirect"]);
        expect(answer.headers.location).toBeUndefined();
        askedOnce(bench);
      }
    },
  },
  {
    id: "U02",
    what: "answers before the answer: 100 and 103",
    async run(bench) {
      const body = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ntaken";
      for (const status of [103, 100]) {
        const headers = { "content-length": "0", link: `<https://evil.example/${MARKER}>; rel=preload` };
        const answer = await exchange(bench, { status, headers, body, early: "headers" });
        const told = [answer.status, answer.status === 200 ? answer.text : codeOf(answer)];
        expect([
          [200, "taken"],
          [502, "upstream_unreachable"],
        ]).toContainEqual(told);
        expect(answer.headers.link).toBeUndefined();
        bench.sawNoMarker();
      }
    },
  },
  {
    id: "U03",
    what: "an answer before the end of the body",
    async run(bench) {
      bench.reset();
      bench.upstream.next({ status: 413, early: "all" });
      const answer = await bench.rig.send({
        path: "/ingest/drop",
        headers: { authorization: `Bearer ${bench.keys.good}`, "content-type": "application/x-ndjson" },
        pieces: [
          `${content()}\n`,
          `${content({ id: "r2" })}\n`,
          `${denied()}\n`,
          `${content({ id: "r4" })}\n`,
        ],
        pauseMs: 450,
      });
      expect([answer.status, codeOf(answer), JSON.parse(answer.text).upstream_status]).toEqual([
        502,
        "upstream_refused",
        413,
      ]);
      bench.sawNoMarker();
    },
  },
  {
    id: "U04",
    what: "an answer that breaks off",
    async run(bench) {
      const answer = await exchange(bench, { body: "x".repeat(1_000), cutAnswerAfterBytes: 10 });
      expect([answer.complete, answer.text.length < 1_000]).toEqual([false, true]);
      askedOnce(bench);
    },
  },
  {
    id: "U06",
    what: "a connection that ends after the whole body and before an answer",
    async run(bench) {
      const answer = await exchange(bench, { cutAfterBytes: `[${content()}]`.length });
      expect([answer.status, codeOf(answer)]).toEqual([502, "upstream_unreachable"]);
      const kept = await bench.rig.operator("GET", `/v1/exchanges/${answer.headers["tenfour-exchange"]}`);
      expect(["unknown", "aborted"]).toContain(kept.outcome);
      askedOnce(bench);
    },
  },
  {
    id: "U08",
    what: "headers of the upstream's answer",
    async run(bench) {
      const answer = await exchange(bench, {
        headers: {
          "set-cookie": "a=b",
          "x-note": "n",
          server: "s",
          location: "/x",
          "www-authenticate": "Basic",
          "access-control-allow-origin": "*",
          "tenfour-outcome": "forwarded=9",
          "tenfour-exchange": "x_other",
          "cache-control": "public",
          "content-type": "text/plain",
        },
        body: "taken",
      });
      const framing = ["content-length", "transfer-encoding"];
      expect(
        Object.keys(answer.headers)
          .filter((name) => !framing.includes(name))
          .sort(),
      ).toEqual(["cache-control", "content-type", "tenfour-exchange", "tenfour-outcome"]);
      expect([answer.headers["tenfour-outcome"], answer.text]).toEqual([
        "forwarded=1, stripped=0, dropped=1",
        "taken",
      ]);
      expect(answer.headers["tenfour-exchange"]).not.toBe("x_other");
    },
  },
  {
    id: "U09",
    what: "an answer to one sender served to another",
    async run(bench) {
      for (const forwardedHost of ["a.example", "b.example"]) {
        bench.reset();
        bench.upstream.next({ headers: { "cache-control": "public, max-age=600" }, body: forwardedHost });
        const answer = await bench.send({
          headers: { "x-forwarded-host": forwardedHost, "x-note": MARKER },
          body: content(),
        });
        expect(answer.text).toBe(forwardedHost);
        expect(bench.upstream.received[0]?.rawHead).not.toContain(forwardedHost);
      }
    },
  },
  {
    id: "U11",
    what: "a forward made twice by the gate itself",
    async run(bench) {
      for (const behaviour of [{ status: 503 }, { status: 502 }, { status: 429 }, { cutAfterBytes: 1 }]) {
        await exchange(bench, behaviour);
        askedOnce(bench);
      }
      expect(bench.upstream.received[0]?.headers["idempotency-key"] ?? "k-1").toBe("k-1");
    },
  },
  {
    id: "U12",
    what: "an upstream without TLS",
    async run() {
      const config = catalogueConfig({ main: "http://127.0.0.1:1", other: "http://127.0.0.1:2" });
      const withUrl = (url: string) =>
        parseConfig({ ...config, upstreams: { ...config.upstreams, train: { url, purposes: ["train"] } } })
          .ok;
      expect(withUrl("https://training.example/x")).toBe(true);
      for (const url of [
        "http://training.example/x",
        "http://127.0.0.1.example/x",
        "http://0.0.0.0/x",
        "http://10.0.0.1/x",
        "ws://training.example/x",
        "https://user:secret@training.example/x",
        "https://training.example/x?text=1",
      ])
        expect([url, withUrl(url)]).toEqual([url, false]);
    },
  },
];
