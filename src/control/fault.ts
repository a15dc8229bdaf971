/**
 * What may go wrong with a request to /v1: a closed union, each fault with its evidence and never with a value that was sent.
 * `problem.ts` alone turns them into statuses and words.
 */

import type { ContentFaultCode } from "../content/fault.ts";

/** What a path may name that is not there. */
export type Missing =
  | "route"
  | "account"
  | "service"
  | "conversation"
  | "participant"
  | "producer_key"
  | "exchange"
  | "consent"
  | "objection"
  | "checkpoint"
  | "tile";

export type ControlFault =
  | { readonly code: "token_missing" | "token_wrong" | "token_expired" | "token_early" }
  | { readonly code: "token_unfit"; readonly lacks: string }
  | { readonly code: "issuer_unavailable" }
  | { readonly code: "too_many_requests" | "too_many_failures" }
  | { readonly code: "not_permitted"; readonly roles: readonly string[] }
  | { readonly code: "by_mismatch" }
  | { readonly code: "not_found"; readonly what: Missing }
  | { readonly code: "method_not_allowed"; readonly allow: string }
  | { readonly code: "content_type_unsupported" | "content_coding_unsupported" | "bulk_type_unsupported" }
  | { readonly code: "body_too_large"; readonly bytesMax: number }
  | { readonly code: "json_invalid" }
  | { readonly code: "field_unknown" | "field_missing"; readonly field: string }
  | { readonly code: "field_invalid"; readonly field: string; readonly expected: string }
  | { readonly code: "id_invalid" }
  | { readonly code: "account_unknown" }
  | { readonly code: "service_unknown"; readonly services: readonly string[] }
  | { readonly code: "service_not_opt_in" }
  | { readonly code: "rule_too_loose"; readonly leastStrict: string }
  | { readonly code: "notice_unknown"; readonly versions: readonly string[] }
  | { readonly code: "notice_superseded"; readonly current: string }
  | { readonly code: "notice_exists" | "notices_changed" }
  /** `own`: the token says the role, not the body. */
  | { readonly code: "role_may_not"; readonly answer: string; readonly may: string; readonly own: boolean }
  | { readonly code: "not_hosting" | "no_host" }
  | { readonly code: "conversation_fixed" }
  | { readonly code: "instant_ahead" | "instant_past" | "instant_order"; readonly field: string }
  | { readonly code: "not_present" | "no_objection" | "person_erased" }
  | { readonly code: "route_not_configured"; readonly routes: readonly string[] }
  | { readonly code: "key_too_long" | "key_ended" }
  | { readonly code: "header_invalid"; readonly header: string; readonly expected: string }
  | { readonly code: "precondition_failed" }
  | { readonly code: "repeat_underway" | "repeat_differs" | "repeat_lost" }
  | { readonly code: "record_unreadable"; readonly fault: ContentFaultCode }
  | { readonly code: "nothing_to_reconcile" }
  | { readonly code: "write_contended" }
  | { readonly code: "state_unavailable" | "evidence_unavailable" }
  | { readonly code: "internal_error" };

/** Thrown by what handles a request, and caught once, where the answer is made. */
export class Refusal extends Error {
  readonly fault: ControlFault;

  constructor(fault: ControlFault) {
    super(fault.code);
    this.fault = fault;
  }
}

export function refuse(fault: ControlFault): never {
  throw new Refusal(fault);
}
