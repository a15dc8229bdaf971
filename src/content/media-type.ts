/**
 * Of what type and kind a recording is: whether its first bytes are those of the type it is said to be, and what that says of its kind. A text or an
 * archive under its name is none. Pure.
 */
import type { MediaType } from "../config/documents.ts";
import type { Item } from "../decision/model.ts";

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

/** An MPEG audio frame's sync, of layer II or III: layer I is in no file, and begins as text in UTF-16 does. */
const mpegFrame: Test = (head) =>
  head[0] === 0xff && [0x02, 0x04].includes(head[1]! & 0x06) && isMpeg(head[1]!);
const isMpeg = (byte: number) => (byte & 0xe0) === 0xe0 && (byte & 0x18) !== 0x08;
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

const SEEN: readonly (string | null)[] = ["video", "screen", "whiteboard"];
const HEARD: readonly (string | null)[] = ["audio"];

/** The same items and, for each that is said to be of another kind than its type has, one of that kind: a video is one, whatever it is called. */
export function ofType(items: readonly Item[], mediaType: string): readonly Item[] {
  const isVideo = mediaType.startsWith("video/");
  const known = isVideo ? SEEN : HEARD;
  return items.flatMap((item): readonly Item[] => {
    if (item.type !== "content" || known.includes(item.kind)) return [item];
    return [item, { ...item, kind: isVideo ? "video" : "audio" }];
  });
}
