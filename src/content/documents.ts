/** The formats that are read whole, each with what makes a reader of it: one line a format. */
import type { DocumentConfig } from "../config/documents.ts";
import type { DocumentReader } from "./document.ts";
import { compileOtlp } from "./otlp/otlp.ts";
import { compileTranscript } from "./transcript/transcript.ts";
import { compileVcon } from "./vcon/compile.ts";

/** The configuration has been checked: it names one format. */
export function compileDocument(config: DocumentConfig): DocumentReader {
  if ("vcon" in config) return compileVcon(config.vcon);
  return "otlp" in config ? compileOtlp(config.otlp) : compileTranscript(config.transcript);
}
