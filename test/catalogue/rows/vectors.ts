/** Vectors of the content tests as rows: the fault that a framing finds is what the sender is told. */
import { expect } from "vitest";
import { FAULT_WORDS } from "../../../src/gate/fault.ts";
import { assertNoMarker } from "../../support/marker.ts";
import { inPieces } from "../../support/raw-client.ts";
import type { Vector } from "../../unit/content/vectors.ts";
import { codeOf, type Try } from "../attempt.ts";
import type { Bench } from "../bench.ts";
import type { Row } from "../row.ts";

/** Byte by byte go the first of these of a row: all of them are cut at every byte where bodies are cut (`test/unit/content`). */
const BYTE_BY_BYTE = 2;

const TYPES = {
  json: "application/json",
  ndjson: "application/x-ndjson",
  multipart: "multipart/form-data; boundary=X",
  cloudevents: "application/cloudevents+json",
  "cloudevents-batch": "application/cloudevents-batch+json",
  "cloudevents-binary": "application/json",
};

/** A row for each id of `what`, of the vectors whose ids begin with it and of `more`. */
export function vectorRows(
  what: Readonly<Record<string, string>>,
  all: readonly Vector[],
  more: Readonly<Record<string, readonly Try[]>>,
): Row[] {
  return Object.entries(what).map(([id, words]) => {
    const vectors = all.filter((vector) => vector.id.startsWith(`${id} `));
    const tries = more[id] ?? [];
    if (vectors.length + tries.length === 0) throw new Error(`${id} tries nothing`);
    return {
      id,
      what: words,
      tries,
      async run(bench) {
        for (const [n, vector] of vectors.entries()) {
          await tryVector(bench, vector, false);
          if (n < BYTE_BY_BYTE) await tryVector(bench, vector, true);
        }
      },
    };
  });
}

async function tryVector(
  bench: Bench,
  { id, format, bytes, options, fault, records }: Vector,
  byteByByte: boolean,
): Promise<void> {
  const form = format === "multipart" ? "-form" : "";
  const refuse = options?.multipart?.excess === "refuse" ? "-refuse" : "";
  const wrapped = options?.wrapper === undefined ? "" : "-wrapped";
  const small = options?.recordBytesMax === undefined ? "" : "-64";
  bench.reset();
  const answer = await bench.rig.send({
    path: `/ingest/envelope${form}${refuse}${wrapped}${small}`,
    headers: { authorization: `Bearer ${bench.keys.good}`, "content-type": TYPES[format] },
    pieces: inPieces(bytes, byteByByte ? 1 : Math.max(1, bytes.length)),
  });
  assertNoMarker(answer.body, "the answer");
  bench.sawNoMarker();
  if (fault === null) {
    const counts = answer.headers["tenfour-outcome"]?.match(/\d+/g)?.map(Number) ?? [];
    const total = counts.reduce((sum, count) => sum + count, 0);
    expect([answer.status, total], id).toEqual([200, records]);
    return;
  }
  const { index } = JSON.parse(answer.text) as { index?: number };
  expect([answer.status, codeOf(answer), index], id).toEqual([FAULT_WORDS[fault].status, fault, records]);
  const whole = bench.upstream.received.filter(({ complete }) => complete);
  expect(whole, id).toEqual([]);
  if (!byteByByte) expect(bench.upstream.begun, id).toBe(0);
}
