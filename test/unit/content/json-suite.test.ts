/** The strict profile is what JSON is, less what is named, held against a public suite; each case whole and cut at every byte. */
import { describe, expect, it } from "vitest";
import { compilePlan } from "../../../src/content/pointer.ts";
import { SUITE } from "./json-suite.ts";
import { LOOKED_AT, OPEN, STRICTER } from "./json-suite-decided.ts";
import { type Body, bytesOf, ENVELOPE, type Outcome, readBody } from "./read-body.ts";

const plan = compilePlan(ENVELOPE);
/** Beyond this, cutting at every byte would take long and show nothing new. */
const CUT_BYTES_MAX = 2_000;

const within = (before: string, bytes: Uint8Array, after: string): Uint8Array =>
  new Uint8Array(Buffer.concat([bytesOf(before), bytes, bytesOf(after)]));

const decided = (outcome: Outcome): string => outcome.fault ?? "accepted";

describe("JSONTestSuite, as the value of a record's member", () => {
  it.each(SUITE)("$name", ({ name, bytes }) => {
    const json: Body = { format: "json", bytes: within('{"x":', bytes, "}") };
    const lines: Body = { format: "ndjson", bytes: within('{"a":1}\n{"x":', bytes, '}\n{"b":2}') };
    const body: Body = { format: "json", bytes };
    const expected = STRICTER[name] ?? OPEN[name];
    const found = decided(readBody(json, [], plan));
    if (expected !== undefined) expect(found).toBe(expected);
    else if (name.startsWith("y_")) expect(found).toBe("accepted");
    else if (name.startsWith("n_")) expect(found).not.toBe("accepted");
    else throw new Error("nothing says what is to come of it");

    const breaks = bytes.includes(0x0a) || bytes.includes(0x0d);
    const asLine = decided(readBody(lines, [], plan));
    if (breaks) expect(asLine).not.toBe("accepted");
    else expect(asLine === "accepted").toBe(found === "accepted");
    if (found !== "accepted") expect(decided(readBody(body, [], plan))).not.toBe("accepted");

    if (bytes.length > CUT_BYTES_MAX) return;
    for (const whole of [json, lines, body]) {
      const outcome = readBody(whole, [], plan);
      for (let cut = 1; cut < whole.bytes.length; cut++)
        expect(readBody(whole, [cut], plan), `cut at ${cut}`).toEqual(outcome);
    }
  });
});

describe("JSONTestSuite, as a body", () => {
  const objects = SUITE.filter(({ name }) => name.startsWith("y_object"));
  it.each(objects)("$name: an object is a record", ({ name, bytes }) => {
    expect(decided(readBody({ format: "json", bytes }, [], plan))).toBe(
      LOOKED_AT[name] ?? STRICTER[name] ?? "accepted",
    );
  });

  it("nothing but an object, or an array of them, is a record", () => {
    const others = SUITE.filter(({ name }) => /^y_(array|number|string|structure)/.test(name));
    const accepted = others.filter(
      ({ bytes }) => readBody({ format: "json", bytes }, [], plan).fault === null,
    );
    expect(others.length).toBeGreaterThan(70);
    expect(accepted.map(({ name }) => name)).toEqual(["y_array_empty", "y_structure_whitespace_array"]);
  });
});

it("every exception names a case, and every open case is decided", () => {
  const names = SUITE.map(({ name }) => name);
  expect(Object.keys({ ...STRICTER, ...OPEN }).filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name) => !/^[yn]_/.test(name) && !(name in OPEN))).toEqual([]);
  expect([names.length, new Set(names).size]).toEqual([340, 340]);
});
