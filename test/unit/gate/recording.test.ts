/** A recording as it comes: whose it is, how long it is said to be, and its own bytes, however its body is cut; and all of it measured. */
import { describe, expect, test } from "vitest";
import { KeyedDigest } from "../../../src/base/digest.ts";
import { FORM_HEAD_BYTES_MAX } from "../../../src/content/form/media-form.ts";
import type { MediaAdmission } from "../../../src/gate/admit.ts";
import type { Body } from "../../../src/gate/body.ts";
import { partOfForm, type Recording, wholeBody } from "../../../src/gate/recording.ts";
import { bodyOf, DIGEST_KEY, digestOf } from "./windows-of.ts";

const FORM = { metadata: "metadata", file: "file", fields: { note: "id" } };
const admission = (over: object = {}): MediaAdmission =>
  ({
    route: { mediaForm: FORM, mediaTypes: ["audio/wav"] },
    mediaType: "audio/wav",
    boundary: "b",
    ...over,
  }) as unknown as MediaAdmission;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function all(recording: Recording): Promise<string> {
  let read = "";
  for (let piece = await recording.read(); piece !== null; piece = await recording.read()) {
    expect(piece.length).toBeGreaterThan(0);
    read += text(piece);
  }
  return read;
}

/** A body that counts how often it is read. */
function counted(pieces: readonly string[]): { body: Body; reads: () => number } {
  const body = bodyOf(pieces);
  let reads = 0;
  const read = () => {
    reads += 1;
    return body.read();
  };
  return { body: { read } as unknown as Body, reads: () => reads };
}

const part = (name: string, value: string, more = "", type = "") =>
  `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n${type === "" ? "" : `Content-Type: ${type}\r\n`}\r\n${value}\r\n`;
const file = (bytes: string, type = "audio/wav") => part("file", bytes, '; filename="a.wav"', type);
const WHOSE = '{"account":"acme","conversation":"m1","speaker":"ana","kind":"audio"}';
const META = part("metadata", WHOSE);
const whole = `${META}${file("RIFF...")}--b--\r\n`;

async function read(pieces: readonly string[], over: object = {}) {
  const received = new KeyedDigest(DIGEST_KEY);
  const { body, reads } = counted(pieces);
  const recording = await partOfForm(admission(over), body, received, "none", "own");
  return { recording, received, reads };
}

describe("in a body of its own", () => {
  const headers = { "tenfour-account": "acme", "tenfour-speaker": "ana", "tenfour-kind": "audio" };
  const of = (more: Record<string, string> = {}) => {
    const received = new KeyedDigest(DIGEST_KEY);
    const body = bodyOf(["RI", "FF"]);
    return {
      received,
      recording: wholeBody(new Headers({ ...headers, ...more }), admission(), body, received, "disallows"),
    };
  };

  test("is its headers', of its type, with nothing around it", async () => {
    const { recording, received } = of();
    expect(recording.items).toMatchObject([
      { type: "content", account: "acme", speaker: "ana", kind: "audio", signal: "disallows" },
    ]);
    expect([recording.type, recording.opening.length, recording.closing.length]).toEqual(["audio/wav", 0, 0]);
    expect(await all(recording)).toBe("RIFF");
    expect(received.end()).toEqual(digestOf("RIFF"));
  });

  test("is as long as its sender says, if that was said", () => {
    expect(of().recording.length).toBeNull();
    expect(of({ "content-length": "4" }).recording.length).toBe(4);
  });
});

describe("in a form", () => {
  test.each([1, 2, 7, 50, 1_000])(
    "cut into pieces of %i bytes: the same recording, all of it measured",
    async (size) => {
      const pieces = whole.match(new RegExp(`[^]{1,${size}}`, "g"))!;
      const { recording, received } = await read(pieces);
      expect(recording.items).toMatchObject([{ account: "acme", conversation: "m1", speaker: "ana" }]);
      expect([recording.type, recording.length]).toEqual(["audio/wav", null]);
      expect(text(recording.opening)).toContain('--own\r\nContent-Disposition: form-data; name="file"');
      expect(text(recording.closing)).toBe("\r\n--own--\r\n");
      expect(await all(recording)).toBe("RIFF...");
      expect(received.end()).toEqual(digestOf(whole));
    },
  );

  test("takes the request's signal with it", async () => {
    const recording = await partOfForm(
      admission(),
      bodyOf([whole]),
      new KeyedDigest("k"),
      "disallows",
      "own",
    );
    expect(recording.items).toMatchObject([{ signal: "disallows" }]);
  });

  test.each<[name: string, pieces: readonly string[], code: string, over?: object]>([
    ["nothing", [], "body_empty"],
    ["no whole head", [META], "body_truncated"],
    ["no head that can be read", ["nonsense that is no form"], "multipart_invalid"],
    ["metadata that is no JSON", [whole.replace(WHOSE, "{")], "body_truncated"],
    ["metadata of several", [whole.replace(WHOSE, `[${WHOSE}]`)], "record_not_object"],
    ["a type the route does not take", [whole.replace("audio/wav", "audio/mpeg")], "part_type_unsupported"],
    ["no boundary", [whole], "internal_error", { boundary: null }],
    ["no rules for it", [whole], "internal_error", { route: { mediaForm: null, mediaTypes: ["audio/wav"] } }],
  ])("of %s is refused before anything of it is taken", async (_, pieces, code, over) => {
    await expect(read(pieces, over)).rejects.toMatchObject({ code });
  });

  test("says of which item metadata is wrong", async () => {
    await expect(read([whole.replace(WHOSE, "{")])).rejects.toMatchObject({ index: 0 });
  });

  test.each([
    ["does not end", whole.slice(0, -8), "body_truncated"],
    ["ends in half a boundary", whole.slice(0, -5), "body_truncated"],
    ["goes on", `${whole}more`, "multipart_invalid"],
  ])("that %s is no recording", async (_, source, code) => {
    const { recording } = await read([source.slice(0, -3), source.slice(-3)]);
    await expect(all(recording)).rejects.toMatchObject({ code });
  });
});

describe("the head of a form", () => {
  /** A head of so many bytes, without its file. */
  const padded = (bytes: number) => {
    const empty = `${META}${part("note", "")}`;
    return `${META}${part("note", "x".repeat(bytes - empty.length))}`;
  };
  const drops = (source: string, size: number) => source.match(new RegExp(`[^]{1,${size}}`, "g"))!;
  const rest = `${file("R".repeat(5_000))}--b--\r\n`;

  test("is looked at with every piece while it is short", async () => {
    const head = padded(3_800);
    const { reads } = await read([head.slice(0, 3_700), ...drops(head.slice(3_700) + rest, 20)]);
    // Another 100 of the note, and some for the file's own head.
    expect(reads()).toBeLessThan(13);
  });

  test.each([
    [4_096, 2],
    [4_097, 3],
  ])("is looked at once more at %i bytes, after %i pieces", async (bytes, expected) => {
    const head = `${padded(3_950)}${file("R")}`.slice(0, -2);
    const first = head.slice(0, 4_000);
    const second = head.slice(4_000).padEnd(bytes - 4_000, "R");
    const { reads } = await read([first, second, "R".repeat(2_000), "R"]);
    expect(reads()).toBe(expected);
  });

  test("that came in drops is looked at once half as much more has come, and no sooner", async () => {
    const head = padded(5_100);
    const source = `${head}${rest}`;
    const { reads } = await read([source.slice(0, 5_000), ...drops(source.slice(5_000), 100)]);
    expect(reads()).toBe(1 + 25);
  });

  test("is looked at when nothing more comes", async () => {
    const head = padded(5_100);
    const source = `${head}${file("RIFF")}--b--\r\n`;
    const { recording, reads } = await read([source.slice(0, 5_000), source.slice(5_000)]);
    expect(reads()).toBe(3);
    expect(await all(recording)).toBe("RIFF");
  });

  test("is no longer than it may be", async () => {
    const long = padded(FORM_HEAD_BYTES_MAX + 10).slice(0, FORM_HEAD_BYTES_MAX);
    await expect(read([long, rest])).rejects.toMatchObject({ code: "record_too_large", index: 0 });
    await expect(read([long.slice(0, -1), "x", rest])).rejects.toMatchObject({ code: "record_too_large" });
  });

  test.each([
    ["at once", (source: string) => [source]],
    ["in two pieces", (source: string) => [source.slice(0, 60_000), source.slice(60_000)]],
    ["cut within the last bytes", (source: string) => [source.slice(0, -5_050), source.slice(-5_050)]],
  ])("is as long as it may be if it comes %s", async (_, cut) => {
    const room = FORM_HEAD_BYTES_MAX - (file("").length - "\r\n".length);
    const { recording } = await read(cut(padded(room) + rest));
    expect(await all(recording)).toBe("R".repeat(5_000));
    await expect(read(cut(padded(room + 1) + rest))).rejects.toMatchObject({ code: "record_too_large" });
  });
});
