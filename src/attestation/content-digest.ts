/** `Content-Digest` (RFC 9530) by SHA-256: of the bytes as they are sent. Pure. */
import { createHash } from "node:crypto";
import { toBase64 } from "../base/base64.ts";

export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${toBase64(createHash("sha256").update(body).digest())}:`;
}
