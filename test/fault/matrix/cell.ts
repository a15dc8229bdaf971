/** The shapes of the fault matrix. The words in it are what `docs/faults.md` says; the rest is what the test does. */
import type { Sending } from "../../support/fault-track.ts";
import { content } from "../../support/world.ts";

export const STEPS = {
  admit: "Admit: the head alone",
  identify: "Identify: the producer's key, and the list of revoked keys",
  read: "Read the body",
  inflate: "Inflate it",
  cut: "Cut it into records",
  lookup: "Look up consent",
  recheck: "Check that nothing has changed",
  decide: "Decide",
  record: "Record what was decided",
  connect: "Forward: connect",
  send: "Forward: the body",
  answer: "Forward: the upstream's answer",
  close: "Close the exchange",
  reply: "Reply",
  opaque: "An opaque body",
  opaque_evidence: "Evidence of an opaque body, which lags",
} as const;
export type Step = keyof typeof STEPS;

export const FAULTS = {
  throws: "throws",
  hangs: "hangs",
  late: "answers late",
  peer_gone: "its peer is gone",
  limit: "a limit is exceeded",
  clock_back: "the clock goes back",
} as const;
export type FaultKind = keyof typeof FAULTS;

export interface Cannot {
  readonly step: Step;
  readonly fault: FaultKind;
  /** Why it cannot happen. */
  readonly cannot: string;
}

export interface Happens {
  readonly step: Step;
  readonly fault: FaultKind;
  /** What happens, in words. */
  readonly what: string;
  readonly given: Partial<Omit<Sending, "name">>;
  readonly ends: Ending;
}

export interface Ending {
  /** Status and code, or what it may be where nobody can say which. `nothing`: the sender is gone or gets no answer. `200 cut`, `200 unfinished`: of an answer whose body breaks off, or does not end. */
  readonly told: string;
  /** Forwarded, stripped and dropped, as `Tenfour-Outcome` says; null: there is none. */
  readonly counts: string | null;
  /** Outcome and fault of the folded exchange; null: there is none. `open`: it was never closed. */
  readonly evidence: string | null;
  /** Its `upstream_complete`. */
  readonly complete?: boolean | null | undefined;
  /** What arrived, or what may have where nobody can say which comes first; `unread`: of a body it stopped reading it knows no end. */
  readonly upstream:
    | "not called"
    | "whole"
    | "cut"
    | "whole, cut"
    | "not called, whole, cut"
    | "unread"
    | "cut, unread";
}

export type Cell = Cannot | Happens;

/** Ages of state, waits and limits the matrix runs under: short, and in the proportions of `src/config/limits.ts`. */
export const MATRIX_LIMITS = {
  body_idle_ms_max: 2_000,
  upstream_stall_ms_max: 3_000,
  upstream_response_ms_max: 2_500,
  exchange_ms_max: 12_000,
  d1_ms_max: 1_500,
  drain_ms_max: 150,
  window_ms_min: 120,
  state_age_ms_max: 800,
  exchange_d1_calls_max: 36,
  window_bytes_min: 4_194_304,
  record_bytes_max: 65_536,
} as const;

const line = (id: string): string => `${content({ id })}\n`;

/** One record: it leaves at once, with its length. */
export const ONE: Partial<Sending> = whole(line("a"));
/** Three records, a window and a look-up each: they are streamed. */
export const THREE: Partial<Sending> = {
  route: "drop",
  steps: [line("a"), line("b"), line("c")],
  pauseMs: 350,
};

/** A body that comes in one piece, with its length. */
export function whole(body: string | Uint8Array): Partial<Sending> {
  return { route: "drop", pieces: [body], framing: Buffer.byteLength(body) };
}

export const TELEMETRY: Partial<Sending> = {
  ...whole('{"type":"telemetry","event":"call.quality","duration_ms":3}\n'),
  route: "telemetry",
};
export const OPAQUE: Partial<Sending> = {
  route: "opaque",
  headers: { "content-type": "application/x-protobuf" },
  steps: ["anything", " at all"],
};
export const HOUR_MS = 3_600_000;
/** The look-up and the check of revisions; not the list of revoked keys. */
export const LOOKUP = { binding: "CONSENT", sql: "json_each" } as const;
/** The check of revisions alone. */
export const RECHECK = {
  binding: "CONSENT",
  sql: "json_each(keys.json, '$.accounts')), found(row)",
} as const;
export const EVIDENCE = { binding: "EVIDENCE" } as const;

/** One record, forwarded. */
export const ALL_WELL = {
  told: "200",
  counts: "1 0 0",
  evidence: "forwarded",
  complete: true,
  upstream: "whole",
} as const;
