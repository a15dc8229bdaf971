/** The tree, its tiles and its proofs: published vectors, every small tree, and a tree of three levels of tiles. */
import { expect, test } from "vitest";
import { CompactRange } from "../../../src/ledger/compact-range.ts";
import { EMPTY_ROOT, type Hash, leafHash, nodeHash, splitOf } from "../../../src/ledger/hashing.ts";
import { append, EMPTY_LOG, readLog, rootOf } from "../../../src/ledger/log.ts";
import { StoredTree } from "../../../src/ledger/proofs.ts";
import { tilePath, tileWidth } from "../../../src/ledger/tiles.ts";
import { isConsistent, rootFromInclusion } from "../../../src/ledger/verify-proof.ts";
import { numberedLeaf, StoredLog } from "./stored-log.ts";
import { CONSISTENCY, INCLUSION, LEAVES, ROOTS } from "./vectors.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
const published = LEAVES.map((leaf) => leafHash(bytes(leaf)));

/** The definition, word for word: slow, and the measure of everything else here. */
function treeHash(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return EMPTY_ROOT;
  if (leaves.length === 1) return leaves[0]!;
  const split = splitOf(leaves.length);
  return nodeHash(treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

test("published roots, by every way to a root", async () => {
  expect(hex(EMPTY_ROOT)).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(hex(rootOf(EMPTY_LOG))).toBe(hex(EMPTY_ROOT));
  const log = new StoredLog();
  const range = new CompactRange();
  for (const [at, leaf] of published.entries()) {
    log.append([leaf]);
    range.push(leaf);
    expect(hex(rootOf(log.state))).toBe(ROOTS[at]);
    expect(hex(range.root())).toBe(ROOTS[at]);
    expect(hex(await new StoredTree(at + 1, log.readTile).root())).toBe(ROOTS[at]);
  }
});

test("published proofs, made and verified", async () => {
  const log = new StoredLog();
  log.append(published);
  for (const [index, size, path] of INCLUSION) {
    expect((await new StoredTree(size, log.readTile).inclusion(index)).map(hex)).toEqual(path);
    expect(hex(rootFromInclusion(index, size, published[index]!, path.map(bytes))!)).toBe(ROOTS[size - 1]);
  }
  for (const [older, newer, path] of CONSISTENCY) {
    expect((await new StoredTree(newer, log.readTile).consistency(older)).map(hex)).toEqual(path);
    expect(
      isConsistent(older, bytes(ROOTS[older - 1]!), newer, bytes(ROOTS[newer - 1]!), path.map(bytes)),
    ).toBe(true);
  }
});

test("published corruptions of proofs are refused", () => {
  for (const [index, size, path] of INCLUSION) {
    const proof = path.map(bytes);
    const root = ROOTS[size - 1]!;
    const leads = (at: number, of: number, hashes: readonly Hash[], leaf = published[index]!) =>
      hex(rootFromInclusion(at, of, leaf, hashes) ?? new Uint8Array()) === root;
    expect(leads(index, size, proof)).toBe(true);
    const wrong: boolean[] = [
      leads(index - 1, size, proof),
      leads(index + 1, size, proof),
      leads(index ^ 2, size, proof),
      leads(index, size * 2, proof),
      leads(index, Math.floor(size / 2), proof),
      leads(index, size, proof, leafHash("WrongLeaf")),
      leads(index, size, [...proof, new Uint8Array()]),
      leads(index, size, [...proof, bytes(root)]),
      leads(index, size, [new Uint8Array(), ...proof]),
      leads(index, size, [bytes(root), ...proof]),
      ...proof.map((_, at) => leads(index, size, flipped(proof, at))),
      ...proof.map((_, at) => leads(index, size, proof.toSpliced(at, 1))),
    ];
    expect(wrong.filter(Boolean)).toEqual([]);
  }
  for (const [older, newer, path] of CONSISTENCY.slice(1)) {
    const proof = path.map(bytes);
    const [before, after] = [bytes(ROOTS[older - 1]!), bytes(ROOTS[newer - 1]!)];
    const wrong = [
      isConsistent(older - 1, before, newer, after, proof),
      isConsistent(older + 1, before, newer, after, proof),
      isConsistent(older ^ 2, before, newer, after, proof),
      isConsistent(older, before, newer * 2, after, proof),
      isConsistent(older, before, Math.floor(newer / 2), after, proof),
      isConsistent(older, after, newer, before, proof),
      isConsistent(older, before, newer, after, []),
      isConsistent(older, before, newer, after, [...proof, before]),
      isConsistent(older, before, newer, after, [...proof, after]),
      isConsistent(older, before, newer, after, [before, ...proof]),
      isConsistent(older, before, newer, after, [proof[0]!, ...proof]),
      isConsistent(older, before, newer, after, proof.slice(0, -1)),
      ...proof.map((_, at) => isConsistent(older, before, newer, after, flipped(proof, at))),
    ];
    expect(wrong.filter(Boolean)).toEqual([]);
  }
  const some = leafHash("some");
  expect(isConsistent(0, EMPTY_ROOT, 1, some, [])).toBe(true);
  expect(isConsistent(0, some, 1, some, [])).toBe(false);
  expect(isConsistent(0, EMPTY_ROOT, 1, some, [some])).toBe(false);
  expect(isConsistent(2, some, 1, some, [])).toBe(false);
  expect(rootFromInclusion(0, 0, some, [])).toBeNull();
});

test("every proof of every tree of up to 33 leaves", async () => {
  const log = new StoredLog();
  const leaves = Array.from({ length: 33 }, (_, index) => numberedLeaf(index));
  log.append(leaves);
  const roots = Array.from({ length: 34 }, (_, size) => treeHash(leaves.slice(0, size)));
  for (let size = 0; size <= 33; size++) {
    const tree = new StoredTree(size, log.readTile);
    expect(hex(await tree.root())).toBe(hex(roots[size]!));
    for (let index = 0; index < size; index++) {
      const path = await tree.inclusion(index);
      expect(hex(rootFromInclusion(index, size, leaves[index]!, path)!)).toBe(hex(roots[size]!));
      for (let other = 0; other < size; other++) {
        const led = rootFromInclusion(other, size, leaves[index]!, path);
        expect(other === index || led === null || hex(led) !== hex(roots[size]!)).toBe(true);
      }
    }
    for (let older = 0; older <= size; older++) {
      const path = await tree.consistency(older);
      expect(isConsistent(older, roots[older]!, size, roots[size]!, path)).toBe(true);
      const forked = treeHash([...leaves.slice(0, Math.max(0, older - 1)), leafHash("fork")]);
      expect(isConsistent(older, forked, size, roots[size]!, path)).toBe(false);
    }
  }
});

test("tiles: 70,000 leaves are the tiles that tlog-tiles names, however they were appended", async () => {
  const leaves = Array.from({ length: 70_000 }, (_, index) => numberedLeaf(index));
  const once = new StoredLog();
  once.append(leaves);
  const batches = new StoredLog();
  for (let from = 0, step = 1; from < leaves.length; from += step, step = (step * 7) % 1009) {
    batches.append(leaves.slice(from, from + step));
  }
  expect(batches.state).toEqual(once.state);
  expect(batches.tiles).toEqual(once.tiles);
  expect(await readLog(70_000, once.readTile)).toEqual(once.state);
  expect(once.paths.size).toBe(273 + 1 + 1 + 1 + 1);
  for (const path of [
    "tile/0/000",
    "tile/0/272",
    "tile/0/273.p/112",
    "tile/1/000",
    "tile/1/001.p/17",
    "tile/2/000.p/1",
  ]) {
    expect(once.paths).toContain(path);
  }
  const range = new CompactRange();
  for (const leaf of leaves) range.push(leaf);
  const root = hex(range.root());
  expect(hex(rootOf(once.state))).toBe(root);
  const tree = new StoredTree(70_000, once.readTile);
  for (const index of [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999]) {
    expect(hex(rootFromInclusion(index, 70_000, leaves[index]!, await tree.inclusion(index))!)).toBe(root);
  }
  for (const older of [1, 255, 256, 257, 65_536, 69_888, 69_999]) {
    const before = await new StoredTree(older, once.readTile).root();
    expect(isConsistent(older, before, 70_000, range.root(), await tree.consistency(older))).toBe(true);
  }
});

test("a log that was read again goes on as the one that was kept", async () => {
  const log = new StoredLog();
  for (let size = 0; size < 600; size += 37) {
    const leaves = Array.from({ length: 37 }, (_, at) => numberedLeaf(size + at));
    const again = await readLog(size, log.readTile);
    expect(append(again, leaves)).toEqual(append(log.state, leaves));
    log.append(leaves);
  }
});

test("tile paths and widths", () => {
  const wide = (index: number) => tilePath({ level: 0, index, hashes: new Uint8Array(256 * 32) });
  expect(wide(1_234_067)).toBe("tile/0/x001/x234/067");
  expect(wide(0)).toBe("tile/0/000");
  expect(tilePath({ level: 3, index: 999, hashes: new Uint8Array(32) })).toBe("tile/3/999.p/1");
  expect(tileWidth(256, 0, 0)).toBe(256);
  expect(tileWidth(256, 0, 1)).toBe(0);
  expect(tileWidth(256, 1, 0)).toBe(1);
  expect(tileWidth(70_000, 0, 273)).toBe(112);
});

test("what is not there is refused", async () => {
  const log = new StoredLog();
  log.append(published);
  const tree = new StoredTree(8, log.readTile);
  await expect(tree.inclusion(8)).rejects.toThrow(RangeError);
  await expect(tree.inclusion(-1)).rejects.toThrow(RangeError);
  await expect(tree.consistency(9)).rejects.toThrow(RangeError);
  await expect(new StoredTree(9, log.readTile).root()).rejects.toThrow(RangeError);
  await expect(readLog(9, log.readTile)).rejects.toThrow(RangeError);
  expect(() => new CompactRange().pushSubtree(EMPTY_ROOT, 4)).not.toThrow();
  const range = new CompactRange();
  range.push(EMPTY_ROOT);
  expect(() => range.pushSubtree(EMPTY_ROOT, 2)).toThrow(RangeError);
});

function flipped(path: readonly Hash[], at: number): Hash[] {
  return path.map((hash, index) =>
    index === at ? hash.map((byte, i) => (i === 0 ? byte ^ 8 : byte)) : hash,
  );
}
