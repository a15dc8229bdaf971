/** The formats that are read whole, each with what makes a reader of it: one line a format. */
import type { DocumentConfig } from "../config/documents.ts";
import type { DocumentReader } from "./document.ts";
import { compileTranscript } from "./transcript/transcript.ts";

/** The configuration has been checked: it names one format. */
export function compileDocument(config: DocumentConfig): DocumentReader {
  return compileTranscript(config.transcript);
}
