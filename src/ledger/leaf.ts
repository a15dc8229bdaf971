/**
 * What a leaf of the ledger is the hash of: an entry in canonical form together with its salt, 128 random bits that are kept with the entry
 * and deleted with it. Whoever has the entry can work out the hash; whoever has only the hash cannot guess the entry, however short it
 * is. So an entry can be deleted, and its hash stays. Pure.
 */
import { randomBytes } from "node:crypto";
import { toBase64Url } from "../base/base64.ts";
import { canonicalJson } from "../base/canonical-json.ts";
import { type Hash, leafHash } from "./hashing.ts";

export interface Leaf {
  /** What it is: one of `LedgerEntry`'s, but a verifier takes any. */
  readonly kind: string;
  /** Names the entry: the same entry delivered twice has the same id, salt and hash. */
  readonly id: string;
  /** 16 random bytes, base64url. */
  readonly salt: string;
  readonly body: unknown;
}

/** Of the leaf's form. Another form would have another number, so that no two forms have an entry in common. */
const FORM = 1;
const SALT_BYTES = 16;
const SALT = /^[A-Za-z0-9_-]{22}$/;

export function newSalt(): string {
  return toBase64Url(randomBytes(SALT_BYTES));
}

export function isSalt(text: unknown): text is string {
  return typeof text === "string" && SALT.test(text);
}

/** The text that is hashed. Throws a `TypeError` if the body is no JSON, holds half a character, or the salt is none. */
export function leafText({ kind, id, salt, body }: Leaf): string {
  const text = canonicalJson({ v: FORM, kind, id, salt, body });
  if (!isSalt(salt) || HALF_CHARACTER.test(text)) throw new TypeError("not a leaf");
  return text;
}

export function hashOfLeaf(leaf: Leaf): Hash {
  return leafHash(leafText(leaf));
}

/** A lone surrogate as JSON.stringify writes it: UTF-8 has no bytes for it, and parsers differ. */
const HALF_CHARACTER = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;
