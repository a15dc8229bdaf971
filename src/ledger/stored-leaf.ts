/** The leaf of an entry as it was accepted. Pure. */
import type { Leaf } from "./leaf.ts";
import type { StoredEntry } from "./port.ts";

const OF_EXCHANGES: readonly string[] = ["opened", "decided", "closed"];

export function isOfExchange({ type }: Pick<StoredEntry, "type">): boolean {
  return OF_EXCHANGES.includes(type);
}

export function leafOf(entry: StoredEntry): Leaf {
  return {
    kind: isOfExchange(entry) ? "exchange" : entry.type,
    id: `${entry.stream}/${entry.position}`,
    salt: entry.salt,
    body: JSON.parse(entry.body),
  };
}
