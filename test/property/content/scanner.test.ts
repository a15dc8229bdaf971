import { isUtf8 } from "node:buffer";
import fc from "fast-check";
import { expect, it } from "vitest";
import { TOKEN } from "../../../src/content/captures.ts";
import { JsonScanner } from "../../../src/content/json/scan.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { casesOfRun } from "../../support/pace.ts";
import { seedOfRun } from "../../support/random.ts";
import { readBody } from "../../unit/content/read-body.ts";
import { hostileBytes as bytes } from "./hostile-json.ts";
import { strictJson } from "./strict-json.ts";

const seed = seedOfRun() | 0;

const PLAN = compilePlan(["/type", "/a/b", "/list/*/type", "/list", "/*"]);
const LOOKED = new Set(["[]", '[".a"]', '[".list","*"]']);

it("accepts exactly what the strict profile allows, and captures what the pointers name", () => {
  const scanners = [new JsonScanner(PLAN, false), new JsonScanner(PLAN, true)];
  let accepted = 0;
  const runs = casesOfRun(20_000);
  fc.assert(
    fc.property(bytes, fc.boolean(), (source, lines) => {
      const padded = Uint8Array.of(...source, 0x20);
      const end = scanners[Number(lines)]!.scan(padded, 0, padded.length);
      const after = Buffer.from(padded.subarray(Math.max(end, 0))).toString("latin1");
      const ended = end >= 0 && (lines ? /^[ \t]*$/ : /^[ \t\n\r]*$/).test(after);
      const scanned = ended && isUtf8(source);
      const expected = strictJson(source, LOOKED, lines);
      expect(scanned).toBe(expected.ok);
      if (!expected.ok) return;
      accepted++;
      expect(captured(padded)).toEqual(named(expected.value));
    }),
    { seed, numRuns: runs },
  );
  console.log(`strict JSON: ${runs} texts, ${accepted} accepted, TENFOUR_SEED=${seed >>> 0}`);
  expect(accepted).toBeGreaterThan(runs / 10);
  expect(accepted).toBeLessThan((runs * 9) / 10);
});

it("reads the same records however the body is cut", () => {
  fc.assert(
    fc.property(
      fc.array(bytes, { minLength: 1, maxLength: 4 }),
      fc.constantFrom("json", "ndjson"),
      fc.array(fc.nat(400), { maxLength: 6 }),
      fc.constantFrom(40, 1_000),
      (records, format, places, recordBytesMax) => {
        const [open, separator, close] = format === "json" ? ["[", ",", "]"] : ["", "\n", "\n"];
        const encode = (text: string) => new TextEncoder().encode(text);
        const joined = records.flatMap((record, i) => [...(i > 0 ? encode(separator) : []), ...record]);
        const body = {
          format,
          bytes: Uint8Array.of(...encode(open), ...joined, ...encode(close)),
          options: { recordBytesMax },
        } as const;
        const cuts = places.map((place) => place % body.bytes.length).sort((a, b) => a - b);
        expect(readBody(body, cuts, PLAN)).toEqual(readBody(body, [], PLAN, 1_000));
      },
    ),
    { seed, numRuns: casesOfRun(5_000) },
  );
});

/** What the scan captured, parsed, by pointer. */
function captured(source: Uint8Array): unknown[][] {
  const { first, next, start, end, token } = PLAN.captures;
  return ["/type", "/a/b", "/list/*/type", "/list"].map((pointer) => {
    const values: unknown[] = [];
    for (let v = first[PLAN.slotOf(pointer)]!; v >= 0; v = next[v]!) {
      const value: unknown = JSON.parse(
        new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(source.subarray(start[v], end[v])),
      );
      expect(token[v]).toBe(tokenOf(value));
      values.push(value);
    }
    return values;
  });
}

function named(value: unknown): unknown[][] {
  const member = (of: unknown, name: string): unknown[] =>
    typeof of === "object" && of !== null && !Array.isArray(of) && Object.hasOwn(of, name)
      ? [(of as Record<string, unknown>)[name]]
      : [];
  const list = member(value, "list");
  return [
    member(value, "type"),
    member(value, "a").flatMap((a) => member(a, "b")),
    list.flatMap((elements) => (Array.isArray(elements) ? elements.flatMap((e) => member(e, "type")) : [])),
    list,
  ];
}

function tokenOf(value: unknown): number {
  if (value === null) return TOKEN.null;
  if (Array.isArray(value)) return TOKEN.array;
  if (typeof value === "boolean") return value ? TOKEN.true : TOKEN.false;
  return TOKEN[typeof value as "string" | "number" | "object"];
}
