/** V: words of somebody who did not agree, dressed as another part of a vCon. */
import { MARKER } from "../../support/marker.ts";
import { CAPTURED_AT } from "../../support/world.ts";
import type { Refused, Try } from "../attempt.ts";
import type { Row } from "../row.ts";

const TYPE = "application/vcon+json";
const HEADERS = { "tenfour-account": "acme", "tenfour-conversation": "m1" };

/** Bo agreed, Dee was never asked. */
const BO = { uuid: "bo" };
const DEE = { uuid: "dee" };
const HELLO = { type: "text", start: CAPTURED_AT, parties: [0], body: "hello" };
const GONE = { type: "recording" };

type Json = Readonly<Record<string, unknown>>;
const vcon = (more: Json): Json => ({
  uuid: "v1",
  created_at: CAPTURED_AT,
  parties: [BO, DEE],
  dialog: [HELLO],
  ...more,
});

/** What is sent beside Bo's hello, and what is left when as many parts as said are dropped: one is Dee's name if no other names her. */
const left = (sent: Json, rest: Json, dropped: number, kept = 1): Try => ({
  path: "/ingest/vcon",
  type: TYPE,
  headers: HEADERS,
  body: JSON.stringify(vcon(sent)),
  gets: { counts: [kept, 0, dropped], upstream: JSON.stringify(vcon({ parties: [BO, {}], ...rest })) },
});
const refused = (body: unknown, gets: Refused, type = TYPE): Try => ({
  path: "/ingest/vcon",
  type,
  headers: HEADERS,
  body: typeof body === "string" ? body : JSON.stringify(body),
  gets,
});
/** One more dialog, which goes. */
const dialog = (one: Json, dropped = 1): Try =>
  left({ dialog: [HELLO, one] }, { dialog: [HELLO, GONE] }, dropped);

const said = { ...HELLO, body: MARKER };
const no = (body: unknown): Try => ({
  path: "/ingest/vcon",
  type: TYPE,
  headers: HEADERS,
  body: JSON.stringify(
    vcon({
      parties: [BO],
      dialog: [said],
      attachments: [{ purpose: "lawful_basis", party: 0, encoding: "json", body }],
    }),
  ),
  gets: { counts: [0, 0, 2] },
});

export const VCON_ROWS: readonly Row[] = [
  {
    id: "V01",
    what: "words in members that nobody knows: of the vCon, of a party, in the name of a member",
    tries: [
      left({ notes: MARKER }, {}, 2),
      left({ [MARKER]: {} }, {}, 2),
      left({ parties: [BO, { ...DEE, notes: MARKER, meta: { [MARKER]: 1 } }] }, {}, 1),
      left({ parties: [BO, { ...DEE, role: MARKER, type: MARKER }] }, {}, 1),
    ],
  },
  {
    id: "V02",
    what: "a party, a dialog or an analysis that is two, for readers who take the first and for those who take the last",
    tries: [
      refused(`{"parties":[{"uuid":"bo","UUID":"${MARKER}"}]}`, [400, "json_duplicate_key"]),
      refused(`{"dialog":[{"parties":[1],"body":"${MARKER}","\\u0070arties":[0]}]}`, [
        400,
        "json_duplicate_key",
      ]),
      refused(`{"dialog":[],"Dialog":[{"body":"${MARKER}"}]}`, [400, "json_duplicate_key"]),
      refused(vcon({ dialog: [], Analysis: [{ body: MARKER }] }), [422, "vcon_invalid"]),
      refused(vcon({ dialog: [{ ...said, Originator: 1 }] }), [422, "vcon_invalid"]),
      refused(vcon({ dialog: [{ ...said, party_history: [{ party: 0, Party: 1 }] }] }), [
        400,
        "json_duplicate_key",
      ]),
    ],
  },
  {
    id: "V03",
    what: "a part that points at nobody, at somebody who is not there, or at a place that is none",
    tries: [
      dialog({ ...said, parties: undefined }),
      ...[[1], [0, 1], [[0], [1]]].map((parties) => dialog({ ...said, parties })),
      ...[7, -1, "0", 0.5, { 0: 0 }].map((parties) => dialog({ ...said, parties }, 2)),
      dialog({ ...said, originator: 1 }),
      dialog({ ...said, party_history: [{ party: 1, event: "join", time: CAPTURED_AT }] }),
    ],
  },
  {
    id: "V04",
    what: "words made of words: an analysis of somebody's, of an attachment, of nothing that is named",
    tries: [
      left(
        {
          dialog: [HELLO, { ...said, parties: [1] }],
          analysis: [{ type: "summary", dialog: [0, 1], body: MARKER }],
        },
        { dialog: [HELLO, GONE], analysis: [] },
        2,
      ),
      left({ analysis: [{ type: "summary", body: MARKER }] }, { analysis: [] }, 1),
      left({ analysis: [{ type: "mood", dialog: 0, body: MARKER }] }, { analysis: [] }, 2),
      left(
        {
          analysis: [{ type: "summary", attachment: [0], body: MARKER }],
          attachments: [{ party: 1, body: MARKER }],
        },
        { analysis: [], attachments: [{}] },
        2,
      ),
    ],
  },
  {
    id: "V05",
    what: "words by reference, inside a reference, or in a vCon inside the vCon",
    tries: [
      dialog({ type: "text", start: CAPTURED_AT, parties: [1], url: `https://x.example/${MARKER}` }),
      left({ attachments: [{ party: 1, url: `https://x.example/${MARKER}` }] }, { attachments: [] }, 1),
      left({ group: [{ uuid: "v2", body: vcon({ dialog: [said] }), encoding: "json" }] }, {}, 2),
      left({ amended: { url: `https://x.example/${MARKER}` } }, {}, 2),
      left({ redacted: { uuid: "v0", type: MARKER } }, {}, 2),
    ],
  },
  {
    id: "V06",
    what: "words in a dialog that says it has none, or where a word of the format belongs",
    tries: [
      dialog({ type: "incomplete", disposition: "busy", body: MARKER, parties: [1] }),
      dialog({ type: "incomplete", disposition: MARKER, parties: [1] }),
      dialog({ type: "transfer", transferee: 1, filename: MARKER }),
      dialog({ type: "recording-set", recordings: [0], application: MARKER, parties: [1] }),
      dialog({ type: MARKER, start: CAPTURED_AT, parties: [0] }, 2),
      left({ extensions: ["lawful_basis", `${MARKER} and more`] }, {}, 2),
      left({ updated_at: MARKER }, {}, 2),
    ],
  },
  {
    id: "V07",
    what: "a consent inside the vCon: a yes that opens, a no in words that cannot be read",
    tries: [
      left(
        {
          dialog: [HELLO, { ...said, parties: [1] }],
          attachments: [
            {
              purpose: "lawful_basis",
              party: 1,
              encoding: "json",
              body: { purpose_grants: [{ purpose: MARKER, granted: true }] },
            },
          ],
        },
        { dialog: [HELLO, GONE], attachments: [] },
        2,
      ),
      no({ purpose_grants: [{ purpose: "training", granted: false }] }),
      no({ purpose_grants: [{ purpose: "training", granted: "yes" }] }),
      no(JSON.stringify({ purpose_grants: [{ purpose: "publication", granted: false }] })),
      no('{"purpose_grants":[{"purpose":"training","granted":false,"granted":true}]}'),
      no("no"),
    ],
  },
  {
    id: "V08",
    what: "a vCon under a seal, or one that means something else to who knows its extensions",
    tries: [
      refused({ payload: MARKER, signatures: [] }, [415, "vcon_sealed"]),
      refused({ payload: MARKER, protected: "", signature: "" }, [415, "vcon_sealed"]),
      refused({ ciphertext: MARKER, recipients: [] }, [415, "vcon_sealed"]),
      refused(vcon({ dialog: [said], payload: "" }), [415, "vcon_sealed"]),
      refused(JSON.stringify(`${MARKER}.e30.e30`), [400, "record_not_object"]),
      refused(vcon({ dialog: [said], critical: ["x"] }), [422, "vcon_invalid"]),
      refused(vcon({ dialog: { 0: said } }), [422, "vcon_invalid"]),
      refused(vcon({ dialog: [said] }), [415, "content_type_unsupported"], "application/vcon+gzip"),
      refused(vcon({ dialog: [said] }), [415, "content_type_unsupported"], "application/json"),
    ],
  },
];
