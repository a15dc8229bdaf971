/** R: what is told and recorded when something ends before its time, and consent that changes meanwhile. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { MARKER } from "../../support/marker.ts";
import type { RawRequest } from "../../support/raw-client.ts";
import { CAPTURED_AT, content, DAY_MS, denied, telemetry } from "../../support/world.ts";
import { codeOf, nothing } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";

const ROOT = join(import.meta.dirname, "../../..");

/** Longer than a window waits and what was looked up for it serves the next. */
const PAUSE_MS = 650;

function stream(bench: Bench, pieces: readonly string[], more: Partial<RawRequest> = {}) {
  bench.reset();
  return bench.rig.send({
    path: "/ingest/drop",
    headers: { authorization: `Bearer ${bench.keys.good}`, "content-type": "application/x-ndjson" },
    pieces,
    pauseMs: PAUSE_MS,
    ...more,
  });
}

const line = (id: string): string => `${content({ id })}\n`;

async function sawIncomplete(bench: Bench): Promise<void> {
  const [received] = await bench.upstream.until(1);
  expect([received?.complete, received?.body.toString()]).toEqual([
    false,
    expect.stringContaining(line("a")),
  ]);
  bench.sawNoMarker();
}

export const RELIABILITY_ROWS: readonly Row[] = [
  {
    id: "R01",
    what: "a body that proves bad after part of it has left",
    async run(bench) {
      const answer = await stream(bench, [line("a"), line("b"), `{"text":"${MARKER}"\n`, line("c")]);
      expect([answer.status, codeOf(answer)]).toEqual([400, "json_syntax"]);
      await sawIncomplete(bench);
    },
  },
  {
    id: "R02",
    what: "a sender that goes in the middle of its body",
    async run(bench) {
      for (const ending of ["rst", "fin"] as const) {
        const answer = await stream(bench, [line("a"), line("b"), `{"text":"${MARKER}`], { ending });
        expect([ending, answer.status === 200]).toEqual([ending, false]);
        await sawIncomplete(bench);
      }
    },
  },
  {
    id: "R03",
    what: "a failure of the gate's own in the middle of a stream",
    async run(bench) {
      await bench.rig.faults({
        faults: [{ binding: "EVIDENCE", action: "fail", from: 3, times: 1 }],
      });
      const answer = await stream(bench, [line("a"), line("b"), `${denied()}\n`, line("c"), line("d")]);
      await bench.rig.faults({});
      expect([answer.status, codeOf(answer)]).toEqual([503, "evidence_unavailable"]);
      await sawIncomplete(bench);
    },
  },
  {
    id: "R08",
    what: "consent kept in a store that may be a minute behind",
    async run() {
      const files = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
      const code = files
        .filter((file) => file.endsWith(".ts"))
        .map((file) => readFileSync(join(ROOT, "src", file), "utf8"));
      expect(code.length).toBeGreaterThan(100);
      expect(code.filter((text) => /\bcaches\.(default|open)\b|\bKVNamespace\b/.test(text))).toEqual([]);
      expect(readFileSync(join(ROOT, "wrangler.toml"), "utf8")).not.toContain("kv_namespaces");
      // The archive is of evidence: nothing that reads consent knows it.
      const reading = files.filter(
        (file) => /^(gate|consent)\/|^store\/consent-/.test(file) && file.endsWith(".ts"),
      );
      expect(reading.length).toBeGreaterThan(30);
      for (const file of reading)
        expect(readFileSync(join(ROOT, "src", file), "utf8")).not.toMatch(/\bR2Bucket\b|archive-store/);
    },
  },
  {
    id: "R10",
    what: "an item from the past or the future, by its own word",
    tries: [
      "1970-01-01T00:00:00Z",
      "2099-01-01T00:00:00Z",
      new Date(Date.now() + 3_600_000).toISOString(),
      new Date(Date.parse(CAPTURED_AT) - 2 * DAY_MS).toISOString(),
    ].map((captured_at) => ({ body: content({ captured_at, text: MARKER }), gets: nothing })),
  },
  {
    id: "R12",
    what: "instants that are none, or of another zone",
    tries: [
      "2027-02-29T00:00:00Z",
      "2026-11-21T24:00:00Z",
      "2026-11-21T10:00:61Z",
      CAPTURED_AT.replace("Z", ""),
      CAPTURED_AT.replace("Z", "+25:00"),
      CAPTURED_AT.replace("T", " "),
      CAPTURED_AT.slice(0, 10),
      Date.parse(CAPTURED_AT),
      String(Date.parse(CAPTURED_AT)),
      "",
      null,
    ].map((captured_at) => ({ body: content({ captured_at, text: MARKER }), gets: nothing })),
  },
  {
    id: "R14",
    what: "evidence that cannot be written",
    async run(bench) {
      await bench.rig.faults({ faults: [{ binding: "EVIDENCE", action: "fail" }] });
      bench.reset();
      const answer = await bench.send({ body: content({ text: MARKER }) });
      await bench.rig.faults({});
      expect([answer.status, codeOf(answer), bench.upstream.begun]).toEqual([503, "evidence_unavailable", 0]);
      expect(answer.headers["retry-after"]).toBeDefined();
    },
  },
  {
    id: "R13",
    what: "consent state that cannot be read, or a clock that cannot",
    async run(bench) {
      for (const [plan, code] of [
        [{ faults: [{ binding: "CONSENT", action: "fail" }] }, "consent_unavailable"],
        [{ clock: "unreadable" }, "clock_unavailable"],
      ] as const) {
        await bench.rig.faults(plan);
        bench.reset();
        const answer = await bench.send({ body: content({ text: MARKER }) });
        await bench.rig.faults({});
        expect([answer.status, codeOf(answer), bench.upstream.begun]).toEqual([503, code, 0]);
      }
    },
  },
  {
    id: "R22",
    what: "counts that do not add up",
    async run(bench) {
      bench.reset();
      const records = [
        content(),
        denied(),
        telemetry(),
        content({ account: "beta", text: MARKER }),
        telemetry({ x: MARKER }),
      ];
      const answer = await bench.send({ path: "/ingest/strip", body: `[${records.join(",")}]` });
      const counts = answer.headers["tenfour-outcome"]!.match(/\d+/g)!.map(Number);
      expect(counts.reduce((sum, count) => sum + count)).toBe(records.length);
      const kept = await bench.rig.operator<{ counts: Record<string, number> }>(
        "GET",
        `/v1/exchanges/${answer.headers["tenfour-exchange"]}`,
      );
      expect(Object.values(kept.counts).reduce((sum, items) => sum + items)).toBe(records.length);
      expect(JSON.parse(bench.upstream.received[0]!.body.toString())).toHaveLength(counts[0]! + counts[1]!);
    },
  },
];
