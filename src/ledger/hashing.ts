/** The hashes of a Merkle tree as RFC 9162, section 2.1, has them: SHA-256, leaves and nodes told apart by their first byte. Pure. */
import { createHash } from "node:crypto";

/** SHA-256: 32 bytes. */
export type Hash = Uint8Array;

export const HASH_BYTES = 32;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** The root of a tree without leaves: the hash of nothing. */
export const EMPTY_ROOT: Hash = plain(createHash("sha256").digest());

export function leafHash(data: Uint8Array | string): Hash {
  return plain(createHash("sha256").update(LEAF).update(data).digest());
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return plain(createHash("sha256").update(NODE).update(left).update(right).digest());
}

export function sameHash(a: Hash, b: Hash): boolean {
  return a.length === HASH_BYTES && b.length === HASH_BYTES && a.every((byte, index) => byte === b[index]);
}

/** The largest power of two below `size`, which is at least 2: where RFC 9162 splits a tree. */
export function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

export function isPowerOfTwo(value: number): boolean {
  let power = 1;
  while (power < value) power *= 2;
  return power === value;
}

function plain(digest: Uint8Array): Hash {
  return new Uint8Array(digest.buffer, digest.byteOffset, digest.length);
}
