/** An event with its attributes in headers is read as the same event in JSON is, and of its headers none leaves that says anything. */
import { expect, test } from "vitest";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import { BinaryEvent } from "../../../src/content/event/binary-event.ts";
import { decodeAttribute, readEventHead } from "../../../src/content/event/event-headers.ts";
import { compileShape } from "../../../src/content/shape.ts";
import type { Item } from "../../../src/decision/model.ts";
import { findMarker, MARKER } from "../../support/marker.ts";
import { casesOfRun } from "../../support/pace.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";
import { bytesOf } from "../../unit/content/read-body.ts";
import { readRecord } from "../../unit/content/read-record.ts";

const EVENTS = casesOfRun(1_000);
const VALUES = casesOfRun(20_000);
const SHAPE = cloudEvents({
  account: "/account",
  conversation: "/data/room",
  speaker: "/data/by",
  private_to: ["/data/to"],
  kind: { pointer: "/kind" },
  labels: "/labels",
  captured_until: { pointer: "/data/until" },
  attributes: { "/sequence": "number", "/subject": "id", "/note": { words: ["two words", "a"] } },
  dataclassification: { odd: "refused" },
  service_data: { cpu: { "/data/cpu": "number" } },
});

const AT = "2026-11-21T10:00:00Z";
const TEXTS = [
  "a",
  "acme",
  "chat",
  "cpu",
  "two words",
  "100%",
  'a"b',
  "é€😀",
  AT,
  "7",
  "public",
  "odd",
  "HIPAA",
  "health_information",
];
const NAMES = [
  "account",
  "kind",
  "labels",
  "time",
  "subject",
  "sequence",
  "note",
  "dataclassification",
  "dataregulation",
  "extra",
];

/** As the HTTP binding writes a value. */
const written = (text: string) =>
  text.replaceAll(/[^\x21\x23\x24\x26-\x7e]/gu, (one) => (one === '"' ? "%22" : encodeURIComponent(one)));

function data(r: Random, depth: number): unknown {
  if (depth === 0 || r.chance(0.6)) {
    const names = ["room", "by", "to", "until", "cpu", "text"];
    return Object.fromEntries(
      r.some(names).map((name) => [name, depth < 2 ? data(r, depth + 1) : r.pick(TEXTS)]),
    );
  }
  return r.pick<unknown>([...TEXTS, 1, 0.5, null, true, ["a", "b"], [1], `${MARKER} and a word`]);
}

test("an event in headers is the same event", () => {
  const seed = seedOfRun();
  const r = random(seed);
  let read = 0;
  for (let n = 0; n < EVENTS; n++) {
    const attributes: Record<string, string> = {
      specversion: "1.0",
      id: "e-1",
      source: "/rooms/7",
      type: r.pick(["chat", "cpu", "other"]),
    };
    for (const name of r.some(NAMES))
      attributes[name] = r.chance(0.2) ? `${MARKER}, ${r.pick(TEXTS)}` : r.pick(TEXTS);
    const says = `TENFOUR_SEED=${seed}: ${JSON.stringify(attributes)}`;
    const mediaType = r.pick(["application/json", "application/json", "application/x+json", "text/plain"]);
    const body = JSON.stringify(data(r, 0));

    const headers = Object.entries(attributes).map(([name, text]) => [`ce-${name}`, written(text)] as const);
    const head = readEventHead([...headers, ["x-note", MARKER]], mediaType);
    const odd = Object.values(attributes).some((text) => written(text).includes(", "));
    expect(head === null, says).toBe(odd);
    if (head === null) continue;
    read++;
    expect(Object.fromEntries(head.attributes), says).toEqual(attributes);

    const event = new BinaryEvent(head, SHAPE, compileShape(SHAPE, { serviceDataExcess: "strip" }), 65_536);
    expect(findMarker(JSON.stringify(event.headers)), says).toBeNull();
    const json = mediaType !== "text/plain";
    const inJson = (of: object) => {
      const members = { ...of, datacontenttype: mediaType };
      return `${JSON.stringify(members).slice(0, -1)},${json ? `"data":${body}` : '"data_base64":""'}}`;
    };
    const items = itemsOf(event, bytesOf(body));
    if (attributes.type === "cpu" && items[0]?.type === "service_data") {
      expect(
        readRecord(inJson({ type: "cpu" }).replace(/,"datacontenttype":"[^"]*"/, ""), SHAPE).left,
        says,
      ).toBeNull();
    } else if (attributes.type === "cpu") expect(items, says).toMatchObject([{ kind: null, account: null }]);
    else expect(items, says).toEqual(readRecord(inJson(attributes), SHAPE).items);
  }
  expect(read).toBeGreaterThan(EVENTS / 4);
});

function itemsOf(event: BinaryEvent, bytes: Uint8Array): readonly Item[] {
  let items: readonly Item[] = [];
  const used = event.cut(bytes, 0, bytes.length, true, (source, start, end) => {
    const claim = event.claim(source, start, end, "none");
    const { times } = claim;
    const when = times && {
      capturedAt: times.capturedAt(source),
      capturedUntil: times.capturedUntil(source),
    };
    items = claim.items.map((item) => (item.type === "content" ? { ...item, ...when } : item));
    return true;
  });
  if (typeof used !== "number") throw new Error(used.fault);
  return items;
}

test("a value is read one way or not at all", () => {
  const seed = seedOfRun();
  const r = random(seed);
  const pieces = [
    "a",
    " ",
    ",",
    '"',
    "%",
    "%2",
    "%20",
    "%25",
    "%41",
    "%e2%82%ac",
    "%E2%82%AC",
    "%c0%af",
    "%0a",
    "%ff",
    "€",
    "~",
    "\\",
  ];
  let read = 0;
  for (let n = 0; n < VALUES; n++) {
    const value = Array.from({ length: r.int(1, 5) }, () => r.pick(pieces)).join("");
    const text = decodeAttribute(value);
    if (text === null) continue;
    read++;
    const says = `TENFOUR_SEED=${seed}: ${JSON.stringify(value)}`;
    // It is what the text would be written as, give or take spaces and the case of an escape.
    expect(written(text), says).toBe(
      value.replaceAll(" ", "%20").replaceAll(/%[0-9a-f]{2}/g, (code) => code.toUpperCase()),
    );
    expect(/[^\x20-\x7e]|"|, |^ | $/.test(value), says).toBe(false);
  }
  expect(read).toBeGreaterThan(VALUES / 20);
});
