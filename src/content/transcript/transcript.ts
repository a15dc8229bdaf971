/**
 * WebVTT, and plain transcripts a line of each speaker. An item is a cue or a line; who speaks is what the text says, by the names the request
 * gives ids to. A name that is unknown or stands for two is nobody. Pure.
 */
import { isUtf8 } from "node:buffer";
import type { TranscriptConfig } from "../../config/documents.ts";
import { LIMITS } from "../../config/limits.ts";
import type { ContentItem, Kind } from "../../decision/model.ts";
import type { Document, DocumentHead, DocumentItem, DocumentReader, Fate } from "../document.ts";
import type { ContentFault } from "../fault.ts";
import { readId } from "../ids.ts";
import type { Piece } from "./piece.ts";
import { readPlain } from "./plain.ts";
import { readVtt } from "./vtt.ts";

const VTT = "text/vtt";
const PLAIN = "text/plain";
const KIND: Kind = "transcript";
/** Stands for whoever speaks and is none that anybody knows. */
const NOBODY = "";

/** Characters that end a line for some readers and not for others, or are no text. */
const UNREADABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]|\r(?!\n)/;

export function compileTranscript({ plain = false }: TranscriptConfig): DocumentReader {
  return {
    mediaTypes: plain ? [VTT, PLAIN] : [VTT],
    read(bytes, head) {
      const fault = (code: ContentFault["fault"]): ContentFault => ({ fault: code, index: 0 });
      if (!isUtf8(bytes)) return fault("json_utf8");
      const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
      if (UNREADABLE.test(text)) return fault("transcript_invalid");
      const pieces = (head.mediaType === VTT ? readVtt : readPlain)(text);
      if (pieces === null || decisions(pieces) > LIMITS.transcript_lines_max)
        return fault("transcript_invalid");
      return new Transcript(bytes, text, pieces, head);
    },
  };
}

/** At most. */
function decisions(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { speakers }) => sum + (speakers?.length ?? 1), 0);
}

class Transcript implements Document {
  readonly items: readonly DocumentItem[];
  readonly #bytes: Uint8Array;
  readonly #text: string;
  readonly #pieces: readonly Piece[];

  constructor(bytes: Uint8Array, text: string, pieces: readonly Piece[], head: DocumentHead) {
    this.#bytes = bytes;
    this.#text = text;
    this.#pieces = pieces;
    this.items = pieces.flatMap((piece) => (piece.speakers === undefined ? [] : [itemOf(piece, head)]));
  }

  write(fates: readonly Fate[]): Uint8Array | null {
    if (fates.every((fate) => fate === "gone")) return null;
    if (fates.every((fate) => fate === "whole")) return this.#bytes;
    let next = 0;
    let text = "";
    for (const piece of this.#pieces) {
      const { start, end, stripped, remains = "" } = piece;
      const fate = piece.speakers === undefined ? "stripped" : fates[next++]!;
      if (fate === "whole") text += this.#text.slice(start, end);
      else text += (fate === "stripped" ? stripped : undefined) ?? remains;
    }
    return new TextEncoder().encode(text);
  }
}

function itemOf({ speakers, from, to, stripped }: Piece, head: DocumentHead): DocumentItem {
  const { attribution, signal } = head;
  const { account, conversation, capturedAt, capturedUntil, labels } = attribution;
  const begins = capturedAt === null || from === undefined ? capturedAt : capturedAt + from;
  const ends = capturedAt === null || to === undefined ? capturedUntil : capturedAt + to;
  const said = (speaker: string | null): ContentItem => ({
    type: "content",
    account,
    conversation,
    speaker,
    privateTo: null,
    kind: KIND,
    capturedAt: begins,
    capturedUntil: ends,
    labels,
    signal,
  });
  const ids = (speakers ?? []).map((name) => idOf(name, head));
  return {
    items: ids.length === 0 ? [said(null)] : [...new Set(ids)].map(said),
    excess: "none",
    strippable: stripped !== undefined,
  };
}

function idOf(name: string, { attribution }: DocumentHead): string {
  if (name === "") return NOBODY;
  return (attribution.names === null ? readId(name) : attribution.names.get(name)) ?? NOBODY;
}
