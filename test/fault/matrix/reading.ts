/** Read to cut: what goes wrong with a body. */
import { gzipSync } from "node:zlib";
import { content } from "../../support/world.ts";
import { type Cell, HOUR_MS, ONE, THREE, whole } from "./cell.ts";

const line = `${content()}\n`;
const LINES = line.repeat(40);
const GZIPPED = gzipSync(LINES);
const gzip = { "content-encoding": "gzip" };
/** Letters that gzip cannot make small. */
const noise = Array.from({ length: 3_000 }, (_, i) => ((i * 2_654_435_761) >>> 0).toString(36)).join("");
/** Cut short, not even its first record is whole. */
const GZIPPED_NOISE = gzipSync(`${content({ text: noise })}\n`);

async function* trickle(): AsyncGenerator<string> {
  yield '{"type":"content","text":"';
  for (let i = 0; i < 800; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    yield "w";
  }
}

export const READING: readonly Cell[] = [
  {
    step: "read",
    fault: "throws",
    what: "a bug, after the first byte had left",
    given: { ...THREE, plan: { strikes: [{ point: "read", from: 3, action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "1 0 0",
      evidence: "aborted internal_error",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "read",
    fault: "hangs",
    what: "the sender stops in the middle of the first record",
    given: { ...ONE, pieces: [line.slice(0, 30)], framing: "chunked", ending: "hold" },
    ends: {
      told: "408 body_idle",
      counts: "0 0 0",
      evidence: "refused body_idle",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "read",
    fault: "hangs",
    what: "the sender stops after the first byte had left",
    given: { ...THREE, ending: "hold" },
    ends: {
      told: "408 body_idle",
      counts: "3 0 0",
      evidence: "aborted body_idle",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "read",
    fault: "late",
    what: "the sender pauses, for less than the limit",
    given: { ...THREE, pauseMs: 700 },
    ends: { told: "200", counts: "3 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
  {
    step: "read",
    fault: "peer_gone",
    what: "the sender resets before anything has left",
    given: { ...ONE, framing: "chunked", pieces: [line.slice(0, 60)], pauseMs: 200, ending: "rst" },
    ends: {
      told: "nothing",
      counts: null,
      evidence: "refused client_cut",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "read",
    fault: "peer_gone",
    what: "the sender closes before anything has left",
    given: { ...ONE, framing: "chunked", pieces: [line.slice(0, 60)], pauseMs: 200, ending: "fin" },
    ends: {
      told: "400 client_cut",
      counts: "0 0 0",
      evidence: "refused client_cut",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "read",
    fault: "peer_gone",
    what: "the sender resets after the first byte had left",
    given: { ...THREE, ending: "rst" },
    ends: {
      told: "nothing",
      counts: null,
      evidence: "aborted client_cut",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "read",
    fault: "peer_gone",
    what: "the sender closes short of the length it declared",
    given: { ...THREE, framing: 10_000, ending: "fin" },
    ends: {
      told: "400 client_cut",
      counts: "3 0 0",
      evidence: "aborted client_cut",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "read",
    fault: "peer_gone",
    what: "the sender resets after the upstream sent its headers early: it may look whole, and the record says so",
    given: { ...THREE, ending: "rst", upstream: { early: "headers", body: "ok" } },
    ends: {
      told: "nothing",
      counts: null,
      evidence: "aborted client_cut",
      complete: null,
      upstream: "whole, cut",
    },
  },
  {
    step: "read",
    fault: "limit",
    what: "more bytes than the route allows",
    given: { route: "tiny", pieces: [LINES] },
    ends: {
      told: "413 body_too_large",
      counts: "0 0 0",
      evidence: "refused body_too_large",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "read",
    fault: "limit",
    what: "a record that trickles in for longer than an exchange may last",
    given: { route: "drop", pieces: { [Symbol.asyncIterator]: trickle } },
    ends: {
      told: "413 exchange_too_long",
      counts: "0 0 0",
      evidence: "refused exchange_too_long",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "read",
    fault: "clock_back",
    what: "by an hour, and then the sender stops: it is cut all the same",
    given: {
      ...THREE,
      ending: "hold",
      plan: { strikes: [{ point: "read", from: 2, action: "clock_back", ms: HOUR_MS }] },
    },
    ends: {
      told: "408 body_idle",
      counts: "3 0 0",
      evidence: "aborted body_idle",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "inflate",
    fault: "throws",
    what: "a damaged body",
    given: { ...whole(Buffer.concat([GZIPPED.subarray(0, 20), Buffer.alloc(40, 7)])), headers: gzip },
    ends: {
      told: "400 coding_invalid",
      counts: "0 0 0",
      evidence: "refused coding_invalid",
      complete: false,
      upstream: "not called",
    },
  },
  { step: "inflate", fault: "hangs", cannot: "It computes; what it waits for is the read." },
  { step: "inflate", fault: "late", cannot: "It computes; what it waits for is the read." },
  {
    step: "inflate",
    fault: "peer_gone",
    what: "the sender closes in the middle of a gzip body",
    given: { headers: gzip, pieces: [GZIPPED_NOISE.subarray(0, -100)], ending: "fin" },
    ends: {
      told: "400 client_cut",
      counts: "0 0 0",
      evidence: "refused client_cut",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "inflate",
    fault: "peer_gone",
    what: "a request that is whole around a gzip body that is not",
    given: { ...whole(GZIPPED_NOISE.subarray(0, -100)), headers: gzip },
    ends: {
      told: "400 coding_invalid",
      counts: "0 0 0",
      evidence: "refused coding_invalid",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "inflate",
    fault: "limit",
    what: "a bomb",
    given: { ...whole(gzipSync(" ".repeat(4_000_000))), headers: gzip },
    ends: {
      told: "413 inflate_ratio",
      counts: "0 0 0",
      evidence: "refused inflate_ratio",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "inflate",
    fault: "limit",
    what: "more bytes, once inflated, than the route allows",
    given: { ...whole(GZIPPED), route: "tiny", headers: gzip },
    ends: {
      told: "413 body_too_large",
      counts: "0 0 0",
      evidence: "refused body_too_large",
      complete: false,
      upstream: "not called",
    },
  },
  { step: "inflate", fault: "clock_back", cannot: "It reads no clock." },
  {
    step: "cut",
    fault: "throws",
    what: "a bug, after the first byte had left",
    given: { ...THREE, plan: { strikes: [{ point: "cut", from: 3, action: "throw" }] } },
    ends: {
      told: "500 internal_error",
      counts: "2 0 0",
      evidence: "aborted internal_error",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "cut",
    fault: "throws",
    what: "a line that is no JSON",
    given: whole(`${line}{"type":nonsense}\n`),
    ends: {
      told: "400 json_syntax",
      counts: "0 0 0",
      evidence: "refused json_syntax",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "cut",
    fault: "throws",
    what: "a line that is no JSON, after the first byte had left",
    given: { ...THREE, steps: [line, line, '{"type":nonsense}\n'] },
    ends: {
      told: "400 json_syntax",
      counts: "2 0 0",
      evidence: "aborted json_syntax",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "cut",
    fault: "hangs",
    cannot: "It computes, in time that grows with the bytes, which are bounded.",
  },
  {
    step: "cut",
    fault: "late",
    cannot: "It computes, in time that grows with the bytes, which are bounded.",
  },
  { step: "cut", fault: "peer_gone", cannot: "It has no peer." },
  {
    step: "cut",
    fault: "limit",
    what: "a record larger than the route allows",
    given: { ...THREE, steps: [line, line, content({ text: "w".repeat(70_000) })] },
    ends: {
      told: "413 record_too_large",
      counts: "2 0 0",
      evidence: "aborted record_too_large",
      complete: null,
      upstream: "cut",
    },
  },
  {
    step: "cut",
    fault: "limit",
    what: "a record nested too deep",
    given: whole(`{"text":${"[".repeat(70)}${"]".repeat(70)}}`),
    ends: {
      told: "400 json_depth",
      counts: "0 0 0",
      evidence: "refused json_depth",
      complete: false,
      upstream: "not called",
    },
  },
  {
    step: "cut",
    fault: "clock_back",
    what: "by an hour: the window closes later, with the body at the latest; state from before counts for nothing",
    given: {
      ...THREE,
      plan: { strikes: [{ point: "cut", from: 2, action: "clock_back", ms: HOUR_MS }] },
    },
    ends: { told: "200", counts: "3 0 0", evidence: "forwarded", complete: true, upstream: "whole" },
  },
];
