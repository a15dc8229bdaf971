/** Forms and what comes of them. `M` ids are classes of attack on multipart/form-data. */
import type { ContentFaultCode } from "../../../src/content/fault.ts";
import type { MultipartOptions } from "../../../src/content/form/multipart.ts";
import { bytesOf } from "./read-body.ts";
import type { Vector } from "./vectors.ts";

export const FORM_OPTIONS: MultipartOptions = {
  rules: { file: "file", fields: { purpose: { words: ["fine-tune"] }, n: "number" } },
  boundary: "X",
  ownBoundary: "own",
  excess: "strip",
};

export const FILE_HEAD =
  'Content-Disposition: form-data; name="file"; filename="train.jsonl"\r\nContent-Type: application/jsonl\r\n\r\n';

export const field = (name: string, value: string) =>
  `Content-Disposition: form-data; name="${name}"\r\n\r\n${value}`;

/** Parts between boundaries, each with its head. */
export const form = (...parts: string[]) => `--X\r\n${parts.join("\r\n--X\r\n")}\r\n--X--\r\n`;

const FILE = `${FILE_HEAD}{"a":1}\n{"b":2}\n`;
const SECRET = "SECRET-7f3a";

const vector = (
  id: string,
  source: string,
  fault: ContentFaultCode | null,
  records = 0,
  options: Partial<MultipartOptions> = {},
  recordBytesMax?: number,
): Vector => ({
  id: `${id} (multipart)`,
  format: "multipart",
  bytes: bytesOf(source),
  options: { multipart: { ...FORM_OPTIONS, ...options }, ...(recordBytesMax && { recordBytesMax }) },
  fault,
  records,
});

const headed = (id: string, head: string, fault: ContentFaultCode | null = "multipart_invalid") =>
  vector(id, form(`${head}\r\n\r\n${SECRET}`, FILE), fault, fault === null ? 2 : 0);

/** A field with a head of so many bytes, the empty line after it included. */
const longHead = (bytes: number) => {
  const head = `${field("n", "").trimEnd()}\r\nX: `;
  return `${head}${"x".repeat(bytes - head.length - 4)}\r\n\r\n1`;
};

const BAD_NAME = 'Content-Disposition: form-data; name="a"';

export const MULTIPART_VECTORS: readonly Vector[] = [
  vector("file", form(FILE), null, 2),
  vector("file and fields", form(field("purpose", "fine-tune"), FILE, field("n", "3")), null, 2),
  vector("no line break at the end of the file", form(`${FILE_HEAD}{"a":1}`), null, 1),
  vector("line breaks as Windows has them", form(`${FILE_HEAD}{"a":1}\r\n\r\n{"b":2}\r\n`), null, 2),
  vector("no line break after the last boundary", form(FILE).slice(0, -2), null, 2),
  vector("a field without a value", form(field("n", ""), FILE), null, 2),
  vector("a field where none may pass", form(field("n", "3"), FILE), null, 2, { rules: { file: "file" } }),
  vector("a part without a head", form(`\r\n\r\n${SECRET}`, FILE), "multipart_invalid"),
  vector("a field that may not pass", form(field("note", SECRET), FILE), null, 2),
  vector("a field that may not pass is refused", form(field("note", SECRET), FILE), "multipart_invalid", 0, {
    excess: "refuse",
  }),
  vector("a record that is none", form(`${FILE_HEAD}{"a":1}\n${SECRET}\n`), "json_syntax", 1),
  vector("a record cut off by the boundary", form(`${FILE_HEAD}{"a":1}\n{"b":`), "body_truncated", 1),
  vector("an empty file", form(FILE_HEAD), "body_empty"),
  vector("nothing", "", "body_empty"),
  vector("no file", form(field("n", "3")), "multipart_invalid"),
  vector("no parts", "--X--\r\n", "multipart_invalid"),
  vector("another file", form(FILE.replace('"file"', '"other"')), "multipart_invalid"),
  vector("a field in the place of the file", form(field("file", "{}")), "multipart_invalid"),
  vector("M01 preamble", `${SECRET}\r\n${form(FILE)}`, "multipart_invalid"),
  vector("M01 empty line first", `\r\n${form(FILE)}`, "multipart_invalid"),
  vector("M01 something as long as a boundary", form(FILE).replace("--X", "abc"), "multipart_invalid"),
  vector("M01 epilogue as long as a line break", `${form(FILE).slice(0, -2)}ab`, "multipart_invalid", 2),
  vector("M01 half a line break", form(FILE).slice(0, -1), "multipart_invalid", 2),
  vector("M01 epilogue", `${form(FILE)}${SECRET}`, "multipart_invalid", 2),
  vector("M01 second line break", `${form(FILE)}\r\n`, "multipart_invalid", 2),
  vector("M01 parts after the close", `${form(FILE)}${form(FILE)}`, "multipart_invalid", 2),
  vector("M03 file twice", form(FILE, FILE), "multipart_invalid", 2),
  vector("M03 field twice", form(field("n", "3"), field("n", "4"), FILE), "multipart_invalid"),
  headed("M04", `${BAD_NAME}; name*=UTF-8''transcript`),
  headed("M05", `${BAD_NAME}; filename="x.json"; filename*=UTF-8''evil.wav`),
  headed("M06", 'Content-Disposition: form-data; name="a"; name="b"'),
  headed("M07", `${BAD_NAME}\r\nContent-Disposition: form-data; name="b"`),
  headed("M08", "X-A: b"),
  headed("M08 no name", "Content-Disposition: form-data"),
  headed("M08 bare name", "Content-Disposition: form-data; name=a"),
  headed("M08 not form-data", 'Content-Disposition: attachment; name="a"'),
  headed("M09", 'Content-Disposition: form-data;\r\n name="a"'),
  headed("M10", `${BAD_NAME}\r\nContent-Transfer-Encoding: base64`),
  headed("M11", `${BAD_NAME}\r\nContent-Type: multipart/mixed; boundary=Y`),
  vector("M13", form(FILE).slice(0, -"\r\n--X--\r\n".length), "body_truncated", 1),
  vector("M13 half", form(FILE).slice(0, -4), "body_truncated", 2),
  vector("M13 another end", form(FILE).replace("--X--", "--Xab"), "multipart_invalid", 2),
  vector("M14", form(`${FILE}\r\n--XY\r\n${SECRET}`), "multipart_invalid", 2),
  vector("M14 field", form(`${field("n", "3")}\r\n--XY`, FILE), "multipart_invalid"),
  vector("M16", form(FILE).replace("--X\r\n", "--X  \r\n"), "multipart_invalid"),
  headed("M18", `${BAD_NAME}\r\nContent-Type: text/plain; charset=utf-16le`, "part_type_unsupported"),
  headed("M18 type", `${BAD_NAME}\r\nContent-Type: audio/wav`, "part_type_unsupported"),
  headed("M18 malformed", `${BAD_NAME}\r\nContent-Type: text`, "part_type_unsupported"),
  headed("M18 file", FILE_HEAD.trimEnd().replace("application/jsonl", "text/csv"), "part_type_unsupported"),
  headed("M19", 'Content-Disposition: form-data; name="_charset_"'),
  headed("header twice", `${BAD_NAME}\r\nContent-Type: text/plain\r\ncontent-type: text/plain`),
  headed("header without colon", `${BAD_NAME}\r\nX`),
  headed("header with LF alone", `${BAD_NAME}\nX-A: b`),
  headed("backslash in a name", 'Content-Disposition: form-data; name="a\\"b"'),
  headed("unknown parameter", `${BAD_NAME}; size="3"`),
  headed("other headers", `${BAD_NAME}\r\nX-A: ${SECRET}`, null),
  vector("M21", form(FILE.replace("train.jsonl", `../../${SECRET}`)), null, 2),
  vector(
    "M22 parts",
    form(...Array.from({ length: 64 }, (_, i) => field(`n${i}`, "1")), FILE),
    "multipart_invalid",
  ),
  vector(
    "M22 parts, as many as may be",
    form(...Array.from({ length: 63 }, (_, i) => field(`n${i}`, "1")), FILE),
    null,
    2,
  ),
  vector("M22 a head as long as may be", form(FILE, longHead(4_096)), null, 2),
  vector("M22 a head that is longer", form(FILE, longHead(4_097)), "multipart_invalid", 2),
  vector(
    "limit: fields as long as may be",
    form(field("n", "12"), FILE, field("purpose", "abcdef")),
    null,
    2,
    {},
    8,
  ),
  vector("limit: a field of nothing before much else", form(field("n", ""), FILE), null, 2, {}, 8),
  vector(
    "limit: a field that never ends",
    `--X\r\n${field("n", "1".repeat(13))}`,
    "record_too_large",
    0,
    {},
    8,
  ),
  vector(
    "limit: a field that might yet end",
    `--X\r\n${field("n", "1".repeat(12))}`,
    "body_truncated",
    0,
    {},
    8,
  ),
  vector("limit: a field that is longer", form(field("n", "123456789"), FILE), "record_too_large", 0, {}, 8),
  vector(
    "limit: fields that are longer",
    form(field("n", "12"), FILE, field("purpose", "abcdefg")),
    "record_too_large",
    2,
    {},
    8,
  ),
  ...[
    "application/x-ndjson",
    "application/ndjson",
    "application/x-jsonlines",
    "application/octet-stream; charset=utf-8",
  ].map((type) => vector(type, form(FILE.replace("application/jsonl", type)), null, 2)),
  vector("a file of no type", form(FILE.replace("Content-Type: application/jsonl\r\n", "")), null, 2),
  headed("a field of text", `${BAD_NAME}\r\nContent-Type: text/plain; charset=utf-8`, null),
  headed("a file beside the file", `${BAD_NAME}; filename="b"`),
  vector("M22 header", form(`X-A: ${"x".repeat(5_000)}`), "multipart_invalid"),
];
