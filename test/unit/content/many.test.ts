/** Records that hold more than there is room for at first: nothing is lost, and nothing is let through. */
import { describe, expect, it } from "vitest";
import { TOKEN } from "../../../src/content/captures.ts";
import { JsonScanner } from "../../../src/content/json/scan.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { DUPLICATE_KEY } from "../../../src/content/scan-result.ts";
import { bytesOf } from "./read-body.ts";

describe("values that were asked for", () => {
  const VALUES = ['"s"', "1", "true", "false", "null", "{}", "[]", '{"x":1}', "[2]"];
  const TOKENS = [
    TOKEN.string,
    TOKEN.number,
    TOKEN.true,
    TOKEN.false,
    TOKEN.null,
    TOKEN.object,
    TOKEN.array,
    TOKEN.object,
    TOKEN.array,
  ];

  it.each([1, 15, 16, 17, 31, 32, 33, 100])("%s of them, twice over with the same plan", (count) => {
    const plan = compilePlan(["/list/*/v", "/list"]);
    const scanner = new JsonScanner(plan, false);
    const values = Array.from({ length: count }, (_, i) => VALUES[i % VALUES.length]!);
    const source = `{"list":[${values.map((value) => `{"v":${value}}`).join(",")}]}`;
    const bytes = bytesOf(source);
    for (let round = 0; round < 2; round++) {
      expect(scanner.scan(bytes, 0, bytes.length)).toBe(bytes.length);
      const { first, next, start, end, token } = plan.captures;
      const found: [string, number][] = [];
      for (let v = first[plan.slotOf("/list/*/v")]!; v >= 0; v = next[v]!) {
        found.push([source.slice(start[v], end[v]), token[v]!]);
      }
      expect(found).toEqual(values.map((value, i) => [value, TOKENS[i % TOKENS.length]]));
      const list = first[plan.slotOf("/list")]!;
      expect([source.slice(start[list], end[list]), next[list]]).toEqual([source.slice(8, -1), -1]);
    }
  });

  it("holds nothing of the record before", () => {
    const plan = compilePlan(["/a", "/b"]);
    const scanner = new JsonScanner(plan, false);
    for (const [source, a, b] of [
      ['{"a":1,"b":2}', true, true],
      ['{"b":1}', false, true],
      ["{}", false, false],
      ['{"a":1}', true, false],
    ] as const) {
      const bytes = bytesOf(source);
      scanner.scan(bytes, 0, bytes.length);
      const { first } = plan.captures;
      expect([first[plan.slotOf("/a")]! >= 0, first[plan.slotOf("/b")]! >= 0]).toEqual([a, b]);
    }
  });
});

describe("keys of objects within objects", () => {
  const LEVELS = 8;
  const KEYS = 40;
  /** Each object holds all the keys, and after them the next object; `twin` comes once more, at the end of the object of that level. */
  const nested = (twin: string, level: number): Uint8Array => {
    let source = '"end"';
    for (let l = LEVELS - 1; l >= 0; l--) {
      const keys = Array.from({ length: KEYS }, (_, k) => `"key${k}":${k}`);
      const extra = l === level ? `,"${twin}":0` : "";
      source = `{${keys.join(",")},"in":${source}${extra}}`;
    }
    return bytesOf(source);
  };

  it.each(Array.from({ length: LEVELS }, (_, level) => level))("a twin at level %s is found", (level) => {
    for (const [twin, found] of [
      ["key0", true],
      ["key20", true],
      ["key39", true],
      ["in", true],
      ["k\\u0065y7", true],
      ["KEY7", false],
      ["key40", false],
      ["ke", false],
    ] as const) {
      const bytes = nested(twin, level);
      const scanner = new JsonScanner(compilePlan([]), false);
      for (let round = 0; round < 3; round++) {
        expect([twin, scanner.scan(bytes, 0, bytes.length)]).toEqual([
          twin,
          found ? DUPLICATE_KEY : bytes.length,
        ]);
      }
    }
  });
});
