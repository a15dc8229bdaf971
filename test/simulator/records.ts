/** What a sender sends: records of people with and without consent, telemetry clean and not, and what is none of it. Each names itself. */
import type { ContentItem, Item } from "../../src/decision/model.ts";
import { MARKER } from "../support/marker.ts";
import type { Random } from "../support/random.ts";
import { ACCOUNTS, ANSWERED_AT, channelOf, meetingOf, PEOPLE, STARTS_AT } from "./world.ts";

export interface SentRecord {
  /** As it is sent. */
  readonly text: string;
  /** What the rules are asked about. */
  readonly item: Item;
  /** A claim to be service data that holds more: what is left of it, where the route reduces it; null: it holds no more. */
  readonly reduced: string | null;
  /** What `strip` leaves of it when it is denied; null: nothing. */
  readonly stripped: string | null;
  /** Whether its item is of an unknown kind where the route refuses the claim to be service data. */
  readonly excess: boolean;
  /** Stands in it wherever content does; empty: it holds none. */
  readonly mark: string;
}

/** What the content records of one body have in common, so that the same few people come again and again. */
export type Cast = readonly Omit<ContentItem, "type">[];

export function drawCast(r: Random): Cast {
  return Array.from({ length: r.int(1, 5) }, () => drawItem(r));
}

function drawItem(r: Random): Omit<ContentItem, "type"> {
  const consented = r.chance(0.6);
  const account = consented
    ? r.pick(["acme", "acme", "loose", "strict"])
    : r.pick([...ACCOUNTS, "nobody", null]);
  const conversation =
    account === null || r.chance(0.05)
      ? r.pick([null, "elsewhere"])
      : r.chance(0.1)
        ? channelOf(account)
        : meetingOf(account);
  const at = r.chance(0.85)
    ? ANSWERED_AT + r.int(0, 80_000_000)
    : r.pick([ANSWERED_AT - 5, STARTS_AT - r.int(0, 70_000), STARTS_AT + r.int(290_000, 320_000), null]);
  const until = r.chance(0.85) || at === null ? null : r.pick([at, at + 5_000, at - 1]);
  return {
    account,
    conversation,
    speaker: consented
      ? r.pick(account === "loose" ? ["bo", "cy"] : ["bo", "bo", "bo", "ana"])
      : r.chance(0.2)
        ? null
        : r.pick([...PEOPLE, "eve"]),
    privateTo: r.chance(0.9) ? null : [r.pick(PEOPLE)],
    kind:
      consented || r.chance(0.8) ? r.pick(["chat", "transcript", "audio"]) : r.pick(["file", "gossip", null]),
    capturedAt: at,
    capturedUntil: until,
    labels: r.chance(0.95) ? [] : [r.pick(["health_information", "secret"])],
    signal: "none",
  };
}

/** `pad`: how long a text may be. */
export function drawRecord(r: Random, index: number, exchange: number, cast: Cast, pad: number): SentRecord {
  const id = `r${exchange}.${index}`;
  const mark = `${MARKER}:${id};`;
  const roll = r.int(0, 99);
  if (roll < 70) return contentRecord(r, id, mark, r.pick(cast), pad);
  if (roll < 98) return telemetry(r, id, mark, roll > 90);
  const text = JSON.stringify({ type: "gossip", id, text: mark });
  return { text, item: UNKNOWN, reduced: null, stripped: null, excess: false, mark };
}

/** What no variant of the shape fits. */
export const UNKNOWN: ContentItem = {
  type: "content",
  account: null,
  conversation: null,
  speaker: null,
  privateTo: null,
  kind: null,
  capturedAt: null,
  capturedUntil: null,
  labels: [],
  signal: "none",
};

const STRIPPED = ["type", "id", "account", "conversation", "kind", "captured_at", "captured_until"];
const KNOWN_KINDS = ["chat", "transcript", "audio", "file"];

function contentRecord(
  r: Random,
  id: string,
  mark: string,
  item: Omit<ContentItem, "type">,
  pad: number,
): SentRecord {
  const members: [string, unknown][] = [
    ["type", "content"],
    ["id", id],
    ["account", item.account],
    ["conversation", item.conversation],
    ["speaker", item.speaker],
    ["kind", item.kind],
    ["captured_at", item.capturedAt === null ? null : iso(item.capturedAt)],
    ["text", `${mark}${"x".repeat(r.int(0, pad))}${r.pick(["", "é", "\\u20ac", '"', "😀"])}`],
  ];
  if (item.capturedUntil !== null) members.push(["captured_until", iso(item.capturedUntil as number)]);
  if (item.privateTo !== null) members.push(["private_to", item.privateTo]);
  if (item.labels.length > 0) members.push(["labels", item.labels]);
  if (r.chance(0.3)) members.push(["more", { deep: [mark, 1.5e3, null, true] }]);
  const present = members.filter(([, value]) => value !== null);
  const ordered = r.chance(0.7) ? present : present.toSorted(([a], [b]) => (a < b ? -1 : 1));
  const left = ordered.filter(
    ([name, value]) => STRIPPED.includes(name) && (name !== "kind" || KNOWN_KINDS.includes(value as string)),
  );
  return {
    text: written(r, ordered),
    item: { type: "content", ...item },
    reduced: null,
    stripped: JSON.stringify(Object.fromEntries(left)),
    excess: false,
    mark,
  };
}

function telemetry(r: Random, id: string, mark: string, excess: boolean): SentRecord {
  const members: [string, unknown][] = [
    ["type", "telemetry"],
    ["id", id],
    ["event", "call.quality"],
    ["at", iso(STARTS_AT)],
    ["duration_ms", r.int(0, 60_000)],
  ];
  const all = excess ? [...members, ["note", mark] as [string, unknown]] : members;
  return {
    text: written(r, all),
    item: { type: "service_data" },
    reduced: excess ? JSON.stringify(Object.fromEntries(members)) : null,
    stripped: null,
    excess,
    mark: excess ? mark : "",
  };
}

/** With the white space that a sender may put between tokens. */
function written(r: Random, members: readonly (readonly [string, unknown])[]): string {
  const text = JSON.stringify(Object.fromEntries(members));
  return r.chance(0.8) ? text : text.replace(/^\{/, "{ ").replace(/\}$/, "\t}");
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Faults of grammar: what stands where a record should, and the fault it is. */
export const BAD_RECORDS = [
  ['{"type":"content",]', "json_syntax"],
  ['{"a":1,"a":2}', "json_duplicate_key"],
  ["[1]", "record_not_object"],
  ['{"a":"\\ud800"}', "json_surrogate"],
  ['{"a":1e999}', "json_number"],
] as const;
