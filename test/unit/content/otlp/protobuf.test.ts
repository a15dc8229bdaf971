/** OTLP in protobuf, byte by byte: what is refused as unreadable, and what is left. */
import { describe, expect, test } from "vitest";
import { compileOtlp } from "../../../../src/content/otlp/otlp.ts";
import {
  anyValue,
  excessOf,
  field,
  lengthField,
  readOtlp,
  reduced,
  varintOf,
} from "../../../support/otlp.ts";
import { casesOfRun } from "../../../support/pace.ts";

const ID = (size: number) => new Array(size).fill(0xab);
const TRACES = compileOtlp({ signal: "traces" });

/** A request with this span in it. */
const request = (span: number[]) => Uint8Array.from(lengthField(1, lengthField(2, lengthField(2, span))));

/** Of a span: a fault, nothing, or its bytes. */
function left(span: number[]): string | null | number[] {
  const document = readOtlp(TRACES, request(span));
  if (typeof document === "string") return document;
  const bytes = reduced(document);
  if (bytes === null) return null;
  // All before it are lengths of one byte each, for as long as the tests' spans are short.
  return [...bytes.subarray(6)];
}

const KIND = field(6, 0, 1);
const FLAGS = field(16, 5, 1, 0, 0, 0);
const attribute = (key: string, value: number[]) =>
  lengthField(9, [...lengthField(1, key), ...lengthField(2, value)]);

describe("what two readers would read differently is refused", () => {
  test.each<[string, number[]]>([
    ["field 0", [0x00, 0x01]],
    ["a group", [...field(100, 3), ...field(100, 4)]],
    ["an end of a group", field(100, 4)],
    ["wire type 6", field(100, 6)],
    ["wire type 7", field(100, 7)],
    ["a tag cut off", [0x80]],
    ["a tag longer than it need be", [0xb0, 0x00, 0x01]],
    ["a tag of more than 32 bits", [0xf8, 0xff, 0xff, 0xff, 0x7f, 0x01]],
    ["a varint cut off", field(6, 0, 0x80)],
    ["a varint without its value", field(6, 0)],
    ["a varint longer than it need be", field(6, 0, 0x81, 0x00)],
    ["a varint of eleven bytes", field(100, 0, ...new Array(10).fill(0x80), 0x01)],
    ["a varint of more than 64 bits", field(100, 0, ...new Array(9).fill(0xff), 0x02)],
    ["an enumerated number of 32 bits", field(6, 0, ...varintOf(0x8000_0000))],
    ["a negative enumerated number", field(6, 0, ...varintOf(-1n))],
    ["a count of more than 32 bits", field(10, 0, ...varintOf(0x1_0000_0000))],
    ["four bytes cut off", field(16, 5, 1, 0, 0)],
    ["eight bytes cut off", field(7, 1, 1, 0, 0, 0, 0, 0, 0)],
    ["a text cut off", field(5, 2, 2, 0x61)],
    ["a length longer than it need be", field(5, 2, 0x81, 0x00, 0x61)],
    ["a length of more than 32 bits", field(5, 2, 0x80, 0x80, 0x80, 0x80, 0x10)],
    ["a name as a number", field(5, 0, 1)],
    ["a time as text", lengthField(7, "12345678")],
    ["a time as a varint", field(7, 0, 1)],
    ["flags of eight bytes", field(16, 1, ...ID(8))],
    ["a name twice", [...lengthField(5, "a"), ...lengthField(5, "b")]],
    [
      "a status in two pieces",
      [...lengthField(15, field(3, 0, 2)), ...lengthField(15, lengthField(2, "why"))],
    ],
    [
      "an attribute's key twice",
      lengthField(9, [...lengthField(1, "service.name"), ...lengthField(1, "note")]),
    ],
    ["an attribute's value twice", lengthField(9, [...lengthField(2, []), ...lengthField(2, [])])],
    ["an attribute's key as a number", lengthField(9, field(1, 0, 1))],
    ["a string value as a number", attribute("service.name", field(1, 0, 1))],
    ["a boolean of 2", attribute("exception.escaped", field(2, 0, 2))],
    ["a double as a varint", attribute("gen_ai.request.seed", field(4, 0, 1))],
    ["a list as a varint", attribute("gen_ai.request.seed", field(5, 0, 1))],
    ["a value of a list as a varint", attribute("gen_ai.request.seed", lengthField(5, field(1, 0, 1)))],
    ["an integer of eight bytes", attribute("gen_ai.request.seed", field(3, 1, ...ID(8)))],
    ["a boolean of eight bytes", attribute("exception.escaped", field(2, 1, ...ID(8)))],
    ["a boolean of four bytes", attribute("exception.escaped", field(2, 5, 1, 0, 0, 0))],
    ["a boolean as text", attribute("exception.escaped", lengthField(2, [1]))],
    [
      "a value of a list in four bytes, which say what a value would",
      attribute("gen_ai.request.seed", lengthField(5, field(1, 5, 0x18, 0x81, 0x81, 0x01))),
    ],
    ["a string value of eight bytes", attribute("service.name", field(1, 1, ...ID(8)))],
    [
      "a value of a list in eight bytes",
      attribute("gen_ai.request.seed", lengthField(5, field(1, 1, ...ID(8)))),
    ],
    ["a field cut off in a status", lengthField(15, field(3, 0))],
  ])("%s", (_, span) => {
    expect(left(span)).toBe("otlp_invalid");
  });

  test("a resource twice, and a metric's gauge twice", () => {
    const items = lengthField(2, lengthField(2, KIND));
    const twice = Uint8Array.from(lengthField(1, [...lengthField(1, []), ...lengthField(1, []), ...items]));
    expect(readOtlp(TRACES, twice)).toBe("otlp_invalid");
    const metric = [...lengthField(5, []), ...lengthField(5, [])];
    const metrics = Uint8Array.from(lengthField(1, lengthField(2, lengthField(2, metric))));
    expect(readOtlp(compileOtlp({ signal: "metrics" }), metrics)).toBe("otlp_invalid");
  });

  test("packed numbers that do not come out even", () => {
    const point = (counts: number[]) =>
      Uint8Array.from(
        lengthField(
          1,
          lengthField(2, lengthField(2, [...lengthField(1, "m"), ...lengthField(9, lengthField(1, counts))])),
        ),
      );
    const reader = compileOtlp({ signal: "metrics" });
    expect(readOtlp(reader, point(lengthField(6, ID(7))))).toBe("otlp_invalid");
    expect(typeof readOtlp(reader, point(lengthField(6, ID(16))))).toBe("object");
    expect(typeof readOtlp(reader, point(field(6, 1, ...ID(8))))).toBe("object");
    const buckets = (counts: number[]) =>
      Uint8Array.from(
        lengthField(
          1,
          lengthField(
            2,
            lengthField(2, lengthField(10, lengthField(1, lengthField(8, lengthField(2, counts))))),
          ),
        ),
      );
    expect(readOtlp(reader, buckets([0x80]))).toBe("otlp_invalid");
    expect(readOtlp(reader, buckets([0x80, 0x00]))).toBe("otlp_invalid");
    expect(typeof readOtlp(reader, buckets([1, ...varintOf(2n ** 64n - 1n)]))).toBe("object");
    const apart = lengthField(8, field(2, 0, ...varintOf(2n ** 64n - 1n)));
    const exponential = lengthField(2, [...lengthField(1, "m"), ...lengthField(10, lengthField(1, apart))]);
    expect(typeof readOtlp(reader, Uint8Array.from(lengthField(1, lengthField(2, exponential))))).toBe(
      "object",
    );
  });

  test("a body of another signal, and one cut off", () => {
    const span = request([...lengthField(1, ID(16)), ...lengthField(2, ID(8))]);
    expect(readOtlp(compileOtlp({ signal: "logs" }), span)).toBe("otlp_invalid");
    expect(readOtlp(TRACES, span.subarray(0, -1))).toBe("otlp_invalid");
    expect(readOtlp(TRACES, Uint8Array.from(lengthField(9, "a")))).toBe("otlp_invalid");
  });

  test("numbers of a list in four bytes", () => {
    const point = lengthField(9, lengthField(1, field(6, 5, ...ID(4))));
    const metrics = lengthField(1, lengthField(2, lengthField(2, [...lengthField(1, "m"), ...point])));
    expect(readOtlp(compileOtlp({ signal: "metrics" }), Uint8Array.from(metrics))).toBe("otlp_invalid");
  });

  // Each mutant would have to be shown them.
  test.skipIf(casesOfRun(100) < 100)("more parts than can be counted", () => {
    const spans = new Array(100_000).fill(lengthField(2, [])).flat();
    expect(readOtlp(TRACES, Uint8Array.from(lengthField(1, lengthField(2, spans))))).toBe("body_too_large");
  });
});

describe("what is left", () => {
  const unchanged = (span: number[]) => [span, span] as const;
  const list = (count: number) =>
    anyValue({ arrayValue: { values: new Array(count).fill({ intValue: "1" }) } });
  const NUMBER = anyValue({ intValue: "42" });
  test.each<[string, number[], number[] | null]>([
    ["nothing known", lengthField(999, "SECRET"), null],
    [
      "an unknown field of each wire type",
      [...field(99, 0, 1), ...KIND, ...field(99, 1, ...ID(8)), ...field(99, 5, ...ID(4))],
      KIND,
    ],
    ["a field that has been reserved", [...lengthField(1000, "a"), ...KIND], KIND],
    ["a name in free text", [...lengthField(5, "so it is"), ...KIND], KIND],
    ["a name that is not ASCII", [...lengthField(5, "é"), ...KIND], KIND],
    ["a name that is not UTF-8", [...lengthField(5, [0xff]), ...KIND], KIND],
    ["a trace id of 15 bytes", [...lengthField(1, ID(15)), ...KIND], null],
    ["trace state", [...KIND, ...lengthField(3, "a=b"), ...FLAGS], [...KIND, ...FLAGS]],
    [
      "a status message",
      lengthField(15, [...lengthField(2, "why"), ...field(3, 0, 2)]),
      lengthField(15, field(3, 0, 2)),
    ],
    ["an attribute nobody knows", [...attribute("note", NUMBER), ...KIND], KIND],
    [
      "an attribute that is known",
      attribute("gen_ai.usage.input_tokens", NUMBER),
      attribute("gen_ai.usage.input_tokens", NUMBER),
    ],
    [
      "an attribute whose value comes first",
      lengthField(9, [...lengthField(2, NUMBER), ...lengthField(1, "gen_ai.request.seed")]),
      lengthField(9, [...lengthField(2, NUMBER), ...lengthField(1, "gen_ai.request.seed")]),
    ],
    [
      "an attribute with a field nobody knows",
      [...lengthField(9, [...lengthField(1, "service.name"), ...field(3, 0, 1)]), ...KIND],
      KIND,
    ],
    ["an empty parent's id", ...unchanged(lengthField(4, []))],
    [
      "the largest numbers there are",
      ...unchanged([...field(6, 0, ...varintOf(0x7fff_ffff)), ...field(10, 0, ...varintOf(0xffff_ffff))]),
    ],
    ["an attribute that has no value", ...unchanged(lengthField(9, lengthField(1, "service.name")))],
    [
      "a long status message and nothing else of it",
      [...KIND, ...lengthField(15, lengthField(2, "x".repeat(200)))],
      KIND,
    ],
    ["an empty text where a word may be", ...unchanged(attribute("gen_ai.token.type", lengthField(1, "")))],
    ["an empty text", ...unchanged(attribute("service.name", lengthField(1, "")))],
    ["a list of 16 numbers", ...unchanged(attribute("gen_ai.request.seed", list(16)))],
    ["a list of 17", [...attribute("gen_ai.request.seed", list(17)), ...KIND], KIND],
    [
      "an empty list in a list",
      [...attribute("gen_ai.request.seed", lengthField(5, lengthField(1, lengthField(5, [])))), ...KIND],
      KIND,
    ],
    ["a text that is not ASCII", [...attribute("service.name", lengthField(1, "é")), ...KIND], KIND],
    ["a number where text may be", [...attribute("service.name", NUMBER), ...KIND], KIND],
    [
      "a fraction where text may be",
      [...attribute("service.name", anyValue({ doubleValue: 1 })), ...KIND],
      KIND,
    ],
    [
      "a boolean where text may be",
      [...attribute("service.name", anyValue({ boolValue: true })), ...KIND],
      KIND,
    ],
    ["an empty list where an id may be", [...attribute("service.name", lengthField(5, [])), ...KIND], KIND],
    [
      "a text where a number may be",
      [...attribute("gen_ai.request.seed", anyValue({ stringValue: "a" })), ...KIND],
      KIND,
    ],
    [
      "two values in one",
      [...attribute("gen_ai.request.seed", [...NUMBER, ...anyValue({ doubleValue: 1 })]), ...KIND],
      KIND,
    ],
    ["a value twice", [...attribute("gen_ai.request.seed", [...NUMBER, ...NUMBER]), ...KIND], KIND],
    ["a value nobody knows", [...attribute("gen_ai.request.seed", field(8, 0, 1)), ...KIND], KIND],
    [
      "a list with a field nobody knows",
      [...attribute("gen_ai.request.seed", lengthField(5, field(2, 0, 1))), ...KIND],
      KIND,
    ],
    [
      "an event in free text, and one that is not",
      [...lengthField(11, lengthField(2, "so it is")), ...lengthField(11, lengthField(2, "exception"))],
      lengthField(11, lengthField(2, "exception")),
    ],
  ])("of a span with %s", (_, span, expected) => {
    expect(left(span)).toEqual(expected);
  });

  test("lengths shrink with what they are of, over every size", () => {
    for (const size of [1, 60, 100, 127, 128, 200, 16_383, 16_384]) {
      const kept = new Array(Math.ceil(size / 20))
        .fill(attribute("service.name", anyValue({ stringValue: "a" })))
        .flat();
      const event = (more: number[]) => lengthField(11, [...lengthField(2, "e"), ...more]);
      const text = "x".repeat(size);
      const document = readOtlp(
        TRACES,
        request([
          ...kept,
          ...event(lengthField(9, text)),
          ...attribute("note", anyValue({ stringValue: text })),
          ...KIND,
        ]),
      );
      if (typeof document === "string") throw new Error(document);
      expect(excessOf(document)).toEqual(["some"]);
      expect(Buffer.from(reduced(document)!).equals(request([...kept, ...event([]), ...KIND]))).toBe(true);
    }
  });

  test("what no item lies in counts for those around it; a metric takes its points with it", () => {
    const items = lengthField(2, lengthField(2, KIND));
    const beside = Uint8Array.from([...lengthField(1, lengthField(3, "so")), ...lengthField(1, items)]);
    const spans = readOtlp(TRACES, beside);
    if (typeof spans === "string") throw new Error(spans);
    expect(excessOf(spans)).toEqual(["some"]);
    expect([...reduced(spans)!]).toEqual(lengthField(1, items));
    const gauge = (name: string) =>
      lengthField(2, [...lengthField(1, name), ...lengthField(5, lengthField(1, field(8, 0, 1)))]);
    const within = (metrics: number[]) => lengthField(1, lengthField(2, metrics));
    const reader = compileOtlp({ signal: "metrics" });
    const points = readOtlp(reader, Uint8Array.from(within([...gauge("so it is"), ...gauge("m")])));
    if (typeof points === "string") throw new Error(points);
    expect(excessOf(points)).toEqual(["all", "none"]);
    expect([...reduced(points)!]).toEqual(within(gauge("m")));
  });

  test("spans that stand apart keep their order, and what lies around those that go goes", () => {
    const scope = (...spans: number[][]) =>
      lengthField(2, [
        ...lengthField(1, lengthField(1, "s")),
        ...spans.flatMap((span) => lengthField(2, span)),
        ...lengthField(3, ""),
      ]);
    const body = Uint8Array.from([
      ...lengthField(1, scope(KIND, FLAGS)),
      ...lengthField(1, [...scope(FLAGS), ...scope(KIND)]),
    ]);
    const document = readOtlp(TRACES, body);
    if (typeof document === "string") throw new Error(document);
    expect(document.write(["whole", "whole", "whole", "whole"])).toEqual(body);
    expect([...document.write(["gone", "whole", "gone", "whole"])!]).toEqual([
      ...lengthField(1, scope(FLAGS)),
      ...lengthField(1, scope(KIND)),
    ]);
    expect([...document.write(["whole", "gone", "gone", "gone"])!]).toEqual(lengthField(1, scope(KIND)));
    expect(document.write(["gone", "gone", "gone", "gone"])).toBe(null);
  });

  test("a span that says nothing stays beside one that says too much, and one of which nothing may stay does not", () => {
    const scope = (...spans: number[][]) =>
      lengthField(
        1,
        lengthField(
          2,
          spans.flatMap((one) => lengthField(2, one)),
        ),
      );
    const body = scope([], [...KIND, ...lengthField(5, "so it is")], [...KIND, ...lengthField(1, ID(15))]);
    const document = readOtlp(TRACES, Uint8Array.from(body));
    if (typeof document === "string") throw new Error(document);
    expect(excessOf(document)).toEqual(["none", "some", "all"]);
    expect([...document.write(["whole", "whole", "whole"])!]).toEqual(scope([], KIND));
    expect(document.write(["gone", "gone", "whole"])).toBe(null);
  });

  test("lists of other fields stay apart, each in its place", () => {
    const points = (at: number, flags: number[]) => lengthField(at, lengthField(1, flags));
    const metric = (free: number[]) =>
      lengthField(2, [
        ...lengthField(1, "m"),
        ...points(5, field(8, 0, 1)),
        ...points(7, field(8, 0, 2)),
        ...points(9, [...field(10, 0, 3), ...free]),
        ...lengthField(3, "ms"),
        ...points(11, field(8, 0, 4)),
      ]);
    const body = (free: number[]) => lengthField(1, lengthField(2, metric(free)));
    const metrics = readOtlp(
      compileOtlp({ signal: "metrics" }),
      Uint8Array.from(body(lengthField(99, "so"))),
    );
    if (typeof metrics === "string") throw new Error(metrics);
    expect([...reduced(metrics)!]).toEqual(body([]));
    const scope = (free: number[]) =>
      lengthField(2, [
        ...lengthField(1, []),
        ...lengthField(2, [...KIND, ...free]),
        ...lengthField(3, ""),
        ...lengthField(2, FLAGS),
      ]);
    const spans = readOtlp(TRACES, Uint8Array.from(lengthField(1, scope(lengthField(5, "so it is")))));
    if (typeof spans === "string") throw new Error(spans);
    expect([...reduced(spans)!]).toEqual(lengthField(1, scope([])));
  });
});
