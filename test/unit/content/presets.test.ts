import { describe, expect, it } from "vitest";
import { tenfourRecord } from "../../../src/config/presets/tenfour-record.ts";
import { zoomEvents } from "../../../src/config/presets/zoom-events.ts";
import { readRecord as read } from "./read-record.ts";

const zoom = (event: string, object: object, rest: object = {}) => ({
  event,
  event_ts: 1_760_000_000_000,
  payload: { account_id: "AAAAAABBBB", operator_id: "op-1", object },
  ...rest,
});

const UUID = "4444AAAiAAAAAiAiAiiAii==";
const TEN = Date.UTC(2026, 10, 21, 10);

const chat = (message: object) =>
  zoom("meeting.chat_message_sent", {
    id: 1234567890,
    uuid: UUID,
    chat_message: {
      date_time: "2026-11-21T10:00:00Z",
      sender_session_id: "ABCDE12345",
      sender_name: "SECRET-7f3a",
      recipient_type: "everyone",
      message_id: "MS17",
      message_content: "SECRET-7f3a",
      ...message,
    },
  });

const recording = (files: object[]) =>
  zoom(
    "recording.completed",
    {
      uuid: UUID,
      topic: "SECRET-7f3a",
      password: "SECRET-7f3a",
      share_url: "https://SECRET-7f3a",
      duration: 20,
      recording_files: files,
    },
    { download_token: "SECRET-7f3a" },
  );

const file = (file_type: string, from: string, to: string) => ({
  file_type,
  recording_start: `2026-11-21T${from}:00Z`,
  recording_end: `2026-11-21T${to}:00Z`,
  download_url: "https://SECRET-7f3a",
  play_url: "https://SECRET-7f3a",
  file_size: 1,
});

describe("Zoom's events", () => {
  it("a chat message is its sender's", () => {
    const { items, left } = read(chat({}), zoomEvents());
    expect(items).toEqual([
      {
        type: "content",
        account: "AAAAAABBBB",
        conversation: UUID,
        speaker: "ABCDE12345",
        privateTo: null,
        kind: "chat",
        capturedAt: TEN,
        capturedUntil: null,
        labels: [],
        signal: "none",
      },
    ]);
    expect(left).toEqual({
      event: "meeting.chat_message_sent",
      event_ts: 1_760_000_000_000,
      payload: {
        account_id: "AAAAAABBBB",
        object: { uuid: UUID, chat_message: { date_time: "2026-11-21T10:00:00Z", message_id: "MS17" } },
      },
    });
  });

  it("a chat message is private unless it is for everyone", () => {
    const to = (message: object) => read(chat(message), zoomEvents()).items[0];
    expect(to({ recipient_type: "host", recipient_session_id: "H1" })).toMatchObject({ privateTo: ["H1"] });
    expect(to({ recipient_type: "group" })).toMatchObject({ privateTo: [""] });
    expect(to({ sender_session_id: undefined })).toMatchObject({ speaker: "" });
    const by = zoomEvents({ chat_speaker: "/payload/object/chat_message/sender_email" });
    expect(read(chat({ sender_email: "j@example.com" }), by).items[0]).toMatchObject({
      speaker: "j@example.com",
    });
  });

  it("a file that a message or a recording points at is of its own kind too", () => {
    const kinds = (record: string | object) =>
      read(record as never, zoomEvents()).items.map((item) => "kind" in item && item.kind);
    expect(kinds(chat({ file_ids: ["f1"] }))).toEqual(["chat", "file"]);
    expect(kinds(chat({ file_ids: null }))).toEqual(["chat", "file"]);
  });

  it("a recording holds the kinds of its files and spans them all", () => {
    const files = [
      file("MP4", "10:05", "10:20"),
      file("CHAT", "10:00", "10:10"),
      file("MP4", "10:06", "10:07"),
    ];
    const { items, left } = read(recording(files), zoomEvents());
    expect(items).toMatchObject(
      ["video", "audio", "screen", "chat"].map((kind) => ({
        kind,
        speaker: null,
        capturedAt: TEN,
        capturedUntil: TEN + 20 * 60_000,
      })),
    );
    expect(JSON.stringify(left)).not.toContain("SECRET-7f3a");
    expect(read(recording([file("TB", "10:00", "10:01")]), zoomEvents()).items).toMatchObject([
      { kind: null },
    ]);
    expect(read(recording([]), zoomEvents()).items).toMatchObject([{ kind: null, capturedAt: null }]);
  });

  it("a summary is of the whole meeting", () => {
    const summary = zoom("meeting.summary_completed", {
      meeting_uuid: UUID,
      meeting_topic: "SECRET-7f3a",
      meeting_start_time: "2026-11-21T10:00:00Z",
      meeting_end_time: "2026-11-21T10:20:00Z",
      summary_overview: "SECRET-7f3a",
    });
    const { items, left } = read(summary, zoomEvents());
    expect(items).toMatchObject([
      { kind: "summary", conversation: UUID, speaker: null, capturedUntil: TEN + 1_200_000 },
    ]);
    expect(JSON.stringify(left)).not.toContain("SECRET-7f3a");
  });

  it("team chat is its channel's, direct messages nobody's", () => {
    const message = {
      id: "m",
      type: "to_channel",
      date_time: "2026-11-21T10:00:00Z",
      channel_id: "c1",
      message: "SECRET-7f3a",
    };
    expect(read(zoom("chat_message.sent", message), zoomEvents()).items).toMatchObject([
      { kind: "chat", conversation: "c1", speaker: "op-1", privateTo: null },
    ]);
    const direct = { ...message, type: "to_contact", channel_id: undefined, contact_id: "u2" };
    expect(read(zoom("chat_message.sent", direct), zoomEvents()).items).toMatchObject([
      { conversation: null, privateTo: ["u2"] },
    ]);
  });

  it("what a meeting does is service data; what people called it is not", () => {
    const started = zoom("meeting.started", {
      uuid: UUID,
      topic: "SECRET-7f3a",
      duration: 5,
      timezone: "America/New_York",
    });
    const { items, left } = read(started, zoomEvents());
    expect(items).toEqual([{ type: "service_data" }]);
    expect(left).toEqual({
      event: "meeting.started",
      event_ts: 1_760_000_000_000,
      payload: {
        account_id: "AAAAAABBBB",
        object: { uuid: UUID, duration: 5, timezone: "America/New_York" },
      },
    });
  });

  it("an event nobody named is content of no known kind", () => {
    const streaming = zoom("meeting.live_streaming_started", {
      live_streaming: { stream_key: "SECRET-7f3a" },
    });
    expect(read(streaming, zoomEvents())).toMatchObject({
      items: [{ type: "content", kind: null }],
      left: null,
    });
  });
});

describe("Tenfour's own record", () => {
  it("of content is what it says, stripped to no speaker", () => {
    const record = {
      type: "content",
      id: "m-1",
      account: "acme",
      conversation: "standup",
      speaker: "ana",
      private_to: ["ben"],
      kind: "chat",
      captured_at: "2026-11-21T10:00:00Z",
      labels: ["health_information"],
      text: "SECRET-7f3a",
    };
    const { items, left } = read(record, tenfourRecord());
    expect(items).toMatchObject([
      {
        account: "acme",
        conversation: "standup",
        speaker: "ana",
        privateTo: ["ben"],
        kind: "chat",
        capturedAt: TEN,
        labels: ["health_information"],
      },
    ]);
    expect(left).toEqual({
      type: "content",
      id: "m-1",
      account: "acme",
      conversation: "standup",
      kind: "chat",
      captured_at: "2026-11-21T10:00:00Z",
    });
  });

  it("of telemetry holds no text, however many members a deployer adds", () => {
    const record = {
      type: "telemetry",
      id: "t-1",
      event: "call_ended",
      at: "2026-11-21T10:00:00Z",
      duration_ms: 1,
      mos: 4.1,
      note: "SECRET-7f3a",
    };
    expect(read(record, tenfourRecord()).left).toEqual({
      type: "telemetry",
      id: "t-1",
      event: "call_ended",
      at: "2026-11-21T10:00:00Z",
      duration_ms: 1,
    });
    expect(
      read(record, tenfourRecord({ telemetry: { "/mos": "number", "/id": "number" } })).left,
    ).toMatchObject({ id: "t-1", mos: 4.1 });
  });
});

it("no preset allows what opens content", () => {
  const opens = /download|play_|url|token|password|passcode|stream_key|topic|title|name|email|content/;
  const allowed = [zoomEvents(), tenfourRecord()].flatMap(({ variants }) =>
    variants.flatMap((variant) =>
      Object.keys("service_data" in variant ? variant.service_data : (variant.strip_to ?? {})),
    ),
  );
  expect(allowed.length).toBeGreaterThan(40);
  expect(allowed.filter((pointer) => opens.test(pointer))).toEqual([]);
});
