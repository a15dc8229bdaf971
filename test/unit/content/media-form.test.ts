/** A form with one recording: whose it is comes first, the recording last, and however its bytes are cut it is the same recording. */
import { describe, expect, test } from "vitest";
import { formClosing, MediaPart, readFormHead } from "../../../src/content/form/media-form.ts";
import { readMetadata } from "../../../src/content/form/media-metadata.ts";
import { random, seedOfRun } from "../../support/random.ts";
import { bytesOf } from "./read-body.ts";

const RULES = {
  metadata: "metadata",
  file: "file",
  fields: { model: { words: ["small", "large"] } },
} as const;
const WHOSE =
  '{"account":"acme","conversation":"m1","speaker":"ana","kind":"audio","captured_at":"2026-11-21T10:00:00Z"}';
const part = (name: string, value: string, more = "", type: string | null = null) =>
  `Content-Disposition: form-data; name="${name}"${more}\r\n${type === null ? "" : `Content-Type: ${type}\r\n`}\r\n${value}`;
const META = part("metadata", WHOSE, "", "application/json");
const FILE = part("file", "RIFF....WAVE", '; filename="a.wav"', "audio/wav");
const form = (...parts: string[]) => `--X\r\n${parts.join("\r\n--X\r\n")}\r\n--X--\r\n`;
const headOf = (source: string) => readFormHead(bytesOf(source), RULES, "X", "own");
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("the head of a form", () => {
  test("says whose it is and what goes before it, without its own names", () => {
    const source = form(META, part("model", "small"), part("note", "SECRET-7f3a"), FILE);
    const head = headOf(source);
    if (head === null || typeof head === "string") throw new Error(String(head));
    expect([text(head.metadata), head.type]).toEqual([WHOSE, "audio/wav"]);
    expect(text(head.opening)).toBe(
      '--own\r\nContent-Disposition: form-data; name="model"\r\n\r\nsmall\r\n' +
        '--own\r\nContent-Disposition: form-data; name="file"; filename="recording.wav"\r\nContent-Type: audio/wav\r\n\r\n',
    );
    expect(source.slice(head.at)).toBe("RIFF....WAVE\r\n--X--\r\n");
    expect(text(formClosing("own"))).toBe("\r\n--own--\r\n");
  });

  test.each<[string, string, string]>([
    ["audio/x-wav", "recording.wav", "audio/x-wav"],
    ["Video/MP4", "recording.mp4", "video/mp4"],
    ["audio/vnd.x-y", "recording.vnd.x-y", "audio/vnd.x-y"],
  ])("names a recording of %s by its type", (type, filename, own) => {
    const head = headOf(form(META, part("file", "RIFF", '; filename="SECRET-7f3a"', type)));
    if (head === null || typeof head === "string") throw new Error(String(head));
    expect(head.type).toBe(own);
    expect(text(head.opening)).toContain(
      `name="file"; filename="${filename}"\r\nContent-Type: ${own}\r\n\r\n`,
    );
  });

  test("is read where it needs no type, and where a file says whose it is", () => {
    for (const meta of [
      part("metadata", WHOSE),
      part("metadata", WHOSE, '; filename="a.json"', "application/json"),
    ])
      expect(headOf(form(meta, part("model", "large", "", "text/plain"), FILE))).toMatchObject({
        type: "audio/wav",
      });
  });

  test("leaves out fields where none may pass", () => {
    const source = form(META, part("model", "small"), part("constructor", "small"), FILE);
    for (const rules of [{ metadata: "metadata", file: "file" }, RULES]) {
      const head = readFormHead(bytesOf(source), rules, "X", "own");
      if (head === null || typeof head === "string") throw new Error(String(head));
      expect(text(head.opening).split("--own")).toHaveLength("fields" in rules ? 3 : 2);
      expect(text(head.opening)).not.toContain("constructor");
    }
  });

  test("is waited for until it is whole", () => {
    const source = form(META, part("model", "small"), FILE);
    const whole = source.indexOf("RIFF");
    for (let length = 1; length < whole; length++)
      expect([length, headOf(source.slice(0, length))]).toEqual([length, null]);
    expect(headOf(source.slice(0, whole))).toMatchObject({ at: whole });
  });

  test.each([
    ["the recording before whose it is", form(FILE, META), "multipart_invalid"],
    ["a field before whose it is", form(part("model", "small"), META, FILE), "multipart_invalid"],
    ["whose it is, twice", form(META, META, FILE), "multipart_invalid"],
    ["a field twice", form(META, part("model", "small"), part("model", "large"), FILE), "multipart_invalid"],
    ["a second file", form(META, part("extra", "PK", '; filename="b"'), FILE), "multipart_invalid"],
    ["a recording that is a field", form(META, part("file", "RIFF")), "multipart_invalid"],
    ["a recording of no type", form(META, part("file", "RIFF", '; filename="a"')), "part_type_unsupported"],
    ["whose it is, as text", form(part("metadata", WHOSE, "", "text/plain"), FILE), "part_type_unsupported"],
    [
      "a field of JSON",
      form(META, part("model", '"small"', "", "application/json"), FILE),
      "part_type_unsupported",
    ],
    ["no recording", form(META), "multipart_invalid"],
    ["nothing in it", "--X--\r\n", "multipart_invalid"],
    ["nothing in it, and no line after it", "--X--", "multipart_invalid"],
    [
      "a field of another alphabet",
      form(META, part("model", "small", "", "text/plain; charset=utf-16"), FILE),
      "part_type_unsupported",
    ],
    ["text before it", `hi\r\n${form(META, FILE)}`, "multipart_invalid"],
    ["another boundary", form(META, FILE).replaceAll("--X", "--Y"), "multipart_invalid"],
    ["a part in base64", form(`Content-Transfer-Encoding: base64\r\n${META}`, FILE), "multipart_invalid"],
    [
      "a form inside",
      form(META, part("file", "", '; filename="a"', "multipart/mixed; boundary=Y")),
      "multipart_invalid",
    ],
  ])("refused: %s", (_, source, fault) => {
    expect(headOf(source)).toBe(fault);
  });
});

describe("the recording in it", () => {
  function read(source: string, cuts: readonly number[], boundary = "X"): string {
    const part = new MediaPart(boundary);
    let own = "";
    let from = 0;
    for (const to of [...cuts, source.length]) {
      const got = part.next(bytesOf(source.slice(from, to)));
      if (typeof got === "string") return got;
      own += text(got);
      from = to;
    }
    return part.end() ?? own;
  }

  test("is the same however it is cut, whatever in it looks like a boundary", () => {
    const seed = seedOfRun();
    const r = random(seed);
    for (let n = 0; n < 500; n++) {
      const pieces = Array.from({ length: r.int(0, 12) }, () =>
        r.pick(["\r\n", "--", "\r\n--", "X", "-", "\r", "ab", "\r\n-"]),
      );
      const recording = pieces.join("").replaceAll("\r\n--X", "");
      const source = `${recording}\r\n--X--${r.pick(["", "\r\n"])}`;
      if (source.indexOf("\r\n--X") !== recording.length) continue;
      const cuts = Array.from({ length: r.int(0, 6) }, () => r.int(0, source.length)).sort((a, b) => a - b);
      expect(read(source, cuts), `TENFOUR_SEED=${seed}`).toBe(recording);
    }
  });

  test.each([
    ["a part after it", `RIFF\r\n--X\r\n${META}\r\n--X--\r\n`, "multipart_invalid"],
    ["text after the form", "RIFF\r\n--X--\r\nSECRET-7f3a", "multipart_invalid"],
    ["two line breaks after it", "RIFF\r\n--X--\r\n\r\n", "multipart_invalid"],
    ["a longer boundary", "RIFF\r\n--XY--\r\n", "multipart_invalid"],
    ["no end", "RIFF", "body_truncated"],
    ["an end of another kind", "--\r\n", "body_truncated"],
    ["half an end", "RIFF\r\n--X", "body_truncated"],
    ["most of an end", "RIFF\r\n--X-", "body_truncated"],
    ["an end without its line", "RIFF\r\n--X--\r", "body_truncated"],
  ])("refused: %s", (_, source, fault) => {
    expect(read(source, [])).toBe(fault);
    expect(
      read(
        source,
        Array.from({ length: source.length }, (_n, i) => i),
      ),
    ).toBe(fault);
  });
});

describe("what is said of it", () => {
  const items = (source: string) => readMetadata(bytesOf(source), "none");

  test("is read as an envelope is", () => {
    expect(items(WHOSE)).toMatchObject([
      { account: "acme", conversation: "m1", speaker: "ana", kind: "audio" },
    ]);
    expect(
      items('{"account":"acme","speaker":"ana","private_to":"ana","captured_until":"1970-01-01T00:00:01Z"}'),
    ).toMatchObject([{ account: "acme", privateTo: ["ana"], capturedUntil: 1_000 }]);
    expect(items('{"account":"acme","speakers":["ana","bo"]}')).toMatchObject([
      { speaker: "ana" },
      { speaker: "bo" },
    ]);
  });

  test.each([
    ["with more than is read", `${WHOSE.slice(0, -1)},"consent":false}`],
    ["under another name", WHOSE.replace("account", "Account")],
  ])("is nobody's %s", (_, source) => {
    const read = items(source);
    if ("fault" in read) throw new Error(read.fault);
    expect(read).toMatchObject([{ account: null, kind: null }]);
  });

  test.each([
    ["", "body_empty"],
    ["acme", "json_syntax"],
    ['"acme"', "record_not_object"],
    [`[${WHOSE}]`, "record_not_object"],
    [`[{},${WHOSE}]`, "record_not_object"],
    ["[]", "record_not_object"],
    [`${WHOSE}${WHOSE}`, "json_syntax"],
    ['{"account":"acme","account":"beta"}', "json_duplicate_key"],
  ])("%s is none", (source, fault) => {
    expect(items(source)).toMatchObject({ fault });
  });
});
