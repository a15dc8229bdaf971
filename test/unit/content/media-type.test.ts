import { expect, test } from "vitest";
import { MEDIA_TYPES } from "../../../src/config/documents.ts";
import { unknownContent } from "../../../src/content/content-reader.ts";
import { ofType, startsAs } from "../../../src/content/media-type.ts";
import type { Kind } from "../../../src/decision/model.ts";

const text = (chars: string) => Uint8Array.from(chars, (char) => char.charCodeAt(0));

/** How files of each kind begin. */
const HEADS = {
  wav: text("RIFF\x24\x08\0\0WAVEfmt "),
  rifx: text("RIFX\x24\x08\0\0WAVEfmt "),
  mp3: text("ID3\x04\0\0"),
  mp3Frame: text("\xff\xfb\x90\x44"),
  utf16: text("\xff\xfeS\0E\0C\0"),
  mpegOfNoVersion: text("\xff\xeb\x90\x44"),
  mp4: text("\0\0\0\x20ftypisom"),
  aac: text("\xff\xf1\x50\x80"),
  flac: text("fLaC\0\0\0\x22"),
  ogg: text("OggS\0\x02"),
  ebml: text("\x1a\x45\xdf\xa3"),
  zip: text("PK\x03\x04"),
  avi: text("RIFF\x24\x08\0\0AVI LIST"),
  json: text('{"text":'),
  jpeg: text("\xff\xd8\xff\xe0"),
  nothing: text(""),
  short: text("RIFF"),
} as const;

const ISO = ["audio/mp4", "audio/m4a", "audio/x-m4a", "video/mp4", "video/quicktime"];
const BEGIN: Readonly<Record<keyof typeof HEADS, readonly string[]>> = {
  wav: ["audio/wav", "audio/x-wav"],
  rifx: [],
  mp3: ["audio/mpeg", "audio/aac"],
  mp3Frame: ["audio/mpeg"],
  utf16: [],
  mpegOfNoVersion: [],
  mp4: ISO,
  aac: ["audio/aac"],
  flac: ["audio/flac"],
  ogg: ["audio/ogg", "video/ogg"],
  ebml: ["audio/webm", "video/webm", "video/x-matroska"],
  zip: [],
  avi: [],
  json: [],
  jpeg: [],
  nothing: [],
  short: [],
};

test.each(Object.keys(HEADS) as (keyof typeof HEADS)[])("what begins as %s is of its types alone", (head) => {
  expect(MEDIA_TYPES.filter((type) => startsAs(type, HEADS[head]))).toEqual(
    MEDIA_TYPES.filter((type) => BEGIN[head].includes(type)),
  );
});

test("a type that is not in the list begins as nothing", () => {
  expect(startsAs("toString", HEADS.wav)).toBe(false);
});

test.each<[string, Kind | null, readonly (Kind | null)[]]>([
  ["video/mp4", "audio", ["audio", "video"]],
  ["video/mp4", "video", ["video"]],
  ["video/mp4", "screen", ["screen"]],
  ["video/mp4", null, [null, "video"]],
  ["audio/wav", "audio", ["audio"]],
  ["audio/wav", "summary", ["summary", "audio"]],
  ["audio/mp4", "video", ["video", "audio"]],
])("%s said to be %s is decided on as %s", (type, kind, kinds) => {
  const item = { ...unknownContent("none"), kind };
  const items = ofType([item, { ...item, speaker: "ana" }], type);
  expect(items.map((one) => (one.type === "content" ? [one.speaker, one.kind] : null))).toEqual(
    [null, "ana"].flatMap((speaker) => kinds.map((one) => [speaker, one])),
  );
});

test("a frame of audio is told by its sync, version and layer", () => {
  for (let byte = 0; byte < 256; byte++) {
    const [sync, version, layer] = [byte >> 5, (byte >> 3) & 3, (byte >> 1) & 3];
    for (const first of [0xff, 0xfe]) {
      const head = Uint8Array.of(first, byte, 0, 0);
      const synced = first === 0xff && sync === 7;
      expect([byte, startsAs("audio/mpeg", head)]).toEqual([
        byte,
        synced && version !== 1 && [1, 2].includes(layer),
      ]);
      expect([byte, startsAs("audio/aac", head)]).toEqual([byte, synced && version >= 2 && layer === 0]);
    }
  }
});

test("what is no content is of no kind, and a video is whatever begins with that word", () => {
  expect(ofType([{ type: "service_data" }], "video/mp4")).toEqual([{ type: "service_data" }]);
  const item = { ...unknownContent("none"), kind: "whiteboard" } as const;
  expect(ofType([item], "video/mp4")).toEqual([item]);
  expect(ofType([item], "audio/video/")).toEqual([item, { ...item, kind: "audio" }]);
});
