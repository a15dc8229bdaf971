/** Formats that are read whole, and media that are passed whole: what a deployer says of them. Types and names, nothing else. */

/** One format, by its name. */
export type DocumentConfig = { readonly transcript: TranscriptConfig };

/**
 * WebVTT and plain transcripts. Account, conversation and when it began come with the request's headers; who speaks is in the text, by the
 * names that `Tenfour-Names` gives ids.
 */
export interface TranscriptConfig {
  /** Of a plain transcript each line begins with who speaks: `Ana: Good morning.` Default: WebVTT alone. */
  readonly plain?: boolean;
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
