/** Whether the first bytes of a recording are those of the type it is said to be: a text or an archive under its name is none. Pure. */
import type { MediaType } from "../config/documents.ts";

/** How many of the first bytes are looked at. */
export const SNIFF_BYTES = 512;

type Test = (head: Uint8Array) => boolean;

function has(text: string, at = 0): Test {
  return (head) => [...text].every((char, i) => head[at + i] === char.charCodeAt(0));
}

function both(a: Test, b: Test): Test {
  return (head) => a(head) && b(head);
}

function either(a: Test, b: Test): Test {
  return (head) => a(head) || b(head);
}

/** An MPEG audio frame's sync, of a layer that there is. */
const mpegFrame: Test = (head) => head[0] === 0xff && (head[1]! & 0xe0) === 0xe0 && (head[1]! & 0x06) !== 0;
/** An AAC frame's: the same, with layer 0. */
const adtsFrame: Test = (head) => head[0] === 0xff && (head[1]! & 0xf6) === 0xf0;

const wav = both(has("RIFF"), has("WAVE", 8));
const isoMedia = has("ftyp", 4);
const ogg = has("OggS");
const ebml = has("\x1a\x45\xdf\xa3");

const TESTS: Readonly<Record<MediaType, Test>> = {
  "audio/wav": wav,
  "audio/x-wav": wav,
  "audio/mpeg": either(has("ID3"), mpegFrame),
  "audio/mp4": isoMedia,
  "audio/m4a": isoMedia,
  "audio/x-m4a": isoMedia,
  "audio/aac": either(has("ID3"), adtsFrame),
  "audio/flac": has("fLaC"),
  "audio/ogg": ogg,
  "audio/webm": ebml,
  "video/mp4": isoMedia,
  "video/quicktime": isoMedia,
  "video/webm": ebml,
  "video/x-matroska": ebml,
  "video/ogg": ogg,
};

/** `head`: the first `SNIFF_BYTES` bytes or more, or all there are. */
export function startsAs(mediaType: string, head: Uint8Array): boolean {
  return Object.hasOwn(TESTS, mediaType) && TESTS[mediaType as MediaType](head);
}
