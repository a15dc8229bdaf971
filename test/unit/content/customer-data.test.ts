import { describe, expect, it } from "vitest";
import {
  CUSTOMER_DATA_BATCH,
  rudderEvents,
  segmentEvents,
} from "../../../src/config/presets/customer-data.ts";
import { createFraming } from "../../../src/content/create-framing.ts";
import { compilePlan } from "../../../src/content/pointer.ts";
import { bytesOf } from "./read-body.ts";
import { readItem, readRecord } from "./read-record.ts";

const ABOUT = {
  account: "/context/groupId",
  conversation: "/properties/meeting",
  speaker: "/userId",
  kind: { fixed: "transcript" },
} as const;
const AT = "2026-11-21T10:00:00.000Z";

const track = (over: object = {}, context: object = {}) => ({
  timestamp: AT,
  integrations: { All: "SECRET-7f3a" },
  event: "Meeting Ended",
  type: "track",
  properties: { meeting: "m1", duration_s: 1830, transcript: "SECRET-7f3a" },
  context: {
    groupId: "acme",
    page: { url: "https://x/?q=SECRET-7f3a" },
    ip: "203.0.113.7",
    library: { name: "@segment/analytics-node", version: "3.1.0" },
    ...context,
  },
  userId: "bo",
  messageId: "node-next-1795304004666",
  _metadata: { note: "SECRET-7f3a" },
  ...over,
});

const left = {
  timestamp: AT,
  type: "track",
  context: { library: { version: "3.1.0" } },
  messageId: "node-next-1795304004666",
};

describe("events of Segment", () => {
  const shape = segmentEvents(ABOUT);

  it("are whose the options' pointers say", () => {
    expect(readItem(track(), shape)).toMatchObject({
      account: "acme",
      conversation: "m1",
      speaker: "bo",
      kind: "transcript",
      capturedAt: Date.parse(AT),
      signal: "none",
    });
  });

  it.each(["track", "identify", "page", "screen", "group", "alias"])("leave ids and times: %s", (type) => {
    const record = track({ type, traits: { email: "SECRET-7f3a" }, name: "SECRET-7f3a" });
    expect(readRecord(record, shape).left).toEqual({ ...left, type });
  });

  it("of another type are of an unknown kind", () => {
    for (const type of ["delete", "Track", null, undefined, ["track"]])
      expect(readItem(track({ type }), shape).kind).toBeNull();
  });

  it("are refused by a category that is not allowed", () => {
    const signal = (categoryPreferences: unknown, rules = shape) =>
      readItem(track({}, { consent: { categoryPreferences } }), rules).signal;
    expect(signal({ Analytics: true })).toBe("none");
    expect(signal({ Analytics: true, Training: false })).toBe("disallows");
    expect(signal({})).toBe("disallows");
    expect(signal("all")).toBe("malformed");
    const named = segmentEvents({ ...ABOUT, consent_categories: ["Training"] });
    expect(signal({ Analytics: false, Training: true }, named)).toBe("none");
    expect(signal({ Analytics: true }, named)).toBe("disallows");
    expect(readItem(track({}, { consent: {} }), shape).signal).toBe("malformed");
  });
});

describe("events of RudderStack", () => {
  const shape = rudderEvents(ABOUT);
  const sent = (context: object = {}) =>
    track({ timestamp: undefined, originalTimestamp: AT, channel: "server" }, context);

  it("were captured when the SDK was called", () => {
    expect(readItem(sent(), shape).capturedAt).toBe(Date.parse(AT));
    expect(readItem(track(), shape).capturedAt).toBeNull();
    const other = rudderEvents({ ...ABOUT, captured_at: { pointer: "/timestamp" } });
    expect(readItem(track(), other).capturedAt).toBe(Date.parse(AT));
  });

  it("are refused by an id that is denied", () => {
    const signal = (consentManagement: unknown, rules = shape) =>
      readItem(sent({ consentManagement }), rules).signal;
    expect(signal({ deniedConsentIds: [], allowedConsentIds: ["C1"] })).toBe("none");
    expect(signal({ deniedConsentIds: ["C9"] })).toBe("disallows");
    expect(signal({ allowedConsentIds: ["C1"] })).toBe("malformed");
    expect(signal({ deniedConsentIds: "C9" })).toBe("malformed");
    expect(signal([])).toBe("malformed");
    const named = rudderEvents({ ...ABOUT, consent_ids: ["C1"] });
    expect(signal({ deniedConsentIds: ["C9"] }, named)).toBe("none");
    expect(signal({ deniedConsentIds: ["C9", "C1"] }, named)).toBe("disallows");
  });
});

describe("events named as usage", () => {
  const shape = segmentEvents({
    ...ABOUT,
    usage: { "Meeting Ended": { "/properties/duration_s": "number" } },
  });

  it("are service data, reduced to what is allowed", () => {
    expect(readRecord(track(), shape)).toEqual({
      items: [{ type: "service_data" }],
      left: { ...left, event: "Meeting Ended", properties: { duration_s: 1830 } },
    });
  });

  it("others are content, whatever they are called", () => {
    for (const event of ["meeting ended", "Other", undefined, null, 1])
      expect(readItem(track({ event }), shape)).toMatchObject({ account: "acme", kind: "transcript" });
  });
});

describe("the batch around them", () => {
  it("keeps when it was sent, never the write key", () => {
    const framing = createFraming("json", compilePlan([]), {
      recordBytesMax: 4096,
      wrapper: CUSTOMER_DATA_BATCH,
    });
    const bytes = bytesOf(
      `{"batch":[{}],"writeKey":"SECRET-7f3a","sentAt":"${AT}","context":{"ip":"SECRET-7f3a"}}`,
    );
    framing.cut(bytes, 0, bytes.length, true, () => true);
    const text = new TextDecoder().decode(framing.closing);
    expect(text).toBe(`],"sentAt":"${AT}"}`);
  });
});
