/** Events of both kinds, with words planted anywhere: what strip leaves is parseable, holds none of them, and names what an event needs. */
import { expect, test } from "vitest";
import type { ShapeConfig } from "../../../src/config/define.ts";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import { rudderEvents, segmentEvents } from "../../../src/config/presets/customer-data.ts";
import { findMarker, MARKER } from "../../support/marker.ts";
import { casesOfRun } from "../../support/pace.ts";
import { type Random, random, seedOfRun } from "../../support/random.ts";
import { readRecord } from "../../unit/content/read-record.ts";

const RECORDS = casesOfRun(3_000);
const ABOUT = { account: "/acct", conversation: "/data/conversation", kind: { fixed: "chat" } } as const;
const SHAPES: Readonly<Record<string, ShapeConfig>> = {
  cloudEvents: cloudEvents({
    ...ABOUT,
    attributes: { "/subject": "id", "/sequence": "number" },
    service_data: { cpu: { "/data/cpu": "number", "/data/core": { words: ["a", "b"] } } },
  }),
  segment: segmentEvents({ ...ABOUT, usage: { cpu: { "/properties/cpu": "number" } } }),
  rudder: rudderEvents({ ...ABOUT, conversation: "/context/room" }),
};

const AT = "2026-11-21T10:00:00Z";
const PLANTED = `${MARKER} and a word`;
const WHERE =
  `specversion id source type time datacontenttype dataschema subject sequence acct data data_base64 dataclassification event timestamp
  originalTimestamp messageId properties traits context userId anonymousId name integrations channel _metadata writeKey`.split(
    /\s+/,
  );
const WORDS = [
  "1.0",
  "cpu",
  "track",
  "identify",
  "e-1",
  "/rooms/7",
  "a",
  AT,
  "application/json",
  "public",
  "secret",
];

function value(r: Random, depth: number): unknown {
  if (r.chance(0.25)) return r.chance(0.5) ? PLANTED : `https://x/?q=${MARKER}`;
  if (depth < 3 && r.chance(0.35)) {
    const names = [
      "cpu",
      "core",
      "conversation",
      "room",
      "library",
      "version",
      "consent",
      "consentManagement",
      MARKER,
    ];
    return r.chance(0.3)
      ? [value(r, depth + 1), value(r, depth + 1)]
      : Object.fromEntries(r.some(names).map((name) => [name, value(r, depth + 1)]));
  }
  return r.pick<unknown>([...WORDS, r.int(0, 9), true, null]);
}

test("what is left of an event holds nothing that was planted in it", () => {
  const seed = seedOfRun();
  const r = random(seed);
  let stripped = 0;
  for (let n = 0; n < RECORDS; n++) {
    const [name, shape] = r.pick(Object.entries(SHAPES));
    const required = {
      specversion: "1.0",
      id: "e-1",
      source: "/rooms/7",
      type: r.pick(["cpu", "track", "chat"]),
    };
    const record = {
      ...(r.chance(0.7) ? required : {}),
      ...Object.fromEntries(r.some(WHERE).map((member) => [member, value(r, 0)])),
      ...(r.chance(0.3) ? { type: "track", event: "cpu" } : {}),
      [r.pick(["note", MARKER])]: PLANTED,
    };
    const { left, items } = readRecord(record, shape);
    const says = `TENFOUR_SEED=${seed} ${name}: ${JSON.stringify(record)}`;
    expect(items.length, says).toBeGreaterThan(0);
    if (left === null) continue;
    stripped++;
    expect(findMarker(JSON.stringify(left)), says).toBeNull();
    if (name === "cloudEvents")
      expect(Object.keys(left as object), says).toEqual(
        expect.arrayContaining(["specversion", "id", "source", "type"]),
      );
  }
  expect(stripped).toBeGreaterThan(RECORDS / 4);
});
