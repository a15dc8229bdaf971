/** Items that lie in no windows of bytes, as the windows that are looked up, decided and recorded. Pure. */
import { LIMITS } from "../config/limits.ts";
import type { DocumentItem } from "../content/document.ts";
import type { Claim } from "../content/shape.ts";
import { KeySet } from "../rules/lookup-keys.ts";
import { Columns } from "./columns.ts";
import type { Window } from "./windows.ts";

const NOTHING = new Uint8Array(0);
/** What is left of an item is for its document to write: that something is, is all a verdict has to know. */
const SOMETHING = new Uint8Array(1);

const STRIPPED = { apply: () => ({ bytes: SOMETHING, removed: true, empty: false }) };

/** The items as windows of one look-up each, at least one. */
export function windowsOf(items: readonly DocumentItem[]): readonly Window[] {
  const windows: Window[] = [];
  for (let first = 0; first < items.length || windows.length === 0; ) {
    const columns = new Columns();
    const keys = new KeySet();
    const firstIndex = first;
    while (first < items.length && columns.count < LIMITS.window_records_max && !keys.isFull()) {
      const claim = claimOf(items[first++]!);
      columns.add(NOTHING, 0, 0, claim);
      for (const item of claim.items) keys.add(item);
    }
    const last = first >= items.length;
    windows.push({ bytes: NOTHING, firstIndex, columns, keys, last, asCame: null, separator: 0 });
  }
  return windows;
}

function claimOf({ items, excess, strippable }: DocumentItem): Claim {
  return {
    items,
    turns: null,
    replacement: excess === "none" ? null : excess === "some" ? SOMETHING : NOTHING,
    stripTo: strippable ? STRIPPED : null,
    times: null,
  };
}
