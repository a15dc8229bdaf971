/**
 * What stands for a person in the ledger: an HMAC of the person's id under a key of that person's own. With the key, anyone can see whose it
 * is; when the key is destroyed, nobody can, and not one leaf changes. Pure.
 */
import { createHmac, randomBytes } from "node:crypto";
import { fromBase64Url, toBase64Url } from "../base/base64.ts";
import type { Pseudonym } from "./entries.ts";

const KEY_BYTES = 32;
/** Of the HMAC's 32: enough that no two people share one. */
const PSEUDONYM_BYTES = 16;

/** One for each person of an account, base64url. */
export function newPseudonymKey(): string {
  return toBase64Url(randomBytes(KEY_BYTES));
}

/** Throws a `RangeError` if the key is not one that `newPseudonymKey` makes. */
export function pseudonym(key: string, person: string): Pseudonym {
  const bytes = fromBase64Url(key);
  if (bytes?.length !== KEY_BYTES) throw new RangeError("not a pseudonym key");
  const mac = createHmac("sha256", bytes).update("tenfour person\n").update(person).digest();
  return `p_${toBase64Url(mac.subarray(0, PSEUDONYM_BYTES))}`;
}
