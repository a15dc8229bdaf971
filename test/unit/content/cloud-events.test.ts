import { describe, expect, it } from "vitest";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import { readItem, readRecord } from "./read-record.ts";

const TYPE = "com.example.transcript";
const AT = Date.UTC(2026, 10, 21, 10);

const event = (over: object = {}) => ({
  specversion: "1.0",
  id: "e-1",
  source: "/rooms/7",
  type: TYPE,
  time: "2026-11-21T10:00:00Z",
  datacontenttype: "application/json",
  subject: "SECRET-7f3a",
  dataschema: "https://x/SECRET-7f3a",
  note: "SECRET-7f3a",
  account: "acme",
  conversation: "m1",
  data: { speaker: "bo", text: "SECRET-7f3a" },
  ...over,
});

const BY_ATTRIBUTES = {
  account: "/account",
  conversation: "/conversation",
  kind: { fixed: "transcript" },
} as const;
const byAttributes = cloudEvents(BY_ATTRIBUTES);
const byData = cloudEvents({ ...BY_ATTRIBUTES, speaker: "/data/speaker", speaker_required: true });
const usage = cloudEvents({
  ...BY_ATTRIBUTES,
  attributes: { "/sequence": "id" },
  service_data: { "com.example.cpu": { "/data/cpu": "number" } },
});

describe("an event of content", () => {
  it("is whose its attributes and its data say", () => {
    expect(readItem(event(), byData)).toMatchObject({
      account: "acme",
      conversation: "m1",
      speaker: "bo",
      kind: "transcript",
      capturedAt: AT,
      labels: [],
      signal: "none",
    });
  });

  it("leaves its context attributes, and of the others those that are configured", () => {
    const context = {
      specversion: "1.0",
      id: "e-1",
      source: "/rooms/7",
      type: TYPE,
      time: "2026-11-21T10:00:00Z",
    };
    expect(readRecord(event(), byAttributes).left).toEqual(context);
    expect(readRecord(event({ data: undefined, data_base64: "U0VDUkVU" }), byAttributes).left).toEqual(
      context,
    );
    const more = cloudEvents({ ...BY_ATTRIBUTES, attributes: { "/subject": "id" } });
    expect(readRecord(event({ subject: "p-7" }), more).left).toEqual({ ...context, subject: "p-7" });
    expect(readRecord(event({ subject: "two words" }), more).left).toEqual(context);
  });

  it.each(["specversion", "id", "source", "type"])("leaves nothing where its %s cannot stay", (attribute) => {
    for (const value of [undefined, "SECRET-7f3a, and more", "x".repeat(65), 1, { text: "SECRET-7f3a" }])
      expect(readRecord(event({ [attribute]: value }), byAttributes).left).toBeNull();
  });

  it("is of an unknown kind if its type is not one of those configured", () => {
    const shape = cloudEvents({ ...BY_ATTRIBUTES, types: ["com.example.chat"] });
    expect(readItem(event(), shape).kind).toBeNull();
    expect(readItem(event({ type: "com.example.chat" }), shape).kind).toBe("transcript");
  });
});

describe("data", () => {
  it.each([
    undefined,
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    'application/json;charset="UTF-8"',
    "application/vnd.acme.chat+json",
    "text/json",
  ])("of type %s is looked into", (datacontenttype) => {
    expect(readItem(event({ datacontenttype }), byData)).toMatchObject({ speaker: "bo", kind: "transcript" });
  });

  it.each([
    "text/plain",
    "application/xml",
    "application/jsonp",
    "application/json-seq",
    "application/json; charset=utf-16",
    "application/json; profile=x",
    "application/json, text/plain",
    " application/json",
    "",
    null,
    1,
    ["application/json"],
  ])("of type %j is not, so that nobody knows whose it is", (datacontenttype) => {
    expect(readItem(event({ datacontenttype }), byData)).toMatchObject({
      account: null,
      speaker: null,
      kind: null,
    });
    // Where nothing is to be found in it, its type says nothing.
    expect(readItem(event({ datacontenttype }), byAttributes)).toMatchObject({
      account: "acme",
      kind: "transcript",
    });
  });

  it("in base64 is not, and is content by its attributes", () => {
    const binary = { data: undefined, data_base64: "U0VDUkVU" };
    expect(readItem(event(binary), byData)).toMatchObject({ account: null, kind: null });
    expect(readItem(event(binary), byAttributes)).toMatchObject({ account: "acme", kind: "transcript" });
  });

  it("twice, once in base64, is nobody's", () => {
    expect(readItem(event({ data_base64: "U0VDUkVU" }), byAttributes)).toMatchObject({
      account: null,
      kind: null,
    });
  });

  it("that is a string is not parsed again", () => {
    const data = JSON.stringify({ speaker: "bo" });
    expect(readItem(event({ data }), byData).speaker).toBe("");
  });
});

describe("an event of service data", () => {
  const cpu = (over: object = {}) => ({
    specversion: "1.0",
    id: "e-2",
    source: "/rooms/7",
    type: "com.example.cpu",
    data: { cpu: 0.5 },
    ...over,
  });

  it("passes if it holds what is allowed and no more", () => {
    expect(readRecord(cpu(), usage)).toEqual({ items: [{ type: "service_data" }], left: null });
    expect(
      readRecord(cpu({ datacontenttype: "application/json; charset=utf-8", sequence: "7" }), usage).left,
    ).toBeNull();
  });

  it("is reduced to that", () => {
    const more = { subject: "SECRET-7f3a", note: "SECRET-7f3a", datacontenttype: "SECRET-7f3a/x" };
    const data = { cpu: 0.5, user: "SECRET-7f3a" };
    expect(readRecord(cpu({ ...more, data }), usage)).toEqual({
      items: [{ type: "service_data" }],
      left: cpu(),
    });
    const binary = readRecord(cpu({ data: undefined, data_base64: "U0VDUkVU" }), usage);
    expect(binary.left).toEqual(cpu({ data: undefined }));
  });

  it("is none if it is classified as more, or in words that nobody knows", () => {
    for (const over of [
      { dataclassification: "restricted" },
      { dataclassification: "unheard" },
      { dataregulation: "HIPAA" },
      { datacategory: "phi" },
    ])
      expect(readItem(cpu(over), usage)).toMatchObject({ kind: null, account: null });
  });
});

describe("data classification", () => {
  const read = (over: object, shape = byAttributes) => {
    const { signal, labels } = readItem(event(over), shape);
    return [signal, ...labels];
  };

  it.each<[object, string[]]>([
    [{ dataclassification: "public" }, ["none"]],
    [{ dataclassification: "internal" }, ["none"]],
    [{ dataclassification: "confidential" }, ["disallows"]],
    [{ dataclassification: "restricted" }, ["disallows"]],
    [{ dataclassification: "Public" }, ["malformed"]],
    [{ dataclassification: "SECRET-7f3a" }, ["malformed"]],
    [{ dataclassification: null }, ["malformed"]],
    [{ dataclassification: "public", dataregulation: "HIPAA" }, ["none", "health_information"]],
    [
      { dataclassification: "public", dataregulation: " FERPA , HIPAA " },
      ["none", "education_records", "health_information"],
    ],
    [{ dataclassification: "public", dataregulation: "GDPR" }, ["malformed"]],
    [{ dataclassification: "public", datacategory: "phi" }, ["none", "health_information"]],
    [{ dataclassification: "public", datacategory: "special-category" }, ["malformed"]],
  ])("%j", (over, expected) => {
    expect(read(over)).toEqual(expected);
  });

  it("means what the options say", () => {
    const shape = cloudEvents({
      ...BY_ATTRIBUTES,
      dataclassification: { internal: "refused", C0: "nothing" },
      dataregulation: { GDPR: "nothing" },
      datacategory: { grades: "education_records" },
    });
    expect(read({ dataclassification: "internal" }, shape)).toEqual(["disallows"]);
    expect(read({ dataclassification: "C0", dataregulation: "GDPR", datacategory: "grades" }, shape)).toEqual(
      ["none", "education_records"],
    );
  });
});
