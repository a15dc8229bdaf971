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

/**
 * `speech`: a quarter plain English, the rest as people and their transcribers write. One “ makes the text of a whole body two
 * bytes a character to those who hold it as one string. `ascii`: only the first, which such text rarely is.
 */
export const CORPORA = ["speech", "ascii"] as const;
export type Corpus = (typeof CORPORA)[number];

const SENTENCES = [
  "We said that the plan for next week is to look at the numbers again, and then decide who writes it up. ",
  '“That’s fine,” she said — but it isn’t "final" until Zoë has seen it…\nThen we ship. ',
  "Für die Übergabe müssen wir noch prüfen, ob die Größe stimmt und wer am Dienstag zuständig wäre. ",
  "来週の計画については、もう一度数字を確認してから、誰がまとめるかを決めることにしました。",
];

/** `count` records as NDJSON, all captured at `capturedAt` (Unix ms); every speaker of every place takes turns. */
export function ndjson(corpus: Corpus, count: number, capturedAt: number): Buffer {
  const captured_at = new Date(capturedAt).toISOString();
  const sentences = corpus === "ascii" ? SENTENCES.slice(0, 1) : SENTENCES;
  const lines = Array.from({ length: count }, (_, index) => {
    const place = PLACES[index % PLACES.length]!;
    const speaker = place.speakers[Math.floor(index / PLACES.length) % SPEAKERS]!;
    return line(
      {
        account: place.account,
        conversation: place.conversation,
        speaker,
        kind: "transcript",
        captured_at,
        id: `utterance-${index}`,
      },
      sentences[Math.floor(index / 3) % sentences.length]!,
    );
  });
  return Buffer.from(lines.join(""));
}

/** The record with as much of the sentence, said again and again, as makes it 1 KiB. */
function line(record: object, sentence: string): string {
  const empty = JSON.stringify({ ...record, text: "" });
  let room = RECORD_BYTES - 1 - Buffer.byteLength(empty);
  let text = "";
  for (const character of sentence.repeat(12)) {
    const bytes = Buffer.byteLength(JSON.stringify(character)) - 2;
    if (bytes > room) break;
    text += character;
    room -= bytes;
  }
  return `${JSON.stringify({ ...record, text: text + ".".repeat(room) })}\n`;
}
