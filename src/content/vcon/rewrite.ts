/**
 * A vCon without some of its parts: the bytes that came, less those. Arrays that others point into keep their length, as the draft asks of
 * a redaction. Writes nothing a vCon did not hold but empty places.
 */
import type { Fate } from "../document.ts";
import type { AllowList } from "./allow-list.ts";
import type { Contents, Held, Terms } from "./contents.ts";
import { Names, type Part, valuesOf } from "./json-parts.ts";
import type { Layout } from "./layout.ts";

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);
const EMPTY = encoder.encode("{}");
/** Stands where a dialog was, as draft-ietf-vcon-vcon-core-04 has it in section 4.3. */
const NO_DIALOG = encoder.encode('{"type":"recording"}');

/** What stands in the place of a part. */
interface Edit extends Part {
  readonly by: Uint8Array;
}

/** `fates`: one for each part held. null: nothing is left of them. */
export function rewrite(
  bytes: Uint8Array,
  layout: Layout,
  contents: Contents,
  terms: Terms,
  fates: readonly Fate[],
): Uint8Array | null {
  const { held } = contents;
  if (fates.length !== held.length) throw new Error("A fate is missing, or one too many.");
  if (fates.every((fate) => fate === "whole")) return bytes;
  if (fates.every((fate) => fate === "gone")) return null;
  const known = new Map(held.map(({ what, place }, part) => [`${what}/${place}`, fates[part]!]));
  const fateOf = (what: Held["what"], place: number): Fate => known.get(`${what}/${place}`) ?? "whole";

  const { parties, dialog, analysis, attachments } = layout.arrays;
  const agreed = new Set(held.flatMap((part, at) => (fates[at] === "whole" ? [...part.parties] : [])));
  const edits: Edit[] = [];
  parties.forEach((party, place) => {
    if (agreed.has(place) || terms.partyFields.passes(bytes, party)) return;
    edits.push({ ...party, by: reduced(bytes, party, terms.partyFields) });
  });
  dialog.forEach((part, place) => {
    const fate = fateOf("dialog", place);
    if (fate !== "whole")
      edits.push({ ...part, by: fate === "gone" ? NO_DIALOG : stripped(bytes, part, terms) });
  });
  edits.push(...without(analysis, (place) => fateOf("analysis", place) !== "whole"));
  const gone = (place: number) => fateOf("attachments", place) !== "whole";
  if (contents.attachmentsCounted) {
    attachments.forEach((part, place) => {
      if (gone(place)) edits.push({ ...part, by: EMPTY });
    });
  } else edits.push(...without(attachments, gone));
  if (fateOf("others", 0) !== "whole") {
    edits.push(...without(layout.members, (place) => contents.aboutAll.includes(layout.members[place]!)));
  }
  return edited(bytes, edits);
}

function reduced(bytes: Uint8Array, part: Part, fields: AllowList): Uint8Array {
  const left = fields.reduce(bytes, part);
  return left.length === 0 ? EMPTY : left;
}

const TYPE = new Names(["type", "disposition"]);

/** A dialog needs a type, and one that came to nothing a reason why. */
function stripped(bytes: Uint8Array, part: Part, terms: Terms): Uint8Array {
  const left = reduced(bytes, part, terms.strippedDialogFields);
  const { type, disposition } = valuesOf(left, { start: 0, end: left.length }, TYPE);
  const valid = type === "incomplete" ? disposition !== undefined : type !== undefined;
  return valid ? left : NO_DIALOG;
}

/** Removes the elements or members that go, each with a comma beside it. */
function without(parts: readonly Part[], goes: (place: number) => boolean): readonly Edit[] {
  const edits: Edit[] = [];
  let kept = false;
  parts.forEach((part, place) => {
    if (!goes(place)) kept = true;
    else if (kept) edits.push({ start: parts[place - 1]!.end, end: part.end, by: NOTHING });
    else edits.push({ start: part.start, end: parts[place + 1]?.start ?? part.end, by: NOTHING });
  });
  return edits;
}

function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const inOrder = edits.toSorted((a, b) => a.start - b.start);
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const { start, end, by } of inOrder) {
    pieces.push(bytes.subarray(at, start), by);
    at = end;
  }
  pieces.push(bytes.subarray(at));
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let written = 0;
  for (const piece of pieces) {
    whole.set(piece, written);
    written += piece.length;
  }
  return whole;
}
