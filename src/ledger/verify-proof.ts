/** What a proof proves, to who holds no more than hashes (RFC 9162, sections 2.1.3.2 and 2.1.4.2). Pure, and no trust in who made it. */
import { EMPTY_ROOT, HASH_BYTES, type Hash, isPowerOfTwo, nodeHash, sameHash } from "./hashing.ts";

/** The root that a leaf at `index` of a tree of `size` leads to by its audit path; null if the path is not of the right length. */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Hash,
  path: readonly Hash[],
): Hash | null {
  if (!isIndex(index) || !isIndex(size) || index >= size) return null;
  if (!areHashes([leaf, ...path])) return null;
  let [at, last, hash] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 ? hash : null;
}

/** Whether the tree with root `oldRoot` is the beginning of the one with root `newRoot`. Sizes as they were signed. */
export function isConsistent(
  oldSize: number,
  oldRoot: Hash,
  newSize: number,
  newRoot: Hash,
  path: readonly Hash[],
): boolean {
  if (!isIndex(oldSize) || !isIndex(newSize) || oldSize > newSize) return false;
  if (!areHashes([oldRoot, newRoot, ...path])) return false;
  if (oldSize === newSize) return path.length === 0 && sameHash(oldRoot, newRoot);
  if (oldSize === 0) return path.length === 0 && sameHash(oldRoot, EMPTY_ROOT);
  const [first, ...rest] = isPowerOfTwo(oldSize) ? [oldRoot, ...path] : path;
  if (first === undefined) return false;
  let [at, last] = [oldSize - 1, newSize - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  let [old, now] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      [old, now] = [nodeHash(hash, old), nodeHash(hash, now)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      now = nodeHash(now, hash);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && sameHash(old, oldRoot) && sameHash(now, newRoot);
}

function isIndex(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function areHashes(path: readonly Hash[]): boolean {
  return path.every(({ length }) => length === HASH_BYTES);
}

function half(value: number): number {
  return Math.floor(value / 2);
}
