/** What is a request for a route, from its head alone (contract, sections 6 and 10). Everything else is refused, with one reason. */
import { describe, expect, test } from "vitest";
import { cloudEvents } from "../../../src/config/presets/cloud-events.ts";
import { admit, rawPath } from "../../../src/gate/admit.ts";
import type { FaultCode } from "../../../src/gate/fault.ts";
import { opaqueRoute, trainRoute } from "../config/example.ts";
import { routesOf } from "./sound-routes.ts";

const RECORDS = "/ingest/meetings";
const OPAQUE = "/ingest/otlp/v1/traces";

const CLOUD_EVENTS = cloudEvents({
  account: "/account",
  conversation: "/conversation",
  kind: { fixed: "chat" },
});

interface Head {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: null;
}

/** What a request comes to: a fault's code, or what was admitted of it. */
function admitted(path: string, head: Head = {}, limits: object = {}): unknown {
  const headers = new Headers({
    "content-type": path === OPAQUE ? "application/x-protobuf" : "application/json",
    ...head.headers,
  });
  const body = head.body === null ? null : new ReadableStream();
  const request = { method: head.method ?? "POST", headers, body } as unknown as Request;
  const opaque = opaqueRoute({ content_types: ["application/x-protobuf", "application/json"] });
  try {
    const { route, form, ...rest } = admit(request, path, routesOf([trainRoute(limits), opaque]));
    return { route: route.id, form, ...rest };
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): FaultCode {
  return (error as { code: FaultCode }).code;
}

const records = (format: string, coding = "identity", boundary: string | null = null) => ({
  route: "train-meetings",
  form: "records",
  format,
  boundary,
  event: null,
  coding,
});

describe("the path", () => {
  const host = "gate.example";
  const HOSTS = [host, "localhost", "[::1]"];
  const path = (url: string, hostHeader: string | null = host) => {
    const headers = new Headers(hostHeader === null ? {} : { host: hostHeader });
    try {
      return rawPath({ url, headers } as unknown as Request, HOSTS);
    } catch (error) {
      return codeOf(error);
    }
  };

  test.each<[name: string, url: string, hostHeader: string | null, path: string]>([
    ["as it was sent", "https://gate.example/ingest/a?b#c", host, "/ingest/a?b#c"],
    ["over http too", "http://gate.example/ingest/a", host, "/ingest/a"],
    ["a port", "http://localhost:8787/a", "localhost:8787", "/a"],
    ["the host in any case", "http://gate.example/a", "GATE.example", "/a"],
    ["the address in any case", "http://GATE.EXAMPLE/a", host, "/a"],
    ["an address by number", "http://[::1]:80/a", "[::1]:80", "/a"],
    ["another host", "https://evil.example/a", "evil.example", "host_unknown"],
    ["no host", "https://gate.example/a", null, "host_unknown"],
    ["an empty one", "https://gate.example/a", "", "host_unknown"],
    ["one that begins like ours", "https://gate.example.evil/a", "gate.example.evil", "host_unknown"],
    ["one that ends like ours", "https://evilgate.example/a", "evilgate.example", "host_unknown"],
    ["ours, and the address another's", "https://evil.example/a", host, "host_unknown"],
    ["ours, and the address begins like it", "https://gate.example.evil/a", host, "host_unknown"],
    ["a host with a path", "https://gate.example/x?/a", "gate.example/x?", "host_unknown"],
    ["somebody before the host", "https://gate.example@evil/a", "gate.example@evil", "host_unknown"],
    ["somebody at the host", "https://a@gate.example/a", "a@gate.example", "host_unknown"],
    ["a port that is none", "http://localhost:123456/a", "localhost:123456", "host_unknown"],
    ["a port of letters", "http://localhost:a/a", "localhost:a", "host_unknown"],
    ["an empty port", "http://localhost:/a", "localhost:", "host_unknown"],
    ["a port that only the header has", "http://localhost/a", "localhost:1", "host_unknown"],
    ["brackets that do not close", "http://[::1/a", "[::1", "host_unknown"],
    ["another scheme", "ftp://gate.example/a", host, "host_unknown"],
    ["no scheme", "gate.example/a", host, "host_unknown"],
    ["a scheme within", "xhttps://gate.example/a", host, "host_unknown"],
  ])("%s", (_, url, hostHeader, expected) => {
    expect(path(url, hostHeader)).toBe(expected);
  });

  test.each<[target: string, expected: FaultCode]>([
    ["/ingest/none", "route_unknown"],
    ["/ingest/meetings/", "route_unknown"],
    ["/INGEST/meetings", "route_unknown"],
    ["", "route_unknown"],
    ["/ingest/%6deetings", "path_malformed"],
    ["/ingest/otlp/v1/../meetings", "path_malformed"],
    ["/ingest//meetings", "path_malformed"],
    ["/ingest\\meetings", "path_malformed"],
    ["/ingest/meetings;a", "path_malformed"],
    ["/ingest/meetings#a", "path_malformed"],
    ["/ingest/meetings ", "path_malformed"],
    ["/ingest/mée", "path_malformed"],
    ["/ingest/meetings\u007f", "path_malformed"],
    ["/ingest/none?a=%2e", "route_unknown"],
    ["/ingest/meetings?", "query_not_accepted"],
    ["/ingest/meetings?a=b", "query_not_accepted"],
  ])("%s: %s", (target, expected) => {
    expect(admitted(target)).toBe(expected);
  });
});

describe("records", () => {
  test.each<[name: string, head: Head, expected: unknown]>([
    ["JSON", {}, records("json")],
    ["JSON in any case", { headers: { "content-type": "Application/JSON" } }, records("json")],
    ["x-ndjson", { headers: { "content-type": "application/x-ndjson" } }, records("ndjson")],
    ["ndjson", { headers: { "content-type": "application/ndjson" } }, records("ndjson")],
    ["jsonl", { headers: { "content-type": "application/jsonl" } }, records("ndjson")],
    ["x-jsonlines", { headers: { "content-type": "application/x-jsonlines" } }, records("ndjson")],
    ["UTF-8", { headers: { "content-type": "application/json; charset=UTF-8" } }, records("json")],
    ["UTF-8, quoted", { headers: { "content-type": 'application/json ;charset="utf-8"' } }, records("json")],
    ["UTF-8, as utf8", { headers: { "content-type": "application/json;charset=utf8" } }, records("json")],
    ["gzip", { headers: { "content-encoding": " GZIP " } }, records("json", "gzip")],
    ["identity", { headers: { "content-encoding": "identity" } }, records("json")],
    ["a length", { headers: { "content-length": "1000" } }, records("json")],
    ["no length", { headers: { "content-length": "0" } }, records("json")],
    ["connection close", { headers: { connection: "close" } }, records("json")],
    ["connection keep-alive", { headers: { connection: "Keep-Alive" } }, records("json")],
    ["an Idempotency-Key", { headers: { "idempotency-key": '"a-1"' } }, records("json")],
    ["one as long as may be", { headers: { "idempotency-key": "a".repeat(64) } }, records("json")],

    ["GET", { method: "GET" }, "method_not_allowed"],
    ["PUT", { method: "PUT" }, "method_not_allowed"],
    ["post", { method: "post" }, "method_not_allowed"],
    ["no body", { body: null }, "body_empty"],
    ["an upgrade", { headers: { upgrade: "websocket" } }, "header_refused"],
    ["a range", { headers: { range: "bytes=0-1" } }, "header_refused"],
    ["a part", { headers: { "content-range": "bytes 0-1/2" } }, "header_refused"],
    ["a trailer to come", { headers: { trailer: "x" } }, "header_refused"],
    ["a connection that names headers", { headers: { connection: "close, x" } }, "header_refused"],
    ["a connection upgrade", { headers: { connection: "upgrade" } }, "header_refused"],
    ["another connection that ends well", { headers: { connection: "x-close" } }, "header_refused"],
    ["an Idempotency-Key of words", { headers: { "idempotency-key": "two words" } }, "header_refused"],
    ["an empty one", { headers: { "idempotency-key": '""' } }, "header_refused"],
    ["one too long", { headers: { "idempotency-key": "a".repeat(65) } }, "header_refused"],
    ["one with half its quotes", { headers: { "idempotency-key": '"a' } }, "header_refused"],
    ["one of more than an id", { headers: { "idempotency-key": "a,b" } }, "header_refused"],
    ["one with more before it", { headers: { "idempotency-key": 'x"a"' } }, "header_refused"],
    ["one with more after it", { headers: { "idempotency-key": '"a"!' } }, "header_refused"],
    ["two identities", { headers: { authorization: "Bearer a, Bearer b" } }, "header_refused"],
    ["two media types", { headers: { "content-type": "application/json, text/plain" } }, "header_refused"],
    ["two codings", { headers: { "content-encoding": "gzip, gzip" } }, "header_refused"],
    ["two lengths", { headers: { "content-length": "1, 1" } }, "header_refused"],
    ["a length in words", { headers: { "content-length": "ten" } }, "header_refused"],
    ["a length with a sign", { headers: { "content-length": "+1" } }, "header_refused"],
    ["a length with more after it", { headers: { "content-length": "1x" } }, "header_refused"],
    ["a length of no end", { headers: { "content-length": "1".repeat(16) } }, "header_refused"],
    ["another media type", { headers: { "content-type": "text/plain" } }, "content_type_unsupported"],
    ["none", { headers: { "content-type": "" } }, "content_type_unsupported"],
    [
      "one of the language's own names",
      { headers: { "content-type": "constructor" } },
      "content_type_unsupported",
    ],
    [
      "another charset",
      { headers: { "content-type": "application/json; charset=utf-16" } },
      "content_type_unsupported",
    ],
    [
      "UTF-8 and more",
      { headers: { "content-type": "application/json; charset=utf-8x" } },
      "content_type_unsupported",
    ],
    [
      "more and UTF-8",
      { headers: { "content-type": "application/json; x-charset=utf-8" } },
      "content_type_unsupported",
    ],
    [
      "another parameter",
      { headers: { "content-type": "application/json; version=2" } },
      "content_type_unsupported",
    ],
    ["an empty parameter", { headers: { "content-type": "application/json;" } }, "content_type_unsupported"],
    ["another coding", { headers: { "content-encoding": "br" } }, "content_coding_unsupported"],
    ["no coding by name", { headers: { "content-encoding": "" } }, "content_coding_unsupported"],
  ])("%s", (_, head, expected) => {
    expect(admitted(RECORDS, head)).toEqual(expected);
  });

  test("no media type at all", () => {
    const head = { method: "POST", headers: new Headers(), body: new ReadableStream() } as unknown as Request;
    for (const path of [RECORDS, OPAQUE]) {
      expect(() => admit(head, path, routesOf())).toThrow("content_type_unsupported");
    }
  });

  test("lines where the route takes JSON only, and the other way round", () => {
    const lines = { headers: { "content-type": "application/jsonl" } };
    expect(admitted(RECORDS, lines, { formats: ["json"] })).toBe("content_type_unsupported");
    expect(admitted(RECORDS, {}, { formats: ["ndjson"] })).toBe("content_type_unsupported");
    expect(admitted(RECORDS, {}, { formats: ["json"] })).toEqual(records("json"));
  });

  test("as long as the route takes, and no longer", () => {
    const limits = { limits: { body_bytes_max: 1_000, record_bytes_max: 1_000, hold_bytes_max: 1_000 } };
    const sent = (length: number) =>
      admitted(RECORDS, { headers: { "content-length": `${length}` } }, limits);
    expect(sent(1_000)).toEqual(records("json"));
    expect(sent(1_001)).toBe("body_too_large");
  });

  test.each<[name: string, contentType: string, boundary: string | null]>([
    ["a form", "multipart/form-data; boundary=a-1", "a-1"],
    ["a form in any case", 'Multipart/Form-Data;BOUNDARY="a?b"', "a?b"],
    ["tabs and spaces", "multipart/form-data \t; \tboundary=a\t ", "a"],
    ["the longest boundary", `multipart/form-data; boundary=${"a".repeat(70)}`, "a".repeat(70)],
    ["the longest boundary in quotes", `multipart/form-data; boundary="${"a".repeat(70)}"`, "a".repeat(70)],
    ["one too long", `multipart/form-data; boundary=${"a".repeat(71)}`, null],
    ["one too long in quotes", `multipart/form-data; boundary="${"a".repeat(71)}"`, null],
    ["no boundary", "multipart/form-data", null],
    ["an empty boundary", "multipart/form-data; boundary=", null],
    ["an empty boundary in quotes", 'multipart/form-data; boundary=""', null],
    ["two boundaries", "multipart/form-data; boundary=a; boundary=b", null],
    ["a second by RFC 2231", "multipart/form-data; boundary=a; boundary*=b", null],
    ["a charset", "multipart/form-data; boundary=a; charset=utf-8", null],
    ["a charset first", "multipart/form-data; charset=utf-8; boundary=a", null],
    ["a quote that does not close", 'multipart/form-data; boundary="a', null],
    ["a boundary with a space", 'multipart/form-data; boundary="a b"', null],
    ["a boundary with a sign that is not its", "multipart/form-data; boundary=a!", null],
    ["another multipart", "multipart/mixed; boundary=a", null],
    ["a form by a longer name", "xmultipart/form-data; boundary=a", null],
    ["a form within another", "multipart/mixed; multipart/form-data; boundary=a", null],
  ])("%s", (_, contentType, boundary) => {
    const forms = { formats: ["json", "multipart"], multipart: { file: "file" } };
    const sent = { headers: { "content-type": contentType } };
    const expected =
      boundary === null ? "content_type_unsupported" : records("multipart", "identity", boundary);
    expect(admitted(RECORDS, sent, forms)).toEqual(expected);
    expect(admitted(RECORDS, sent)).toBe("content_type_unsupported");
  });

  test("the route before the head: who asks for none is not told what a good head is", () => {
    expect(admitted("/ingest/none", { method: "GET", headers: { upgrade: "x" } })).toBe("route_unknown");
    expect(admitted(RECORDS, { method: "GET", headers: { upgrade: "x" } })).toBe("method_not_allowed");
  });
});

describe("events", () => {
  const formats = {
    formats: ["json", "cloudevents", "cloudevents-batch", "cloudevents-binary"],
    shape: CLOUD_EVENTS,
  };
  const sent = (type: string, headers: object = {}, over: object = formats) =>
    admitted(RECORDS, { headers: { "content-type": type, ...headers } }, over);

  test("each form by its type, where the route takes it", () => {
    const types = {
      cloudevents: "application/cloudevents+json",
      "cloudevents-batch": "Application/CloudEvents-Batch+JSON; charset=utf-8",
    };
    for (const [format, type] of Object.entries(types)) {
      expect(sent(type)).toEqual(records(format));
      // Its attributes are in its body, whatever its headers say.
      expect(sent(type, { "ce-specversion": "1.0", "ce-x": "%" })).toEqual(records(format));
      expect(sent(type, {}, {})).toBe("content_type_unsupported");
    }
    for (const type of [
      "application/cloudevents+avro",
      "application/cloudevents",
      "application/cloudevents-batch",
    ])
      for (const headers of [{}, { "ce-specversion": "1.0" }])
        expect(sent(type, headers)).toBe("content_type_unsupported");
  });

  test("in headers, where the route takes those, with data of any type", () => {
    const event = (mediaType: string, more: object = {}) => ({
      ...records("cloudevents-binary"),
      event: { attributes: new Map(Object.entries({ id: "1", specversion: "1.0", ...more })), mediaType },
    });
    const headers = { "ce-specversion": "1.0", "ce-id": "1" };
    expect(sent("application/json", headers)).toEqual(event("application/json"));
    expect(sent("Audio/WAV", { ...headers, "ce-subject": "a%20b" })).toEqual(
      event("audio/wav", { subject: "a b" }),
    );
    expect(sent("application/json", headers, {})).toEqual(records("json"));
    expect(sent("application/json", { "ce-id": "1" })).toEqual(records("json"));
    for (const type of [
      "text/plain; charset=latin1",
      "text/plain; x=y",
      "multipart/form-data; boundary=a",
      "text",
      "te xt/plain",
      `text/${"x".repeat(33)}`,
    ])
      expect(sent(type, headers)).toBe("content_type_unsupported");
    for (const more of [{ "ce-specversion": "0.3" }, { "ce-subject": "%" }, { "ce-data": "x" }])
      expect(sent("application/json", { ...headers, ...more })).toBe("header_refused");
    expect(sent("application/json", { ...headers, "content-encoding": "br" })).toBe(
      "content_coding_unsupported",
    );
  });
});

describe("JSON under another type", () => {
  const form = "application/x-www-form-urlencoded";
  const sent = (type: string, over: object = {}) =>
    admitted(RECORDS, { headers: { "content-type": type, "content-encoding": "gzip" } }, over);
  test("is JSON where the route says so, and nowhere else", () => {
    expect(sent(form)).toBe("content_type_unsupported");
    expect(sent(form, { json_sent_as: [form] })).toEqual(records("json", "gzip"));
    expect(sent("text/plain", { json_sent_as: [form] })).toBe("content_type_unsupported");
  });
});

describe("opaque bodies", () => {
  const opaque = (contentType: string, coding: string | null = null) => ({
    route: "otlp-traces",
    form: "opaque",
    contentType,
    coding,
  });

  test.each<[name: string, head: Head, expected: unknown]>([
    ["a media type of the route", {}, opaque("application/x-protobuf")],
    ["another of them", { headers: { "content-type": "Application/JSON" } }, opaque("application/json")],
    ["gzip", { headers: { "content-encoding": " GZip" } }, opaque("application/x-protobuf", "gzip")],
    ["deflate", { headers: { "content-encoding": "deflate" } }, opaque("application/x-protobuf", "deflate")],
    ["br", { headers: { "content-encoding": "br" } }, opaque("application/x-protobuf", "br")],
    ["zstd", { headers: { "content-encoding": "zstd" } }, opaque("application/x-protobuf", "zstd")],
    ["another coding", { headers: { "content-encoding": "identity" } }, "content_coding_unsupported"],
    ["no coding by name", { headers: { "content-encoding": "" } }, "content_coding_unsupported"],
    ["a media type of no route", { headers: { "content-type": "text/plain" } }, "content_type_unsupported"],
    ["an upgrade", { headers: { upgrade: "websocket" } }, "header_refused"],
    ["a range", { headers: { range: "bytes=0-1" } }, "header_refused"],
    ["too long by its own word", { headers: { "content-length": "1073741825" } }, "body_too_large"],
    ["as long as may be", { headers: { "content-length": "1073741824" } }, opaque("application/x-protobuf")],
  ])("%s", (_, head, expected) => {
    expect(admitted(OPAQUE, head)).toEqual(expected);
  });
});
