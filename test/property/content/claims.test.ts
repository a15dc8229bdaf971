/** What is recognised by its bytes is read as if it had never been seen: a reader that remembers against one made anew for each record. */
import { expect, test } from "vitest";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape, type RecordReader, type Signal, stripped } from "../../../src/content/shape.ts";
import { casesOfRun } from "../../support/pace.ts";
import { random, seedOfRun } from "../../support/random.ts";
import { SHAPE } from "./claims-shape.ts";

/** Fewer than some hundreds would hardly say anything twice. */
const RECORDS = Math.max(200, casesOfRun(2_000));
const OFTEN = ["account", "conversation", "speaker", "to", "audience", "labels", "file", "at", "until"];
const SELDOM = ["n", "denied", "word", "type_of", "says"];

const IDS = ["a", "acme", "acm", "acme1", "acme\\u0031", "2026-11-21T10:00:00Z", "x".repeat(70), "é", ""];
const VALUES = [
  '"all"',
  ...IDS.map((id) => `"${id}"`),
  "null",
  "1",
  "true",
  "{}",
  "[]",
  '["a","b"]',
  '[1,"a"]',
];
const SAYS = [
  "1",
  "{}",
  '{"may":{}}',
  '{"may":{"a":true}}',
  '{"may":{"a":false}}',
  '{"may":{"a":1}}',
  '{"may":[]}',
];
const TIMES = ['"2026-11-21T10:00:00Z"', '"2026-11-21T10:00:01.5Z"', '"2026-11-21T10:00:00"', "7", "null"];

test("what was said before is read alike", () => {
  const seed = seedOfRun();
  const r = random(seed);
  const drawnValue = (key: string): string => {
    if (key === "says") return r.pick(SAYS);
    return r.pick(["at", "until"].includes(key) ? [...TIMES, ...VALUES] : VALUES);
  };
  const drawn = (): Map<string, string> => {
    const members = new Map([
      ["type", r.pick(['"content"', '"content"', '"content"', '"odd"', '"telemetry"', '"none"'])],
    ]);
    for (const key of OFTEN) if (r.chance(0.6)) members.set(key, drawnValue(key));
    for (const key of SELDOM) if (r.chance(0.3)) members.set(key, drawnValue(key));
    const kinds = Array.from({ length: r.int(0, 2) }, () => `{"kind":${r.pick(['"chat"', '"file"', "1"])}}`);
    return members.set("parts", `[${kinds}]`).set("cc", `[${r.chance(0.3) ? '{"id":"b"}' : ""}]`);
  };
  /** The same but for one member: what tells the two apart must be told. */
  const nearby = (members: ReadonlyMap<string, string>): Map<string, string> => {
    const key = r.pick([...OFTEN, ...SELDOM]);
    const near = new Map(members).set(key, drawnValue(key));
    if (r.chance(0.3)) near.delete(key);
    return near;
  };
  const lines = Array.from({ length: RECORDS / 20 }, drawn)
    .flatMap((one) => [one, nearby(one), nearby(one), nearby(one)])
    .map((members) => `{${Array.from(members, ([key, value]) => `"${key}":${value}`)}}`);
  const remembering = compileShape(SHAPE, { serviceDataExcess: "strip" });
  const claims = new Set<object>();
  for (let n = 0; n < RECORDS; n++) {
    const line = r.pick(lines);
    const signal = r.pick(["none", "none", "disallows", "malformed"] as const);
    const anew = compileShape(SHAPE, { serviceDataExcess: "strip" });
    expect(readingOf(remembering, line, signal, claims), `TENFOUR_SEED=${seed}: ${line}`).toEqual(
      readingOf(anew, line, signal, null),
    );
  }
  // Some were recognised: records that cannot be keyed, or come for the first time, are read each time.
  expect(claims.size).toBeLessThan(RECORDS * 0.9);
});

function readingOf(reader: RecordReader, line: string, signal: Signal, claims: Set<object> | null) {
  const bytes = new TextEncoder().encode(line);
  const found: unknown[] = [];
  const framing = createFraming("ndjson", reader.plan, { recordBytesMax: 65_536 });
  framing.cut(bytes, 0, bytes.length, true, (source, start, end) => {
    const reading = reader.read(source, start, end, signal);
    claims?.add(reader.claim(source, start, end, signal));
    const left = stripped(reading, source, start, end);
    found.push({ items: reading.items, replacement: reading.replacement, stripped: left });
    return true;
  });
  expect(found).toHaveLength(1);
  return found[0];
}
