/** What may be wrong with a body or a record of it. A closed list; `docs/reasons.md` has a paragraph for each. */
export const CONTENT_FAULTS = [
  "body_empty",
  "body_truncated",
  "body_too_large",
  "record_too_large",
  "record_not_object",
  "wrapper_invalid",
  "event_form",
  "multipart_invalid",
  "part_type_unsupported",
  "transcript_invalid",
  "media_type_differs",
  "vcon_invalid",
  "vcon_sealed",
  "otlp_invalid",
  "json_syntax",
  "json_utf8",
  "json_bom",
  "json_surrogate",
  "json_duplicate_key",
  "json_key",
  "json_number",
  "json_depth",
] as const;
export type ContentFaultCode = (typeof CONTENT_FAULTS)[number];

export interface ContentFault {
  readonly fault: ContentFaultCode;
  /** The record it was found in, counted from 0 over the whole body. */
  readonly index: number;
}
