/** T, events: what is said about them, in their envelope, in headers and in the objects beside them. */
import { gzipSync } from "node:zlib";
import { MARKER } from "../../support/marker.ts";
import { CAPTURED_AT } from "../../support/world.ts";
import { nothing, type Refused, type Try } from "../attempt.ts";
import type { Row } from "../row.ts";

const HEADER: Refused = [400, "header_refused"];
const FORM: Refused = [400, "event_form"];
const UNREAD: Refused = [415, "content_type_unsupported"];

const CONTEXT = { specversion: "1.0", id: "e-1", source: "/rooms/m1", type: "chat", time: CAPTURED_AT };
const SAID = { by: "bo", text: "consented words" };
const BASE64 = Buffer.from(`${MARKER} and then a whole long sentence of what was said`).toString("base64");

/** Bo's event, which every rule allows; members replaced by `over` (undefined: left out). */
const event = (over: object = {}) =>
  JSON.stringify({ ...CONTEXT, account: "acme", room: "m1", data: SAID, ...over });
const STRUCTURED = { path: "/ingest/events", type: "application/cloudevents+json" } as const;
const stripped: Try["gets"] = { counts: [0, 1, 0], upstream: JSON.stringify(CONTEXT) };

/** The same in binary mode, with these headers besides; undefined: without that one. */
function binary(over: Readonly<Record<string, string | undefined>>, body: string, gets: Try["gets"]): Try {
  const attributes = { ...CONTEXT, account: "acme", room: "m1", ...over };
  const headers = Object.fromEntries(
    Object.entries(attributes).flatMap(([name, text]) => (text === undefined ? [] : [[`ce-${name}`, text]])),
  );
  return { path: "/ingest/events", headers, body, gets };
}
const body = JSON.stringify(SAID);
const whole: Try["gets"] = { counts: [1, 0, 0], upstream: body };

/** A batch of bo's calls, as RudderStack's SDK packs them. */
const batch = (over: object, context: object = {}) =>
  JSON.stringify({
    batch: [
      {
        type: "track",
        event: "Said",
        userId: "bo",
        originalTimestamp: CAPTURED_AT,
        context: { groupId: "acme", room: "m1", ...context },
        ...over,
      },
    ],
    writeKey: MARKER,
  });
const analytics = (sent: string, gets: Try["gets"]): Try => ({ path: "/ingest/analytics", body: sent, gets });
const left: Try["gets"] = {
  counts: [0, 1, 0],
  upstream: JSON.stringify({ batch: [{ type: "track", originalTimestamp: CAPTURED_AT }] }),
};

export const EVENT_ROWS: readonly Row[] = [
  {
    id: "T25",
    what: "content in the free objects of an analytics event",
    tries: [
      {
        path: "/ingest/wrapped",
        body: JSON.stringify({
          sentAt: MARKER,
          context: { page: { url: `https://example.com/?q=${MARKER}` } },
          batch: [
            { type: "track", event: "Said", properties: { transcript: MARKER } },
            { type: "identify", traits: { bio: MARKER }, context: { page: { url: MARKER } } },
          ],
        }),
        gets: { counts: [0, 0, 2] },
      },
      ...[
        "properties",
        "traits",
        "name",
        "integrations",
        "_metadata",
        "anonymousId",
        "previousId",
        "note",
      ].map((free) => analytics(batch({ userId: "dee", [free]: { text: `${MARKER} and more` } }), left)),
      analytics(batch({ userId: "dee" }, { page: { url: `https://x/?q=${MARKER}` }, ip: MARKER }), left),
      {
        ...analytics(batch({ userId: "dee", properties: { text: MARKER } }), left),
        type: "application/x-www-form-urlencoded",
        body: gzipSync(batch({ userId: "dee", properties: { text: MARKER } })),
        headers: { "content-encoding": "gzip" },
      },
      // What is sent under another type is JSON all the same, or nothing.
      { ...analytics(`a=${MARKER}`, [400, "json_syntax"]), type: "application/x-www-form-urlencoded" },
      { ...analytics(batch({}), UNREAD), type: "text/plain" },
    ],
  },
  {
    id: "T26",
    what: "attributes of a CloudEvent, in headers and in its envelope",
    tries: [
      ...["ce-subject", "ce-type", "ce-dataschema", "ce-note"].map((name) => ({
        headers: { [name]: MARKER },
        path: "/ingest/drop",
        gets: nothing,
        body: "{}",
      })),
      ...["subject", "dataschema", "note", MARKER].map((name) => ({
        ...STRUCTURED,
        body: event({ [name]: `${MARKER} and more`, data: { by: "dee", text: MARKER } }),
        gets: stripped,
      })),
      { ...STRUCTURED, body: event({ source: `${MARKER} and more`, data: { by: "dee" } }), gets: nothing },
      ...["subject", "dataschema", "note"].map((name) =>
        binary({ [name]: `${MARKER} and more` }, body, whole),
      ),
      binary({ sequence: `${MARKER} and more`, time: CAPTURED_AT }, body, whole),
      ...["id", "source", "type"].map((name) => binary({ [name]: `${MARKER} and more` }, body, nothing)),
      ...["%53ECRET", "%", "%ff", "%c0%af", "a%0d%0ax-note:b", `"quoted"`, "a, b"].map((subject) =>
        binary({ subject, note: MARKER }, body, HEADER),
      ),
      binary({ data: MARKER }, body, HEADER),
      binary({ datacontenttype: "text/plain", note: MARKER }, body, HEADER),
      { ...STRUCTURED, path: "/ingest/drop", body: event({ subject: MARKER }), gets: UNREAD },
      { ...STRUCTURED, body: `[${event({ subject: MARKER })}]`, gets: FORM },
      {
        ...STRUCTURED,
        type: "application/cloudevents-batch+json",
        body: event({ subject: MARKER }),
        gets: FORM,
      },
      { path: "/ingest/telemetry", body: `{"specversion":"1.0","subject":"${MARKER}"}`, gets: nothing },
    ],
  },
  {
    id: "T27",
    what: "a CloudEvent's data in base64, or of a type that says nothing",
    tries: [
      { body: `{"specversion":"1.0","data_base64":"${BASE64}"}`, gets: nothing },
      ...[
        { data: undefined, data_base64: BASE64 },
        { data_base64: BASE64 },
        { datacontenttype: "text/plain", data: { by: "bo", text: MARKER } },
        { data: JSON.stringify({ by: "bo", text: MARKER }), account: "nobody" },
      ].map((over) => ({
        ...STRUCTURED,
        body: event(over),
        gets: "account" in over ? nothing : stripped,
      })),
      {
        ...STRUCTURED,
        body: event({ type: "cpu", data: undefined, data_base64: BASE64 }),
        gets: leftOf("cpu"),
      },
      { ...STRUCTURED, body: event({ type: "cpu", data: BASE64 }), gets: leftOf("cpu") },
      { ...binary({}, JSON.stringify({ by: "bo", text: MARKER }), nothing), type: "audio/wav" },
      { ...binary({ type: "cpu" }, MARKER, nothing), type: "text/plain" },
      binary({ type: "cpu" }, JSON.stringify({ cpu: 1, text: MARKER }), nothing),
    ],
  },
  {
    id: "T29",
    what: "a yes in the payload, or a no that cannot be read",
    tries: [
      ...[
        { deniedConsentIds: ["training"] },
        { deniedConsentIds: "none" },
        { allowedConsentIds: ["training"] },
        {},
        null,
      ].map((consentManagement) =>
        analytics(batch({ properties: { text: MARKER } }, { consentManagement }), left),
      ),
      analytics(
        batch(
          { userId: "dee", properties: { text: MARKER } },
          { consentManagement: { allowedConsentIds: ["training"], deniedConsentIds: [] } },
        ),
        left,
      ),
      ...[
        { dataclassification: "restricted" },
        { dataclassification: "unheard" },
        { dataclassification: ["public"] },
        { dataclassification: "public", dataregulation: "GDPR" },
      ].map((over) => ({ ...STRUCTURED, body: event({ ...over, note: MARKER }), gets: stripped })),
      { ...STRUCTURED, body: event({ dataregulation: "HIPAA", note: MARKER }), gets: nothing },
      {
        ...STRUCTURED,
        body: event({ dataclassification: "public", data: { by: "dee", text: MARKER } }),
        gets: stripped,
      },
      binary({ dataclassification: "restricted" }, JSON.stringify({ ...SAID, text: MARKER }), nothing),
    ],
  },
  {
    id: "T30",
    what: "data of a CloudEvent that is to be read as its attributes",
    tries: ['1,"account":"acme"', `{"by":"bo"},"type":"cpu"`, `{"by":"bo"}}`].map((data) =>
      binary({ account: undefined, note: MARKER }, data, [400, "json_syntax"]),
    ),
  },
];

function leftOf(type: string): Try["gets"] {
  return { counts: [0, 1, 0], upstream: JSON.stringify({ ...CONTEXT, type }) };
}
