/**
 * Turns a fault of the control plane into an RFC 9457 problem: what is wrong, and what to do next.
 * The only place of /v1 that chooses a status for a fault. Never echoes a value that was sent.
 */
import { LIMITS } from "../config/limits.ts";
import type { ControlFault, Missing } from "./fault.ts";

interface Words {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Members of the problem beside the standard ones. */
  readonly also?: Readonly<Record<string, string | readonly string[]>>;
}

export function problem(fault: ControlFault): Response {
  const { status, title, detail, headers, also } = wordsOf(fault);
  const body = {
    type: `urn:tenfour:problem:${fault.code}`,
    title,
    status,
    detail,
    code: fault.code,
    ...also,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
  });
}

const CREATE: Record<Missing, string> = {
  route: "There is nothing at this path: see the list of /v1 paths.",
  account: "Have the operator create the account first: PUT /v1/accounts/{account}.",
  service: "Nothing was recorded for this service: PUT /v1/accounts/{account}/services/{service}.",
  conversation:
    "There is none of this id, or it is not for whoever asks to see. If it is new, its host, an owner or an admin of the account creates it, or the operator: PUT /v1/conversations/{conversation}. If that is what was tried, choose another id.",
  participant:
    "Nothing was recorded of this person here: record that they joined, were shown a notice or answered.",
  producer_key: "Look the id up: GET /v1/producer-keys.",
  consent: "Look the id up: GET …/consents of the account or the conversation.",
  objection: "Look the id up: GET …/participants/{person}/answers.",
  checkpoint: "Nothing has been recorded yet.",
  tile: "The ledger is not that large yet: see GET /v1/ledger/checkpoints.",
  exchange: "Look the id up: GET /v1/exchanges, or the Tenfour-Exchange header of the gate's answer.",
};

function wordsOf(fault: ControlFault): Words {
  switch (fault.code) {
    case "token_missing":
      return unauthorized(
        "No token",
        "Send a token of a configured issuer, or the operator's: Authorization: Bearer TOKEN.",
      );
    case "token_wrong":
      return unauthorized(
        "Token not accepted",
        "Send a token that a configured issuer signed for this gate's audience, or the operator's (TENFOUR_OPERATOR_TOKEN).",
      );
    case "token_expired":
      return unauthorized("Token expired", "Get a new one from its issuer.");
    case "token_early":
      return unauthorized(
        "Token not valid yet",
        "Wait until it is, or correct the clock of whoever issued it.",
      );
    case "token_unfit":
      return unauthorized(
        "Token names nobody this gate knows how to serve",
        `Have its issuer correct ${fault.lacks}, as the configuration's issuers and their claims have it.`,
      );
    case "issuer_unavailable":
      return {
        status: 503,
        title: "Issuer unavailable",
        detail: "The keys that the token was signed with cannot be read now. Try again shortly.",
        headers: { "Retry-After": "5" },
      };
    case "too_many_requests":
      return tooMany("Too many requests", "Send fewer: the limit is on whoever the token names.");
    case "too_many_failures":
      return tooMany("Too many tokens refused", "Check the token before trying again.");
    case "not_permitted":
      return {
        status: 403,
        title: "Not permitted",
        detail: `This is for ${fault.roles.join(", ")}: come with a token of that role.`,
      };
    case "by_mismatch":
      return {
        status: 403,
        title: "Not whose token this is",
        detail: "`by` names another person or role than the token: leave it out, or come with theirs.",
      };
    case "not_found":
      return { status: 404, title: "Not found", detail: CREATE[fault.what] };
    case "method_not_allowed":
      return {
        status: 405,
        title: "Method not allowed",
        detail: `Use one of: ${fault.allow}.`,
        headers: { Allow: fault.allow },
      };
    case "content_type_unsupported":
      return { status: 415, title: "Not JSON", detail: "Send Content-Type: application/json, in UTF-8." };
    case "bulk_type_unsupported":
      return {
        status: 415,
        title: "Neither NDJSON nor CSV",
        detail: "Send Content-Type: application/x-ndjson or text/csv, in UTF-8.",
      };
    case "content_coding_unsupported":
      return {
        status: 415,
        title: "Content coding not supported",
        detail: "Send the body without Content-Encoding.",
      };
    case "body_too_large":
      return {
        status: 413,
        title: "Body too large",
        detail: `Send at most ${fault.bytesMax} bytes.`,
      };
    case "json_invalid":
      return bad("Not readable as JSON", "Send one JSON object in UTF-8, each member once.");
    case "field_unknown":
      return field(fault.field, "Unknown field", "Remove it: nothing here reads it.");
    case "field_missing":
      return field(fault.field, "Missing field", "Add it.");
    case "field_invalid":
      return field(fault.field, "Invalid field", `Send ${fault.expected}.`);
    case "id_invalid":
      return bad(
        "Invalid id in the path",
        `Ids are 1 to ${LIMITS.id_chars_max} printable ASCII characters without spaces; percent-encode them once.`,
      );
    case "account_unknown":
      return meaning(
        "Unknown account",
        "Name an account that is there and yours; the operator creates them.",
      );
    case "service_unknown":
      return meaning("Unknown service", "Name a service of the configuration, or add it there.", {
        services: fault.services,
      });
    case "service_not_opt_in":
      return meaning(
        "Not an opt-in service",
        "Only opt-in services are enabled and disabled; this one needs no enabling. Its consent is a separate answer.",
      );
    case "rule_too_loose":
      return meaning(
        "Participation rule too loose",
        `The configuration allows nothing looser than ${fault.leastStrict}: send that or a stricter one.`,
      );
    case "notice_unknown":
      return meaning(
        "Unknown notice version",
        "Answer a version of this service's notice, or publish it first: POST /v1/notices.",
        { versions: fault.versions },
      );
    case "notice_superseded":
      return meaning(
        "Notice superseded",
        "A later material version is in effect, so this answer would not hold. Show the current version and ask again.",
        { current: fault.current },
      );
    case "notice_exists":
      return conflict(
        "Notice version exists",
        "A published version never changes: publish the new text as a new version.",
      );
    case "notices_changed":
      return conflict(
        "Notices changed meanwhile",
        "Another version was published at the same moment: send this again.",
      );
    case "role_may_not":
      return {
        ...meaning("Not theirs to give", `\`${fault.answer}\` may come from ${fault.may}.`),
        ...(fault.own ? { status: 403 } : {}),
      };
    case "not_hosting":
      return meaning(
        "Not hosting",
        "That person does not host this conversation now. Name a current host; record joining with host: true first.",
      );
    case "no_host":
      return meaning(
        "A channel has no host",
        "Ask each participant instead: POST …/participants/{person}/answers.",
      );
    case "conversation_fixed":
      return conflict(
        "Account and kind are fixed",
        "A conversation keeps the account and the kind it was created with: send those, or use another id.",
      );
    case "instant_ahead":
      return {
        ...meaning("In the future", "Send an instant that has come; check the clock it was taken from."),
        also: { field: fault.field },
      };
    case "instant_past":
      return {
        ...meaning("In the past", "Send an instant that is still to come."),
        also: { field: fault.field },
      };
    case "instant_order":
      return {
        ...meaning("Out of order", "Send an instant after the one it ends or follows."),
        also: { field: fault.field },
      };
    case "not_present":
      return meaning(
        "Not present",
        "That person was not present just before that instant: record the joining first.",
      );
    case "no_objection":
      return meaning(
        "No such objection stands",
        "Withdraw it where and as it was made: the same service or all, in the conversation or standing.",
      );
    case "person_erased":
      return meaning(
        "An objection that stays",
        "It was recorded when that person was erased, for good: nobody can ask them any more.",
      );
    case "route_not_configured":
      return meaning("Unknown route", "Name routes of the configuration by their ids.", {
        routes: fault.routes,
      });
    case "key_too_long":
      return meaning(
        "Key too long",
        'It would not fit in a header: bind it to fewer accounts or routes, or to "*".',
      );
    case "key_ended":
      return conflict(
        "Key has ended",
        "It expired, was revoked or was rotated already: issue a new one, POST /v1/producer-keys.",
      );
    case "header_invalid":
      return bad(`Invalid ${fault.header}`, `${fault.header}: send ${fault.expected}.`);
    case "precondition_failed":
      return {
        status: 412,
        title: "Changed since it was read",
        detail: "Read it again, and send If-Match with the ETag of that answer.",
      };
    case "repeat_underway":
      return {
        ...conflict(
          "Already underway",
          "A request with this Idempotency-Key is being carried out: send it again shortly.",
        ),
        headers: { "Retry-After": "1" },
      };
    case "repeat_lost":
      return conflict(
        "Carried out, answer lost",
        "A request with this Idempotency-Key made its change, but its answer was not kept: read back what it changed.",
      );
    case "repeat_differs":
      return meaning(
        "Idempotency-Key used before",
        "It came with another body: send what was sent then, or use a new key.",
      );
    case "record_unreadable":
      return meaning(
        "Record not readable",
        `The gate would refuse a body with it (${fault.fault}): see that word in docs/reasons.md, and correct the record.`,
        { fault: fault.fault },
      );
    case "nothing_to_reconcile":
      return meaning(
        "Nothing to reconcile",
        "The consent database holds every change that the ledger knows of: content is not held back for that.",
      );
    case "write_contended":
      return conflict(
        "Changed meanwhile",
        "Others kept changing the same record: read it, then send this again.",
      );
    case "state_unavailable":
      return unavailable("Consent state unavailable");
    case "evidence_unavailable":
      return unavailable("Evidence unavailable");
    case "internal_error":
      return {
        status: 500,
        title: "The gate's fault",
        detail:
          "Nothing about your request explains this. Read back what you changed before sending it again.",
      };
  }
}

function bad(title: string, detail: string): Words {
  return { status: 400, title, detail };
}

function field(name: string, title: string, detail: string): Words {
  return { status: 400, title, detail: `${name}: ${title.toLowerCase()}. ${detail}`, also: { field: name } };
}

function meaning(title: string, detail: string, also?: Words["also"]): Words {
  return { status: 422, title, detail, ...(also === undefined ? {} : { also }) };
}

function conflict(title: string, detail: string): Words {
  return { status: 409, title, detail };
}

function unauthorized(title: string, detail: string): Words {
  return { status: 401, title, detail, headers: { "WWW-Authenticate": 'Bearer realm="tenfour"' } };
}

function tooMany(title: string, detail: string): Words {
  return { status: 429, title, detail, headers: { "Retry-After": String(LIMITS.rate_period_s) } };
}

function unavailable(title: string): Words {
  return {
    status: 503,
    title,
    detail: "Try again shortly. If this was a change, read it back first: it may have been made.",
    headers: { "Retry-After": "5" },
  };
}
