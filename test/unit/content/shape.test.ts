import { describe, expect, it } from "vitest";
import type { ContentVariantConfig, ShapeConfig } from "../../../src/config/define.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compileShape, type Reading, stripped } from "../../../src/content/shape.ts";
import { bytesOf } from "./read-body.ts";

const SHAPE: ShapeConfig = {
  discriminator: "/type",
  variants: [
    {
      when: ["content", "message"],
      content: {
        account: "/account",
        conversation: "/conversation",
        speaker: "/speaker",
        private_to: ["/private_to", "/cc/*/id"],
        kind: { pointer: "/parts/*/kind" },
        captured_at: { pointer: "/from" },
        captured_until: { pointer: "/until" },
        labels: "/labels",
      },
      strip_to: { "/type": { words: ["content"] }, "/id": "id" },
    },
    { when: ["telemetry"], service_data: { "/type": { words: ["telemetry"] }, "/n": "number" } },
  ],
};

interface Read {
  readonly reading: Reading;
  readonly replacement: string | null;
  readonly stripped: string | null;
}

function read(source: string, shape = SHAPE, serviceDataExcess: "strip" | "refuse" = "strip"): Read {
  const reader = compileShape(shape, { serviceDataExcess });
  const bytes = bytesOf(source);
  const found: Read[] = [];
  const text = (left: Uint8Array | null) => (left === null ? null : new TextDecoder().decode(left));
  createFraming("json", reader.plan, { recordBytesMax: 65_536 }).cut(
    bytes,
    0,
    bytes.length,
    true,
    (b, start, end) => {
      const reading = reader.read(b, start, end, "none");
      const left = text(stripped(reading, b, start, end));
      found.push({ reading, replacement: text(reading.replacement), stripped: left });
      return true;
    },
  );
  expect(found).toHaveLength(1);
  return found[0]!;
}

const CONTENT = {
  type: "content",
  account: "acme",
  conversation: "standup",
  speaker: "ana",
  privateTo: null,
  kind: "chat",
  capturedAt: 0,
  capturedUntil: null,
  labels: [],
  signal: "none",
};

const UNKNOWN = {
  ...CONTENT,
  account: null,
  conversation: null,
  speaker: null,
  kind: null,
  capturedAt: null,
};

const BASE: Record<string, unknown> = {
  type: "content",
  account: "acme",
  conversation: "standup",
  speaker: "ana",
  parts: [{ kind: "chat" }],
  from: "1970-01-01T00:00:00Z",
};

describe("content says", () => {
  it.each<[string, Record<string, unknown>, object]>([
    ["who, where, what and when", {}, {}],
    ["nobody's name where it has no speaker", { speaker: undefined }, { speaker: null }],
    ["nothing readable: speaker", { speaker: null }, { speaker: "" }],
    ["nothing readable: speaker with a space", { speaker: "an a" }, { speaker: "" }],
    ["nothing readable: empty speaker", { speaker: "" }, { speaker: "" }],
    ["nothing readable: account", { account: 1 }, { account: null }],
    ["nothing readable: long account", { account: "x".repeat(257) }, { account: null }],
    ["as long an id as may be", { account: "x".repeat(256) }, { account: "x".repeat(256) }],
    ["nothing readable: conversation", { conversation: ["standup"] }, { conversation: null }],
    ["nothing readable: é in an id", { account: "acmé" }, { account: null }],
    ["nothing readable: time", { from: 0 }, { capturedAt: null }],
    ["no time", { from: undefined }, { capturedAt: null }],
    ["until when", { until: "1970-01-01T00:00:01.0001Z" }, { capturedUntil: 1001 }],
    ["an unreadable end", { until: "later" }, { capturedUntil: "unreadable" }],
    ["an end that is null", { until: null }, { capturedUntil: "unreadable" }],
    ["labels", { labels: ["education_records", "education_records"] }, { labels: ["education_records"] }],
    ["one label", { labels: "health_information" }, { labels: ["health_information"] }],
    ["an unknown label", { labels: ["education_records", "x"] }, { labels: ["education_records", ""] }],
    ["labels that are none", { labels: 1 }, { labels: [""] }],
    ["labels that are null", { labels: null }, { labels: [""] }],
    ["labels that hold more", { labels: [{}, 1] }, { labels: [""] }],
    ["no labels", { labels: [] }, { labels: [] }],
    ["for whom", { private_to: ["ben", "cleo"] }, { privateTo: ["ben", "cleo"] }],
    ["for whom, and in copy", { private_to: "ben", cc: [{ id: "dan" }] }, { privateTo: ["ben", "dan"] }],
    [
      "in copy to somebody unnamed",
      { private_to: "ben", cc: [{ id: "dan" }, {}] },
      { privateTo: ["ben", "dan", ""] },
    ],
    ["in copy to somebody unnamed alone", { cc: [{}] }, { privateTo: [""] }],
    ["in copy, unreadable", { cc: "dan" }, { privateTo: [""] }],
    ["in copy, a number", { cc: 7 }, { privateTo: [""] }],
    ["in copy, null", { cc: null }, { privateTo: [""] }],
    ["in copy, one without a list", { cc: { id: "dan" } }, { privateTo: [""] }],
    ["in copy to no one", { cc: [] }, {}],
    ["for somebody unreadable", { private_to: ["ben", 7, null] }, { privateTo: ["ben", ""] }],
    ["for null", { private_to: null }, { privateTo: [""] }],
    ["for no one", { private_to: [] }, { privateTo: [] }],
    ["no kind", { parts: undefined }, { kind: null }],
    ["an unknown kind", { parts: [{ kind: "SECRET-7f3a" }] }, { kind: null }],
    ["a kind that is no string", { parts: [{ kind: ["chat"] }] }, { kind: null }],
  ])("%s", (_, changes, expected) => {
    const { items } = read(JSON.stringify({ ...BASE, ...changes })).reading;
    expect(items).toEqual([{ ...CONTENT, ...expected }]);
  });

  it("the same in whatever order its members stand", () => {
    const all = {
      ...BASE,
      private_to: "ben",
      cc: [{ id: "dan" }],
      until: BASE.from,
      labels: "health_information",
    };
    const expected = {
      ...CONTENT,
      privateTo: ["ben", "dan"],
      capturedUntil: 0,
      labels: ["health_information"],
    };
    const members = Object.entries(all);
    for (let first = 0; first < members.length; first++) {
      const turned = Object.fromEntries([...members.slice(first), ...members.slice(0, first)]);
      expect(read(JSON.stringify(turned)).reading.items, members[first]![0]).toEqual([expected]);
    }
  });

  it("a thousand names of a kind, and of one more that it is nobody", () => {
    const names = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);
    const privateTo = (count: number) =>
      (read(JSON.stringify({ ...BASE, private_to: names(count) })).reading.items[0] as typeof CONTENT)
        .privateTo;
    expect(privateTo(1_000)).toEqual(names(1_000));
    for (const more of [1_001, 1_500]) expect(privateTo(more)).toEqual([...names(1_000), ""]);
  });

  it("each distinct kind, as an item each", () => {
    const parts = ["chat", "file", "chat", "hologram", "riddle"].map((kind) => ({ kind }));
    const { items } = read(JSON.stringify({ ...BASE, parts })).reading;
    expect(items.map((item) => item.type === "content" && item.kind)).toEqual(["chat", "file", null]);
  });

  it("ids and words with escapes as what they stand for", () => {
    const source = JSON.stringify(BASE).replace("acme", "ac\\u006de").replace('"chat"', '"c\\u0068at"');
    expect(read(source.replace('"content"', '"c\\u006fntent"')).reading.items).toEqual([CONTENT]);
    expect(read(source.replace("ac\\u006de", "ac\\u0020me")).reading.items).toEqual([
      { ...CONTENT, account: null },
    ]);
  });

  it("the same for keys with escapes", () => {
    expect(read(JSON.stringify(BASE).replace('"account"', '"acc\\u006funt"')).reading.items).toEqual([
      CONTENT,
    ]);
  });
});

describe("what a record is", () => {
  it.each([
    '{"type":"note"}',
    '{"Type":"content"}',
    '{"type":"Content"}',
    '{"type":" content"}',
    '{"type":null}',
    '{"type":["telemetry","content"]}',
    "{}",
    '{"meta":{"type":"telemetry"},"meta.type":"telemetry"}',
  ])("fits no variant: %s", (source) => {
    const { reading, stripped } = read(source);
    expect(reading.items).toEqual([UNKNOWN]);
    expect([reading.replacement, stripped]).toEqual([null, null]);
  });

  it("is service data if it holds nothing else", () => {
    const { reading } = read('{"type":"telemetry", "n":1}');
    expect(reading).toMatchObject({ items: [{ type: "service_data" }], replacement: null });
  });

  it("is reduced to service data, or refused, if it holds more", () => {
    const source = '{"type":"telemetry","n":1,"text":"SECRET-7f3a"}';
    expect(read(source).reading.items).toEqual([{ type: "service_data" }]);
    expect(read(source).replacement).toBe('{"type":"telemetry","n":1}');
    expect(read(source, SHAPE, "refuse")).toMatchObject({ reading: { items: [UNKNOWN] }, stripped: null });
  });

  it("leaves nothing of service data that allows nothing", () => {
    const shape: ShapeConfig = { variants: [{ service_data: { "/n": "number" } }] };
    expect(read('{"text":"SECRET-7f3a"}', shape).replacement).toBe("");
  });

  it("is left its strip_to fields, and null when there are none", () => {
    expect(read(JSON.stringify({ ...BASE, id: "m-1" })).stripped).toBe('{"type":"content","id":"m-1"}');
    expect(read(JSON.stringify({ ...BASE, type: "message" })).stripped).toBeNull();
  });
});

describe("other shapes", () => {
  const one = (content: Partial<ContentVariantConfig["content"]>): ShapeConfig => ({
    variants: [{ content: { kind: { fixed: "chat" }, ...content } }],
  });

  it("a speaker may be required", () => {
    const shape = one({ speaker: "/speaker", speaker_required: true });
    expect(read("{}", shape).reading.items[0]).toMatchObject({ speaker: "", kind: "chat" });
  });

  it("a message may be private unless it says otherwise", () => {
    const shape = one({ private_to: ["/to"], public_when: { pointer: "/for", values: ["everyone"] } });
    const privateTo = (source: string) => (read(source, shape).reading.items[0] as typeof CONTENT).privateTo;
    expect(privateTo('{"for":"everyone","to":"x"}')).toBeNull();
    expect(privateTo('{"for":"panel","to":"x"}')).toEqual(["x"]);
    expect(privateTo('{"for":"Everyone"}')).toEqual([""]);
    expect(privateTo('{"for":["everyone"]}')).toEqual([""]);
    expect(privateTo("{}")).toEqual([""]);
  });

  it("times may be numbers, and may be several", () => {
    const shape = one({
      captured_at: { pointer: "/files/*/from", format: "epoch_ms" },
      captured_until: { pointer: "/files/*/to", format: "epoch_ms" },
    });
    const times = (files: object[]) => {
      const { capturedAt, capturedUntil } = read(JSON.stringify({ files }), shape).reading
        .items[0] as typeof CONTENT;
      return [capturedAt, capturedUntil];
    };
    expect(
      times([
        { from: 5, to: 9 },
        { from: 3, to: 7 },
      ]),
    ).toEqual([3, 9]);
    expect(
      times([
        { from: 5, to: 9 },
        { from: "3", to: 7.5 },
      ]),
    ).toEqual([null, "unreadable"]);
    expect(
      times([
        { from: 3, to: 7 },
        { from: 5, to: 9 },
      ]),
    ).toEqual([3, 9]);
    expect(times([])).toEqual([null, null]);
  });

  it("what should be there once and is there twice is unreadable", () => {
    const shape = one({
      account: "/x/*/account",
      conversation: "/x/*/conversation",
      speaker: "/x/*/speaker",
      public_when: { pointer: "/x/*/to", values: ["everyone"] },
    });
    const element = { account: "a", conversation: "c", speaker: "s", to: "everyone" };
    const of = (...x: object[]) => read(JSON.stringify({ x }), shape).reading.items[0];
    expect(of(element)).toMatchObject({ account: "a", conversation: "c", speaker: "s", privateTo: null });
    expect(of(element, element)).toMatchObject({
      account: null,
      conversation: null,
      speaker: "",
      privateTo: [""],
    });
  });

  it.each<[Partial<ContentVariantConfig["content"]>, object, object]>([
    [{ account: "/x" }, { x: "acme" }, { account: "acme" }],
    [{ conversation: "/x" }, { x: "standup" }, { conversation: "standup" }],
    [{ labels: "/x" }, { x: ["health_information"] }, { labels: ["health_information"] }],
    [{ private_to: ["/x"] }, { x: "ben" }, { privateTo: ["ben"] }],
    [{ private_to: ["/x/*/id"] }, { x: [{}] }, { privateTo: [""] }],
    [{ private_to: ["/x/*/id"] }, { x: [{ id: "ben" }, {}] }, { privateTo: ["ben", ""] }],
    [{ public_when: { pointer: "/x", values: ["all"] } }, { x: "all" }, { privateTo: null }],
    [{ public_when: { pointer: "/x", values: ["all"] } }, { x: "none" }, { privateTo: [""] }],
    [{ kind: { pointer: "/x" } }, { x: "file" }, { kind: "file" }],
    [{ kind: { pointer: "/x" } }, {}, { kind: null }],
    [{ captured_at: { pointer: "/x", format: "epoch_ms" } }, { x: 7 }, { capturedAt: 7 }],
    [{ captured_until: { pointer: "/x", format: "epoch_ms" } }, { x: 7 }, { capturedUntil: 7 }],
  ])("a claim may stand alone: %j of %j", (content, record, expected) => {
    expect(read(JSON.stringify(record), one(content)).reading.items[0]).toMatchObject(expected);
  });

  it("and may add a kind", () => {
    const { items } = read('{"x":1}', one({ also: { "/x": "file" } })).reading;
    expect(items.map((item) => item.type === "content" && item.kind)).toEqual(["chat", "file"]);
  });

  it("what most records say is not said of one with something more in it", () => {
    const shape = one({
      account: "/account",
      also: { "/file": "file" },
      refused_by: [{ pointer: "/says/may", required_in: "/says", unless_true: "all" }],
    });
    const reader = compileShape(shape, { serviceDataExcess: "strip" });
    const plain = '{"account":"acme"}';
    const lines = [plain, plain, plain, '{"account":"acme","file":1}', '{"account":"acme","says":{}}', plain];
    const bytes = bytesOf(`${lines.join("\n")}\n`);
    const said: unknown[] = [];
    createFraming("ndjson", reader.plan, { recordBytesMax: 4096 }).cut(
      bytes,
      0,
      bytes.length,
      true,
      (b, start, end) => {
        const { items } = reader.claim(b, start, end, "none");
        said.push(items.map((item) => item.type === "content" && [item.kind, item.signal]));
        return true;
      },
    );
    const usual = [["chat", "none"]];
    expect(said).toEqual([
      usual,
      usual,
      usual,
      [
        ["chat", "none"],
        ["file", "none"],
      ],
      [["chat", "malformed"]],
      usual,
    ]);
  });

  it("what it is must be said once, by a word", () => {
    const shape: ShapeConfig = {
      discriminator: "/x/*/type",
      variants: [{ when: ["1", "n"], service_data: { "/n": "number" } }],
    };
    const itemsOf = (...types: unknown[]) =>
      read(JSON.stringify({ n: 1, x: types.map((type) => ({ type })) }), shape).reading.items;
    expect(itemsOf("n")).toEqual([{ type: "service_data" }]);
    for (const types of [[], ["n", "n"], ["n", "1"], [[1]], [717], [{}]])
      expect(itemsOf(...types), `${types}`).toEqual([UNKNOWN]);
  });

  it("what is no word is none, whatever lies within it", () => {
    const shape = one({
      kind: { pointer: "/k", map: { "1": "file" } },
      public_when: { pointer: "/p", values: ["1"] },
    });
    expect(read('{"k":"1","p":"1"}', shape).reading.items[0]).toMatchObject({
      kind: "file",
      privateTo: null,
    });
    for (const none of ["[1]", "717", '["1"]', "{}", "null"])
      expect(read(`{"k":${none},"p":${none}}`, shape).reading.items[0], none).toMatchObject({
        kind: null,
        privateTo: [""],
      });
  });
});
