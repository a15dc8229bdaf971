import { describe, expect, it } from "vitest";
import type { ShapeConfig } from "../../../src/config/define.ts";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import { BinaryEvent } from "../../../src/content/event/binary-event.ts";
import { compileShape } from "../../../src/content/shape.ts";
import { bytesOf, rawBytes } from "./read-body.ts";
import { readItem } from "./read-record.ts";

const SHAPE = cloudEvents({
  account: "/account",
  conversation: "/data/conversation",
  speaker: "/data/speaker",
  kind: { fixed: "transcript" },
  attributes: { "/sequence": "id", "/room": { words: ["two words", "100%"] } },
  service_data: { cpu: { "/data/cpu": "number" } },
});
const AUDIO = cloudEvents({ account: "/account", conversation: "/room", kind: { fixed: "audio" } });
const AT = Date.UTC(2026, 10, 21, 10);

const ATTRIBUTES = {
  specversion: "1.0",
  id: "e-1",
  source: "/rooms/7",
  type: "transcript",
  time: "2026-11-21T10:00:00Z",
  account: "acme",
};
const DATA = '{ "conversation" : "m1", "speaker":"bo","text":"SECRET-7f3a"}';

interface Sent {
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
  readonly mediaType?: string;
  readonly shape?: typeof SHAPE;
  readonly max?: number;
}

function opened({
  attributes = {},
  mediaType = "application/json",
  shape = SHAPE,
  max = 4096,
}: Sent): BinaryEvent {
  const all = Object.entries({ ...ATTRIBUTES, ...attributes }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, text] as const],
  );
  const reader = compileShape(shape, { serviceDataExcess: "strip" });
  return new BinaryEvent({ attributes: new Map(all), mediaType }, shape, reader, max);
}

/** The body in pieces of `piece` bytes, each in front of the rest as the gate does it. */
function read(sent: Sent, piece = 1_000_000) {
  const event = opened(sent);
  const body =
    typeof sent.body === "string" || sent.body === undefined ? bytesOf(sent.body ?? DATA) : sent.body;
  const found: unknown[] = [];
  let to = 0;
  do {
    to = Math.min(to + piece, body.length);
    const used = event.cut(body, 0, to, to === body.length, (bytes, start, end) => {
      const claim = event.claim(bytes, start, end, "none");
      const [item] = claim.items;
      const whole = start === 0 && end === body.length;
      const { replacement, stripTo } = claim;
      found.push({ item, at: claim.times?.capturedAt(bytes) ?? null, whole, replacement, stripTo });
      return true;
    });
    if (typeof used !== "number") return used.fault;
    expect(used).toBe(to === body.length ? to : 0);
  } while (to < body.length);
  expect(found).toHaveLength(1);
  return found[0];
}

const passes = { whole: true, replacement: null, stripTo: null };

describe("an event in headers", () => {
  it("says what the same event in JSON would, however its body comes", () => {
    const { data: _, ...json } = { ...ATTRIBUTES, data: null };
    const said = readItem(`${JSON.stringify(json).slice(0, -1)},"data":${DATA}}`, SHAPE);
    const { capturedAt, ...item } = said;
    for (const piece of [1, 7, 1_000_000])
      expect(read({}, piece)).toEqual({ ...passes, at: capturedAt, item: { ...item, capturedAt: null } });
    expect(capturedAt).toBe(AT);
  });

  it("goes on with the attributes that may stay without the content", () => {
    const sent = {
      subject: "SECRET-7f3a",
      note: "SECRET-7f3a",
      sequence: "7",
      room: "two words",
      dataschema: "https://x/SECRET-7f3a",
    };
    const { account: _, ...context } = ATTRIBUTES;
    const expected = { ...context, sequence: "7", room: "two words" };
    const headersOf = (attributes: Sent["attributes"]) =>
      Object.fromEntries(opened({ attributes: attributes! }).headers);
    const named = (of: object) =>
      Object.fromEntries(Object.entries(of).map(([name, text]) => [`ce-${name}`, text]));
    expect(headersOf(sent)).toEqual(named(expected));
    expect(headersOf({ room: "100%" })).toEqual(named(context));
    expect(headersOf({ sequence: "two words", time: "yesterday" })).toEqual(
      named({ ...context, time: undefined }),
    );
  });

  it("goes on with what may stay of events of its own type, and of an unknown one with nothing", () => {
    const headersOf = (type: string | undefined, variants: ShapeConfig["variants"]) =>
      opened({ attributes: { type }, shape: { discriminator: "/type", variants } }).headers;
    const usage = { when: ["cpu"], service_data: { "/id": "id" } } as const;
    const talk = {
      content: { kind: { fixed: "chat" } },
      strip_to: { "/source": { words: ["/rooms/7"] } },
    } as const;
    const [id, source] = [
      ["ce-id", "e-1"],
      ["ce-source", "/rooms/7"],
    ];
    expect(headersOf("cpu", [usage, talk])).toEqual([id]);
    for (const type of ["talk", undefined]) expect(headersOf(type, [usage, talk])).toEqual([source]);
    for (const type of ["talk", undefined]) expect(headersOf(type, [usage])).toEqual([]);
  });

  it("is of the kind that the type of its data says, where the route has it so", () => {
    const shape = cloudEvents({
      account: "/account",
      conversation: "/room",
      kind: { pointer: "/datacontenttype", map: { "audio/wav": "audio" } },
    });
    const kindOf = (mediaType: string) => read({ mediaType, body: rawBytes("RIFF\xff"), shape });
    expect(kindOf("audio/wav")).toMatchObject({ item: { kind: "audio" } });
    expect(kindOf("video/mp4")).toMatchObject({ item: { kind: null } });
  });

  it.each(["id", "source", "type"])("is of an unknown kind if its %s cannot go on", (name) => {
    for (const text of [undefined, "SECRET-7f3a, and more"])
      expect(read({ attributes: { [name]: text } })).toMatchObject({
        ...passes,
        item: { kind: null, account: null },
      });
  });

  it("is refused by what its headers say against it", () => {
    expect(read({ attributes: { dataclassification: "restricted" } })).toMatchObject({
      item: { signal: "disallows" },
    });
    expect(read({ attributes: { dataregulation: "HIPAA" } })).toMatchObject({
      item: { labels: ["health_information"] },
    });
  });
});

describe("its data", () => {
  it("is read from where it begins", () => {
    const event = opened({ max: DATA.length });
    const all = bytesOf(`#####${DATA}`);
    const found: unknown[] = [];
    const used = event.cut(all, 5, all.length, true, (bytes, start, end) => {
      found.push([start, end, event.read(bytes, start, end, "none").items[0]]);
      return true;
    });
    expect(used).toBe(all.length);
    expect(found).toMatchObject([[5, all.length, { account: "acme", conversation: "m1", speaker: "bo" }]]);
    expect(event.inner()).toBeNull();
  });

  it("cannot say anything in the name of the attributes", () => {
    for (const body of ['1,"account":"beta"', '{}, "account":"beta"', '{"a":1}}', '"x","type":"cpu"'])
      expect(read({ body, attributes: { account: undefined } })).toBe("json_syntax");
  });

  it.each<[string, string | Uint8Array, string]>([
    ["nothing", "", "body_empty"],
    ["half", '{"a":', "body_truncated"],
    ["twice", '{"a":1,"A":1,"a":2}', "json_duplicate_key"],
    ["not UTF-8", rawBytes('{"a":"\xff"}'), "json_utf8"],
    ["a mark of its order", "\ufeff{}", "json_syntax"],
    ["not JSON", "text", "json_syntax"],
    ["too deep", `${"[".repeat(64)}${"]".repeat(64)}`, "json_depth"],
  ])("is no JSON: %s", (_, body, fault) => {
    for (const piece of [1, 1_000_000]) expect(read({ body }, piece)).toBe(fault);
  });

  it("may be any JSON, and is nobody's if it names nobody", () => {
    for (const body of ["1", " 1 ", "\n1\n", '"text"', "[]", "null"])
      expect(read({ body })).toMatchObject({ ...passes, item: { conversation: null, account: "acme" } });
  });

  it("of another type is nobody's where claims should be in it, and else whose the headers say", () => {
    const mediaType = "audio/wav";
    const body = rawBytes("RIFF\xff\x00");
    expect(read({ mediaType, body })).toMatchObject({ ...passes, item: { account: null, kind: null } });
    const attributes = { room: "m1" };
    expect(read({ mediaType, body, shape: AUDIO, attributes })).toMatchObject({
      ...passes,
      at: AT,
      item: { account: "acme", conversation: "m1", kind: "audio" },
    });
  });

  it("is held up to what a record may be", () => {
    expect(read({ body: `"${"x".repeat(100)}"`, max: 102 })).toMatchObject(passes);
    for (const piece of [1, 1_000])
      expect(read({ body: `"${"x".repeat(101)}"`, max: 102 }, piece)).toBe("record_too_large");
  });
});

describe("an event of service data", () => {
  const attributes = { type: "cpu", account: undefined };
  const service = { ...passes, item: { type: "service_data" } };
  it("passes if its data is what is allowed, without the attributes that are not", () => {
    expect(read({ attributes, body: '{"cpu":1}' })).toMatchObject(service);
    expect(
      read({ attributes: { ...attributes, subject: "SECRET-7f3a" }, body: '\n{"cpu": 1}' }),
    ).toMatchObject(service);
  });

  it("is content of an unknown kind if its data holds more", () => {
    for (const body of ['{"cpu":1,"x":2}', '{"cpu":"SECRET-7f3a"}', '"SECRET-7f3a"', "7"])
      expect(read({ attributes, body })).toMatchObject({ ...passes, item: { type: "content", kind: null } });
    expect(read({ attributes, body: "cpu=1", mediaType: "text/plain" })).toMatchObject({
      item: { kind: null },
    });
  });
});
