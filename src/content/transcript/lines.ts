/** Lines of a text, and the name a line begins with. */
import { LIMITS } from "../../config/limits.ts";

export interface TextLine {
  /** Without what ends it: LF or CRLF. */
  readonly text: string;
  readonly start: number;
  /** After what ends it. */
  readonly end: number;
}

/** null: there are more than may be held. */
export function linesOf(text: string): readonly TextLine[] | null {
  const lines: TextLine[] = [];
  for (let start = 0; start < text.length; ) {
    if (lines.length === LIMITS.transcript_lines_max) return null;
    const feed = text.indexOf("\n", start);
    const end = feed < 0 ? text.length : feed + 1;
    const line = text.slice(start, feed < 0 ? end : feed);
    lines.push({ text: line.endsWith("\r") ? line.slice(0, -1) : line, start, end });
    start = end;
  }
  return lines;
}

const NAME_CHARS_MAX = 128;

/** `Ana` of `Ana: Good morning.`; null: it begins with no name. */
export function nameBefore(line: string): string | null {
  const colon = line.indexOf(": ");
  const bare = line.endsWith(":") ? line.length - 1 : -1;
  const at = colon < 0 ? bare : colon;
  const name = line.slice(0, Math.max(at, 0)).trim();
  return name === "" || name.length > NAME_CHARS_MAX ? null : name;
}

/** What some reader takes for the colon after a name; between two digits it is a time. */
const COLON =
  /(?<!\d)[:\u02d0\u02f8\u05c3\u2236\ua789\ufe13\ufe30\ufe55\uff1a]|[:\u02d0\u02f8\u05c3\u2236\ua789\ufe13\ufe30\ufe55\uff1a](?!\d)/;

/**
 * Whether a line that begins with no name surely goes on with what was said before it. Not if it might name somebody in another way (`Bo:hi`,
 * `[Bo] hi`) or begins with a sign that somebody else speaks (`- hi`, `>> hi`).
 */
export function goesOn(line: string): boolean {
  return /^[\s"'\u00ab\u2018-\u201f\u00bf\u00a1.\u2026,]*[\p{L}\p{N}]/u.test(line) && !COLON.test(line);
}
