/** E: whose a record is, said around it or in its request's headers, in ways that say less than is so. */
import { MARKER } from "../../support/marker.ts";
import { CAPTURED_AT } from "../../support/world.ts";
import { type Left, nothing, type Try } from "../attempt.ts";
import type { Row } from "../row.ts";

const WHOSE = { account: "acme", conversation: "m1", kind: "chat", captured_at: CAPTURED_AT };
const BO = { ...WHOSE, speaker: "bo" };
const json = JSON.stringify;
const SECRET = { text: MARKER };

const lines = (body: string, gets: Try["gets"]): Try => ({
  path: "/ingest/lines",
  type: "application/jsonl",
  body,
  gets,
});
const envelope = (claims: object, record: unknown = SECRET, beside: object = {}) =>
  json({ tenfour: claims, record, ...beside });
/** A line that goes on, so that what stays behind is seen to. */
const GOES_ON = envelope(BO, { n: 1 });
const only = (record: unknown, dropped: number, stripped = 0): Left => ({
  counts: [stripped === 0 ? 1 : 0, stripped, dropped],
  upstream: `${json(record)}\n`,
});
const dropped = (...all: string[]): Try[] =>
  all.map((line) => lines(`${line}\n${GOES_ON}`, only({ n: 1 }, 1)));

const turns = (...speakers: unknown[]) => ({ ...WHOSE, turns: speakers });
const said = (...texts: string[]) => texts.map((content) => ({ content }));

const headers = (more: Readonly<Record<string, string>>, body = json(SECRET)): Try => ({
  path: "/ingest/headers",
  body,
  headers: {
    "tenfour-account": "acme",
    "tenfour-conversation": "m1",
    "tenfour-kind": "chat",
    "tenfour-captured-at": CAPTURED_AT,
    ...more,
  },
  gets: nothing,
});

export const ENVELOPE_ROWS: readonly Row[] = [
  {
    id: "E01",
    what: "a restriction in the envelope under a name the gate does not know",
    tries: [
      ...dropped(
        envelope({ ...BO, label: ["health_information"] }),
        envelope({ ...BO, Labels: ["health_information"] }),
        envelope({ ...BO, consent: { bo: false } }),
        envelope(BO, SECRET, { consent: false }),
        envelope(BO).replace('"speaker"', '"\\u0073peaker"'),
      ),
      lines(`{"Tenfour":{"labels":["x"]},${envelope(BO).slice(1)}`, [400, "json_duplicate_key"]),
    ],
  },
  {
    id: "E02",
    what: "content in the envelope of a record that may go on",
    tries: [
      lines(envelope({ ...BO, note: MARKER }, { n: 2 }), nothing),
      lines(`${envelope({ ...BO, account: MARKER }, { n: 2 })}\n${GOES_ON}`, only({ n: 1 }, 1)),
      lines(`${GOES_ON}\n${envelope(BO, { n: 2 }, { note: MARKER })}`, only({ n: 1 }, 1)),
    ],
  },
  {
    id: "E03",
    what: "a line without an envelope among lines that have one, or an envelope without a record",
    tries: dropped(
      json(SECRET),
      json({ ...BO, ...SECRET }),
      json({ tenfour: BO, text: MARKER }),
      json({ tenfour: { ...BO, record: SECRET } }),
      envelope(BO, MARKER),
      envelope(BO, [SECRET]),
      json({ tenfour: json(BO), record: SECRET }),
    ),
  },
  {
    id: "E04",
    what: "an envelope inside the record, for whoever unwraps twice",
    tries: [
      ...dropped(envelope({ ...WHOSE, speaker: "dee" }, { tenfour: BO, record: SECRET })),
      lines(
        `${envelope({ ...WHOSE, speaker: "cy" })}\n${envelope(BO, { tenfour: { speaker: "dee" }, record: {} })}`,
        {
          ...only({ tenfour: { speaker: "dee" }, record: {} }, 1),
        },
      ),
    ],
  },
  {
    id: "E05",
    what: "somebody who did not agree among several speakers",
    tries: dropped(
      envelope({ ...WHOSE, speakers: ["ana", "bo", "cy"] }),
      envelope({ ...WHOSE, speakers: ["bo", "dee"] }),
      envelope({ ...BO, speakers: ["dee"] }),
      envelope({ ...WHOSE, speakers: ["bo", null] }),
      envelope({ ...WHOSE, speakers: [] }),
      envelope({ ...WHOSE, speakers: [["bo"], "bo"] }),
      envelope({ ...WHOSE, speakers: Array.from({ length: 101 }, () => "bo").map((id, n) => `${id}${n}`) }),
      envelope(WHOSE),
    ),
  },
  {
    id: "E06",
    what: "turns that do not fit the speakers they are said to have",
    tries: dropped(
      envelope(turns("bo"), { messages: said("a", MARKER) }),
      envelope(turns("bo", "bo"), { messages: said(MARKER) }),
      envelope(turns("bo"), { conversations: said(MARKER) }),
      envelope({ ...BO, turns: "bo" }, { messages: said(MARKER) }),
      envelope({ ...turns("bo", "bo"), speaker: "dee" }, { messages: said(MARKER, MARKER) }),
      envelope(turns(["bo"]), { messages: said(MARKER) }),
    ),
  },
  {
    id: "E07",
    what: "content beside the turns that stay, or in those nobody in particular said",
    tries: [
      lines(
        envelope(turns("bo", "dee", null, "ana"), {
          title: MARKER,
          messages: said("a", MARKER, MARKER, "b"),
          more: { messages: said(MARKER) },
        }),
        only({ messages: said("a", "b") }, 0, 1),
      ),
    ],
  },
  {
    id: "E08",
    what: "headers that say whose a body is, where they do not say all of it or say it twice",
    tries: [
      headers({}),
      headers({ "tenfour-speaker": "bo, dee" }),
      headers({ "tenfour-speaker": "bo," }),
      headers({ "tenfour-speaker": "bo", "tenfour-account": "acme, acme" }),
      headers({ "tenfour-speaker": "bo", "tenfour-captured-at": "yesterday" }),
      headers({ "tenfour-speaker": "bo", "tenfour-labels": "private" }),
      headers({ "tenfour-speaker": "dee" }, json({ ...BO, ...SECRET })),
      {
        ...headers({ "tenfour-speaker": "bo" }, envelope({ ...WHOSE, speaker: "dee" })),
        path: "/ingest/lines",
      },
    ],
  },
];
