/**
 * The opt-in cache over a reader: state that was read serves the same question again for a bounded time. Whoever turns it on accepts that
 * a withdrawal takes that long to be in force; it is off unless the configuration says otherwise. No I/O of its own; the clock is passed in.
 */
import { LIMITS } from "../config/limits.ts";
import type { State } from "../decision/model.ts";
import type { ConsentReader, LookupResult } from "./port.ts";

/** Of one account, conversation, person or version with what is known of it, bytes: a guess on the high side. */
const NODE_BYTES = 1_000;

interface Entry {
  readonly result: LookupResult;
  readonly readAt: number;
  readonly bytes: number;
}

/**
 * `msMax`: how old what it serves may be. The whole question is the key: nothing of one answers another. A check of revisions is never
 * served from here, and what could not be read is not kept. A revoked key is not kept either: that answer needs no memory.
 */
export function cachedReader(reader: ConsentReader, msMax: number, now: () => number): ConsentReader {
  const kept = new Map<string, Entry>();
  let keptBytes = 0;
  const drop = (key: string): void => {
    keptBytes -= kept.get(key)?.bytes ?? 0;
    kept.delete(key);
  };
  const keep = (key: string, entry: Entry): void => {
    drop(key);
    if (entry.bytes > LIMITS.consent_cache_bytes_max) return;
    kept.set(key, entry);
    keptBytes += entry.bytes;
    for (const oldest of kept.keys()) {
      if (kept.size <= LIMITS.consent_cache_entries_max && keptBytes <= LIMITS.consent_cache_bytes_max)
        return;
      drop(oldest);
    }
  };
  return {
    async lookup(keys, services, keyId, everyone) {
      const { accounts, conversations, people, whole } = keys;
      const key = JSON.stringify([accounts, conversations, people, whole, services, keyId, everyone]);
      const asked = now();
      const found = kept.get(key);
      const age = found === undefined ? Number.NaN : asked - found.readAt;
      if (found !== undefined && age >= 0 && age <= msMax) return { ...found.result, ageMs: age };
      drop(key);
      const result = await reader.lookup(keys, services, keyId, everyone);
      if (!result.keyRevoked && result.putBack !== true) {
        keep(key, { result, readAt: asked, bytes: 2 * key.length + NODE_BYTES * nodes(result.state) });
      }
      return result;
    },
    revisions: (accounts, services, keyId) => reader.revisions(accounts, services, keyId),
    revokedKeys: () => reader.revokedKeys(),
  };
}

function nodes({ accounts, conversations, notices }: State): number {
  let count = 1 + accounts.size + conversations.size;
  for (const versions of notices.values()) count += versions.length;
  for (const { people } of conversations.values()) {
    for (const { presence, shown, objections } of people.values()) {
      count += 1 + presence.length + shown.length + objections.length;
    }
  }
  return count;
}
