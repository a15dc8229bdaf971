/** What is remembered of records: each by its own bytes and no other's, from the second that says it on, and nothing that cannot be told apart. */
import { describe, expect, test } from "vitest";
import { Captures, TOKEN } from "../../../src/content/captures.ts";
import { Claims } from "../../../src/content/claims.ts";

type Value = readonly [token: number, text: string];
/** By slot: its values. */
type Record = readonly (readonly Value[])[];

const string = (text: string): readonly Value[] => [[TOKEN.string, `"${text}"`]];
const number = (text: string): readonly Value[] => [[TOKEN.number, text]];

class Stream {
  readonly #captures: Captures;
  readonly #claims: Claims<{ readonly of: string }>;

  constructor(slots: number, presence: readonly number[] = []) {
    this.#captures = new Captures(slots);
    this.#claims = new Claims(
      this.#captures,
      Array.from({ length: slots }, (_, slot) => ({ slot, presence: presence.includes(slot) })),
    );
    // Nothing is kept of the first of all.
    this.says("", []);
  }

  /** Whose claim it is taken for, which then is remembered as its own; null: none that is known. */
  says(name: string, record: Record, more = 0): string | null {
    const values = record.flatMap((some, slot) => some.map(([token, text]) => ({ slot, token, text })));
    const bytes = new TextEncoder().encode(values.map(({ text }) => text).join(""));
    this.#captures.clear();
    let at = 0;
    for (const { slot, token, text } of values) {
      this.#captures.add(slot, token, at, at + text.length);
      at += text.length;
    }
    this.#captures.hold(bytes);
    const known = this.#claims.find(bytes, more);
    if (known !== null) return known.of;
    this.#claims.remember({ of: name });
    return null;
  }

  /** Whether the third that says it is recognised, as the contract of this module is. */
  keeps(name: string, record: Record, more = 0): boolean {
    const said = Array.from({ length: 3 }, () => this.says(name, record, more));
    expect(said.slice(0, 2), name).toEqual([null, null]);
    expect([name, null]).toContain(said[2]);
    return said[2] === name;
  }
}

/** All of them said to one stream, each thrice: those it recognises. */
function kept(
  slots: number,
  records: readonly Record[],
  presence: readonly number[] = [],
): readonly number[] {
  const stream = new Stream(slots, presence);
  return records.flatMap((record, i) => (stream.keeps(`${i}`, record) ? [i] : []));
}

const all = (records: readonly unknown[]) => records.map((_, i) => i);

describe("no two are taken for each other, and the third that says it is recognised", () => {
  const letters = "abcdefghijkl";
  const lengths = Array.from(letters, (_, i) => letters.slice(0, i + 1));
  test.each<[string, readonly Record[]]>([
    ["texts of all lengths", lengths.map((text) => [string(text)])],
    ["bare words of all lengths", lengths.map((text) => [number(text)])],
    ["texts that differ in one place", lengths.map((_, i) => [string(letters.replace(letters[i]!, "-"))])],
    ["an empty one and none", [[[], string("")], [string("")], [string(""), string("")]]],
    ["types", Object.values(TOKEN).map((token) => [[[token, "{}"]]])],
    ["places", all(lengths).map((at) => [...Array(at).fill([]), string("a")])],
    [
      "where one ends and the next begins",
      all(lengths).map((at) => [number(letters.slice(0, at)), number(letters.slice(at))]),
    ],
  ])("%s", (_, records) => {
    expect(kept(letters.length, records)).toEqual(all(records));
  });

  test("what else it depends on", () => {
    const stream = new Stream(1);
    for (const more of [0, 1, 2]) expect(stream.keeps(`${more}`, [string("a")], more)).toBe(true);
  });

  test("of a slot of presence it matters whether there is anything, and of what else there is, what", () => {
    const stream = new Stream(3, [1]);
    expect(stream.keeps("with", [string("a"), string("x"), string("b")])).toBe(true);
    expect(stream.says("", [string("a"), number("123456789"), string("b")])).toBe("with");
    expect(stream.says("", [string("a"), [...number("1"), ...number("2")], string("b")])).toBe("with");
    expect(stream.keeps("without", [string("a"), [], string("b")])).toBe(true);
    expect(stream.keeps("another", [string("a"), string("x"), string("c")])).toBe(true);
    const first = new Stream(2, [0]);
    expect(first.keeps("with", [string("x"), string("a")])).toBe(true);
    expect(first.keeps("without", [[], string("a")])).toBe(true);
  });
});

describe("what cannot be keyed is read each time", () => {
  const long = (bytes: number) => [number("1".repeat(bytes))];
  test.each<[string, number, Record, boolean]>([
    ["several values in a slot", 2, [[...string("a"), ...string("b")], string("c")], false],
    ["a value of 152 bytes", 1, long(152), true],
    ["a value of 153 bytes", 1, long(153), false],
    ["a value that leaves room for one word more", 2, [...long(148), []], true],
    ["a value that leaves none for the next", 2, [...long(152), []], false],
    ["nothing in 39 slots", 39, [], true],
    ["nothing in 40 slots", 40, [], false],
    ["something in the 40th slot", 40, [...Array(39).fill([]), string("a")], false],
  ])("%s", (_, slots, record, keyed) => {
    expect(new Stream(slots).keeps("it", record)).toBe(keyed);
  });

  test("and takes nobody's place", () => {
    const stream = new Stream(1);
    const two = [[...string("a"), ...string("b")]];
    for (let n = 0; n < 3; n++) {
      expect(stream.says("two", two)).toBeNull();
      expect(stream.says("one", [string("a")])).toBe(n < 2 ? null : "one");
    }
  });
});

test("of many, all are recognised while they come, most when they come again, and none is taken for another", () => {
  const records = Array.from(
    { length: 1_000 },
    (_, i): Record => [number(`${i}`), string("room".repeat(1 + (i % 5)))],
  );
  const stream = new Stream(2);
  for (const [i, record] of records.entries()) expect(stream.keeps(`${i}`, record)).toBe(true);
  const again = records.map((record, i) => stream.says(`${i}`, record));
  expect(again.filter((said, i) => said !== `${i}` && said !== null)).toEqual([]);
  expect(again.filter((said) => said !== null).length).toBeGreaterThan(900);
});
