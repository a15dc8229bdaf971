/** OTLP in JSON, member by member: what stays and what goes. */
import { describe, expect, test } from "vitest";
import { compileOtlp } from "../../../../src/content/otlp/otlp.ts";
import { excessOf, readOtlp, reduced } from "../../../support/otlp.ts";
import { casesOfRun } from "../../../support/pace.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

const IN = {
  traces: (span: string) => `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`,
  logs: (record: string) => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`,
  metrics: (point: string) =>
    `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[${point}]}}]}]}]}`,
} as const;

function left(signal: keyof typeof IN, body: string, attributes = {}): string | null {
  const document = readOtlp(compileOtlp({ signal, attributes }), body);
  if (typeof document === "string") return document;
  const bytes = reduced(document);
  const text = bytes === null ? null : Buffer.from(bytes).toString();
  if (text === body) expect(new Set(excessOf(document))).toEqual(new Set(["none"]));
  return text;
}

/** [what, the item, what is left of it; the same: all; null: nothing]. */
type Case = readonly [string, string, string | null];
const same = (what: string, item: string): Case => [what, item, item];

function check(signal: keyof typeof IN, cases: readonly Case[]): void {
  test.each(cases)("%s", (_, item, expected) => {
    expect(left(signal, IN[signal](item))).toBe(expected === null ? null : IN[signal](expected));
  });
}

describe("a span", () => {
  check("traces", [
    same("of nothing", "{}"),
    same("with null members", `{"name":null,"attributes":null,"status":null,"traceId":null}`),
    same("with numbers as the specification writes them", `{"kind":2,"startTimeUnixNano":"1","flags":257}`),
    same("with ids", `{"traceId":"${TRACE}","spanId":"${SPAN}","parentSpanId":""}`),
    same("with an id in capitals", `{"traceId":"${TRACE.toUpperCase()}"}`),
    same("named after a route", `{"name":"GET /users/{id}"}`),
    same("named after a model", `{"name":"chat gpt-4o"}`),
    same("with a name that is an id", `{"name":"orders.place"}`),
    ["named in free text", `{"kind":1,"name":"my salary is one"}`, `{"kind":1}`],
    ["named after a URL with a query", `{"kind":1,"name":"GET /a?b=c"}`, `{"kind":1}`],
    ["with an operation nobody knows", `{"kind":1,"name":"tell me"}`, `{"kind":1}`],
    ["with a name longer than an id", `{"kind":1,"name":"${"x".repeat(65)}"}`, `{"kind":1}`],
    ["with a name written with an escape", `{"kind":1,"name":"\\u0061"}`, `{"kind":1}`],
    ["whose trace id is too long", `{"traceId":"${TRACE}00"}`, null],
    ["whose span id is no hexadecimal", `{"spanId":"${"z".repeat(16)}"}`, null],
    ["whose parent's id is too short", `{"spanId":"${SPAN}","parentSpanId":"00"}`, `{"spanId":"${SPAN}"}`],
    ["with an enumerated word", `{"kind":"SPAN_KIND_SERVER","flags":1}`, `{"flags":1}`],
    ["with trace state", `{"traceState":"a=b","flags":1}`, `{"flags":1}`],
    same("with empty trace state", `{"traceState":""}`),
    ["with a status message", `{"status":{"code":2,"message":"why"}}`, `{"status":{"code":2}}`],
    ["with nothing but a status message", `{"status":{"message":"why"}}`, null],
    same("with an empty status message", `{"status":{"message":""}}`),
    ["with a member nobody knows", `{"note":"a","flags":1}`, `{"flags":1}`],
    ["with a member in another spelling", `{"trace_state":"a","Name":"b","flags":1}`, `{"flags":1}`],
    ["with a known member written with an escape", `{"fl\\u0061gs":1,"kind":1}`, `{"kind":1}`],
    ["whose name is not ASCII", `{"name":"é","kind":1}`, `{"kind":1}`],
    ["whose name is a number", `{"name":7,"kind":1}`, `{"kind":1}`],
    ["whose id is not ASCII", `{"kind":1,"parentSpanId":"é"}`, `{"kind":1}`],
    ["with a null member beside one nobody knows", `{"name":null,"note":"a"}`, `{"name":null}`],
    same("with a number of as many digits as may be", `{"flags":${"1".repeat(64)}}`),
    [
      "with an event that goes with its name",
      `{"events":[{"name":"so it is","timeUnixNano":"1"}],"kind":1}`,
      `{"kind":1}`,
    ],
    ["with text in place of a status", `{"status":"so","kind":1}`, `{"kind":1}`],
    ["with text in place of a list", `{"attributes":"a","flags":1}`, `{"flags":1}`],
    ["with text in place of a number", `{"flags":"one","kind":1}`, `{"kind":1}`],
    ["with a number of too many digits", `{"flags":${"1".repeat(65)},"kind":1}`, `{"kind":1}`],
    ["with an object in place of a number", `{"flags":{"a":"b"},"kind":1}`, `{"kind":1}`],
    ["with an event named in free text", `{"events":[{"name":"so it is"}],"kind":1}`, `{"kind":1}`],
    same("with an event named by an id", `{"events":[{"name":"exception","timeUnixNano":"1"}]}`),
    ["with an event that is text", `{"events":["so",{"name":"a"}]}`, `{"events":[{"name":"a"}]}`],
    [
      "with a link to nothing, and one with trace state",
      `{"links":[{"traceId":"so"},{"spanId":"${SPAN}","traceState":"a=b"}]}`,
      `{"links":[{"spanId":"${SPAN}"}]}`,
    ],
  ]);
});

const attribute = (key: string, value: string) => `{"attributes":[{"key":"${key}","value":${value}}]}`;
const gone = (what: string, key: string, value: string): Case => [what, attribute(key, value), null];
const stays = (what: string, key: string, value: string): Case => same(what, attribute(key, value));

describe("an attribute", () => {
  check("traces", [
    stays("a number as text of digits", "gen_ai.usage.input_tokens", `{"intValue":"42"}`),
    stays("a number", "gen_ai.usage.input_tokens", `{"intValue":42}`),
    stays("a fraction", "gen_ai.request.temperature", `{"doubleValue":0.7}`),
    stays("a number that is none", "gen_ai.request.temperature", `{"doubleValue":"NaN"}`),
    stays("a boolean", "exception.escaped", `{"boolValue":false}`),
    stays("an id", "service.name", `{"stringValue":"notes/eu"}`),
    stays("an empty string", "service.name", `{"stringValue":""}`),
    stays("no value", "service.name", "{}"),
    stays("null", "service.name", `{"stringValue":null}`),
    stays(
      "a word in a list",
      "gen_ai.response.finish_reasons",
      `{"arrayValue":{"values":[{"stringValue":"stop"}]}}`,
    ),
    ...["stringValue", "boolValue", "intValue", "doubleValue", "arrayValue", "kvlistValue", "bytesValue"].map(
      (name) => stays(`null, as ${name}`, "service.name", `{"${name}":null}`),
    ),
    same("null for a value", `{"attributes":[{"key":"service.name","value":null}]}`),
    stays("infinity", "gen_ai.request.temperature", `{"doubleValue":"Infinity"}`),
    stays("its opposite", "gen_ai.request.temperature", `{"doubleValue":"-Infinity"}`),
    gone("words before no number", "gen_ai.request.temperature", `{"doubleValue":"so NaN"}`),
    gone("words after no number", "gen_ai.request.temperature", `{"doubleValue":"NaN so"}`),
    gone("words before digits", "gen_ai.usage.input_tokens", `{"intValue":"so 4"}`),
    gone("words after digits", "gen_ai.usage.input_tokens", `{"intValue":"4 so"}`),
    gone("words as a fraction", "gen_ai.request.temperature", `{"doubleValue":"so"}`),
    gone("a fraction where text may be", "service.name", `{"doubleValue":1}`),
    gone("words as a boolean", "exception.escaped", `{"boolValue":"so"}`),
    gone("text that is not ASCII", "service.name", `{"stringValue":"é"}`),
    gone("a number as text", "service.name", `{"stringValue":7}`),
    gone("two numbers", "gen_ai.request.seed", `{"intValue":"1","doubleValue":1}`),
    gone("text nobody knows", "service.name", `{"text":"a"}`),
    gone("an array for a value", "service.name", `["a"]`),
    gone("an array for a list", "gen_ai.request.seed", `{"arrayValue":["a"]}`),
    gone("a list of another name", "gen_ai.request.seed", `{"arrayValue":{"note":[]}}`),
    gone("a list that is an object", "gen_ai.request.seed", `{"arrayValue":{"values":{"a":"b"}}}`),
    stays(
      "as many numbers as may be",
      "gen_ai.request.seed",
      `{"arrayValue":{"values":[${new Array(16).fill(`{"intValue":"1"}`).join()}]}}`,
    ),
    stays("an empty list", "gen_ai.response.finish_reasons", `{"arrayValue":{"values":[]}}`),
    stays("a list of nothing", "gen_ai.response.finish_reasons", `{"arrayValue":{}}`),
    stays("a template of a path", "http.route", `{"stringValue":"/users/{id}/notes"}`),
    gone("free text", "service.name", `{"stringValue":"my service"}`),
    gone("text where a number may be", "gen_ai.usage.input_tokens", `{"stringValue":"42"}`),
    gone("a number where text may be", "service.name", `{"intValue":"42"}`),
    gone("a number where a boolean may be", "exception.escaped", `{"intValue":"1"}`),
    gone("words instead of digits", "gen_ai.usage.input_tokens", `{"intValue":"four two"}`),
    gone("infinity as an integer", "gen_ai.usage.input_tokens", `{"intValue":"Infinity"}`),
    gone("bytes", "service.name", `{"bytesValue":"bm90ZXM="}`),
    gone("a list of ids", "service.name", `{"arrayValue":{"values":[{"stringValue":"a"}]}}`),
    gone(
      "a list in a list",
      "gen_ai.request.seed",
      `{"arrayValue":{"values":[{"arrayValue":{"values":[]}}]}}`,
    ),
    gone(
      "a list with one word of another",
      "gen_ai.response.finish_reasons",
      `{"arrayValue":{"values":[{"stringValue":"stop"},{"stringValue":"so"}]}}`,
    ),
    gone(
      "a vector",
      "gen_ai.request.seed",
      `{"arrayValue":{"values":[${new Array(17).fill(`{"intValue":"1"}`).join()}]}}`,
    ),
    gone("a list with a name", "gen_ai.request.seed", `{"arrayValue":{"values":[],"note":"a"}}`),
    gone("a list that is text", "gen_ai.request.seed", `{"arrayValue":{"values":"a"}}`),
    gone("a map", "service.name", `{"kvlistValue":{"values":[]}}`),
    gone("two values", "service.name", `{"stringValue":"a","intValue":"1"}`),
    gone("a value nobody knows", "service.name", `{"text":null}`),
    gone("a value that is no object", "service.name", `"notes"`),
    gone("a key nobody knows", "note", `{"intValue":"1"}`),
    gone("a key in capitals", "Service.Name", `{"stringValue":"a"}`),
    gone("a key written with an escape", "service\\u002ename", `{"stringValue":"a"}`),
    gone("a URL", "url.full", `{"stringValue":"https://example.com/"}`),
    gone("a path that is no template", "http.route", `{"stringValue":"/users/{a b}"}`),
    [
      "with a third member",
      `{"kind":1,"attributes":[{"key":"service.name","value":{},"note":"a"}]}`,
      `{"kind":1}`,
    ],
    [
      "with a member for a value that is none",
      `{"kind":1,"attributes":[{"key":"service.name","note":{"stringValue":"a"}}]}`,
      `{"kind":1}`,
    ],
    ["that is an array", `{"kind":1,"attributes":[["service.name"]]}`, `{"kind":1}`],
    [
      "that is an array of what it would say",
      `{"kind":1,"attributes":[["key","service.name"]]}`,
      `{"kind":1}`,
    ],
    gone("an array of what a value would say", "service.name", `["stringValue","a"]`),
    gone("an array of what a list would say", "gen_ai.request.seed", `{"arrayValue":["values",[]]}`),
    gone("an empty object for a list", "gen_ai.request.seed", `{"arrayValue":{"values":{}}}`),
    stays("an empty string, of words", "gen_ai.token.type", `{"stringValue":""}`),
    ["without a key", `{"kind":1,"attributes":[{"value":{"intValue":"1"}}]}`, `{"kind":1}`],
    same("without a value", `{"attributes":[{"key":"service.name"}]}`),
    ["that is text", `{"kind":1,"attributes":["service.name"]}`, `{"kind":1}`],
  ]);

  test("that the configuration adds stays, and its rule replaces the product's", () => {
    const both = `{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}},{"key":"service.name","value":{"stringValue":"a"}}]}`;
    const added = { "session.id": "id", "service.name": { words: ["b"] } };
    expect(left("traces", IN.traces(both), added)).toBe(
      IN.traces(`{"attributes":[{"key":"session.id","value":{"stringValue":"s1"}}]}`),
    );
  });

  test("a word with a backslash is no word of JSON's", () => {
    const item = attribute("a", `{"stringValue":"\\\\n"}`);
    expect(left("traces", IN.traces(item), { a: { words: ["\\n", "\\\\n"] } })).toBe(null);
  });

  test("a time", () => {
    const at = (text: string) => IN.traces(attribute("at", `{"stringValue":"${text}"}`));
    expect(left("traces", at("2026-01-01T00:00:00Z"), { at: "timestamp" })).toBe(at("2026-01-01T00:00:00Z"));
    expect(left("traces", at("yesterday"), { at: "timestamp" })).toBe(null);
    const long = (digits: number) => at(`2026-01-01T00:00:00.${"1".repeat(digits)}Z`);
    expect(left("traces", long(43), { at: "timestamp" })).toBe(long(43));
    expect(left("traces", long(44), { at: "timestamp" })).toBe(null);
  });
});

describe("a log record", () => {
  check("logs", [
    same("with a number for a body", `{"body":{"intValue":"3"},"severityText":"INFO","eventName":"a.b"}`),
    same("with a boolean for a body", `{"body":{"boolValue":true}}`),
    same("with an empty body", `{"body":{"stringValue":""}}`),
    ["with a text for a body", `{"body":{"stringValue":"a"},"severityNumber":9}`, `{"severityNumber":9}`],
    ["with a map for a body", `{"body":{"kvlistValue":{"values":[]}},"flags":1}`, `{"flags":1}`],
    ["with a list for a body", `{"body":{"arrayValue":{"values":[]}},"flags":1}`, `{"flags":1}`],
    ["with a free severity", `{"severityText":"so bad","flags":1}`, `{"flags":1}`],
    ["with a free event name", `{"eventName":"it is so","flags":1}`, `{"flags":1}`],
    ["with nothing but a body", `{"body":{"stringValue":"a"}}`, null],
  ]);
});

describe("a data point", () => {
  const exemplar = (attributes: string) => `{"asDouble":1,"exemplars":[{"asInt":"1"${attributes}}]}`;
  check("metrics", [
    same("with a number", `{"asDouble":1.5,"timeUnixNano":"1","flags":0}`),
    ["with text for a number", `{"asInt":"so","flags":0}`, `{"flags":0}`],
    [
      "with content in an exemplar",
      exemplar(`,"filteredAttributes":[{"key":"note","value":{"stringValue":"a"}}]`),
      exemplar(""),
    ],
  ]);

  test("with text for a boolean of its metric", () => {
    const metric = (isMonotonic: string) =>
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","sum":{${isMonotonic}"dataPoints":[{}]}}]}]}]}`;
    expect(left("metrics", metric(`"isMonotonic":"so",`))).toBe(metric(""));
    expect(left("metrics", metric(`"isMonotonic":true,`))).toBe(metric(`"isMonotonic":true,`));
  });

  test("a list of numbers stays or goes as a whole", () => {
    const point = (counts: string) =>
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","histogram":{"dataPoints":[{"count":"1"${counts}}]}}]}]}]}`;
    expect(left("metrics", point(`,"bucketCounts":[1,"2"]`))).toBe(point(`,"bucketCounts":[1,"2"]`));
    expect(left("metrics", point(`,"bucketCounts":[1,"so"]`))).toBe(point(""));
  });
});

describe("what items share", () => {
  const two = (resource: string, scope: string) =>
    `{"resourceSpans":[{${resource}"scopeSpans":[{${scope}"spans":[{"kind":1},{"note":"a","kind":2}]},{"spans":[{"kind":3}]}]},{"scopeSpans":[{"spans":[{"kind":4}]}]}]}`;
  const excess = (body: string) => {
    const document = readOtlp(compileOtlp({ signal: "traces" }), body);
    return typeof document === "string" ? document : excessOf(document);
  };

  test.each([
    ["nothing", two("", ""), ["none", "some", "none", "none"]],
    ["a resource", two(`"resource":{"attributes":[{"key":"note"}]},`, ""), ["some", "some", "some", "none"]],
    ["a scope", two("", `"scope":{"name":"so it is"},`), ["some", "some", "none", "none"]],
    [
      "a scope's package",
      two("", `"scope":{"name":"@a/b","version":"1.0"},`),
      ["none", "some", "none", "none"],
    ],
    ["a schema", two(`"schemaUrl":"https://example.com/",`, ""), ["some", "some", "some", "none"]],
    [
      "a known schema",
      two(`"schemaUrl":"https://opentelemetry.io/schemas/1.30.0",`, ""),
      ["none", "some", "none", "none"],
    ],
  ])("%s counts for each of them", (_, body, expected) => {
    expect(excess(body)).toEqual(expected);
  });

  test("an item that is gone stays so, whatever else goes of what it lies in", () => {
    const spans = `"spans":[{"traceId":"so"},{"kind":1}]`;
    const body = `{"resourceSpans":[{"scopeSpans":[{${spans},"note":"a"}]}]}`;
    const document = readOtlp(compileOtlp({ signal: "traces" }), body);
    if (typeof document === "string") throw new Error(document);
    expect(excessOf(document)).toEqual(["all", "some"]);
    expect(document.write(["whole", "gone"])).toBe(null);
    expect(Buffer.from(document.write(["whole", "whole"])!).toString()).toBe(IN.traces(`{"kind":1}`));
  });

  test("what no item shares counts for those around it", () => {
    expect(excess(`{"resourceSpans":[{"note":"a"},{"scopeSpans":[{"spans":[{}]}]}]}`)).toEqual(["some"]);
    expect(excess(`{"resourceSpans":["b",{"scopeSpans":[{"spans":[{}]}]}]}`)).toEqual(["some"]);
    expect(excess(`{"resourceSpans":[{"scopeSpans":[{"spans":{"a":{}}},{"spans":[{}]}]}]}`)).toEqual([
      "some",
    ]);
    expect(excess(`{"note":"a","resourceSpans":["b",{"scopeSpans":[{"spans":[{}]}]}]}`)).toEqual(["some"]);
  });

  test("a metric without a name that may stay takes its data points with it", () => {
    const body = `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"so it is","gauge":{"dataPoints":[{},{}]}},{"name":"m","description":"","unit":"{token}","sum":{"isMonotonic":true,"dataPoints":[{}]}}]}]}]}`;
    const document = readOtlp(compileOtlp({ signal: "metrics" }), body);
    if (typeof document === "string") throw new Error(document);
    expect(excessOf(document)).toEqual(["all", "all", "none"]);
    expect(Buffer.from(document.write(["whole", "whole", "whole"])!).toString()).toBe(
      `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","description":"","unit":"{token}","sum":{"isMonotonic":true,"dataPoints":[{}]}}]}]}]}`,
    );
  });

  test("what lies around items that go goes with them", () => {
    const document = readOtlp(compileOtlp({ signal: "traces" }), two(`"resource":{},`, ""));
    if (typeof document === "string") throw new Error(document);
    expect(Buffer.from(document.write(["gone", "gone", "gone", "whole"])!).toString()).toBe(
      IN.traces(`{"kind":4}`),
    );
    expect(Buffer.from(document.write(["gone", "whole", "gone", "gone"])!).toString()).toBe(
      `{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"kind":2}]}]}]}`,
    );
    expect(document.write(["gone", "gone", "gone", "gone"])).toBe(null);
  });
});

describe("a body", () => {
  test.each([
    ["that is empty", "", "body_empty"],
    ["that is a list", "[]", "record_not_object"],
    ["that is cut off", `{"resourceSpans":[`, "body_truncated"],
    ["that goes on", "{}{}", "json_syntax"],
    ["with a member twice", `{"resourceSpans":[],"resourceSpans":[]}`, "json_duplicate_key"],
    ["with a byte order mark", "\ufeff{}", "json_bom"],
    ["with half a character", `{"a":"\\ud800"}`, "json_surrogate"],
    ["too deep", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`, "json_depth"],
    ["of another signal", IN.logs("{}"), "otlp_invalid"],
    ["in other spelling", `{"resource_spans":[]}`, "otlp_invalid"],
    ["of nothing that is known", `{"batch":[{}]}`, "otlp_invalid"],
  ])("%s: %s", (_, body, fault) => {
    expect(left("traces", body)).toBe(fault);
  });

  // Each mutant would have to be shown them.
  test.skipIf(casesOfRun(100) < 100).each([
    ["items", IN.traces(new Array(100_000).fill("{}").join())],
    ["places for items", `{"resourceSpans":[${new Array(100_000).fill("{}").join()}]}`],
  ])("of more %s than can be counted", (_, body) => {
    expect(left("traces", body)).toBe("body_too_large");
  });

  const keys = (count: number, inner = "1") => {
    const all = Array.from({ length: count }, (_, k) => `"k${k}":1`);
    return `{${all.join()},"in":${inner}}`;
  };
  test.skipIf(casesOfRun(100) < 100).each([
    ["more keys in an object than can be held", "record_too_large", keys(200_000)],
    ["more keys in two, one in the other", "record_too_large", keys(120_000, keys(100_000))],
    ["as many in two, one after the other", "otlp_invalid", `{"a":${keys(120_000)},"b":${keys(100_000)}}`],
  ])("with %s: %s", (_, fault, body) => {
    expect(left("traces", body)).toBe(fault);
  });

  test("that is not UTF-8", () => {
    const bytes = Buffer.from(`{"resourceSpans":[{"note":"\xff"}]}`, "latin1");
    const reader = compileOtlp({ signal: "traces" });
    expect(reader.read(bytes, { mediaType: "application/json" } as never)).toEqual({
      fault: "json_utf8",
      index: 0,
    });
  });

  test.each(["{}", `{"resourceSpans":[]}`, ` {"resourceSpans":[{"resource":{}}]} `])(
    "%s holds nothing to send",
    (body) => {
      expect(left("traces", body)).toBe(null);
    },
  );

  test("with white space in it passes as it came, and is written without what it removes", () => {
    const body = ` {\n "resourceSpans" : [ { "scopeSpans": [ { "spans" : [ { "kind" : 1 } , { "kind":2 , "note":"a" } ] } ] } ]\t} \n`;
    const clean = body.replace(` , "note":"a"`, "");
    expect(left("traces", clean)).toBe(clean);
    expect(JSON.parse(left("traces", body)!)).toEqual(JSON.parse(clean));
  });
});
