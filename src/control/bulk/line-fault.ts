/** What may be wrong with a line of an import: a code and a sentence that says what to do, never what the line held. */
import { LIMITS } from "../../config/limits.ts";
import { type ControlFault, Refusal } from "../fault.ts";

export interface LineFault {
  readonly code: LineFaultCode;
  readonly field?: string;
  readonly detail: string;
}

const SENTENCES = {
  line_too_long: `Write at most ${LIMITS.bulk_line_bytes_max} bytes a line.`,
  json_invalid: "Write one JSON object a line, in UTF-8, each member once.",
  csv_invalid:
    "Write the fields the header names, in UTF-8, separated by commas; a quoted field ends on its line.",
  field_unknown: "Remove it: nothing here reads it.",
  field_missing: "Add it.",
  field_invalid: "Write a value of the documented type.",
  account_unknown: "Create the account first: PUT /v1/accounts/{account}.",
  conversation_unknown:
    "Import the conversation of that account first, with the participants, or PUT /v1/conversations/{conversation}.",
  conversation_fixed: "A conversation keeps the account and the kind it was created with.",
  service_unknown: "Name a service of the configuration, or add it there.",
  notice_unknown: "Publish that version of the service's notice first: POST /v1/notices.",
  notice_superseded:
    "A later material version was in effect at that instant, so the answer would not have held.",
  role_may_not: "That role does not give this answer; the operator refuses and revokes, and never gives.",
  not_hosting: "That person did not host the conversation at that instant: import who was present first.",
  no_host: "A channel has no host: ask each participant instead.",
  instant_ahead: "An imported answer has been given already: write an instant that has come.",
  instant_order: "Write an instant after the one it ends or follows.",
  out_of_order: "A later answer to the same question is on record: import the oldest first.",
  exists_differently: "It is on record with other values, and nothing on record is edited.",
  no_objection:
    "No such objection stood at that instant: the same service or all, in the conversation or standing.",
  person_erased: "Leave it out: the objection was recorded when that person was erased, for good.",
  write_contended: "Others kept changing the same record: send the line again.",
} as const;

export type LineFaultCode = keyof typeof SENTENCES;

/** Thrown by what reads or judges a line, and caught once a line. */
export class LineRefusal extends Error {
  readonly fault: LineFault;

  constructor(fault: LineFault) {
    super(fault.code);
    this.fault = fault;
  }
}

export function refuseLine(code: LineFaultCode, field?: string): never {
  throw new LineRefusal(lineFault(code, field));
}

export function lineFault(code: LineFaultCode, field?: string): LineFault {
  return { code, ...(field === undefined ? {} : { field }), detail: SENTENCES[code] };
}

/** The fault of a line, from whatever was thrown about it. What is about no line is thrown on. */
export function faultOf(error: unknown): LineFault {
  if (error instanceof LineRefusal) return error.fault;
  if (error instanceof Refusal && Object.hasOwn(SENTENCES, error.fault.code)) return ofControl(error.fault);
  throw error;
}

function ofControl(fault: ControlFault): LineFault {
  const of = lineFault(fault.code as LineFaultCode, "field" in fault ? fault.field : undefined);
  return fault.code === "field_invalid" ? { ...of, detail: `Write ${fault.expected}.` } : of;
}

const STOPS = {
  body_too_large: `An import takes at most ${LIMITS.bulk_body_bytes_max} bytes: send the rest in another file.`,
  body_stalled: "No more of the file came: send it again, and what is on record stays as it is.",
  too_many_lines: "One import reaches the database only so often: send the rest in another file.",
  state_unavailable:
    "The consent state could not be read or written: send the file again shortly; what is on record stays as it is.",
  internal_error: "The gate's fault: send the file again, and what is on record stays as it is.",
} as const;

export type StopCode = keyof typeof STOPS;

/** Thrown by what cannot go on with the file. */
export class ImportStop extends Error {
  readonly code: StopCode;

  constructor(code: StopCode) {
    super(code);
    this.code = code;
  }
}

/** Why the file was not read to its end: a code and what to do. Anything unexpected is the gate's fault. */
export function stopOf(error: unknown): { readonly code: StopCode; readonly detail: string } {
  const code = codeOf(error);
  return { code, detail: STOPS[code] };
}

function codeOf(error: unknown): StopCode {
  if (error instanceof ImportStop) return error.code;
  const isState = error instanceof Refusal && error.fault.code === "state_unavailable";
  return isState ? "state_unavailable" : "internal_error";
}
