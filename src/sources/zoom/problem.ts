/** A refused webhook as an RFC 9457 problem. The only place of the receiver that chooses a status. Echoes nothing. */

import { LIMITS } from "../../config/limits.ts";

export type ZoomFault =
  | "method_not_allowed"
  | "signature_wrong"
  | "too_many_failures"
  | "body_too_large"
  | "json_invalid"
  | "event_incomplete"
  | "account_mismatch"
  | "account_unknown"
  | "conversation_fixed"
  | "state_unavailable";

const WORDS: Record<ZoomFault, readonly [status: number, title: string, detail: string]> = {
  method_not_allowed: [405, "Method not allowed", "Zoom sends its webhooks with POST."],
  signature_wrong: [
    401,
    "Not signed by Zoom",
    "Check that the configured secret is the webhook's secret token, and this server's clock.",
  ],
  too_many_failures: [
    429,
    "Too many webhooks not signed by Zoom",
    "Check that the configured secret is the webhook's secret token, and this server's clock.",
  ],
  body_too_large: [413, "Body too large", "No event of Zoom's that is read here is as large."],
  json_invalid: [400, "Not readable as JSON", "Send one JSON object in UTF-8, each member once."],
  event_incomplete: [
    422,
    "Event incomplete",
    "The event lacks a uuid, an instant or a participant's user_id.",
  ],
  account_mismatch: [
    403,
    "Another account's event",
    "Configure a source for this Zoom account, with a path and a secret of its own.",
  ],
  account_unknown: [422, "Unknown account", "Create the account first: PUT /v1/accounts/{account}."],
  conversation_fixed: [
    409,
    "Account and kind are fixed",
    "A conversation of that uuid is on record with another account or kind.",
  ],
  state_unavailable: [503, "Consent state unavailable", "Send it again: the same event twice is one."],
};

export function problem(fault: ZoomFault): Response {
  const [status, title, detail] = WORDS[fault];
  const body = { type: `urn:tenfour:problem:${fault}`, title, status, detail, code: fault };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...(status === 405 ? { Allow: "POST" } : {}),
      ...(status === 429 ? { "Retry-After": String(LIMITS.rate_period_s) } : {}),
      ...(status === 503 ? { "Retry-After": "5" } : {}),
    },
  });
}
