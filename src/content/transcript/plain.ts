/**
 * A plain transcript to pieces: `Ana: Good morning.`, a line each. A time before the name is passed over: whether it is one of day or counts from
 * the beginning, nobody can tell. A line that names nobody is nobody's.
 */
import { linesOf, nameBefore } from "./lines.ts";
import type { Piece } from "./piece.ts";

const STAMP = /^(?:\[[\d:., ]{4,32}\]|\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?)[ \t]+/;

/** null: it is too long. */
export function readPlain(text: string): readonly Piece[] | null {
  const pieces = linesOf(text)?.map(({ text: line, start, end }): Piece => {
    // Of an empty one no more than what ends it.
    if (line.trim() === "") return { start, end, stripped: "\r\n".slice(2 - (end - start - line.length)) };
    return { start, end, speakers: [nameBefore(line.replace(STAMP, "")) ?? ""] };
  });
  return pieces ?? null;
}
