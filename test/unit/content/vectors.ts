/** Bodies and what comes of them. `J`, `L` and `T` ids are classes of attack on the grammar, the framing and telemetry. */
import type { ContentFaultCode } from "../../../src/content/fault.ts";
import { type Body, bytesOf, rawBytes } from "./read-body.ts";

export interface Vector extends Body {
  readonly id: string;
  readonly fault: ContentFaultCode | null;
  /** Records handed on, before the fault if there is one. */
  readonly records: number;
}

type Fault = ContentFaultCode | null;

const ndjson = (id: string, source: string | Uint8Array, fault: Fault, records = 0): Vector => ({
  id: `${id} (ndjson)`,
  format: "ndjson",
  bytes: typeof source === "string" ? bytesOf(source) : source,
  fault,
  records,
});

const json = (id: string, source: string | Uint8Array, fault: Fault, records = 0): Vector => ({
  ...ndjson(id, source, fault, records),
  id: `${id} (json)`,
  format: "json",
});

const wrapped = (id: string, source: string | Uint8Array, fault: Fault, records = 0): Vector => ({
  ...json(id, source, fault, records),
  options: { wrapper: { items: "batch", fields: { "/sent_at": "timestamp", "/meta/n": "number" } } },
});

/** Bodies of one CloudEvent, and of several. */
const event = (id: string, source: string, fault: Fault, records = 0): Vector => ({
  ...json(id, source, fault, records),
  id: `${id} (cloudevents)`,
  format: "cloudevents",
});
const events = (id: string, source: string, fault: Fault, records = 0): Vector => ({
  ...json(id, source, fault, records),
  id: `${id} (cloudevents-batch)`,
  format: "cloudevents-batch",
});

const small = (vector: Vector, recordBytesMax: number): Vector => ({
  ...vector,
  id: `${vector.id} at most ${recordBytesMax}`,
  options: { ...vector.options, recordBytesMax },
});

/** The same record as a line, as a body, and in an array after a good one. */
const record = (id: string, source: string | Uint8Array, fault: Fault): Vector[] => {
  const bytes = typeof source === "string" ? bytesOf(source) : source;
  const inArray = Uint8Array.of(...bytesOf('[{"a":1},'), ...bytes, 0x5d);
  const ok = fault === null ? 1 : 0;
  return [
    ndjson(id, bytes, fault, ok),
    json(id, bytes, fault, ok),
    json(`${id} in array`, inArray, fault, 1 + ok),
  ];
};

const SECRET = "SECRET-7f3a";

export const VECTORS: readonly Vector[] = [
  ...record("J01", `{"type":"content","text":"${SECRET}","type":"telemetry"}`, "json_duplicate_key"),
  ...record("J02", `{"type":"telemetry","text":"${SECRET}","type":"content"}`, "json_duplicate_key"),
  ...record("J02 escaped", `{"type":"telemetry","\\u0074ype":"content"}`, "json_duplicate_key"),
  ...record("J02 escaped first", `{"\\u0074ype":"telemetry","type":"content"}`, "json_duplicate_key"),
  ...record("J02 empty keys", `{"":1,"":2}`, "json_duplicate_key"),
  ...record("J04", `{"consent":{"ok":true,"ok":false},"text":"${SECRET}"}`, "json_duplicate_key"),
  ...record("J04 where nobody looks", `{"x":[{"y":{"z":1,"z":1}}]}`, "json_duplicate_key"),
  ...record("J05", `{"type":"telemetry","Type":"content","TEXT":"${SECRET}"}`, "json_duplicate_key"),
  ...record("J05 escaped", `{"type":"telemetry","\\u0054ype":"content"}`, "json_duplicate_key"),
  ...record("J05 nested", `{"consent":{"ok":true,"OK":false}}`, "json_duplicate_key"),
  ...record("J05 where nobody looks", `{"x":{"a":1,"A":2}}`, null),
  ...record("J05 not letters", `{"a@":1,"a\`":2,"[":3,"{":4}`, null),
  ...record("J08", `{"type":"telemetry","ｔｅｘｔ":"${SECRET}"}`, "json_key"),
  ...record("J09", `{"type":"telemetry","te\u200bxt":"${SECRET}"}`, "json_key"),
  ...record("J09 escaped", `{"type":"telemetry","te\\u200bxt":"${SECRET}"}`, "json_key"),
  ...record("J10", `{"\u00e9":1,"e\u0301":"${SECRET}"}`, "json_key"),
  ...record("J10 where nobody looks", `{"x":{"\u00e9":1,"e\u0301":2}}`, null),
  ...record("J10 DEL", `{"a\x7f":1}`, "json_key"),
  ...record("J10 tilde", `{"a~":1}`, null),
  ...record("J13", `{"type":"telemetry"}\x00{"type":"content","text":"${SECRET}"}`, "json_syntax"),
  ...record("J14", rawBytes(`\xef\xbb\xbf{"type":"content"}`), "json_bom"),
  ndjson("J15", rawBytes(`{"a":1}\n\xef\xbb\xbf{"type":"content","text":"${SECRET}"}`), "json_bom", 1),
  ...record("J16", rawBytes(`{"type":"telemetry","type\xff":"content"}`), "json_key"),
  ...record("J16 in value", rawBytes(`{"type":"telemetry\xff"}`), "json_utf8"),
  ...record("J16 nested key", rawBytes(`{"x":{"k\xff":1}}`), "json_utf8"),
  ndjson("J16 after good ones", rawBytes(`{"a":"\xc3\xa9"}\n{"a":1}\n{"a":"\xc3"}\n{"a":2}`), "json_utf8", 2),
  ...record("J18", rawBytes(`{"x":{"t\xc1\xb9pe":"content"}}`), "json_utf8"),
  ...record("J19", rawBytes(`{"a":"\xed\xa0\x80"}`), "json_utf8"),
  ...record("J20", `{"account":"a\\ud800"}`, "json_surrogate"),
  ...record("J20 low", `{"account":"\\udfff"}`, "json_surrogate"),
  ...record("J20 two high", `{"account":"\\ud800\\ud800"}`, "json_surrogate"),
  ...record("J20 high and newline", `{"account":"\\ud800\\n"}`, "json_surrogate"),
  ...record("J20 in key", `{"x":{"\\ud83d":1}}`, "json_surrogate"),
  ...record("J20 a pair", `{"account":"\\ud83d\\uDE00"}`, null),
  ...["\\udc00\\udc00", "\\ud83dxuDE00", "\\ud83d\\u0000", "\\ud83d\\udbff", "\\ud83d\\ue000"].flatMap(
    (pair) => record(`J20 no pair ${pair}`, `{"account":"${pair}"}`, "json_surrogate"),
  ),
  ...["\\ud800\\udc00", "\\udbff\\udfff", "\\ud7ff", "\\ue000"].flatMap((text) =>
    record(`J20 all right ${text}`, `{"account":"${text}"}`, null),
  ),
  ...record("J22", `{"type":"telemetry"}x`, "json_syntax"),
  ...record("J23", `{"type":"telemetry"}{"type":"content","text":"${SECRET}"}`, "json_syntax"),
  json("J23 two arrays", `[{"a":1}][]`, "json_syntax", 1),
  ...record("J24", `{"type":"telemetry"/*,"type":"content"*/}`, "json_syntax"),
  ...record("J25", `{type:'content',n:0x10}`, "json_syntax"),
  ...record("J25 hex", `{"n":0x10}`, "json_syntax"),
  ...record("J25 single quotes", `{'n':1}`, "json_syntax"),
  ...["NaN", "Infinity", "-Infinity", "+1", "01", "-01", ".5", "1.", "1.e1", "1e", "1e+", "-", "1_0"].flatMap(
    (n) => record(`J26 ${n}`, `{"ttl":${n}}`, "json_syntax"),
  ),
  ...["1e400", "-1e400", `1${"0".repeat(400)}`].flatMap((n) =>
    record(`J26 ${n}`, `{"ttl":${n}}`, "json_number"),
  ),
  ...["0", "-0", "1.0", "1e-400", "1E+2", "0.5e3", `0.${"0".repeat(400)}1`].flatMap((n) =>
    record(`J29 ${n}`, `{"n":${n}}`, null),
  ),
  ...record("J30", `{"a":${"[".repeat(63)}${"]".repeat(63)}}`, null),
  ...record("J30 too deep", `{"a":${"[".repeat(64)}${"]".repeat(64)}}`, "json_depth"),
  ...record("J30 objects", `${'{"a":'.repeat(65)}1${"}".repeat(65)}`, "json_depth"),
  ...record("J31", `{"__proto__":{"consent":true},"text":"${SECRET}"}`, "json_key"),
  ...record("J31 longer", `{"__proto__x":1,"__proto":2}`, null),
  ...record("J31 nested", `{"x":[{"__proto__":1}]}`, "json_key"),
  ...record("J31 escaped", `{"x":{"\\u005f_proto__":1}}`, "json_key"),
  ...record("J31 NUL in front", `{"x":{"\\u0000a":1}}`, "json_key"),
  ...record("J31 NUL inside", `{"x":{"a\\u0000":1}}`, null),
  ...record("J31 constructor", `{"constructor":1,"toString":2}`, null),
  ...["", " ", "\n\r\n", "\n\n  \n"].flatMap((blank) => [
    ndjson(`J35 ${JSON.stringify(blank)}`, blank, "body_empty"),
    json(`J35 ${JSON.stringify(blank)}`, blank, "body_empty"),
  ]),
  small(ndjson("J36 key", `{"${"k".repeat(100)}":1}`, "record_too_large"), 64),
  small(json("J36 key", `{"${"k".repeat(100)}":1}`, "record_too_large"), 64),
  small(wrapped("J36 wrapper key", `{"${"k".repeat(100)}":1,"batch":[]}`, "record_too_large"), 64),
  ...record("J37", `{"meta.type":"telemetry","meta":{"type":"content"}}`, null),
  ...record("J38", `{"type":["telemetry","content"]}`, null),
  ...record("raw tab in a string", `{"a":"\t"}`, "json_syntax"),
  ...record("raw NUL in a key", `{"a\x00":1}`, "json_syntax"),
  ...record("bad escape", `{"a":"\\x41"}`, "json_syntax"),
  ...record("bad escape in key", `{"\\a":1}`, "json_syntax"),
  ...record("short unicode escape", `{"a":"\\u12"}`, "json_syntax"),
  ...record("every escape", `{"a":"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"}`, null),
  ...["@", "`", "g", "G", "/", ":", " "].flatMap((digit) =>
    record(`no digit ${digit}`, `{"a":"\\u004${digit}"}`, "json_syntax"),
  ),
  ...record("every escape in a key", `{"x":{"\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9":1}}`, null),
  ...record("trailing comma", `{"a":1,}`, "json_syntax"),
  ...record("no colon", `{"a" 1}`, "json_syntax"),
  ...record("mismatched", `{"a":[1}`, "json_syntax"),
  ...["Null", "xull", "xrue", "True", "xalse", "nulL", "truE", "falsE"].flatMap((word) =>
    record(`misspelt ${word}`, `{"a":${word}}`, "json_syntax"),
  ),
  ...record("misspelt", `{"a":tru}`, "json_syntax"),
  ...record("form feed", `{"a":\f1}`, "json_syntax"),
  ...record("no-break space", `{"a":\u00a01}`, "json_syntax"),
  ...record("spaces and tabs", ` \t{ "a" :\t[ 1 , { } , [ ] ] , "b" : "é€😀" }\t `, null),
  ndjson("truncated", `{"a":1}\n{"a":"${SECRET}`, "body_truncated", 1),
  ndjson("truncated in a character", rawBytes(`{"a":1}\n{"a":"\xe2\x82`), "body_truncated", 1),
  json("truncated string", `{"a":"${SECRET}`, "body_truncated"),
  json("truncated literal", `{"a":tru`, "body_truncated"),

  ndjson("L01", `{"type":"telemetry"}\r{"type":"content","text":"${SECRET}"}`, "json_syntax"),
  ndjson("L01 at the end", `{"type":"telemetry"}\r`, "json_syntax"),
  ndjson("L01 blank", `\r{"type":"telemetry"}`, "json_syntax"),
  ndjson("L01 inside", `{"a":\r\n1}`, "json_syntax"),
  ndjson("CRLF", `{"a":1}\r\n\r\n{"a":2} \r\n{"a":3}`, null, 3),
  ...["\u2028", "\u2029", "\u0085", "\v", "\f"].map((separator) =>
    ndjson(
      `L02 ${separator.charCodeAt(0).toString(16)}`,
      `{"type":"telemetry"}${separator}{"type":"content","text":"${SECRET}"}`,
      "json_syntax",
    ),
  ),
  ...record("L03", `{"type":"telemetry","a":"\n{\\"type\\":\\"content\\"}"}`, "json_syntax"),
  ndjson("L04", `{\n "type":"content",\n "text":"${SECRET}"\n}`, "json_syntax"),
  json("L04 is JSON", `{\r\n "type":"content",\n "text":"${SECRET}"\n}\n`, null, 1),
  ndjson("L07", `\n\n  \n{"a":1}\n\n \t\n{"a":2}\n\n`, null, 2),
  ndjson("L08", `\x1e{"type":"telemetry"}\n\x1e{"type":"content"}\n`, "json_syntax"),
  ndjson("L11", `{"a":"€😀é"}\n{"é":"€"}\n`, "json_key", 1),
  small(ndjson("L12 not JSON", `${"a".repeat(200)}`, "json_syntax"), 64),
  small(ndjson("L12", `{"a":"${"a".repeat(200)}`, "record_too_large"), 64),
  small(json("L12", `[{"a":1},{"a":"${"a".repeat(200)}`, "record_too_large", 1), 64),
  small(
    ndjson("L12 just fits", `{"a":"${"a".repeat(56)}"}\n{"a":"${"a".repeat(57)}"}\n`, "record_too_large", 1),
    64,
  ),
  small(
    json("L12 just fits", `[{"a":"${"a".repeat(56)}"},{"a":"${"a".repeat(57)}"}]`, "record_too_large", 1),
    64,
  ),
  small(json("L12 one just fits", `{"a":"${"a".repeat(56)}"}`, null, 1), 64),
  small(json("L12 spaces after", `{"a":1}${" ".repeat(99)}`, "record_too_large"), 64),
  small(ndjson("L12 spaces after", `{"a":1}${" ".repeat(99)}`, "record_too_large"), 64),
  small(ndjson("L12 spaces before", `${" ".repeat(99)}{"a":1}`, null, 1), 64),
  json("L15 comma", `[{"type":"telemetry"},`, "body_truncated", 1),
  json("L15 trailing comma", `[{"type":"telemetry"},]`, "json_syntax", 1),
  json("L15 unclosed", `[{"type":"telemetry"}`, "body_truncated"),
  json("L15 leading comma", `[,{"a":1}]`, "json_syntax"),
  ndjson("L16", `data: {"type":"content"}\n\n`, "json_syntax"),
  json("L16", `data: {"type":"content"}\n\n`, "json_syntax"),
  ndjson("L17", `[\n{"type":"content","text":"${SECRET}"}\n]`, "record_not_object"),
  ndjson("L17 commas", `{"type":"telemetry"},\n{"type":"content"}`, "json_syntax"),
  json("L17 lines as JSON", `{"type":"telemetry"}\n{"type":"content","text":"${SECRET}"}`, "json_syntax"),

  ...['"text"', "1", "-1", "true", "false", "null"].flatMap((value) => [
    ndjson(`not an object: ${value}`, `{"a":1}\n${value}\n`, "record_not_object", 1),
    json(`not an object: ${value}`, value, "record_not_object"),
    json(`not an object in an array: ${value}`, `[{"a":1},${value}]`, "record_not_object", 1),
  ]),
  json("array in array", `[[{"a":1}]]`, "record_not_object"),
  json("array", ` [ {"a":1} , {"b":[{}]}\n,{ } ] `, null, 3),
  json("empty array", "[]", null),
  json("no wrapper here", `{"batch":[{"a":1}]}`, null, 1),

  event("one", ` {"specversion":"1.0"}\n`, null, 1),
  events("some", `[{"specversion":"1.0"} , {"id":"2"}]`, null, 2),
  events("none", "[]", null),
  event("announced as one", `[{"specversion":"1.0"}]`, "event_form"),
  event("announced as one, none", "[]", "event_form"),
  events("announced as some", `{"specversion":"1.0"}`, "event_form"),
  events("announced as some, wrapped", `{"batch":[{"a":1}]}`, "event_form"),
  event("no event", `"text"`, "record_not_object"),
  events("no events", `{"a":1,"a":2}`, "event_form"),
  events("twice in one", `[{"a":1},{"type":"x","type":"y"}]`, "json_duplicate_key", 1),
  event("more than one", `{"a":1}{"b":2}`, "json_syntax"),

  wrapped("wrapper", `{"batch":[{"a":1},{"b":2}]}`, null, 2),
  wrapped("wrapper with escapes", `{"\\u0062atch":[{"a":1}]}`, null, 1),
  wrapped("an array all the same", `[{"a":1}]`, null, 1),
  wrapped(
    "wrapper and others",
    `{"sent_at":"2026-11-21T10:00:00Z","x":"${SECRET}","batch":[{"a":1}],"y":[]}`,
    null,
    1,
  ),
  wrapped("wrapper empty", `{"batch":[]}`, null),
  wrapped("wrapper missing", `{"x":1}`, "wrapper_invalid"),
  wrapped("wrapper nothing", `{}`, "wrapper_invalid"),
  wrapped("wrapper twice", `{"batch":[{"a":1}],"batch":[{"b":1}]}`, "wrapper_invalid", 1),
  wrapped("wrapper by case", `{"batch":[{"a":1}],"Batch":[{"b":1}]}`, "json_duplicate_key", 1),
  wrapped("wrapper by case first", `{"Batch":[{"b":1}],"batch":[{"a":1}]}`, "json_duplicate_key"),
  wrapped("wrapper other case only", `{"Batch":[{"a":1}]}`, "wrapper_invalid"),
  wrapped("wrapper no array", `{"batch":{"a":1}}`, "wrapper_invalid"),
  wrapped("wrapper members twice", `{"x":1,"batch":[],"x":2}`, "json_duplicate_key"),
  wrapped("wrapper members escaped", `{"x":1,"\\u0078":2,"batch":[]}`, "json_duplicate_key"),
  wrapped("wrapper nested twice", `{"x":{"y":1,"y":2},"batch":[]}`, "json_duplicate_key"),
  wrapped("wrapper proto", `{"__proto__":1,"batch":[]}`, "json_key"),
  wrapped("wrapper key", `{"é":1,"batch":[]}`, "json_key"),
  wrapped("wrapper utf8", rawBytes(`{"x":"\xff","batch":[]}`), "json_utf8"),
  wrapped("wrapper trailing", `{"batch":[{"a":1}]}x`, "json_syntax", 1),
  wrapped("wrapper trailing comma", `{"batch":[{"a":1}],}`, "json_syntax", 1),
  wrapped("wrapper no comma", `{"batch":[{"a":1}]"x":1}`, "json_syntax", 1),
  wrapped("wrapper truncated", `{"batch":[{"a":1}]`, "body_truncated", 1),
  wrapped("wrapper truncated member", `{"batch":[{"a":1}],"x"`, "body_truncated", 1),
  small(
    wrapped(
      "wrapper members many",
      `{${'"aaaaaaaaaa":1,"bbbbbbbbbb":2,"cccccccccc":3,"dddddddddd":4,"eeeeeeeee":5'},"batch":[]}`,
      "record_too_large",
    ),
    64,
  ),
];
