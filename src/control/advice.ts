/**
 * What the gate would do, asked rather than done: the same rules, the same reader of consent state, the same decision. Sends nothing,
 * records nothing, and shows whoever is bound to an account no other.
 */
import type { ConsentReader } from "../consent/port.ts";
import type { ConsentRecords } from "../consent/writer.ts";
import type { ContentFault } from "../content/fault.ts";
import { JsonFraming } from "../content/json/body.ts";
import type { Reading, RecordReader, Signal } from "../content/shape.ts";
import type { Item, ProducerTerms, State } from "../decision/model.ts";
import { KeySet } from "../rules/lookup-keys.ts";
import type { RouteRules } from "../rules/route-rules.ts";

export interface AdviceDeps {
  readonly consent: ConsentReader;
  readonly records: ConsentRecords;
  /** By the route's id. */
  readonly rules: ReadonlyMap<string, RouteRules>;
  /** Unix milliseconds. */
  readonly now: () => number;
}

export interface Asked {
  readonly rules: RouteRules;
  readonly items: readonly Item[];
}

/** Where nobody is named as the sender: one that may send for every account. */
export const ANY_PRODUCER: ProducerTerms = { accounts: ["*"] };

const NOTHING: State = { accounts: new Map(), conversations: new Map(), notices: new Map() };

/**
 * The state that all these need, in one look-up, with nothing in it but what is `account`'s (null: all). So another's account or
 * conversation is as one that does not exist. "too_many": their ids do not fit in one look-up.
 */
export async function stateFor(
  deps: AdviceDeps,
  asked: readonly Asked[],
  account: string | null,
): Promise<State | "too_many"> {
  const keys = new KeySet();
  const services = new Set<string>();
  let everyone = false;
  for (const { rules, items } of asked) {
    for (const item of items) keys.add(item);
    for (const { id } of rules.terms.services) services.add(id);
    everyone ||= rules.terms.participationRuleMin === "everyone";
  }
  if (keys.isFull()) return "too_many";
  if (keys.empty) return NOTHING;
  const { state } = await deps.consent.lookup(keys.toLookup(), [...services], "", everyone);
  if (account === null) return state;
  return {
    ...state,
    accounts: new Map([...state.accounts].filter(([id]) => id === account)),
    conversations: new Map([...state.conversations].filter(([, { account: owner }]) => owner === account)),
  };
}

/** What the holder of this key may send on the route; null: nothing, or the key is another account's, or there is none. */
export async function producerOf(
  deps: AdviceDeps,
  keyId: string,
  routeId: string,
  account: string | null,
): Promise<ProducerTerms | null> {
  const key = await deps.records.producerKey(keyId);
  if (key === null || !key.routes.includes(routeId)) return null;
  const now = deps.now();
  if (key.expiresAt <= now || (key.revokedAt !== null && key.revokedAt <= now)) return null;
  const theirs = account === null || key.accounts.includes("*") || key.accounts.includes(account);
  return theirs ? { accounts: key.accounts } : null;
}

export interface ReadRecord {
  readonly reading: Reading;
  readonly bytes: Uint8Array;
  /** Of what of it would go on. */
  readonly start: number;
  readonly end: number;
}

/** What one JSON object says, read as a record of a body; or why the gate would refuse such a body. */
export function readRecord(
  reader: RecordReader,
  recordBytesMax: number,
  bytes: Uint8Array,
  signal: Signal,
): ReadRecord | ContentFault {
  let read: ReadRecord | null = null;
  const framing = new JsonFraming(reader.plan, recordBytesMax, undefined);
  const end = framing.cut(bytes, 0, bytes.length, true, (record, from, to) => {
    const reading = reader.read(record, from, to, signal);
    const inner = reader.inner(from) ?? { start: from, end: to };
    read = { reading, bytes: record, ...inner };
    return false;
  });
  if (typeof end !== "number") return end;
  return read ?? { fault: "body_empty", index: 0 };
}
