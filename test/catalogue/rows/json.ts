/** J: bytes that two JSON readers read differently. L: where one record ends and the next begins. */
import { MARKER } from "../../support/marker.ts";
import { content, telemetry } from "../../support/world.ts";
import { VECTORS } from "../../unit/content/vectors.ts";
import { nothing, type Try } from "../attempt.ts";
import type { Row } from "../row.ts";
import { vectorRows } from "./vectors.ts";

const WHAT: Readonly<Record<string, string>> = {
  J01: "a member twice: content first, telemetry last",
  J02: "a member twice: telemetry first, content last",
  J04: "a member twice in an object inside",
  J05: "members that differ by upper and lower case",
  J08: "a member's name in full-width letters",
  J09: "a character without width in a member's name",
  J10: "names that look alike in two Unicode forms",
  J13: "a NUL, and a second value after it",
  J14: "a byte order mark in front",
  J15: "a byte order mark in front of a later line",
  J16: "bytes that are not UTF-8",
  J18: "UTF-8 in more bytes than it takes",
  J19: "half of a surrogate pair, in bytes",
  J20: "half of a surrogate pair, escaped: two ids become one",
  J22: "garbage after the value",
  J23: "a second value after the first",
  J24: "a comment that hides a member",
  J25: "JSON5: bare names, single quotes, hexadecimal",
  J26: "numbers that are none, or not finite",
  J29: "numbers as ids: 1, 1.0 and -0",
  J30: "nesting without end",
  J31: "__proto__, and names that a language cannot hold",
  J35: "an empty body",
  J36: "a name or text without end",
  J37: "names that look like paths",
  J38: "an array where a single value belongs",
  L01: "a lone CR between records",
  L02: "other line separators: U+2028, U+2029, NEL, VT, FF",
  L03: "a raw line break inside a text",
  L04: "one record over several lines",
  L07: "blank lines",
  L08: "JSON text sequences (RFC 7464)",
  L10: "a record in pieces of one byte",
  L11: "a character cut between two pieces",
  L12: "a line without end",
  L15: "an array that does not end, or ends in a comma",
  L16: "server-sent events",
  L17: "lines in an array's clothes, and the other way round",
};

/** What a vector cannot say by itself: records that are sound, and must still not be taken for what they are not. */
const MORE: Readonly<Record<string, readonly Try[]>> = {
  J20: [
    // Were they made one in the database, the account that consented would cover the other.
    { body: content({ text: MARKER }).replace('"acme"', '"acme\\ud800"'), gets: [400, "json_surrogate"] },
  ],
  J29: ["1", "1.0", "-0", "true", "null", "{}"].map((id) => ({
    body: content({ text: MARKER }).replace('"acme"', id),
    gets: nothing,
  })),
  J30: [{ body: `{"text":"${MARKER}","a":${"[".repeat(100_000)}`, gets: [400, "json_depth"] }],
  J36: [
    { body: `{"${MARKER}${"k".repeat(1_100_000)}":1}`, gets: [413, "record_too_large"] },
    { body: content({ text: `${MARKER}${"a".repeat(1_100_000)}` }), gets: [413, "record_too_large"] },
  ],
  J37: [
    { body: content({ speaker: "dee", "/speaker": "bo", "speaker.id": "bo", text: MARKER }), gets: nothing },
    {
      path: "/ingest/telemetry",
      body: telemetry({ "service.text": MARKER, "/id": MARKER, "event/text": MARKER }),
      gets: { counts: [0, 1, 0], upstream: telemetry() },
    },
  ],
  J38: [
    ...["account", "conversation", "speaker", "kind", "captured_at"].map((member) => ({
      body: content({ [member]: ["acme", "bo", "chat"], text: MARKER }),
      gets: nothing,
    })),
    { body: content({ type: ["telemetry", "content"], text: MARKER }), gets: nothing },
  ],
  L10: [
    {
      type: "application/x-ndjson",
      chunk: 1,
      body: `${content()}\n${content({ speaker: "dee", text: MARKER })}\n${telemetry()}\n`,
      gets: { counts: [2, 0, 1], upstream: `${content()}\n${telemetry()}\n` },
    },
    {
      chunk: 1,
      body: `[${content()},${content({ speaker: "dee", text: MARKER })}]`,
      gets: { counts: [1, 0, 1], upstream: `[${content()}]` },
    },
  ],
  L11: [
    {
      type: "application/x-ndjson",
      chunk: 1,
      body: `${content({ text: "€😀é" })}\n${content({ speaker: "dee", text: `€😀é${MARKER}` })}\n`,
      gets: { counts: [1, 0, 1], upstream: `${content({ text: "€😀é" })}\n` },
    },
  ],
  L15: [
    { body: `[${content({ text: MARKER })},`, gets: [400, "body_truncated"] },
    {
      type: "application/x-ndjson",
      body: `${content({ text: MARKER })}\n{"type":"con`,
      gets: [400, "body_truncated"],
    },
  ],
  L17: [
    { path: "/ingest/wrapped", body: `{"batch":1,"text":"${MARKER}"}`, gets: [400, "wrapper_invalid"] },
    { path: "/ingest/wrapped", body: content({ text: MARKER }), gets: [400, "wrapper_invalid"] },
  ],
  L12: [
    {
      type: "application/x-ndjson",
      body: `{"text":"${MARKER}${"a".repeat(1_100_000)}`,
      gets: [413, "record_too_large"],
    },
  ],
};

export const JSON_ROWS: readonly Row[] = vectorRows(WHAT, VECTORS, MORE);
