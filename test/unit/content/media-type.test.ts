import { expect, test } from "vitest";
import { MEDIA_TYPES } from "../../../src/config/documents.ts";
import { startsAs } from "../../../src/content/media-type.ts";

const text = (chars: string) => Uint8Array.from(chars, (char) => char.charCodeAt(0));

/** How files of each kind begin. */
const HEADS = {
  wav: text("RIFF\x24\x08\0\0WAVEfmt "),
  mp3: text("ID3\x04\0\0"),
  mp3Frame: text("\xff\xfb\x90\x44"),
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
  mp3: ["audio/mpeg", "audio/aac"],
  mp3Frame: ["audio/mpeg"],
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
