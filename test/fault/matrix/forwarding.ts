/** Forward: what goes wrong with the upstream. */
import { content } from "../../support/world.ts";
import { ALL_WELL, type Cell, HOUR_MS, ONE, THREE } from "./cell.ts";

const BLOCK = `${content({ text: "w".repeat(60_000) })}\n`;
const SHORTER = long(60);
/** More than the sockets between hold. */
const LONG = long(300);
/** More than it reads in the time of an exchange, besides, and than two windows hold. */
const LONGER = long(1_200);
/** A window each; nobody waits for them to arrive, since none does. */
const UNHEARD = {
  route: "deaf",
  pieces: ["a", "b", "c"].map((id) => `${content({ id })}\n`),
  pauseMs: 700,
};
const ALL_THREE_WELL = { ...ALL_WELL, counts: "3 0 0" } as const;

function long(blocks: number) {
  return {
    route: "drop",
    pieces: {
      *[Symbol.iterator]() {
        for (let i = 0; i < blocks; i++) yield BLOCK;
      },
    },
  };
}

export const FORWARDING: readonly Cell[] = [
  {
    step: "connect",
    fault: "throws",
    what: "nobody listens; the body had been handed over whole",
    given: { ...ONE, route: "closed" },
    ends: {
      told: "502 upstream_unreachable",
      counts: "1 0 0",
      evidence: "unknown upstream_unreachable",
      complete: null,
      upstream: "not called",
    },
  },
  {
    step: "connect",
    fault: "throws",
    what: "nobody listens; the body is streamed",
    given: { ...THREE, route: "closed" },
    ends: {
      told: "502 upstream_unreachable",
      counts: "many",
      evidence: "aborted upstream_unreachable",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "connect",
    fault: "hangs",
    what: "a connection that is never made; the body had been handed over whole",
    given: { ...ONE, route: "deaf" },
    ends: {
      told: "504 upstream_timeout",
      counts: "1 0 0",
      evidence: "unknown upstream_timeout",
      complete: null,
      upstream: "not called",
    },
  },
  {
    step: "connect",
    fault: "hangs",
    what: "a connection that is never made; the body is streamed",
    given: UNHEARD,
    ends: {
      told: "504 upstream_stalled",
      counts: "many",
      evidence: "aborted upstream_stalled",
      complete: null,
      upstream: "not called",
    },
  },
  {
    step: "connect",
    fault: "late",
    cannot: "The platform connects: to the gate it is a late answer, or a body taken late.",
  },
  { step: "connect", fault: "peer_gone", cannot: "There is no peer yet: nobody listening is the first row." },
  { step: "connect", fault: "limit", cannot: "An exchange makes one request and never repeats it." },
  { step: "connect", fault: "clock_back", cannot: "It reads no clock." },
  {
    step: "send",
    fault: "throws",
    what: "a bug",
    given: { ...THREE, plan: { strikes: [{ point: "send", from: 2, action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "1 0 0",
      evidence: "aborted internal_error",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "send",
    fault: "hangs",
    what: "the upstream stops reading; a sender that still sends may lose the answer",
    given: { ...LONG, upstream: { stall: { afterBytes: 100_000 } } },
    ends: {
      told: "504 upstream_stalled, nothing",
      counts: "many",
      evidence: "aborted upstream_stalled",
      complete: null,
      upstream: "cut, unread",
    },
  },
  {
    step: "send",
    fault: "late",
    what: "the upstream pauses, for less than the limit",
    given: { ...SHORTER, upstream: { stall: { afterBytes: 100_000, forMs: 800 } } },
    ends: { told: "200", counts: "60 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
  {
    step: "send",
    fault: "peer_gone",
    what: "the upstream resets in the middle of the body",
    given: { ...THREE, upstream: { cutAfterBytes: 10 } },
    ends: {
      told: "502 upstream_unreachable",
      counts: "many",
      evidence: "aborted upstream_unreachable",
      complete: false,
      upstream: "cut",
    },
  },
  {
    step: "send",
    fault: "peer_gone",
    what: "the upstream sends its headers early and then resets",
    given: { ...THREE, upstream: { early: "headers", body: "ok", cutAfterBytes: 10 } },
    ends: {
      told: "502 upstream_unreachable",
      counts: "many",
      evidence: "aborted upstream_unreachable",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "send",
    fault: "limit",
    what: "the upstream answers early that it is too much",
    given: { ...THREE, upstream: { early: "all", status: 413 } },
    ends: {
      told: "502 upstream_refused",
      counts: "many",
      evidence: "aborted upstream_refused",
      complete: null,
      upstream: "whole, cut",
    },
  },
  {
    step: "send",
    fault: "limit",
    what: "the upstream reads for longer than an exchange may last; a sender that still sends may lose the answer",
    given: { ...LONGER, upstream: { bytesPerSecond: 2_000_000 } },
    ends: {
      told: "413 exchange_too_long, nothing",
      counts: "many",
      evidence: "aborted exchange_too_long",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "send",
    fault: "clock_back",
    what: "by an hour: the state counts for nothing and is checked before the next piece",
    given: { ...THREE, plan: { strikes: [{ point: "send", from: 2, action: "clock_back", ms: HOUR_MS }] } },
    ends: ALL_THREE_WELL,
  },
  {
    step: "answer",
    fault: "throws",
    what: "a bug; the body had been handed over whole",
    given: { ...ONE, plan: { strikes: [{ point: "answer", action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "1 0 0",
      evidence: "unknown internal_error",
      complete: null,
      upstream: "not called, whole, cut",
    },
  },
  {
    step: "answer",
    fault: "throws",
    what: "a status that no answer can have",
    given: { ...ONE, upstream: { status: 999 } },
    ends: {
      told: "502 upstream_unreachable",
      counts: "1 0 0",
      evidence: "unknown upstream_unreachable",
      complete: null,
      upstream: "whole",
    },
  },
  {
    step: "answer",
    fault: "throws",
    what: "the upstream answers with an error: it is passed on",
    given: { ...ONE, upstream: { status: 500, body: "no" } },
    ends: { told: "500", counts: "1 0 0", evidence: "failed", complete: true, upstream: "whole" },
  },
  {
    step: "answer",
    fault: "hangs",
    what: "the upstream has everything and never answers",
    given: { ...ONE, upstream: { silent: true } },
    ends: {
      told: "504 upstream_timeout",
      counts: "1 0 0",
      evidence: "unknown upstream_timeout",
      complete: null,
      upstream: "whole",
    },
  },
  {
    step: "answer",
    fault: "late",
    what: "within the limit",
    given: { ...THREE, upstream: { answerAfterMs: 1_200 } },
    ends: ALL_THREE_WELL,
  },
  {
    step: "answer",
    fault: "peer_gone",
    what: "the upstream resets when it has everything",
    given: { ...THREE, upstream: { cutWhenWhole: true } },
    ends: {
      told: "502 upstream_unreachable",
      counts: "3 0 0",
      evidence: "unknown upstream_unreachable",
      complete: null,
      upstream: "whole",
    },
  },
  {
    step: "answer",
    fault: "peer_gone",
    what: "the sender resets while the upstream takes its time",
    given: { ...ONE, leaveAfterMs: 100, upstream: { answerAfterMs: 1_500 } },
    ends: { told: "nothing", counts: null, evidence: "forwarded", complete: true, upstream: "whole" },
  },
  {
    step: "answer",
    fault: "limit",
    cannot: "The platform bounds an answer's head; its body is passed on as it comes.",
  },
  {
    step: "answer",
    fault: "clock_back",
    what: "by an hour",
    given: { ...ONE, plan: { strikes: [{ point: "answer", action: "clock_back", ms: HOUR_MS }] } },
    ends: ALL_WELL,
  },
];
