/** Digests: keyed, so that a short body cannot be guessed from the evidence. Knows nothing of consent. */
import { createHash, createHmac, type Hash, randomBytes } from "node:crypto";

/** HMAC-SHA-256 under `key` of the SHA-256 of what was added, base64url; and its length in bytes. */
export class KeyedDigest {
  readonly #hash: Hash;
  readonly #key: string;
  bytes = 0;

  constructor(key: string, hash: Hash = createHash("sha256")) {
    this.#key = key;
    this.#hash = hash;
  }

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.bytes += bytes.length;
  }

  /** The digest of what has been added so far, to be ended or added to apart. */
  copy(): KeyedDigest {
    const copy = new KeyedDigest(this.#key, this.#hash.copy());
    copy.bytes = this.bytes;
    return copy;
  }

  /** Ends the digest: nothing can be added afterwards. */
  end(): { bytes: number; digest: string } {
    const digest = createHmac("sha256", this.#key).update(this.#hash.digest()).digest("base64url");
    return { bytes: this.bytes, digest };
  }
}

/** SHA-256, base64url. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** 128 random bits after the time: sorts by time, says nothing else. */
export function newId(prefix: string, now: number): string {
  return `${prefix}_${now.toString(36).padStart(9, "0")}${randomBytes(16).toString("hex")}`;
}
