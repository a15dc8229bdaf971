/** What may go wrong with a request in the gate. A closed list; `docs/reasons.md` has a paragraph for each. */
import type { ContentFaultCode } from "../content/fault.ts";

export const GATE_FAULTS = [
  "host_unknown",
  "path_malformed",
  "route_unknown",
  "query_not_accepted",
  "method_not_allowed",
  "header_refused",
  "content_type_unsupported",
  "content_coding_unsupported",
  "key_missing",
  "key_malformed",
  "key_signature",
  "key_expired",
  "key_revoked",
  "route_not_permitted",
  "client_cut",
  "body_idle",
  "coding_invalid",
  "inflate_ratio",
  "hold_exceeded",
  "exchange_too_long",
  "exchange_d1_calls",
  "items_denied",
  "consent_changed",
  "not_ready",
  "clock_unavailable",
  "consent_unavailable",
  "consent_rolled_back",
  "evidence_unavailable",
  "upstream_unreachable",
  "upstream_stalled",
  "upstream_timeout",
  "upstream_redirect",
  "upstream_refused",
  "outcome_unknown",
  "internal_error",
] as const;
export type GateFaultCode = (typeof GATE_FAULTS)[number];
export type FaultCode = GateFaultCode | ContentFaultCode;

/** Thrown inside the pipeline and caught once, at its end. Carries nothing of the body. */
export class Fault extends Error {
  readonly code: FaultCode;
  /** The record it was found in, counted from 0 over the whole body. */
  readonly index: number | null;
  /** What to do next, where more is known of it than the code's own words say; never anything of the body. */
  readonly advice: string | null;

  constructor(code: FaultCode, index: number | null = null, advice: string | null = null) {
    super(code);
    this.code = code;
    this.index = index;
    this.advice = advice;
  }
}

export interface FaultWords {
  readonly status: number;
  readonly title: string;
  /** What to do next. */
  readonly advice: string;
}

/** The only place where a fault gets its status and its words. */
export const FAULT_WORDS: Readonly<Record<FaultCode, FaultWords>> = {
  host_unknown: {
    status: 421,
    title: "This gate does not answer to that host",
    advice: "Send to a host name listed in the gate's configuration.",
  },
  path_malformed: {
    status: 400,
    title: "The path is not written plainly",
    advice:
      "Send the exact path of a route: no percent-encoding, dot segments, double slashes, backslashes or semicolons.",
  },
  route_unknown: {
    status: 404,
    title: "No such route",
    advice: "Send to the exact path of a route in the gate's configuration.",
  },
  query_not_accepted: {
    status: 400,
    title: "A route takes no query",
    advice: "Remove everything from the question mark on.",
  },
  method_not_allowed: { status: 405, title: "A route takes POST only", advice: "Send a POST." },
  header_refused: {
    status: 400,
    title: "A header is repeated, malformed or not taken here",
    advice:
      "Send one Content-Type, one Authorization, no Upgrade, Range, Content-Range or Trailer, no Connection header other than close or keep-alive, an Idempotency-Key of at most 64 id characters, and attributes of an event each once, percent-encoded where they must be and nowhere else.",
  },
  content_type_unsupported: {
    status: 415,
    title: "The gate cannot read this media type on this route",
    advice:
      "Send a type the route's configuration names, such as application/json or application/x-ndjson, in UTF-8.",
  },
  content_coding_unsupported: {
    status: 415,
    title: "The gate cannot read this content coding",
    advice: "Send the body plain, or with one Content-Encoding: gzip.",
  },
  key_missing: {
    status: 401,
    title: "No producer key",
    advice:
      "Send Authorization: Bearer with a producer key from POST /v1/producer-keys, or Basic with the key as user name and no password.",
  },
  key_malformed: {
    status: 401,
    title: "The producer key is not one of this gate's",
    advice: "Send the key exactly as it was shown when it was created.",
  },
  key_signature: {
    status: 401,
    title: "The producer key is not one of this gate's",
    advice: "Send the key exactly as it was shown when it was created.",
  },
  key_expired: {
    status: 401,
    title: "The producer key has expired",
    advice: "Ask the operator for a new key.",
  },
  key_revoked: {
    status: 401,
    title: "The producer key has been revoked",
    advice: "Ask the operator for a new key.",
  },
  route_not_permitted: {
    status: 403,
    title: "The producer key does not cover this route",
    advice: "Ask the operator for a key that names this route.",
  },
  client_cut: {
    status: 400,
    title: "The request ended before its body did",
    advice: "Send the body again, whole; what had left is counted here.",
  },
  body_idle: {
    status: 408,
    title: "The body stopped coming",
    advice: "Send the body without long pauses, or in several requests.",
  },
  coding_invalid: {
    status: 400,
    title: "The gzip body is damaged or goes on after its end",
    advice: "Send one whole gzip member.",
  },
  inflate_ratio: {
    status: 413,
    title: "The body inflates too far",
    advice: "Send it plain, or in several requests.",
  },
  hold_exceeded: {
    status: 413,
    title: "The body is larger than this route can hold back",
    advice: "Send fewer items in a request: a route that rejects decides on all of them before any leaves.",
  },
  exchange_too_long: {
    status: 413,
    title: "The request took longer than one exchange may",
    advice: "Send the rest in several requests.",
  },
  exchange_d1_calls: {
    status: 413,
    title: "The body needs more look-ups than one exchange may make",
    advice: "Send the rest in several requests.",
  },
  items_denied: {
    status: 403,
    title: "Items lack consent, and this route rejects the whole body for one",
    advice:
      "Remove the items named, or obtain the consent their reason asks for; docs/reasons.md explains each.",
  },
  consent_changed: {
    status: 403,
    title: "Consent changed while the body was being forwarded",
    advice: "Send what is left again: it is decided on the new state.",
  },
  not_ready: {
    status: 503,
    title: "The gate is not set up",
    advice: "The operator must add what the gate's log names; nothing is forwarded until then.",
  },
  clock_unavailable: {
    status: 503,
    title: "The gate's clock cannot be read, so nothing may be forwarded",
    advice: "Send again after the time in Retry-After.",
  },
  consent_unavailable: {
    status: 503,
    title: "Consent state cannot be read, so nothing may be forwarded",
    advice: "Send again after the time in Retry-After.",
  },
  consent_rolled_back: {
    status: 503,
    title: "Consent state is older than what the ledger knows, so nothing may be forwarded",
    advice: "The operator must reconcile it: POST /v1/ledger/reconciliations. Send again after that.",
  },
  evidence_unavailable: {
    status: 503,
    title: "Evidence cannot be written, so nothing may be forwarded",
    advice: "Send again after the time in Retry-After.",
  },
  upstream_unreachable: {
    status: 502,
    title: "The upstream cannot be reached, or broke off",
    advice: "Ask its operator; look the exchange up before sending again.",
  },
  upstream_stalled: {
    status: 504,
    title: "The upstream stopped reading",
    advice: "Ask its operator; look the exchange up before sending again.",
  },
  upstream_timeout: {
    status: 504,
    title: "The upstream did not answer in time",
    advice: "It may have taken the body: look the exchange up before sending again.",
  },
  upstream_redirect: {
    status: 502,
    title: "The upstream answered with a redirect, which the gate never follows",
    advice: "Put the final URL into the gate's configuration.",
  },
  upstream_refused: {
    status: 502,
    title: "The upstream answered before it had the whole body",
    advice: "See upstream_status for what it said; what had left is counted here.",
  },
  outcome_unknown: {
    status: 502,
    title: "The upstream answered, but that could not be recorded",
    advice: "Treat the outcome as unknown: look the exchange up before sending again.",
  },
  internal_error: {
    status: 500,
    title: "A bug in the gate",
    advice: "Report it with the exchange id; look the exchange up before sending again.",
  },
  body_empty: { status: 400, title: "The body is empty", advice: "Send at least one record." },
  body_truncated: {
    status: 400,
    title: "The last record is cut off",
    advice: "Send the body again, whole; what had left is counted here.",
  },
  body_too_large: { status: 413, title: "The body is too large", advice: "Send it in several requests." },
  record_too_large: {
    status: 413,
    title: "A record is too large",
    advice: "Split the record at the index named.",
  },
  record_not_object: {
    status: 400,
    title: "A record is not a JSON object",
    advice: "Send one JSON object for each record.",
  },
  wrapper_invalid: {
    status: 400,
    title: "The object around the records is not as the route expects",
    advice: "Send the records once, as an array, under the name the route's configuration gives.",
  },
  event_form: {
    status: 400,
    title: "The body is not the form of CloudEvents that its type announces",
    advice:
      "Send one event, an object, as application/cloudevents+json, and several, an array, as application/cloudevents-batch+json.",
  },
  multipart_invalid: {
    status: 400,
    title: "The form is not as the route expects, or readers of forms would disagree on it",
    advice:
      "Send the file and the fields the route's configuration names, each once, with plain names and no transfer encoding.",
  },
  part_type_unsupported: {
    status: 415,
    title: "A part of the form has a type the gate cannot read",
    advice: "Send the file as application/jsonl in UTF-8, and fields as plain text.",
  },
  transcript_invalid: {
    status: 400,
    title: "Not a transcript that every reader would read alike",
    advice: "Send WebVTT, or lines that begin with who speaks, in UTF-8 without control characters.",
  },
  media_type_differs: {
    status: 415,
    title: "The body does not begin as its type does",
    advice: "Name the type the recording is of, and send it whole, neither packed nor encrypted.",
  },
  vcon_invalid: {
    status: 422,
    title: "Not a vCon the gate can take apart",
    advice:
      "Send the unsigned form: parties, dialog, analysis and attachments as arrays of objects, and no critical extensions; what is very large, in parts.",
  },
  vcon_sealed: {
    status: 415,
    title: "A signed or encrypted vCon",
    advice:
      "Send the unsigned form that was signed, over this route; the gate opens no seal, and never alters what one covers.",
  },
  otlp_invalid: {
    status: 400,
    title: "The body is not an OTLP request of this route's signal",
    advice:
      "Send an ExportServiceRequest of the signal the route is for, with each field once and as its type is written.",
  },
  json_syntax: { status: 400, title: "Not JSON", advice: "Mend the record at the index named." },
  json_utf8: { status: 400, title: "Not UTF-8", advice: "Send UTF-8." },
  json_bom: { status: 400, title: "A byte order mark", advice: "Send UTF-8 without one." },
  json_surrogate: {
    status: 400,
    title: "Half of a surrogate pair",
    advice: "Send whole Unicode characters.",
  },
  json_duplicate_key: {
    status: 400,
    title: "A member occurs twice",
    advice: "Send each member of an object once; where the gate looks, upper and lower case are the same.",
  },
  json_key: {
    status: 400,
    title: "A member's name is not allowed",
    advice:
      "Use printable ASCII names where the gate looks, and never __proto__, nor a name that begins with NUL.",
  },
  json_number: { status: 400, title: "A number is not finite", advice: "Send finite numbers." },
  json_depth: { status: 400, title: "Nested too deep", advice: "Nest at most 64 levels." },
};
