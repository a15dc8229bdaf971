/** The envelope around a record: what goes on is the record alone, and an envelope that may say more than is read of it is nobody's. */
import { describe, expect, test } from "vitest";
import type { ShapeConfig } from "../../../src/config/define.ts";
import { trainingRecord } from "../../../src/config/presets/training-record.ts";
import type { ContentItem } from "../../../src/decision/model.ts";
import { readOne } from "./read-one.ts";

const SHAPE = trainingRecord();
const WHOSE =
  '"account":"acme","conversation":"m1","speaker":"ana","kind":"chat","captured_at":"2026-11-21T10:00:00Z"';
const RECORD = '{"messages":[{"role":"user","content":"hi"}]}';

const itemOf = (source: string, shape: ShapeConfig = SHAPE) =>
  readOne(source, shape).reading.items[0] as ContentItem;

test.each<[string, string, string]>([
  ["before the record", `{"tenfour":{${WHOSE}},"record":${RECORD}}`, RECORD],
  ["after it", `{"record":${RECORD},"tenfour":{${WHOSE}}}`, RECORD],
  ["with white space", `{ "tenfour" : { ${WHOSE} } ,\t"record" :  ${RECORD} }`, RECORD],
  [
    "of a record with white space of its own",
    `{"tenfour":{${WHOSE}},"record":{ "prompt" : "a" , "n":[ ] }}`,
    '{ "prompt" : "a" , "n":[ ] }',
  ],
  [
    "of a record that looks like one",
    `{"tenfour":{${WHOSE}},"record":{"tenfour":{"account":"beta"},"record":{}}}`,
    '{"tenfour":{"account":"beta"},"record":{}}',
  ],
  ["of an empty record", `{"tenfour":{${WHOSE}},"record":{}}`, "{}"],
])("an envelope %s says whose it is, and stays behind", (_, source, goesOn) => {
  const one = readOne(source, SHAPE);
  expect(one.goesOn).toBe(goesOn);
  expect(one.reading).toMatchObject({ turns: null, replacement: null, stripTo: null });
  expect(one.reading.items).toEqual([
    {
      type: "content",
      account: "acme",
      conversation: "m1",
      speaker: "ana",
      privateTo: null,
      kind: "chat",
      capturedAt: Date.parse("2026-11-21T10:00:00Z"),
      capturedUntil: null,
      labels: [],
      signal: "none",
    },
  ]);
});

test.each([
  ["there is none", RECORD],
  ["it holds no object", `{"tenfour":"acme","record":${RECORD}}`],
  ["it holds null", `{"tenfour":null,"record":${RECORD}}`],
  ["it holds an array", `{"tenfour":[{${WHOSE}}],"record":${RECORD}}`],
  ["the record is missing", `{"tenfour":{${WHOSE}}}`],
  ["the record is text", `{"tenfour":{${WHOSE}},"record":"hi"}`],
  ["the record is an array", `{"tenfour":{${WHOSE}},"record":[${RECORD}]}`],
  ["the record is null", `{"tenfour":{${WHOSE}},"record":null}`],
  ["it holds what nobody reads", `{"tenfour":{${WHOSE},"label":["health_information"]},"record":${RECORD}}`],
  ["it says so in another case", `{"tenfour":{${WHOSE},"Labels":["health_information"]},"record":${RECORD}}`],
  [
    "it says so in escapes",
    `{"tenfour":{${WHOSE},"label\\u0073":["health_information"]},"record":${RECORD}}`,
  ],
  ["something stands beside it", `{"tenfour":{${WHOSE}},"record":${RECORD},"consent":{"bo":false}}`],
  ["something stands before it", `{"v":2,"tenfour":{${WHOSE}},"record":${RECORD}}`],
  ["turns are said where none are read", `{"tenfour":{${WHOSE},"turns":["bo"]},"record":${RECORD}}`],
])("content of nobody: %s", (_, source) => {
  expect(itemOf(source)).toMatchObject({ account: null, conversation: null, kind: null });
  expect(readOne(source, SHAPE).goesOn).toBe("");
});

test("an envelope that says nothing says that it is nobody's", () => {
  const { reading } = readOne(`{"tenfour":{},"record":${RECORD}}`, SHAPE);
  expect(reading.items).toMatchObject([{ account: null, conversation: null, kind: null }]);
});

test("a known envelope after one that is none, and again", () => {
  const known = `{"tenfour":{${WHOSE}},"record":${RECORD}}`;
  for (const source of [known, `{"x":1,${known.slice(1)}`, known]) {
    expect(itemOf(source).account).toBe(source === known ? "acme" : null);
  }
});

describe("strip and service data speak of the record", () => {
  const strip_to = { "/id": "id" } as const;

  test("of a denied one what is listed is left, whatever its envelope holds", () => {
    const { strip } = readOne(
      `{"tenfour":{${WHOSE}},"record":{"text":"a","id":"r1"}}`,
      trainingRecord({ strip_to }),
    );
    expect(strip()).toBe('{"id":"r1"}');
    const none = readOne(`{"tenfour":{${WHOSE}},"record":{"text":"a"}}`, trainingRecord({ strip_to }));
    expect(none.strip()).toBeNull();
  });

  test("by default nothing is left", () => {
    expect(readOne(`{"tenfour":{${WHOSE}},"record":{"id":"r1"}}`, SHAPE).strip()).toBeNull();
  });

  test("service data in an envelope leaves without it", () => {
    const shape: ShapeConfig = {
      record: "/data",
      discriminator: "/type",
      variants: [{ when: ["usage"], service_data: { "/n": "number" } }],
    };
    const plain = readOne('{"type":"usage","data":{"n":1}}', shape);
    expect([plain.goesOn, plain.reading.items, plain.reading.replacement]).toEqual([
      '{"n":1}',
      [{ type: "service_data" }],
      null,
    ]);
    const more = readOne('{"type":"usage","data":{"n":1,"text":"a"}}', shape);
    expect(new TextDecoder().decode(more.reading.replacement!)).toBe('{"n":1}');
    expect(itemOf('{"type":"usage","more":1,"data":{"n":1}}', shape).account).toBeNull();
  });
});

describe("an envelope that says of what kinds, in a list", () => {
  const shape: ShapeConfig = {
    record: "/record",
    variants: [
      { content: { account: "/a", kind: { pointer: "/parts/*/kind" }, captured_at: { pointer: "/at" } } },
    ],
  };
  const line = (parts: string) =>
    `{"a":"acme","parts":${parts},"at":"2026-11-21T10:00:00Z","record":{"x":1}}`;
  test.each([['[{"kind":"chat"}]'], ['[ { "kind" : "chat" } , {"kind":"chat"} ]'], ['[{"kind":"chat"},{}]']])(
    "%s",
    (parts) => {
      expect(readOne(line(parts), shape).goesOn).toBe('{"x":1}');
      expect(itemOf(line(parts), shape)).toMatchObject({ account: "acme", kind: "chat" });
    },
  );

  test.each([
    ['[{"kind":"chat","labels":["health_information"]}]'],
    ['[{"kind":"chat"},{"label":1}]'],
    ['[{"kind":"chat"},"health_information"]'],
    ['[{"kind":"chat"},[{"kind":"chat"}]]'],
    ['{"kind":"chat"}'],
    ["{}"],
    ['"chat"'],
    ["null"],
  ])("and may say more, so that it is nobody's: %s", (parts) => {
    expect(itemOf(line(parts), shape)).toMatchObject({ account: null, kind: null });
    expect(readOne(line(parts), shape).goesOn).toBe("");
  });

  test("and so may what stands beside it, before or after", () => {
    const more = line('[{"kind":"chat"}]').replace('"at"', '"labels":["health_information"],"at"');
    expect(itemOf(line('[{"kind":"chat"}]').replace('"parts"', '"labels":1,"parts"'), shape)).toMatchObject({
      kind: null,
    });
    expect(itemOf(more, shape)).toMatchObject({ account: null, kind: null });
  });

  test("a list where an object was to be says what nobody reads", () => {
    const nested: ShapeConfig = {
      record: "/record",
      variants: [{ content: { account: "/who/account", kind: { fixed: "chat" } } }],
    };
    expect(itemOf('{"who":{"account":"acme"},"record":{}}', nested)).toMatchObject({
      account: "acme",
      kind: "chat",
    });
    for (const who of ["[]", "{}", '"acme"', '[{"account":"acme"}]'])
      expect(itemOf(`{"who":${who},"record":{}}`, nested).kind, who).toBe(who === "{}" ? "chat" : null);
  });

  test("an empty list of them says nothing", () => {
    expect(itemOf(line("[]"), shape)).toMatchObject({ account: "acme", kind: null });
  });
});

test("an envelope may hold its record deeper, and lists of what it points at", () => {
  const shape: ShapeConfig = {
    record: "/body/record",
    variants: [
      {
        content: {
          account: "/a",
          conversation: "/c",
          speakers: "/people/*/id",
          kind: { fixed: "chat" },
          captured_at: { pointer: "/body/at" },
        },
      },
    ],
  };
  const line = (people: string) =>
    `{"a":"acme","c":"m1","people":${people},"body":{"at":"2026-11-21T10:00:00Z","record":{"x":1}}}`;
  expect(readOne(line('[{"id":"ana"}]'), shape).goesOn).toBe('{"x":1}');
  expect(itemOf(line('[{"id":"ana"}]'), shape)).toMatchObject({ account: "acme", speaker: "ana" });
});
