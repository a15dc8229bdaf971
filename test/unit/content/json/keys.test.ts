/** Which keys of the objects open at one moment are taken for one that occurred before, and how many are held as text at most. */
import { expect, test } from "vitest";
import { LIMITS } from "../../../../src/config/limits.ts";
import { OpenKeys } from "../../../../src/content/json/keys.ts";
import { keyHash } from "../../../../src/content/pointer.ts";
import { bytesOf } from "../read-body.ts";

/** Adds keys that stand one after the other in one record. */
function adder(keys: OpenKeys, folded: boolean) {
  let bytes = new Uint8Array(0);
  return (key: string, hash = keyHash(bytesOf(key), 0, bytesOf(key).length)): boolean => {
    const start = bytes.length;
    bytes = Uint8Array.of(...bytes, ...bytesOf(key));
    return keys.add(hash, bytes, start, bytes.length, folded);
  };
}

test.each<[one: string, other: string, same: boolean, folded: boolean]>([
  ["a", "a", true, true],
  ["a", "A", false, true],
  ["Z", "z", false, true],
  ["aZ", "Az", false, true],
  ["a", "b", false, false],
  ["a", "ab", false, false],
  ["ab", "a", false, false],
  ["xa", "xb", false, false],
  ["ax", "bx", false, false],
  ["@", "`", false, false],
  ["[", "{", false, false],
  ["a1", "a\x11", false, false],
  ["a", "!", false, false],
  ["", "", true, true],
])("%j and %j", (one, other, same, folded) => {
  for (const [isFolded, isSame] of [
    [false, same],
    [true, folded],
  ] as const) {
    // Different keys may have one hash: that alone says nothing.
    for (const hash of [undefined, 7]) {
      const keys = new OpenKeys();
      keys.open();
      const add = adder(keys, isFolded);
      expect([add("first", hash), add(one, hash), add("between", hash), add(other, hash)]).toEqual([
        true,
        true,
        true,
        !isSame,
      ]);
      expect(add("last", hash)).toBe(true);
      const asText = new OpenKeys();
      asText.open();
      expect(asText.addText(one, new Uint8Array(0), isFolded)).toBe(true);
      expect(adder(asText, isFolded)(other, hash)).toBe(!isSame);
      const nothing = new Uint8Array(0);
      expect(asText.addText(one, nothing, isFolded)).toBe(false);
    }
  }
});

test("each object has its own keys, and has them still after one within it", () => {
  for (const many of [1, 40, 63, 64, 65, 66, 150]) {
    const keys = new OpenKeys();
    const add = adder(keys, false);
    const names = Array.from({ length: many }, (_, n) => `k${n}`);
    const all = (is: boolean) => expect(names.map((name) => add(name))).toEqual(names.map(() => is));
    for (let record = 0; record < 2; record++) {
      keys.clear();
      keys.open();
      all(true);
      keys.open();
      all(true);
      keys.open();
      keys.close();
      all(false);
      keys.close();
      all(false);
      expect(add("one more")).toBe(true);
      keys.open();
      all(true);
      keys.close();
      expect(add("one more")).toBe(false);
      keys.close();
    }
  }
});

test("a key known to be new is taken without comparing, unless its object's keys are text or too many", () => {
  const keys = new OpenKeys();
  const bytes = bytesOf("abcdef".repeat(20));
  keys.open();
  for (let n = 0; n < 3; n++) expect(keys.addNew(n, n, n + 1)).toBe(true);
  keys.open();
  expect(Array.from({ length: 65 }, (_, n) => keys.addNew(n << 27, n, n + 1)).indexOf(false)).toBe(64);
  expect(keys.add(0, bytes, 0, 1, false)).toBe(false);
  keys.open();
  expect(keys.addNew(keyHash(bytes, 0, 2), 0, 2)).toBe(true);
  expect(keys.add(keyHash(bytes, 6, 8), bytes, 6, 8, false)).toBe(false);
  expect(keys.addText("x", bytes, false)).toBe(true);
  expect(keys.addNew(1, 1, 2)).toBe(false);
  expect(keys.add(keyHash(bytes, 0, 2), bytes, 6, 8, false)).toBe(false);
});

test("keys are held as text up to so many, of all objects that are open, and no more", () => {
  const bytes = bytesOf("0123456789");
  const keys = new OpenKeys();
  const add = (text: string) => keys.addText(text, bytes, false);
  for (let record = 0; record < 2; record++) {
    keys.clear();
    keys.open();
    const half = LIMITS.json_keys_max / 2;
    for (let n = 0; n < half; n++) add(`k${n}`);
    for (let round = 0; round < 2; round++) {
      keys.open();
      for (let n = 0; n < bytes.length; n++) keys.add(n, bytes, n, n + 1, false);
      for (let n = bytes.length; n < half - 1; n++) add(`k${n}`);
      expect([add("k10"), add("0"), keys.full]).toEqual([false, false, false]);
      expect([add("last"), keys.full]).toEqual([true, true]);
      expect([add("more"), keys.full]).toEqual([false, true]);
      keys.close();
      expect(keys.full).toBe(false);
    }
  }
});
