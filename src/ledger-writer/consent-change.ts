/** What the ledger says of a change of consent state: people under pseudonyms, no texts. Pure: the keys are passed in. */
import type { ConsentChanged, JsonValue, Pseudonym } from "../ledger/entries.ts";
import type { OutboxChange, PersonKey } from "../ledger/port.ts";
import { pseudonym } from "../ledger/pseudonym.ts";

type Row = OutboxChange["row"];

const WHAT: Readonly<Record<string, (row: Row) => ConsentChanged["what"]>> = {
  account: () => "account",
  setting: () => "service_setting",
  notice: () => "notice",
  consent: (row) => (row.conversation_id === "" ? "account_consent" : "host_consent"),
  conversation: () => "conversation",
  presence: () => "presence",
  departure: () => "presence",
  showing: () => "notice_shown",
  answer: () => "participant_answer",
  producer_key: () => "producer_key",
};

/** Of a row: what has a member of its own in `ConsentChanged`, and who people are. */
const NAMED = ["account_id", "conversation_id", "service", "answer", "person", "role", "recorded_by"];
const NAMED_TOO = ["notice_version", "covers", "expires_at"];

/** Whose pseudonyms a change needs: of the account it belongs to. */
export function peopleIn({ row }: OutboxChange): PersonKey[] {
  const account = accountOf(row);
  return [row.person, row.recorded_by]
    .filter((one): one is string => typeof one === "string" && one !== "")
    .map((one) => [account, one] as const);
}

/** `keys`: by `JSON.stringify` of account and person. Throws a `TypeError` on a type that the outbox does not have. */
export function toConsentChanged(change: OutboxChange, keys: ReadonlyMap<string, string>): ConsentChanged {
  const { row, type } = change;
  const what = WHAT[type]?.(row);
  if (what === undefined) throw new TypeError("the outbox holds a change of an unknown type");
  const person = (value: unknown): Pseudonym | null => {
    if (typeof value !== "string" || value === "") return null;
    const key = keys.get(JSON.stringify([accountOf(row), value]));
    return key === undefined ? null : pseudonym(key, value);
  };
  const isNotice = type === "notice";
  return {
    at: change.at,
    revision: change.seq,
    what,
    record: recordOf(change),
    account: type === "account" ? word(row.id) : word(row.account_id),
    conversation: type === "conversation" ? word(row.id) : word(row.conversation_id),
    service: word(row.service),
    answer: word(row.answer),
    person: person(row.person),
    role: word(row.role),
    recorded_by: person(row.recorded_by),
    notice_version: isNotice ? word(row.version) : word(row.notice_version),
    notice_sha256: isNotice ? word(row.sha256) : null,
    covers: type === "consent" && row.answer === "given" ? (row.covers as Record<string, number>) : null,
    expires_at: type === "consent" ? (row.expires_at as number | null) : null,
    changed: { mark: change.mark, ...rest(change) },
  };
}

function accountOf(row: Row): string {
  return typeof row.account_id === "string" ? row.account_id : "";
}

function recordOf({ type, row }: OutboxChange): string {
  const named = type === "notice" ? row.version : type === "departure" ? row.session : (row.id ?? row.seq);
  return String(named);
}

function rest({ type, row }: OutboxChange): Record<string, JsonValue> {
  const left = Object.entries(row).filter(
    ([name, value]) => !NAMED.includes(name) && !NAMED_TOO.includes(name) && name !== "id" && value !== null,
  );
  const own = type === "producer_key" ? { expires_at: row.expires_at as number } : {};
  return { ...(Object.fromEntries(left) as Record<string, JsonValue>), ...own };
}

function word(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
