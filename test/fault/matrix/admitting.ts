/** Admit and identify: what goes wrong before there is an exchange. */
import { type Cell, HOUR_MS, ONE, TELEMETRY } from "./cell.ts";

const REVOKED_KEYS = { binding: "CONSENT", sql: "is not null" } as const;
/** By then the list of revoked keys is too old to be used unread, ms. */
const LATER = 120_000;

export const ADMITTING: readonly Cell[] = [
  {
    step: "admit",
    fault: "throws",
    what: "a bug",
    given: { ...ONE, plan: { strikes: [{ point: "admit", action: "throw" }] } },
    ends: { told: "500 internal_error", counts: null, evidence: null, upstream: "not called" },
  },
  { step: "admit", fault: "hangs", cannot: "It has the whole head and waits for nothing." },
  { step: "admit", fault: "late", cannot: "It has the whole head and waits for nothing." },
  { step: "admit", fault: "peer_gone", cannot: "Without a whole head there is no request." },
  {
    step: "admit",
    fault: "limit",
    what: "a declared length beyond the route's",
    given: { ...ONE, framing: 2_000_000_000 },
    ends: { told: "413 body_too_large", counts: null, evidence: null, upstream: "not called" },
  },
  { step: "admit", fault: "clock_back", cannot: "It reads no clock." },
  {
    step: "identify",
    fault: "throws",
    what: "a bug",
    given: { ...ONE, plan: { strikes: [{ point: "identify", action: "throw" }] } },
    ends: { told: "500 internal_error", counts: null, evidence: null, upstream: "not called" },
  },
  {
    step: "identify",
    fault: "throws",
    what: "the list of revoked keys cannot be read; service data flows on the list last read",
    given: {
      ...TELEMETRY,
      plan: { clock: LATER, faults: [{ ...REVOKED_KEYS, action: "fail" }] },
    },
    ends: { told: "200", counts: "1 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
  {
    step: "identify",
    fault: "hangs",
    what: "reading the list of revoked keys; a second is waited, then service data flows on the list last read",
    given: { ...TELEMETRY, plan: { clock: 2 * LATER, faults: [{ ...REVOKED_KEYS, action: "hang" }] } },
    ends: { told: "200", counts: "1 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
  {
    step: "identify",
    fault: "late",
    what: "the list of revoked keys comes within the second",
    given: {
      ...TELEMETRY,
      plan: { clock: 3 * LATER, faults: [{ ...REVOKED_KEYS, action: "delay", ms: 300 }] },
    },
    ends: { told: "200", counts: "1 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
  {
    step: "identify",
    fault: "peer_gone",
    cannot: "The key is in the head; a sender that leaves is noticed where the body is read.",
  },
  { step: "identify", fault: "limit", cannot: "A key is no longer than a head may be." },
  {
    step: "identify",
    fault: "clock_back",
    what: "by an hour; the list of revoked keys counts as old and is read again",
    given: { ...TELEMETRY, plan: { clock: -HOUR_MS } },
    ends: { told: "200", counts: "1 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
];
