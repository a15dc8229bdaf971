/** Lines of a text, and the name a line begins with. */

export interface TextLine {
  /** Without what ends it: LF or CRLF. */
  readonly text: string;
  readonly start: number;
  /** After what ends it. */
  readonly end: number;
}

export function linesOf(text: string): readonly TextLine[] {
  const lines: TextLine[] = [];
  for (let start = 0; start < text.length; ) {
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
  return at <= 0 || name === "" || name.length > NAME_CHARS_MAX ? null : name;
}
