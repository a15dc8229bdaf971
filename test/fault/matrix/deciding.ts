/** Look-up to record: what goes wrong with the databases and the clock. */
import { content } from "../../support/world.ts";
import { ALL_WELL, type Cell, EVIDENCE, HOUR_MS, LOOKUP, ONE, RECHECK, THREE } from "./cell.ts";

const line = `${content()}\n`;
const MANY = { route: "drop", steps: Array.from({ length: 45 }, () => line) };
/** Makes what was looked up too old by the time it is recorded, so that it is checked. */
const AGED = { ...EVIDENCE, times: 1, action: "delay", ms: 1_100 } as const;

const CONSENT_FAILED = {
  told: "503 consent_unavailable",
  counts: "0 0 0",
  evidence: "failed consent_unavailable",
  complete: false,
  upstream: "not called",
} as const;
const CONSENT_FAILED_LATER = {
  told: "503 consent_unavailable",
  counts: "1 0 0",
  evidence: "aborted consent_unavailable",
  complete: null,
  upstream: "cut",
} as const;
const EVIDENCE_FAILED = {
  told: "503 evidence_unavailable",
  counts: "0 0 0",
  evidence: "failed evidence_unavailable",
  complete: false,
  upstream: "not called",
} as const;
const ALL_THREE_WELL = { ...ALL_WELL, counts: "3 0 0" } as const;

export const DECIDING: readonly Cell[] = [
  {
    step: "lookup",
    fault: "throws",
    what: "consent cannot be read",
    given: { ...ONE, plan: { faults: [{ ...LOOKUP, action: "fail" }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "lookup",
    fault: "throws",
    what: "consent cannot be read any more, after the first byte had left",
    given: { ...THREE, plan: { faults: [{ ...LOOKUP, from: 2, action: "fail" }] } },
    ends: CONSENT_FAILED_LATER,
  },
  {
    step: "lookup",
    fault: "throws",
    what: "a bug",
    given: { ...ONE, plan: { strikes: [{ point: "lookup", action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "0 0 0",
      evidence: "failed internal_error",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "lookup",
    fault: "hangs",
    what: "the consent database never answers",
    given: { ...ONE, plan: { faults: [{ ...LOOKUP, action: "hang" }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "lookup",
    fault: "hangs",
    what: "the consent database stops answering, after the first byte had left",
    given: { ...THREE, plan: { faults: [{ ...LOOKUP, from: 2, action: "hang" }] } },
    ends: CONSENT_FAILED_LATER,
  },
  {
    step: "lookup",
    fault: "late",
    what: "within the limit, and too late to be used without being checked",
    given: { ...ONE, plan: { faults: [{ ...LOOKUP, times: 1, action: "delay", ms: 1_100 }] } },
    ends: ALL_WELL,
  },
  {
    step: "lookup",
    fault: "peer_gone",
    what: "the database is lost after it was asked",
    given: { ...ONE, plan: { faults: [{ ...LOOKUP, action: "fail_after" }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "lookup",
    fault: "limit",
    what: "more D1 calls than an exchange may make",
    given: MANY,
    ends: {
      told: "413 exchange_d1_calls",
      counts: "many",
      evidence: "aborted exchange_d1_calls",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "lookup",
    fault: "clock_back",
    what: "by an hour: what was looked up counts for nothing, and is checked",
    given: { ...ONE, plan: { strikes: [{ point: "record", action: "clock_back", ms: HOUR_MS }] } },
    ends: ALL_WELL,
  },

  {
    step: "recheck",
    fault: "throws",
    what: "the check fails before anything has left",
    given: { ...ONE, plan: { faults: [AGED, { ...RECHECK, action: "fail" }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "recheck",
    fault: "throws",
    what: "the check fails after the first byte had left",
    given: {
      ...THREE,
      plan: {
        faults: [
          { ...AGED, from: 2 },
          { ...RECHECK, action: "fail" },
        ],
      },
    },
    ends: CONSENT_FAILED_LATER,
  },
  {
    step: "recheck",
    fault: "hangs",
    what: "the check never ends",
    given: { ...ONE, plan: { faults: [AGED, { ...RECHECK, action: "hang" }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "recheck",
    fault: "late",
    what: "once: it is made again",
    given: { ...ONE, plan: { faults: [AGED, { ...RECHECK, times: 1, action: "delay", ms: 1_100 }] } },
    ends: ALL_WELL,
  },
  {
    step: "recheck",
    fault: "late",
    what: "again and again: state that is never fresh is no state",
    given: { ...ONE, plan: { faults: [AGED, { ...RECHECK, action: "delay", ms: 1_100 }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "recheck",
    fault: "peer_gone",
    what: "the database is lost after it was asked",
    given: { ...ONE, plan: { faults: [AGED, { ...RECHECK, action: "fail_after" }] } },
    ends: CONSENT_FAILED,
  },
  {
    step: "recheck",
    fault: "limit",
    cannot: "It is counted among the D1 calls of the exchange: see the look-up.",
  },
  {
    step: "recheck",
    fault: "clock_back",
    what: "by an hour",
    given: {
      ...ONE,
      plan: { faults: [AGED], strikes: [{ point: "recheck", action: "clock_back", ms: HOUR_MS }] },
    },
    ends: ALL_WELL,
  },

  {
    step: "decide",
    fault: "throws",
    what: "a bug",
    given: { ...ONE, plan: { strikes: [{ point: "decide", action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "0 0 0",
      evidence: "failed internal_error",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "decide",
    fault: "throws",
    what: "a bug, after the first byte had left",
    given: { ...THREE, plan: { strikes: [{ point: "decide", from: 2, action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "1 0 0",
      evidence: "aborted internal_error",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "decide",
    fault: "hangs",
    cannot: "It computes over a bounded window; everything it needs is at hand.",
  },
  {
    step: "decide",
    fault: "late",
    cannot: "It computes over a bounded window; everything it needs is at hand.",
  },
  { step: "decide", fault: "peer_gone", cannot: "It has no peer." },
  {
    step: "decide",
    fault: "limit",
    cannot: "A window closes before it holds too much; nothing is refused for it.",
  },
  {
    step: "decide",
    fault: "clock_back",
    what: "to before everybody answered: what was captured since lies in the future, and what was answered is not yet in force",
    given: { ...ONE, plan: { strikes: [{ point: "decide", action: "clock_back", ms: 48 * HOUR_MS }] } },
    ends: { told: "200", counts: "0 0 1", evidence: "dropped", complete: false, upstream: "not called" },
  },

  {
    step: "record",
    fault: "throws",
    what: "evidence cannot be written",
    given: { ...ONE, plan: { faults: [{ ...EVIDENCE, times: 1, action: "fail" }] } },
    ends: EVIDENCE_FAILED,
  },
  {
    step: "record",
    fault: "throws",
    what: "evidence cannot be written for longer than the exchange lasts",
    given: { ...ONE, plan: { faults: [{ ...EVIDENCE, action: "fail" }] } },
    ends: { ...EVIDENCE_FAILED, evidence: null, complete: undefined },
  },
  {
    step: "record",
    fault: "throws",
    what: "evidence cannot be written any more, after the first byte had left",
    given: { ...THREE, plan: { faults: [{ ...EVIDENCE, from: 2, times: 1, action: "fail" }] } },
    ends: {
      told: "503 evidence_unavailable",
      counts: "1 0 0",
      evidence: "aborted evidence_unavailable",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "record",
    fault: "throws",
    what: "evidence cannot be written ever again, after the first byte had left",
    given: { ...THREE, plan: { faults: [{ ...EVIDENCE, from: 2, action: "fail" }] } },
    ends: {
      told: "503 evidence_unavailable",
      counts: "1 0 0",
      evidence: "open",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "record",
    fault: "hangs",
    what: "the evidence database never answers",
    given: { ...ONE, plan: { faults: [{ ...EVIDENCE, times: 1, action: "hang" }] } },
    ends: EVIDENCE_FAILED,
  },
  {
    step: "record",
    fault: "late",
    what: "within the limit; the state has aged by then and is checked",
    given: { ...ONE, plan: { faults: [AGED] } },
    ends: ALL_WELL,
  },
  {
    step: "record",
    fault: "peer_gone",
    what: "the database is lost after it was asked: what it took says too much, and the closing puts it right",
    given: { ...ONE, plan: { faults: [{ ...EVIDENCE, times: 1, action: "fail_after" }] } },
    ends: EVIDENCE_FAILED,
  },
  {
    step: "record",
    fault: "limit",
    cannot: "What is too much for one entry goes into several; its D1 calls are counted with the look-up's.",
  },
  {
    step: "record",
    fault: "clock_back",
    what: "by an hour: the entries keep their order by position",
    given: {
      ...THREE,
      plan: { strikes: [{ point: "record", from: 2, action: "clock_back", ms: HOUR_MS }] },
    },
    ends: ALL_THREE_WELL,
  },
];
