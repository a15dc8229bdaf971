/** vCons in the shapes writers give them: a recorded meeting, and a call with its audio inside. All made up. */

export type Json = Readonly<Record<string, unknown>>;

/** A meeting of three known people, one a guest, written as the IETF's are: the recording by reference, the papers as attachments. */
export const MEETING = {
  uuid: "019d0000-0000-8000-8000-000000000001",
  redacted: {},
  group: [],
  parties: [
    { mailto: "ana@acme.example", name: "Ana Lima", role: "chair" },
    { mailto: "mailto:bo@acme.example", name: "Bo Berg", role: "chair" },
    { name: "Everyone else", role: "attendee" },
  ],
  dialog: [
    {
      type: "video",
      start: "2026-01-05T10:00:00+00:00",
      parties: [0, 1, 2],
      mediatype: "video/mp4",
      url: "https://video.example/watch?v=1",
      duration: 3600,
      meta: { group: "green" },
    },
  ],
  attachments: [
    { purpose: "meeting_metadata", body: { room: "Blue room", group: "green" }, encoding: "json" },
    {
      purpose: "lawful_basis",
      encoding: "json",
      body: {
        lawful_basis: "legitimate_interests",
        expiration: "2099-12-31T23:59:59+00:00",
        purpose_grants: [
          { purpose: "recording", granted: true, granted_at: "2026-01-05T10:00:00+00:00" },
          { purpose: "analysis", granted: true, granted_at: "2026-01-05T10:00:00+00:00" },
        ],
      },
    },
    { purpose: "slides", body: { url: "https://papers.example/1", title: "Chair slides" }, encoding: "json" },
  ],
  analysis: [
    {
      type: "wtf_transcription",
      dialog: 0,
      vendor: "whisper",
      encoding: "json",
      body: {
        transcript: { text: "So, let us start." },
        segments: [{ start: 0, text: "So, let us start." }],
      },
    },
  ],
  created_at: "2026-01-06T03:46:47.860279+00:00",
  subject: "The green session",
  extensions: ["lawful_basis", "wtf_transcription"],
  updated_at: "2026-01-06T03:46:48.952187+00:00",
} as const;

/** A call of two, as contact centres write them. */
export const CALL = {
  uuid: "42f00000-0000-4000-8000-000000000002",
  created_at: "2026-01-05T14:51:12.774Z",
  updated_at: "2026-01-05T14:51:20.369Z",
  parties: [
    {
      tel: "+15550100",
      mailto: "cy@customer.example",
      name: "Cy Dale",
      role: "customer",
      meta: { vip: true },
    },
    { tel: "+15550101", mailto: "ana@acme.example", name: "Ana Lima", role: "agent", id: "agent 7" },
  ],
  dialog: [
    {
      type: "recording",
      start: "2026-01-05T14:51:12.775Z",
      parties: [1, 0],
      mimetype: "audio/x-wav",
      filename: "call.wav",
      duration: 0,
      meta: { disposition: "ANSWERED" },
      body: "UklGRioeAABXQVZF",
    },
  ],
  attachments: [],
  analysis: [
    {
      type: "transcript",
      dialog: 0,
      vendor: "v",
      body: { transcript: "hello" },
      encoding: "none",
      extra: {},
    },
    { type: "summary", dialog: 0, vendor: "v", body: "They said hello.", encoding: "none", extra: {} },
    { type: "diarized", dialog: 0, vendor: "v", body: "", encoding: "none", extra: {} },
  ],
  tags: {},
} as const;

/** A chat of three in turn, with a transfer, a call that failed, and something said of parts and of all. */
export const CHAT = {
  vcon: "0.4.0",
  uuid: "019d0000-0000-8000-8000-000000000003",
  created_at: "2026-01-05T09:00:00Z",
  parties: [
    { uuid: "ana" },
    { uuid: "bo", type: "person" },
    { uuid: "cy", name: "Cy" },
    { uuid: "dee", name: "Dee" },
  ],
  dialog: [
    {
      type: "text",
      start: "2026-01-05T09:00:00Z",
      parties: 0,
      mediatype: "text/plain",
      encoding: "none",
      body: "hi",
    },
    {
      type: "text",
      start: "2026-01-05T09:01:00Z",
      parties: [1],
      originator: 1,
      encoding: "none",
      body: "hello",
    },
    {
      type: "text",
      start: "2026-01-05T09:02:00Z",
      duration: 1.5,
      parties: [2],
      encoding: "none",
      body: "good day",
    },
    { type: "incomplete", start: "2026-01-05T09:03:00Z", parties: [0, 2], disposition: "no-answer" },
    {
      type: "transfer",
      start: "2026-01-05T09:04:00Z",
      transferee: 0,
      transferor: 1,
      transfer_target: 2,
      original: 0,
      target_dialog: [2],
      consultation: -1,
    },
  ],
  analysis: [
    { type: "summary", dialog: [0, 1], vendor: "v", encoding: "none", body: "greetings" },
    { type: "sentiment", dialog: 2, vendor: "v", encoding: "none", body: "calm" },
    { type: "report", vendor: "v", encoding: "none", body: "all well" },
    { type: "translation", attachment: [1], vendor: "v", encoding: "none", body: "hallo" },
  ],
  attachments: [
    {
      purpose: "contract",
      start: "2026-01-05T09:00:30Z",
      party: 0,
      dialog: 0,
      encoding: "none",
      body: "terms",
    },
    { purpose: "note", party: 2, encoding: "none", body: "a note" },
  ],
} as const;
