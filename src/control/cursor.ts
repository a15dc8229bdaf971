/**
 * Pages of lists: `limit`, `cursor`, and `next` in the answer. A cursor says where a page begins and grants nothing;
 * what it holds is ours to change, so clients hand it back as it came.
 */
import type { Context } from "hono";
import { refuse } from "./fault.ts";
import { queryNumber, queryWord } from "./resource.ts";

export const CURSOR_QUERY = ["limit", "cursor"] as const;

const LIMIT_MAX = 1_000;
const LIMIT_DEFAULT = 100;

export function limitOf(c: Context, max = LIMIT_MAX, otherwise = LIMIT_DEFAULT): number {
  return queryNumber(c, "limit", max, otherwise);
}

/** Where the page begins; null: at the beginning. */
export function cursorOf<T>(c: Context, isOne: (value: unknown) => value is T): T | null {
  const text = queryWord(c, "cursor");
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/")));
    if (isOne(value) && toCursor(value) === text) return value;
  } catch {}
  refuse({ code: "field_invalid", field: "cursor", expected: "the `next` of an earlier page" });
}

/** `position`: what JSON can hold, in ASCII. */
export function toCursor(position: unknown): string | null {
  if (position === null) return null;
  return btoa(JSON.stringify(position)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function isPosition(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** A page of a list that was read whole: short ones, such as one person's answers. `keyOf`: none twice. */
export function pageOf<T>(
  c: Context,
  list: readonly T[],
  keyOf: (one: T) => string,
): { readonly page: readonly T[]; readonly next: string | null } {
  const after = cursorOf(c, (value): value is string => typeof value === "string");
  const limit = limitOf(c);
  const at = after === null ? -1 : list.findIndex((one) => keyOf(one) === after);
  if (after !== null && at < 0) {
    refuse({ code: "field_invalid", field: "cursor", expected: "the `next` of an earlier page" });
  }
  const page = list.slice(at + 1, at + 1 + limit);
  const last = page.at(-1);
  const more = last !== undefined && at + 1 + limit < list.length;
  return { page, next: more ? toCursor(keyOf(last)) : null };
}
