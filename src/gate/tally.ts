/** What the evidence says of a window: counts, and the consents its forwarded items rest on. Ids the state does not know are left out. */
import type { State } from "../decision/model.ts";
import type { DecidedCount, RestsOn } from "../evidence/entries.ts";
import type { Verdict } from "./verdicts.ts";
import type { Window } from "./windows.ts";

type Mutable<T> = { -readonly [Member in keyof T]: T[Member] };
type Rest = { readonly consents: readonly string[]; readonly items: [number, number][] };

/** One pass over what may be thousands of records: groups are found by one id and then compared, rather than by a text made for each record. */
export function tally(
  window: Window,
  verdicts: readonly Verdict[],
  state: State,
): { counts: DecidedCount[]; rests_on: RestsOn[] } {
  const counts = new Map<string | null, Mutable<DecidedCount>[]>();
  const rests = new Map<string, Rest[]>();
  verdicts.forEach((verdict, i) => {
    const item = window.readings[i]!.items[0]!;
    const claimed = item.type === "content" ? item : null;
    const account = known(state.accounts, claimed?.account);
    const conversation = known(state.conversations, claimed?.conversation);
    count(groupOf(counts, conversation), account, conversation, verdict);
    const last = verdict.basis.at(-1);
    if (last !== undefined) addIndex(groupOf(rests, last), verdict.basis, window.firstIndex + i);
  });
  return { counts: [...counts.values()].flat(), rests_on: [...rests.values()].flat() };
}

function known(ids: ReadonlyMap<string, unknown>, id: string | null | undefined): string | null {
  return id != null && ids.has(id) ? id : null;
}

function groupOf<Key, Value>(groups: Map<Key, Value[]>, key: Key): Value[] {
  let group = groups.get(key);
  if (group === undefined) {
    group = [];
    groups.set(key, group);
  }
  return group;
}

function count(
  group: Mutable<DecidedCount>[],
  account: string | null,
  conversation: string | null,
  { outcome, reason }: Verdict,
): void {
  for (const one of group) {
    if (one.reason !== reason || one.outcome !== outcome || one.account !== account) continue;
    one.items += 1;
    return;
  }
  group.push({ account, conversation, outcome, reason, items: 1 });
}

function addIndex(group: Rest[], consents: readonly string[], index: number): void {
  for (const rest of group) {
    if (!same(rest.consents, consents)) continue;
    const range = rest.items.at(-1)!;
    if (range[1] === index - 1) range[1] = index;
    else rest.items.push([index, index]);
    return;
  }
  group.push({ consents, items: [[index, index]] });
}

function same(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
