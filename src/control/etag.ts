/** `ETag` and `If-Match`, so that one of two who change the same thing at once is told. Knows nothing of what is tagged. */
import { createHash } from "node:crypto";
import type { Context } from "hono";
import { refuse } from "./fault.ts";

const ENTITY_TAGS = /^(W\/)?"[\x21\x23-\x7e]*"([ \t]*,[ \t]*(W\/)?"[\x21\x23-\x7e]*")*$/;

/** A strong tag of what `held` is. */
export function etagOf(held: unknown): string {
  return `"${createHash("sha256").update(JSON.stringify(held)).digest("base64url").slice(0, 22)}"`;
}

/**
 * Whether the change depends on `If-Match`. Refuses if none of its tags is `current`; null: there is no such thing yet.
 * What is written must then still be what `current` was made of.
 */
export function checkIfMatch(c: Context, current: string | null): boolean {
  const text = c.req.header("If-Match")?.trim();
  if (text === undefined) return false;
  if (text !== "*" && !ENTITY_TAGS.test(text)) {
    refuse({ code: "header_invalid", header: "If-Match", expected: "the ETag of an earlier answer" });
  }
  if (current === null) refuse({ code: "precondition_failed" });
  // No tag here holds a comma, and a weak one is never the same as another.
  if (text !== "*" && !text.split(",").some((tag) => tag.trim() === current)) {
    refuse({ code: "precondition_failed" });
  }
  return true;
}
