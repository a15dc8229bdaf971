/** Of what kind a part of a vCon is, from what it says of itself. Pure. */
import type { VconConfig } from "../../config/documents.ts";
import type { Kind } from "../../decision/model.ts";
import { Names, type Values } from "./json-parts.ts";

/** null among them: some of it is of no kind that is known. */
export type KindsOf = (said: Values) => readonly (Kind | null)[];

export interface Kinds {
  readonly dialog: KindsOf;
  readonly analysis: KindsOf;
  readonly attachment: KindsOf;
  readonly conversation: readonly Kind[];
}

/** Dialogs without content: what they say is about the conversation. `recording-set` only points at recordings. */
export const EMPTY_DIALOGS: readonly string[] = ["transfer", "incomplete", "recording-set"];

const DIALOGS: Readonly<Record<string, Kind>> = { text: "chat", audio: "audio", video: "video" };
const ANALYSES: Readonly<Record<string, Kind>> = {
  transcript: "transcript",
  wtf_transcription: "transcript",
  diarized: "transcript",
  translation: "transcript",
  tts: "audio",
  summary: "summary",
  report: "summary",
  sentiment: "summary",
};

/** `mimetype` is what `mediatype` was called before. */
export const KIND_MEMBERS = new Names(["type", "purpose", "mediatype", "mimetype"]);

export function compileKinds({ kinds = {} }: VconConfig): Kinds {
  const conversation = kinds.conversation ?? "summary";
  const dialogs = byWord({ ...DIALOGS, ...kinds.dialog });
  const analyses = byWord({ ...ANALYSES, ...kinds.analysis });
  const attachments = byWord(kinds.attachment ?? {});
  return {
    dialog: (said) => {
      const named = EMPTY_DIALOGS.includes(String(said.type)) ? conversation : dialogs(said.type);
      return listed(said, named);
    },
    analysis: (said) => listed(said, analyses(said.type), true),
    attachment: (said) => {
      const known = [said.purpose, said.type].map(attachments).filter((kind) => kind !== null);
      return [...new Set([...(known.length === 0 ? ["file" as const] : known), ...media(said)])];
    },
    conversation: [conversation],
  };
}

/** Both what the word and what the media type says; neither says anything: unknown. */
function listed(said: Values, named: Kind | null, required = false): readonly (Kind | null)[] {
  const kinds = [...media(said)];
  if (named !== null) kinds.push(named);
  else if (required || kinds.length === 0) kinds.push(null);
  return [...new Set(kinds)];
}

const MEDIA_TYPE = /^([a-z0-9][a-z0-9!#$&^_.+-]*)\/[a-z0-9][a-z0-9!#$&^_.+-]*(?:[ \t]*;[\x20-\x7e]*)?$/i;

/** What is no media type surely is of no kind: to a reader that trims it, it may be one. */
function media(said: Values): readonly (Kind | null)[] {
  const types = [said.mediatype, said.mimetype].filter((type) => (type ?? "") !== "");
  return types.flatMap((type): readonly (Kind | null)[] => {
    const top = typeof type === "string" ? MEDIA_TYPE.exec(type)?.[1]?.toLowerCase() : undefined;
    if (top === undefined) return [null];
    return top === "audio" || top === "video" ? [top] : [];
  });
}

function byWord(kinds: Readonly<Record<string, Kind>>): (word: unknown) => Kind | null {
  const known = new Map(Object.entries(kinds));
  return (word) => (typeof word === "string" ? (known.get(word) ?? null) : null);
}
