/**
 * A compact JWS taken apart so that no two readers could read it differently, before any signature is looked at: canonical segments,
 * strict JSON, no member twice. Pure. Verifies nothing.
 */
import { base64url } from "jose";
import { LIMITS } from "../config/limits.ts";
import { JsonScanner } from "../content/json/scan.ts";
import { compilePlan } from "../content/pointer.ts";
import { isCanonical } from "./segments.ts";

export interface StrictJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** They bring keys of their own, or change what the signature means. */
const REFUSED_HEADERS = ["crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"];

/** null: it is none, or one that others might read differently. */
export function readStrictly(token: string): StrictJws | null {
  if (token.length > LIMITS.person_token_chars_max) return null;
  const segments = token.split(".");
  if (segments.length !== 3 || !segments.every(isCanonical)) return null;
  const header = objectIn(segments[0]!);
  const payload = objectIn(segments[1]!);
  if (header === null || payload === null) return null;
  if (REFUSED_HEADERS.some((name) => Object.hasOwn(header, name))) return null;
  return { header, payload };
}

function objectIn(segment: string): Record<string, unknown> | null {
  const bytes = Uint8Array.from(base64url.decode(segment));
  if (new JsonScanner(compilePlan([]), false).scan(bytes, 0, bytes.length) < 0) return null;
  try {
    const value: unknown = JSON.parse(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
