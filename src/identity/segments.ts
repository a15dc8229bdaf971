/** Segments of a compact JWS. Pure. */
import { base64url } from "jose";

const SEGMENT = /^[A-Za-z0-9_-]+$/;

/** Decoders accept spaces, padding and stray trailing bits; only the one spelling that encoding gives is a segment. */
export function isCanonical(segment: string): boolean {
  if (!SEGMENT.test(segment)) return false;
  try {
    return base64url.encode(base64url.decode(segment)) === segment;
  } catch {
    return false;
  }
}
