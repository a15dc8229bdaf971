/** JSON objects that parsers may read differently, and what one slip makes of them. */
import fc from "fast-check";

const key = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(
      "type",
      "Type",
      "a",
      "b",
      "B",
      "list",
      "x",
      "y",
      "é",
      "__proto__",
      "",
      "*",
      "t\\u0079pe",
      "\\u0000",
      "\\u0000a",
      "a\\u0000",
      "\u2028",
      "0",
      "00",
      "1e2",
      "null",
      "constructor",
      "json_class",
      "^o",
      "a\\/b",
      "\uffff",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text).slice(1, -1)),
  },
);
const string = fc.oneof(
  fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: "binary", maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    '"\\udc00"',
    '"\\u0041\\/"',
    '"\ufeff"',
    '"€😀"',
    '"\\u0000"',
    '"\\u007f\\u0080"',
    '"\u2028\u2029\u0085\x7f"',
    '"\\uffff\\ufdd0"',
    '"1"',
    '"NaN"',
    '"/*"',
    '"\\/\\b\\f"',
  ),
);
const number = fc.oneof(
  { weight: 4, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "1e400",
      "-1E+400",
      "01",
      "1.",
      "9".repeat(320),
      "9".repeat(309),
      "1.7976931348623159e308",
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "0",
      "-0",
      "-0.0",
      "-0e1",
      "1e-400",
      "0.10",
      "1".repeat(299),
      `0.${"0".repeat(330)}1`,
      `0.${"3".repeat(310)}`,
      "9007199254740993",
      "9223372036854775808",
      "18446744073709551616",
      "-9223372036854775809",
      "1.7976931348623157e308",
      "1.7976931348623158e308",
      "4.9e-324",
      "2.4703282292062327e-324",
      "2.4703282292062328e-324",
      "2.2250738585072011e-308",
      "0e999999999",
      "1e-999999999",
      "123456789012345678901234567890e-20",
      "1.00000000000000011102230246251565",
    ),
  },
);
const space = fc.constantFrom("", "", "", "", " ", "\t", "\n", "\r\n", "  ");

const document = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(string, number, fc.constantFrom("true", "false", "null")),
    tie("object"),
    tie("array"),
  ),
  object: fc
    .array(fc.tuple(space, key, space, space, tie("value"), space), { maxLength: 5 })
    .map((members) => `{${members.map(([a, k, b, c, v, d]) => `${a}"${k}"${b}:${c}${v}${d}`).join(",")}}`),
  array: fc
    .array(fc.tuple(space, tie("value"), space), { maxLength: 4 })
    .map((elements) => `[${elements.map((parts) => parts.join("")).join(",")}]`),
})).object;

interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: Uint8Array;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.nat(1_000),
  remove: fc.nat(2),
  insert: fc.oneof(
    fc.uint8Array({ maxLength: 2 }),
    fc.constantFrom(...'{}[]",:\\u0ntfe+-. \n').map((character) => Uint8Array.of(character.charCodeAt(0))),
  ),
});

/** Texts near JSON objects: about half of them are some, and about a third keep to the strict profile. */
export const hostileBytes = fc
  .tuple(
    document,
    fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(edit, { maxLength: 2 }) },
    ),
  )
  .map(([text, edits]) => edits.reduce(edited, new TextEncoder().encode(text)));

function edited(source: Uint8Array, { at, remove, insert }: Edit): Uint8Array {
  const from = at % (source.length + 1);
  return Uint8Array.of(...source.subarray(0, from), ...insert, ...source.subarray(from + remove));
}
