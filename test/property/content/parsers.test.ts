/**
 * What the gate lets through is read alike by everybody: accepted by each parser this machine has, as the same value. `npm run parsers`
 * demands three of them; here those that are not installed are named.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { compileFieldRules } from "../../../src/content/field-rules.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { casesOfRun } from "../../support/pace.ts";
import { FURTHER, isInstalled, readBy, readHere, USUAL } from "../../support/parsers.ts";
import { seedOfRun } from "../../support/random.ts";
import { SUITE } from "../../unit/content/json-suite.ts";
import { bytesOf, ENVELOPE, readBody } from "../../unit/content/read-body.ts";
import { VECTORS } from "../../unit/content/vectors.ts";
import { hostileBytes } from "./hostile-json.ts";

const demanded = Number(process.env.TENFOUR_PARSERS ?? 0);
const seed = seedOfRun();
const runs = demanded > 0 ? 20_000 : casesOfRun(6_000);
const asked = demanded > 0 ? [...USUAL, ...FURTHER] : USUAL;
const found = asked.filter(isInstalled);
const missing = asked.filter((parser) => !found.includes(parser));

const plan = compilePlan(ENVELOPE);
const strip = compileFieldRules({
  "/a": "number",
  "/b": "id",
  "/x/*": "number",
  "/list/*/type": "id",
  "/type": "boolean",
});

/** Bytes that leave the gate of a body that holds `text` as a record of its own and as the value of a member. */
function letThrough(text: Uint8Array): string[] {
  const wrapped = new Uint8Array(Buffer.concat([bytesOf('{"x":'), text, bytesOf("}")]));
  return (["json", "ndjson"] as const).flatMap((format) =>
    [text, wrapped].flatMap((bytes) => readBody({ format, bytes }, [], plan).records),
  );
}

function stripped(record: string): string[] {
  const bytes = bytesOf(record);
  const left = strip.apply(bytes, 0, bytes.length);
  return left.removed && !left.empty ? [new TextDecoder().decode(left.bytes)] : [];
}

function texts(): Uint8Array[] {
  const records = new Set<string>();
  const add = (source: Uint8Array) => {
    for (const record of letThrough(source)) {
      records.add(record);
      for (const left of stripped(record)) records.add(left);
    }
  };
  for (const { bytes } of SUITE) add(bytes);
  for (const { bytes } of VECTORS) add(bytes);
  for (const source of fc.sample(hostileBytes, { seed: seed | 0, numRuns: runs })) add(source);
  return [...records].map(bytesOf);
}

it("is read alike by every parser", { timeout: 600_000 }, () => {
  const records = texts();
  const here = records.map(readHere);
  console.log(
    [
      `parsers: ${records.length} records that the gate lets through, TENFOUR_SEED=${seed}`,
      `asked: ${["JSON.parse", ...found.map(({ name }) => name)].join(", ")}`,
      ...missing.map(({ name }) => `not installed: ${name}`),
    ].join("\n"),
  );
  expect(records.length).toBeGreaterThan(runs / 5);
  expect(here.filter((value) => value === "refused")).toEqual([]);
  for (const parser of found) {
    const there = readBy(parser, records);
    const unlike = records.flatMap((record, i) =>
      there[i] === here[i]
        ? []
        : [`${Buffer.from(record)} is ${here[i]} here and ${there[i]} to ${parser.name}`],
    );
    expect(unlike.slice(0, 3), `${unlike.length} of ${records.length}`).toEqual([]);
  }
  expect(found.length, "parsers installed besides this runtime's own").toBeGreaterThanOrEqual(demanded);
});

it.each(found)("self-test: $name is seen to read otherwise what the gate refuses", (parser) => {
  const unlike = ['{"a":1,"a":2}', '{"a":1}{"b":2}', '{"a":01}', '{"a":tru}', '{"n":1e400}', "\ufeff{}"].map(
    bytesOf,
  );
  const there = readBy(parser, unlike);
  expect(unlike.flatMap((text) => readBody({ format: "json", bytes: text }, [], plan).fault)).not.toContain(
    null,
  );
  expect(there.filter((value) => value === "refused").length).toBeGreaterThan(0);
  expect(readBy(parser, [bytesOf('{"dA==":1,"k":["d1",-0.5,null,true,{}]}')])).toEqual([
    readHere(bytesOf('{"dA==":1,"k":["d1",-0.5,null,true,{}]}')),
  ]);
});
