/** When a part of a vCon was captured, from what it says of itself. Pure; no clock. */
import type { Instant } from "../../decision/model.ts";
import { rfc3339Ms } from "../time.ts";
import type { Values } from "./json-parts.ts";
import type { Span } from "./voices.ts";

const LAST_INSTANT_MS = 8.64e15;

export const TIME_MEMBERS: readonly string[] = ["start", "duration"];

/** `otherwise`: for a part that says no start. A duration of 0 is what writers put who do not know it. */
export function spanOf(said: Values, otherwise: Span): Span {
  const { start, duration } = said;
  const unsaid = start === undefined || start === null;
  const at = unsaid ? otherwise.at : instantOf(start);
  if (duration === undefined || duration === null || duration === 0) {
    return { at, until: unsaid ? otherwise.until : null };
  }
  if (typeof duration !== "number" || duration < 0 || at === null) return { at, until: "unreadable" };
  const until = Math.ceil(at + duration * 1_000);
  return { at, until: until > LAST_INSTANT_MS ? "unreadable" : until };
}

/** RFC 3339; null: it is none. */
function instantOf(start: unknown): Instant | null {
  if (typeof start !== "string") return null;
  const bytes = new TextEncoder().encode(start);
  const ms = rfc3339Ms(bytes, 0, bytes.length, false);
  return Number.isNaN(ms) ? null : ms;
}
