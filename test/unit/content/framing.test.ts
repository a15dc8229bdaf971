import { describe, expect, it } from "vitest";
import type { WrapperConfig } from "../../../src/config/define.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { casesOfRun, patienceMs } from "../../support/pace.ts";
import { FILE_HEAD, FORM_OPTIONS, field, form, MULTIPART_VECTORS } from "./multipart-vectors.ts";
import { bytesOf, ENVELOPE, readBody } from "./read-body.ts";
import { VECTORS } from "./vectors.ts";

const plan = compilePlan(ENVELOPE);
const ALL = [...VECTORS, ...MULTIPART_VECTORS];

describe("bodies and their records", () => {
  it.each(ALL)("$id", (vector) => {
    const whole = readBody(vector, [], plan);
    expect([whole.fault, whole.records.length]).toEqual([vector.fault, vector.records]);
    if (whole.fault !== null) expect(whole.index).toBe(vector.records);
    const step = Math.ceil(vector.bytes.length / casesOfRun(100_000));
    for (let cut = 1; cut < vector.bytes.length; cut += step) {
      expect(readBody(vector, [cut], plan), `cut at ${cut}`).toEqual(whole);
    }
    const everywhere = Array.from({ length: vector.bytes.length }, (_, i) => i);
    expect(readBody(vector, everywhere, plan), "byte by byte").toEqual(whole);
    expect(readBody(vector, [], plan, 1), "record by record").toEqual(whole);
  });

  it("knows no two vectors by one name", () => {
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
  });
});

it("announces one event as one, and several as several", () => {
  const typeOf = (format: "cloudevents" | "cloudevents-batch") =>
    createFraming(format, plan, { recordBytesMax: 100 }).mediaType;
  expect([typeOf("cloudevents"), typeOf("cloudevents-batch")]).toEqual([
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
  ]);
});

it("reads no form without its boundary, and no event without its headers", () => {
  for (const [format, lacks] of [
    ["multipart", "boundary"],
    ["cloudevents-binary", "headers"],
  ] as const)
    expect(() => createFraming(format, plan, { recordBytesMax: 100 })).toThrow(lacks);
});

describe("what goes around the records", () => {
  const sent = (format: "json" | "ndjson", source: string, wrapper?: WrapperConfig) =>
    readBody({ format, bytes: bytesOf(source), options: { wrapper } }, []).sent;

  it("keeps allowed members of a wrapper, before and after its records", () => {
    const wrapper: WrapperConfig = {
      items: "batch",
      fields: { "/sent_at": "timestamp", "/meta/n": "number" },
    };
    expect(
      sent(
        "json",
        ' { "sent_at" : "2026-11-21T10:00:00Z","note":"SECRET-7f3a","batch" : [ {"a": 1}, {"b":2} ], "meta":{"n": 7,"s":"SECRET-7f3a"} }',
        wrapper,
      ),
    ).toBe('{"sent_at":"2026-11-21T10:00:00Z","batch":[{"a": 1},{"b":2}],"meta":{"n":7}}');
  });

  it("drops the others, and frames arrays, objects and lines as they came", () => {
    expect(sent("json", '{"x":"SECRET-7f3a","batch":[{"a":1}]}', { items: "batch" })).toBe(
      '{"batch":[{"a":1}]}',
    );
    expect(sent("json", '[ {"a":1} , {"b":2} ]')).toBe('[{"a":1},{"b":2}]');
    expect(sent("json", ' {"a":1} ')).toBe('{"a":1}');
    expect(sent("ndjson", '\n{"a":1}\r\n \n{"b":2}')).toBe('{"a":1}\n{"b":2}\n');
  });
});

describe("a form", () => {
  const sentOf = (source: string) =>
    readBody({ format: "multipart", bytes: bytesOf(source), options: { multipart: FORM_OPTIONS } }, []).sent;

  it("is announced with the boundary of its own", () => {
    const options = { recordBytesMax: 100, multipart: FORM_OPTIONS };
    expect(createFraming("multipart", plan, options).mediaType).toBe("multipart/form-data; boundary=own");
  });

  it("may have been read to its end before anybody knows that it is", () => {
    const framing = createFraming("multipart", plan, { recordBytesMax: 100, multipart: FORM_OPTIONS });
    const bytes = bytesOf(form(`${FILE_HEAD}{"a":1}\n`));
    const { length } = bytes;
    expect(framing.cut(bytes, 0, length, false, () => true)).toBe(length);
    expect(framing.cut(bytes, length, length, true, () => true)).toBe(length);
  });

  it("is written anew, part by part, between boundaries of its own", () => {
    const sent = sentOf(
      form(
        field("purpose", "fine-tune"),
        field("note", "SECRET-7f3a"),
        `${FILE_HEAD}{"a": 1}\r\n{"b":2}`,
        field("n", "3"),
      ),
    );
    expect(sent.split("\r\n")).toEqual([
      "--own",
      'Content-Disposition: form-data; name="purpose"',
      "",
      "fine-tune",
      "--own",
      'Content-Disposition: form-data; name="file"; filename="file.jsonl"',
      "Content-Type: application/jsonl",
      "",
      '{"a": 1}\n{"b":2}\n',
      "--own",
      'Content-Disposition: form-data; name="n"',
      "",
      "3",
      "--own--",
      "",
    ]);
  });

  it("never passes a file's name on", () => {
    for (const name of [
      "../../SECRET-7f3a",
      "..",
      "SECRET-7f3a is what she said",
      "",
      "é.jsonl",
      ".hidden",
      "SECRET-7f3a.jsonl",
    ]) {
      const sent = sentOf(form(`${FILE_HEAD.replace("train.jsonl", name)}{"a":1}\n`));
      expect(sent).toContain('filename="file.jsonl"');
    }
  });
});

describe("cost", () => {
  it("reads a large record that comes in many pieces about as often as it doubles", () => {
    const record = `{"a":"${"x".repeat(900_000)}"}`;
    for (const [format, source] of [
      ["ndjson", `${record}\n`],
      ["json", `[${record}]`],
    ] as const) {
      const bytes = bytesOf(source);
      const framing = createFraming(format, compilePlan([]), { recordBytesMax: 1_048_576 });
      const started = performance.now();
      let records = 0;
      let from = 0;
      for (let to = 256; from < bytes.length; to += 256) {
        const end = Math.min(to, bytes.length);
        const result = framing.cut(bytes, from, end, end === bytes.length, () => ++records > 0);
        if (typeof result !== "number") throw new Error(result.fault);
        from = result;
      }
      expect(records).toBe(1);
      expect(performance.now() - started).toBeLessThan(patienceMs(2_000));
    }
  });

  it("finds a duplicate among 100,000 keys in less than six seconds, escapes or not", () => {
    for (const last of ['"k0":1', '"\\u006b0":1', '"kx":1']) {
      const keys = Array.from({ length: casesOfRun(100_000) }, (_, k) => `"k${k}":1`);
      const bytes = bytesOf(`{${keys.join(",")},${last}}`);
      const started = performance.now();
      const { fault } = readBody({ format: "json", bytes, options: { recordBytesMax: 4_000_000 } }, []);
      expect(fault).toBe(last === '"kx":1' ? null : "json_duplicate_key");
      expect(performance.now() - started).toBeLessThan(patienceMs(6_000));
    }
  });
});
