/** Admit: is this a request for a route, in a form the gate can read? Decided from the head alone, before the body is read. */
import type { RecordFormat } from "../config/define.ts";
import { EVENT_VERSION_HEADER, type EventHead, readEventHead } from "../content/event/event-headers.ts";
import { Fault } from "./fault.ts";
import type { DocumentRoute, MediaRoute, OpaqueRoute, RecordRoute, Route, Routes } from "./routes.ts";
import { unreadable } from "./unreadable.ts";

/** An Idempotency-Key goes on to the upstream, so it may be no more than an id: quoted, as the draft has it, or not. */
const IDEMPOTENCY_KEY = /^("?)[A-Za-z0-9._:+/=-]{1,64}\1$/;

export type Coding = "identity" | "gzip";

export type Admission = RecordAdmission | DocumentAdmission | MediaAdmission | OpaqueAdmission;

export interface RecordAdmission {
  readonly form: "records";
  readonly route: RecordRoute;
  readonly format: RecordFormat;
  /** Of a form; else null. */
  readonly boundary: string | null;
  /** Of an event whose attributes are in headers; else null. */
  readonly event: EventHead | null;
  readonly coding: Coding;
}

export interface DocumentAdmission {
  readonly form: "document";
  readonly route: DocumentRoute;
  readonly mediaType: string;
  readonly coding: Coding;
}

export interface MediaAdmission {
  readonly form: "media";
  readonly route: MediaRoute;
  readonly mediaType: string;
  /** Of a form; else null. */
  readonly boundary: string | null;
}

export interface OpaqueAdmission {
  readonly form: "opaque";
  readonly route: OpaqueRoute;
  readonly contentType: string;
  readonly coding: string | null;
}

const MEDIA_TYPES: Readonly<Record<string, RecordFormat>> = {
  "application/json": "json",
  "application/x-ndjson": "ndjson",
  "application/ndjson": "ndjson",
  "application/jsonl": "ndjson",
  "application/x-jsonlines": "ndjson",
  "application/cloudevents+json": "cloudevents",
  "application/cloudevents-batch+json": "cloudevents-batch",
};

/** One boundary and no other parameter: RFC 2231 gives some readers a second. */
const FORM_TYPE =
  /^multipart\/form-data[ \t]*;[ \t]*boundary=(?:([\w'()+./:=?-]{1,70})|"([\w'()+./:=?-]{1,70})")[ \t]*$/i;

/** Codings an opaque body may be in: it is not opened. */
const OPAQUE_CODINGS = ["gzip", "deflate", "br", "zstd"];

/** The raw path of a request for one of our hosts, exactly as sent; throws a `Fault`. */
export function rawPath(request: Request, hosts: readonly string[]): string {
  const host = request.headers.get("host") ?? "";
  const name = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?$/i.exec(host)?.[1];
  if (name === undefined || !hosts.includes(name.toLowerCase())) throw new Fault("host_unknown");
  const start = /^https?:\/\//.exec(request.url)?.[0].length ?? 0;
  if (start === 0 || !request.url.slice(start).toLowerCase().startsWith(`${host.toLowerCase()}/`)) {
    throw new Fault("host_unknown");
  }
  return request.url.slice(start + host.length);
}

/** Throws a `Fault` for anything but a readable POST to an exact route. */
export function admit(request: Request, target: string, routes: Routes): Admission {
  const query = target.indexOf("?");
  const path = query < 0 ? target : target.slice(0, query);
  if (/[%\\;#]|\.\.|\/\/|[^\x21-\x7e]/.test(path)) throw new Fault("path_malformed");
  const route = routes.byPath.get(path);
  if (route === undefined) throw new Fault("route_unknown");
  if (query >= 0) throw new Fault("query_not_accepted");
  if (request.method !== "POST") throw new Fault("method_not_allowed");
  admitHeaders(request.headers);
  admitLength(request.headers, route);
  if (request.body === null) throw new Fault("body_empty");
  switch (route.form) {
    case "records":
      return admitRecords(request.headers, route);
    case "document":
      return admitDocument(request.headers, route);
    case "media":
      return admitMedia(request.headers, route);
    case "opaque":
      return admitOpaque(request.headers, route);
  }
}

function admitHeaders(headers: Headers): void {
  for (const name of ["upgrade", "range", "content-range", "trailer"]) {
    if (headers.has(name)) throw new Fault("header_refused");
  }
  const connection = headers.get("connection");
  if (connection !== null && !/^(close|keep-alive)$/i.test(connection)) throw new Fault("header_refused");
  const idempotencyKey = headers.get("idempotency-key");
  if (idempotencyKey !== null && !IDEMPOTENCY_KEY.test(idempotencyKey)) throw new Fault("header_refused");
  for (const name of ["authorization", "content-type", "content-encoding", "content-length"]) {
    if (headers.get(name)?.includes(",")) throw new Fault("header_refused");
  }
}

function admitLength(headers: Headers, route: Route): void {
  const declared = headers.get("content-length");
  if (declared === null) return;
  if (!/^\d{1,15}$/.test(declared)) throw new Fault("header_refused");
  if (Number(declared) > route.bodyBytesMax) throw new Fault("body_too_large");
}

/** The media type in lower case; a charset other than UTF-8 or any other parameter is refused. */
function mediaType(headers: Headers): string {
  const [, ...parameters] = (headers.get("content-type") ?? "").split(";").map((part) => part.trim());
  for (const parameter of parameters) {
    if (!/^charset="?utf-?8"?$/i.test(parameter)) throw new Fault("content_type_unsupported");
  }
  return bareType(headers);
}

function admitRecords(headers: Headers, route: RecordRoute): Admission {
  const boundary = boundaryOf(headers);
  if (boundary === null && isBinaryEvent(headers, route)) return admitEvent(headers, route);
  const format = boundary === null ? formatOf(mediaType(headers), route) : "multipart";
  if (format === undefined || !route.formats.includes(format)) throw unreadable(bareType(headers));
  return { form: "records", route, format, boundary, event: null, coding: codingOf(headers) };
}

/** A type of events says that the attributes are in the body, whatever headers say. */
function isBinaryEvent(headers: Headers, route: RecordRoute): boolean {
  const inBody = mediaType(headers).startsWith("application/cloudevents");
  return !inBody && headers.has(EVENT_VERSION_HEADER) && route.formats.includes("cloudevents-binary");
}

function admitEvent(headers: Headers, route: RecordRoute): Admission {
  const type = mediaType(headers);
  if (!/^[a-z0-9.+-]{1,31}\/[a-z0-9.+-]{1,32}$/.test(type)) throw new Fault("content_type_unsupported");
  const event = readEventHead(headers, type);
  if (event === null) throw new Fault("header_refused");
  const format = "cloudevents-binary";
  return { form: "records", route, format, boundary: null, event, coding: codingOf(headers) };
}

function codingOf(headers: Headers): Coding {
  const coding = (headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (coding !== "identity" && coding !== "gzip") throw new Fault("content_coding_unsupported");
  return coding;
}

function admitDocument(headers: Headers, route: DocumentRoute): Admission {
  const type = mediaType(headers);
  if (!route.reader.mediaTypes.includes(type)) throw unreadable(type);
  return { form: "document", route, mediaType: type, coding: codingOf(headers) };
}

function admitMedia(headers: Headers, route: MediaRoute): Admission {
  const boundary = boundaryOf(headers);
  const type = boundary === null ? mediaType(headers) : "multipart/form-data";
  const taken = boundary === null ? route.mediaTypes.includes(type) : route.mediaForm !== null;
  if (!taken) throw unreadable(type);
  if (codingOf(headers) !== "identity") throw new Fault("content_coding_unsupported");
  return { form: "media", route, mediaType: type, boundary };
}

function bareType(headers: Headers): string {
  return (headers.get("content-type") ?? "").split(";", 1)[0]!.trim().toLowerCase();
}

function formatOf(type: string, route: RecordRoute): RecordFormat | undefined {
  return route.jsonSentAs.includes(type) ? "json" : MEDIA_TYPES[type];
}

/** null: it is no form. */
function boundaryOf(headers: Headers): string | null {
  const type = headers.get("content-type") ?? "";
  if (!/^multipart\//i.test(type)) return null;
  const match = FORM_TYPE.exec(type);
  if (match === null) throw new Fault("content_type_unsupported");
  return (match[1] ?? match[2])!;
}

function admitOpaque(headers: Headers, route: OpaqueRoute): Admission {
  const contentType = mediaType(headers);
  if (!route.contentTypes.includes(contentType)) throw unreadable(contentType);
  const coding = headers.get("content-encoding")?.trim().toLowerCase() ?? null;
  if (coding !== null && !OPAQUE_CODINGS.includes(coding)) throw new Fault("content_coding_unsupported");
  return { form: "opaque", route, contentType, coding };
}
