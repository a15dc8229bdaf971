/**
 * What the bench sends, and who is in it: records of exactly 1 KiB from several accounts, conversations and speakers.
 * Same bytes on every run but for the time. No I/O.
 */

export const SERVICE = "meeting-summary";
export const NOTICE_VERSION = "2026-01";
export const RECORD_BYTES = 1024;
const ACCOUNTS = 8;
const CONVERSATIONS = 8;
const SPEAKERS = 8;

export interface Place {
  readonly account: string;
  readonly conversation: string;
  readonly host: string;
  readonly speakers: readonly string[];
}

export const PLACES: readonly Place[] = Array.from({ length: ACCOUNTS * CONVERSATIONS }, (_, index) => {
  const account = `acct-${Math.floor(index / CONVERSATIONS)}`;
  const conversation = `${account}-meeting-${index % CONVERSATIONS}`;
  const speakers = Array.from({ length: SPEAKERS }, (_, person) => `${conversation}-person-${person}`);
  return { account, conversation, host: speakers[0]!, speakers };
});

const WORDS =
  "we said that the plan for next week is to look at numbers again and then decide who writes it up ".repeat(
    10,
  );

/** `count` records as NDJSON, all captured at `capturedAt` (Unix ms); every speaker of every place takes turns. */
export function ndjson(count: number, capturedAt: number): Buffer {
  const captured_at = new Date(capturedAt).toISOString();
  const lines = Buffer.alloc(count * RECORD_BYTES);
  for (let index = 0; index < count; index++) {
    const place = PLACES[index % PLACES.length]!;
    const record = {
      account: place.account,
      conversation: place.conversation,
      speaker: place.speakers[Math.floor(index / PLACES.length) % SPEAKERS],
      kind: "transcript",
      captured_at,
      id: `utterance-${index}`,
      text: "",
    };
    const room = RECORD_BYTES - 1 - JSON.stringify(record).length;
    const shift = index % 50;
    record.text = WORDS.slice(shift, shift + room);
    lines.write(`${JSON.stringify(record)}\n`, index * RECORD_BYTES, "latin1");
  }
  return lines;
}
