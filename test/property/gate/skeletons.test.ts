/**
 * Records found by their skeleton are those the scanner finds, and say the same: whole bodies, in random pieces, through a reader that recognises
 * and one that does not. The first is kept from body to body, as a route keeps it.
 */
import { expect, test, vi } from "vitest";
import type { ShapeConfig } from "../../../src/config/define.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape, type RecordReader, type Signal } from "../../../src/content/shape.ts";
import type { Body } from "../../../src/gate/body.ts";
import { Columns } from "../../../src/gate/columns.ts";
import { Fault } from "../../../src/gate/fault.ts";
import { Windows } from "../../../src/gate/windows.ts";
import { casesOfRun } from "../../support/pace.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";
import { SKELETONS } from "../../support/skeletons.ts";
import { SHAPE } from "../content/claims-shape.ts";

const BODIES = casesOfRun(1_000);
const RECORD_BYTES_MAX = 2_000;

const IDS = ["a", "acme", "acme1", "acme\\u0031", "b", "x".repeat(70), "y".repeat(200), "é", "", "“”", "\\n"];
const TIMES = [
  "2026-11-21T10:00:00Z",
  "2026-11-21T10:00:01.5Z",
  "2026-11-21T10:00:00+01:00",
  "2026-02-30T10:00:00Z",
];
const TEXTS = [
  "",
  "plain",
  'said \\"so\\"',
  "\\\\",
  "ü\\u00fc",
  "\\ud83d\\ude00",
  "z".repeat(40),
  `${"w".repeat(31)}\\"`,
];
const NUMBERS = ["0", "-0", "7", "-12.50", "1e3", "1.0E-2", `1${"0".repeat(301)}`, "1234567890123456"];
/** What no string, number or word may be. */
const WRONG = [
  '"\\x"',
  '"\\ud800"',
  '"\\u12"',
  '"\t"',
  '"\u0000"',
  '"open',
  "01",
  "-",
  "1.",
  ".5",
  "tru",
  "nul",
  "truee",
  "NaN",
  "1e999",
  '"a""b"',
];

interface Member {
  readonly key: string;
  readonly value: () => string;
}

/** Values of one type, drawn anew for each record. */
function typed(r: Random): () => string {
  const text = (texts: readonly string[]) => () => `"${r.pick(texts)}"`;
  if (r.chance(0.03)) return () => `[${r.pick(["", '"a"', '1,"b"'])}]`;
  return r.pick([
    text(IDS),
    text(IDS.slice(0, 3)),
    text(TIMES),
    text(TEXTS),
    () => r.pick(NUMBERS),
    () => r.pick(NUMBERS.slice(0, 4)),
    () => r.pick(["true", "false", "null"]),
  ]);
}

const KEYS = [
  "account",
  "conversation",
  "speaker",
  "to",
  "audience",
  "labels",
  "file",
  "at",
  "until",
  "n",
  "denied",
  "word",
  "says",
  "id",
];

/** Layouts of records, each with the same members in the same order and with the same spaces. */
function layoutOf(r: Random): () => string {
  const space = r.chance(0.7) ? "" : r.pick([" ", "  ", "\t"]);
  const members: Member[] = KEYS.filter(() => r.chance(0.35)).map((key) => ({ key, value: typed(r) }));
  const type = r.pick(['"content"', '"content"', '"content"', '"odd"', '"telemetry"', '"none"']);
  members.splice(r.int(0, members.length), 0, {
    key: "type",
    value: () => (r.chance(0.95) ? type : '"odd"'),
  });
  if (r.chance(0.3)) {
    const times = r.int(0, 3);
    const value = () => `[${Array.from({ length: times }, () => `"${r.pick(TIMES)}"`).join()}]`;
    members.push({ key: "times", value });
  }
  if (r.chance(0.5))
    members.push({ key: "parts", value: () => `[{"kind":"${r.pick(["chat", "file", "x"])}"}]` });
  return () => {
    const wrong = r.chance(0.002) ? r.int(0, members.length - 1) : -1;
    const texts = members.map(
      ({ key, value }, i) => `"${key}":${space}${i === wrong ? r.pick(WRONG) : value()}`,
    );
    return `{${texts.join(`,${space}`)}${space}}`;
  };
}

/** `known`: layouts that come again and again, a few at a time. */
function bodyOf(r: Random, known: (() => string)[]): Uint8Array {
  if (r.chance(0.04)) known[r.int(0, known.length - 1)] = layoutOf(r);
  const layouts = Array.from({ length: r.int(1, 3) }, () => r.pick(known));
  if (r.chance(0.02)) layouts.push(layoutOf(r));
  // Some say only a few things, again and again.
  const lineOf = layouts.map((layout) => {
    const few = r.chance(0.4) ? [layout(), layout(), layout()] : null;
    return () => (few === null ? layout() : r.pick(few));
  });
  const ends = r.pick([["\n"], ["\n"], ["\r\n"], ["\n", "\r\n", "\n\n", " \n", "\n \t"]]);
  const lines = Array.from({ length: r.int(1, 120) }, () => r.pick(lineOf)() + r.pick(ends));
  const bytes = new TextEncoder().encode(lines.join("").slice(0, r.chance(0.05) ? -1 : undefined));
  // Not UTF-8, or something else, somewhere.
  if (r.chance(0.05)) bytes[r.int(0, bytes.length - 1)] = r.int(0, 255);
  return bytes;
}

/** What a body's records are and say, up to the fault if there is one. `tick`: what the clock gains each time it is looked at, ms. */
async function readingOf(
  reader: RecordReader,
  body: Uint8Array,
  pieces: readonly number[],
  signal: Signal,
  tick: number,
) {
  let time = 0;
  const now = () => {
    time += tick;
    return time;
  };
  let at = 0;
  const cuts = pieces.map((piece) => piece);
  const read = async () => {
    if (at === body.length) return null;
    const piece = body.subarray(at, Math.min(body.length, at + (cuts.shift() ?? body.length)));
    at += piece.length;
    return piece;
  };
  const framing = createFraming("ndjson", reader.plan, { recordBytesMax: RECORD_BYTES_MAX });
  const windows = new Windows({ read } as unknown as Body, framing, reader, signal, null, now);
  const records: object[] = [];
  try {
    for (;;) {
      const window = await windows.next();
      const { bytes, columns, last } = window;
      for (let i = 0; i < columns.count; i++) {
        const { items, turns, replacement } = columns.claims[columns.said[i]!]!;
        const text = new TextDecoder().decode(bytes.subarray(columns.starts[i]!, columns.ends[i]!));
        records.push({
          text,
          items,
          turns,
          replacement,
          at: columns.capturedAt(i),
          until: columns.capturedUntil(i),
        });
      }
      if (last) return { records, fault: null };
      windows.recycle(window);
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { records, fault: [error.code, error.index] };
  }
}

/** With one time a record says all it says of when: then nothing of it is read again. */
const ONE_TIME: ShapeConfig = {
  ...SHAPE,
  variants: SHAPE.variants.map((variant) => {
    if (!("content" in variant)) return variant;
    const { captured_until: _, ...content } = variant.content;
    return { ...variant, content };
  }),
};

/** A record may have been captured at several times, none of which is all it says of when. */
const SEVERAL_TIMES: ShapeConfig = {
  ...ONE_TIME,
  variants: ONE_TIME.variants.map((variant) =>
    "content" in variant
      ? { ...variant, content: { ...variant.content, captured_at: { pointer: "/times/*" } } }
      : variant,
  ),
};

test.each([
  ["one time", ONE_TIME, 1 / 100],
  ["several times", SEVERAL_TIMES, 1 / 100],
  ["two times", SHAPE, 1 / 100],
])("what is recognised is what would have been read: %s", async (name, shape, repeatedMin) => {
  const seed = seedOfRun();
  const r = random(seed);
  const options = { serviceDataExcess: "strip" } as const;
  const recognising = compileShape(shape, { ...options, skeletons: SKELETONS });
  const matched = vi.spyOn(recognising.plan.skeletons!, "match");
  const alike = vi.spyOn(Columns.prototype, "addAlikes");
  const known = Array.from({ length: 5 }, () => layoutOf(r));
  let records = 0;
  let faults = 0;
  for (let n = 0; n < BODIES; n++) {
    const body = bodyOf(r, known);
    const pieces = Array.from({ length: r.int(0, 6) }, () => r.int(1, body.length));
    const signal = r.pick(["none", "none", "disallows"] as const);
    const tick = r.pick([0, 100]);
    const expected = await readingOf(compileShape(shape, options), body, pieces, signal, tick);
    const found = await readingOf(recognising, body, pieces, signal, tick);
    expect(found, `TENFOUR_SEED=${seed}, body ${n}`).toEqual(expected);
    records += expected.records.length;
    if (expected.fault !== null) faults += 1;
  }
  const recognised = matched.mock.results.reduce((sum, { value }) => sum + value, 0);
  const repeated = alike.mock.results.reduce((sum, { value }, n) => sum + value - alike.mock.calls[n]![2], 0);
  vi.restoreAllMocks();
  console.log(
    `skeletons, ${name}: ${records} records of ${BODIES} bodies, ${recognised} recognised, ${repeated} as saying the same, ${faults} faults, TENFOUR_SEED=${seed}`,
  );
  expect(recognised).toBeGreaterThan(records / 5);
  expect(repeated).toBeGreaterThanOrEqual(records * repeatedMin);
  expect(faults).toBeGreaterThan(BODIES / 25);
  expect(faults).toBeLessThan(BODIES / 2);
});
