/**
 * Where in an Authorization header a producer's key is: behind `Bearer`, or as the user name of a `Basic` without a password, which is how
 * the SDKs of analytics send theirs. Pure; never says whether the key is one.
 */
import { fromBase64 } from "../base/base64.ts";

/** null: there is none, or more than one. */
export function readCredential(authorization: string): string | null {
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  const bytes = basic === undefined ? null : fromBase64(basic);
  if (bytes === null) return null;
  // Exactly one colon, at the end: what follows one is a password.
  return /^([\x21-\x39\x3b-\x7e]+):$/.exec(String.fromCharCode(...bytes))?.[1] ?? null;
}
