/**
 * What a webhook of Zoom tells of a meeting or webinar: its start, its end, who joined, who left (field names of
 * zoom/rivet-javascript v0.3.0). Reads a proven body; writes nothing. A meeting is its `uuid`: its `id` is used again.
 */
import type { ZoomSourceConfig } from "../../config/define.ts";
import { LIMITS } from "../../config/limits.ts";
import type { SourceEvent } from "../../consent/source-feed.ts";
import { JsonScanner } from "../../content/json/scan.ts";
import { compilePlan } from "../../content/pointer.ts";
import { rfc3339Ms } from "../../content/time.ts";

export type ZoomEvent =
  | { readonly type: "event"; readonly event: SourceEvent }
  | { readonly type: "url_validation"; readonly plainToken: string }
  /** Of no interest here. */
  | { readonly type: "other" }
  | { readonly type: "fault"; readonly code: "json_invalid" | "account_mismatch" | "event_incomplete" };

const EVENTS: Readonly<Record<string, readonly [SourceEvent["kind"], SourceEvent["told"]["type"]]>> = {
  "meeting.started": ["meeting", "started"],
  "meeting.ended": ["meeting", "ended"],
  "meeting.participant_joined": ["meeting", "joined"],
  "meeting.participant_left": ["meeting", "left"],
  "webinar.started": ["webinar", "started"],
  "webinar.ended": ["webinar", "ended"],
  "webinar.participant_joined": ["webinar", "joined"],
  "webinar.participant_left": ["webinar", "left"],
};

const ID = new RegExp(`^[\\x21-\\x7e]{1,${LIMITS.id_chars_max}}$`);
/** Leaves room for the prefix of a guest. */
const SESSION = /^[\x21-\x7e]{1,200}$/;
const TOKEN = /^[\x21-\x7e]{1,512}$/;

const utf8 = new TextEncoder();
const scanner = new JsonScanner(compilePlan([]), false);

type Members = Readonly<Record<string, unknown>>;

/** Never throws, whatever the bytes are. */
export function readEvent(body: Uint8Array, source: ZoomSourceConfig): ZoomEvent {
  const envelope = parsed(body);
  if (envelope === null) return { type: "fault", code: "json_invalid" };
  const payload = members(envelope.payload);
  if (envelope.event === "endpoint.url_validation") {
    const plainToken = text(payload.plainToken, TOKEN);
    return plainToken === null ? incomplete() : { type: "url_validation", plainToken };
  }
  const known = typeof envelope.event === "string" && Object.hasOwn(EVENTS, envelope.event);
  if (!known) return { type: "other" };
  if (payload.account_id !== (source.zoom_account_id ?? source.account)) {
    return { type: "fault", code: "account_mismatch" };
  }
  const [kind, type] = EVENTS[envelope.event as string]!;
  const object = members(payload.object);
  const conversation = text(object.uuid, ID);
  const told = toldBy(type, object, source);
  if (conversation === null || told === null) return incomplete();
  return { type: "event", event: { account: source.account, conversation, kind, recordedBy: "zoom", told } };
}

function toldBy(
  type: SourceEvent["told"]["type"],
  object: Members,
  source: ZoomSourceConfig,
): SourceEvent["told"] | null {
  if (type === "started" || type === "ended") {
    const at = instant(type === "started" ? object.start_time : object.end_time);
    return at === null ? null : { type, at };
  }
  const participant = members(object.participant);
  const session = text(participant.user_id, SESSION);
  const at = instant(type === "joined" ? participant.join_time : participant.leave_time);
  if (session === null || at === null) return null;
  if (type === "left") return { type, at, session };
  const user = text(participant.id, ID) ?? text(participant.participant_user_id, ID);
  const named = source.person === "email" ? text(participant.email, ID) : user;
  // A guest has no stable id: present, and nobody who could have consented.
  const person = named ?? `zoom-session:${session}`;
  return { type, at, person, session, host: user !== null && user === object.host_id };
}

function parsed(body: Uint8Array): Members | null {
  // The scanner refuses what readers disagree about, such as a member given twice; the parser, trailing bytes.
  if (scanner.scan(body, 0, body.length) < 0) return null;
  try {
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body),
    );
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : null;
  } catch {
    return null;
  }
}

function members(value: unknown): Members {
  return typeof value === "object" && value !== null ? (value as Members) : {};
}

function text(value: unknown, shape: RegExp): string | null {
  return typeof value === "string" && shape.test(value) ? value : null;
}

function instant(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const bytes = utf8.encode(value);
  const at = rfc3339Ms(bytes, 0, bytes.length, false);
  return at >= 0 ? at : null;
}

function incomplete(): ZoomEvent {
  return { type: "fault", code: "event_incomplete" };
}
