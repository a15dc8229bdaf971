/**
 * WebVTT (W3C) to pieces. Strict where readers differ: blocks are parted by blank lines, a cue's text holds no arrow. A cue speaks with the voices
 * its tags name (`<v Ana>`), or, without any, those its lines begin with (`Ana: `).
 */
import { goesOn, linesOf, nameBefore, type TextLine } from "./lines.ts";
import type { Piece } from "./piece.ts";

/** As little as a transcript begins with. */
const BARE = "WEBVTT\n\n";
const HEADER = /^WEBVTT(?:[ \t].*)?$/;
const STAMP = String.raw`(?:(\d{2,4}):)?([0-5]\d):([0-5]\d)\.(\d{3})`;
const TIMING = new RegExp(`^${STAMP}[ \\t]+-->[ \\t]+${STAMP}(?:[ \\t].*)?$`);
/** Tags other than voices, which change nothing of who speaks. Each from where it is looked for, and of bounded length. */
const OTHER_TAG =
  /<(?:\/?(?:c|i|b|u|ruby|rt)(?:\.[^\s.<>&]{1,64}){0,8}|\/?lang(?:\.[^\s.<>&]{1,64}){0,8}(?:[ \t]{1,64}[A-Za-z0-9-]{1,64})?|(?:\d{2,4}:)?[0-5]\d:[0-5]\d\.\d{3})>/y;
const VOICE = /<v(?:\.[^\s.<>&]{1,64}){0,8}[ \t]{1,64}([^<>&\s][^<>&\n]{0,255})>/y;
const VOICE_ENDS = "</v>";

/** Voices of one cue: with more, one of them is nobody. */
const VOICES_MAX = 100;

/** null: it is no WebVTT that all readers would read alike. */
export function readVtt(text: string): readonly Piece[] | null {
  const lines = linesOf(text);
  const first = lines?.[0];
  if (lines === null || first === undefined || !HEADER.test(first.text)) return null;
  const pieces: Piece[] = [];
  let blockStart = 0;
  for (let i = 0; i < lines.length; ) {
    let end = i;
    while (end < lines.length && lines[end]!.text !== "") end++;
    const block = lines.slice(i, end);
    // The blank lines after a block are its own: what is removed leaves none behind.
    while (end < lines.length && lines[end]!.text === "") end++;
    const until = end < lines.length ? lines[end]!.start : text.length;
    const piece = i === 0 ? header(block, until) : blockPiece(block, blockStart, until);
    if (piece === null) return null;
    pieces.push(...piece);
    i = end;
    blockStart = until;
  }
  return pieces;
}

/** The first line says what it is; what else stands there is anybody's text. */
function header(block: readonly TextLine[], until: number): readonly Piece[] | null {
  if (block.some(({ text }) => text.includes("-->"))) return null;
  const bare = block.length === 1 && block[0]!.text.trimEnd() === "WEBVTT";
  if (bare) return [{ start: 0, end: until, stripped: BARE }];
  return [{ start: 0, end: until, speakers: null, stripped: BARE, remains: BARE }];
}

function blockPiece(block: readonly TextLine[], start: number, end: number): readonly Piece[] | null {
  const timing = block.findIndex(({ text }) => text.includes("-->"));
  // NOTE, STYLE, REGION, or text that belongs to no cue: whatever it says, it is of the whole conversation.
  if (timing < 0) return [{ start, end, speakers: null }];
  if (timing > 1) return null;
  const line = block[timing]!.text;
  const match = TIMING.exec(line);
  const said = block.slice(timing + 1);
  if (match === null || said.some(({ text }) => text.includes("-->"))) return null;
  const from = milliseconds(match, 1);
  const to = milliseconds(match, 5);
  if (to < from) return null;
  const speakers = speakersOf(said.map(({ text }) => text));
  const [begins, , ends] = line.split(/[ \t]+/, 3);
  return [{ start, end, speakers, from, to, stripped: `${begins} --> ${ends}\n\n` }];
}

function milliseconds(match: RegExpExecArray, at: number): number {
  const [hours, minutes, seconds, rest] = match.slice(at, at + 4).map((part) => Number(part ?? 0));
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1_000 + rest!;
}

function speakersOf(lines: readonly string[]): readonly string[] {
  const text = lines.join("\n");
  return /<v[\s.>]/.test(text) ? voices(text) : prefixes(lines);
}

/** Everybody with a voice tag; "" too, if anything is said outside of one or cannot be told. */
function voices(text: string): readonly string[] {
  const found = new Set<string>();
  let speaking = false;
  for (let i = 0; i < text.length; ) {
    const opens = text.indexOf("<", i);
    const tagAt = opens < 0 ? text.length : opens;
    if (!speaking && text.slice(i, tagAt).trim() !== "") found.add("");
    if (opens < 0) break;
    const tag = tagThere(text, opens);
    if (tag === null || found.size > VOICES_MAX) return [...found, ""];
    if (tag.voice !== null) found.add(tag.voice);
    speaking = tag.voice !== null || (speaking && !tag.ends);
    i = tag.end;
  }
  return [...found];
}

/** The tag that begins at `at`; null: none that is known. */
function tagThere(text: string, at: number) {
  VOICE.lastIndex = at;
  const voice = VOICE.exec(text);
  if (voice !== null) {
    const name = voice[1]!.trim().replace(/[ \t]+/g, " ");
    return { voice: name, ends: false, end: VOICE.lastIndex };
  }
  if (text.startsWith(VOICE_ENDS, at)) return { voice: null, ends: true, end: at + VOICE_ENDS.length };
  OTHER_TAG.lastIndex = at;
  return OTHER_TAG.test(text) ? { voice: null, ends: false, end: OTHER_TAG.lastIndex } : null;
}

/** A line that names nobody goes on with what the one before it said, if it surely does; the first has to name somebody. */
function prefixes(lines: readonly string[]): readonly string[] {
  const found = new Set<string>();
  let sure = lines.length > 0;
  for (const [i, line] of lines.entries()) {
    const plain = untagged(line);
    const name = nameBefore(line);
    if (name !== null) found.add(name);
    sure &&= plain !== null && (name !== null || (i > 0 && goesOn(plain))) && found.size <= VOICES_MAX;
    if (!sure) break;
  }
  return sure ? [...found] : [...found, ""];
}

/** The line without tags; null: it has one that nobody knows. */
function untagged(line: string): string | null {
  let text = "";
  for (let i = 0; ; ) {
    const opens = line.indexOf("<", i);
    if (opens < 0) return text + line.slice(i);
    OTHER_TAG.lastIndex = opens;
    if (!OTHER_TAG.test(line)) return null;
    text += line.slice(i, opens);
    i = OTHER_TAG.lastIndex;
  }
}
