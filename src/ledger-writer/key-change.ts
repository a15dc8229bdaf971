/** Which keys sign from here on, where they are others than before: a line for each key as in the file of keys, oldest first. Pure. */
import type { KeysChanged } from "../ledger/entries.ts";
import { parseNote } from "../ledger/note.ts";
import { formatVerifierKey, type SignerKey } from "../ledger/note-keys.ts";
import type { Head } from "../ledger/port.ts";

const UNTIL = " until=";

/**
 * null: nothing has changed. `before`: the lines of the last such entry; null: there is none, and one key signed from the beginning. A key that
 * signs no more is retired at the size of the last head, for it signed nothing larger.
 */
export function keysAfter(
  before: readonly string[] | null,
  signers: readonly SignerKey[],
  head: Head | null,
): KeysChanged["keys"] | null {
  const now = signers.map(formatVerifierKey);
  if (before === null) return now.length === 1 && hasSigned(signers[0]!, head) ? null : now;
  const inUse = before.filter((line) => !line.includes(UNTIL));
  if (inUse.length === now.length && inUse.every((line) => now.includes(line))) return null;
  const kept = before.flatMap((line) => {
    if (line.includes(UNTIL)) return now.includes(keyOf(line)) ? [] : [line];
    return now.includes(line) ? [] : [`${line}${UNTIL}${head?.size ?? 0}`];
  });
  return [
    ...kept,
    ...inUse.filter((line) => now.includes(line)),
    ...now.filter((line) => !inUse.includes(line)),
  ];
}

function hasSigned({ name, id }: SignerKey, head: Head | null): boolean {
  if (head === null) return true;
  const signatures = parseNote(head.note)?.signatures ?? [];
  return signatures.some((one) => one.name === name && one.id === id);
}

function keyOf(line: string): string {
  return line.slice(0, line.indexOf(UNTIL));
}
