/** Formats that are read whole, and media that are passed whole: what a deployer says of them. Types and names, nothing else. */
import type { Kind } from "../decision/model.ts";
import type { FieldRules, Pointer, ValueRule } from "./fields.ts";

/** One format, by its name. */
export type DocumentConfig =
  | { readonly transcript: TranscriptConfig }
  | { readonly vcon: VconConfig }
  | { readonly otlp: OtlpConfig };

/**
 * WebVTT and plain transcripts. Account, conversation and when it began come with the request's headers; who speaks is in the text, by the
 * names that `Tenfour-Names` gives ids.
 */
export interface TranscriptConfig {
  /** Of a plain transcript each line begins with who speaks: `Ana: Good morning.` Default: WebVTT alone. */
  readonly plain?: boolean;
}

/** How a conversation in the vCon format says whose it is. All is optional. */
export interface VconConfig {
  /** Members of a party that say who it is, in this order: the first that is there. Default `uuid`, `mailto`, `tel`. */
  readonly person?: readonly string[];
  /**
   * A party of whom none of those is there and one of these members has one of these words stands for everybody present, e.g.
   * `{ role: ["attendee"] }`. Default: it is nobody, and what it takes part in goes nowhere.
   */
  readonly everybody?: Readonly<Record<string, readonly string[]>>;
  /** Where in the vCon the account and the conversation are, e.g. `/uuid`; a header that says otherwise makes it nobody's. Default: headers. */
  readonly account?: Pointer;
  readonly conversation?: Pointer;
  /** Kinds of content beyond those known: see docs/formats/vcon.md. */
  readonly kinds?: {
    /** By `type` of a dialog, where its media type does not say. Default `{ text: "chat" }`. */
    readonly dialog?: Readonly<Record<string, Kind>>;
    /** By `type` of an analysis. */
    readonly analysis?: Readonly<Record<string, Kind>>;
    /** By `purpose` (or `type`) of an attachment. Default: each is a `file`. */
    readonly attachment?: Readonly<Record<string, Kind>>;
    /** Of what is said about the whole conversation, such as its subject. Default `summary`. */
    readonly conversation?: Kind;
  };
  /**
   * What a purpose forbids that a `lawful_basis` attachment does not grant: these kinds. Any other forbids all.
   * Default `{ recording: ["audio", "video", "screen"], transcription: ["transcript"] }`.
   */
  readonly grants?: Readonly<Record<string, readonly Kind[]>>;
  /** What may stay of a party without its consent. Default its `type` and `role`, if they are words known. */
  readonly party_fields?: FieldRules;
}

export const OTLP_SIGNALS = ["traces", "metrics", "logs"] as const;
export type OtlpSignal = (typeof OTLP_SIGNALS)[number];

/** OTLP over HTTP, JSON and protobuf: telemetry of one signal, reduced to what cannot hold content. */
export interface OtlpConfig {
  readonly signal: OtlpSignal;
  /** Attributes that may stay besides those the product knows, by key, e.g. `{ "session.id": "id" }`; they replace its own rules. */
  readonly attributes?: Readonly<Record<string, ValueRule>>;
}

/** Types of recordings whose first bytes are known. */
export const MEDIA_TYPES = [
  "audio/wav",
  "audio/x-wav",
  "audio/mpeg",
  "audio/mp4",
  "audio/m4a",
  "audio/x-m4a",
  "audio/aac",
  "audio/flac",
  "audio/ogg",
  "audio/webm",
  "video/mp4",
  "video/quicktime",
  "video/webm",
  "video/x-matroska",
  "video/ogg",
] as const;
export type MediaType = (typeof MEDIA_TYPES)[number];
