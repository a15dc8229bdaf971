/** What a leaf is made of: one text for one value, and nothing to be guessed from its hash. */
import { expect, test } from "vitest";
import { canonicalJson } from "../../../src/base/canonical-json.ts";
import type { LedgerEntry } from "../../../src/ledger/entries.ts";
import { leafHash, sameHash } from "../../../src/ledger/hashing.ts";
import { hashOfLeaf, isSalt, type Leaf, leafText, newSalt } from "../../../src/ledger/leaf.ts";
import { newPseudonymKey, pseudonym } from "../../../src/ledger/pseudonym.ts";

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const leaf: Leaf = {
  kind: "exchange",
  id: "ex_1/0",
  salt: "AAAAAAAAAAAAAAAAAAAAAA",
  body: { b: 1, a: null },
};

test("canonical JSON: the examples of RFC 8785", () => {
  const example = {
    numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
    literals: [null, true, false],
  };
  expect(canonicalJson(example)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  const names = {
    "\u20ac": "Euro Sign",
    "\r": "Carriage Return",
    "\ufb33": "Hebrew Letter Dalet With Dagesh",
    1: "One",
    "\ud83d\ude00": "Emoji: Grinning Face",
    "\u0080": "Control",
    "\u00f6": "Latin Small Letter O With Diaeresis",
  };
  expect(Object.values(JSON.parse(canonicalJson(names)))).toHaveLength(7);
  expect([...canonicalJson(names).matchAll(/:"([^"]*)"/g)].map(([, value]) => value)).toEqual([
    "Carriage Return",
    "One",
    "Control",
    "Latin Small Letter O With Diaeresis",
    "Euro Sign",
    "Emoji: Grinning Face",
    "Hebrew Letter Dalet With Dagesh",
  ]);
  expect(canonicalJson({ a: undefined, b: -0 })).toBe('{"b":0}');
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, () => 1, [undefined]]) {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  }
});

test("a leaf's text is fixed, and its hash the leaf hash of that text", () => {
  const text =
    '{"body":{"a":null,"b":1},"id":"ex_1/0","kind":"exchange","salt":"AAAAAAAAAAAAAAAAAAAAAA","v":1}';
  expect(leafText(leaf)).toBe(text);
  expect(hex(hashOfLeaf(leaf))).toBe(hex(leafHash(text)));
});

test("every part of an entry is in the hash, and so is the salt", () => {
  const changed: Leaf[] = [
    { ...leaf, kind: "exchanges" },
    { ...leaf, id: "ex_1/1" },
    { ...leaf, salt: "AAAAAAAAAAAAAAAAAAAAAQ" },
    { ...leaf, body: { b: 2, a: null } },
    { ...leaf, body: { b: 1 } },
    { ...leaf, body: { b: 1, a: null, c: 0 } },
  ];
  const hashes = [leaf, ...changed].map((one) => hex(hashOfLeaf(one)));
  expect(new Set(hashes).size).toBe(hashes.length);
});

test("no leaf without a salt, and none of half a character", () => {
  for (const salt of ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAA=", "AAAAAAAAAAAAAAAAAAAAAAA"]) {
    expect(() => leafText({ ...leaf, salt })).toThrow(TypeError);
  }
  expect(() => leafText({ ...leaf, body: "\ud800" })).toThrow(TypeError);
  expect(() => leafText({ ...leaf, body: { "\udfff": 1 } })).toThrow(TypeError);
  expect(() => leafText({ ...leaf, body: ["\\ud800", "\\\\ud800", "\ud83d\ude00"] })).not.toThrow();
  expect(() => leafText({ ...leaf, body: "\\\ud800" })).toThrow(TypeError);
  const salts = Array.from({ length: 100 }, newSalt);
  expect(salts.every(isSalt)).toBe(true);
  expect(new Set(salts).size).toBe(100);
});

test("who knows everything but the salt cannot tell which of two entries a hash is of", () => {
  const deleted = hashOfLeaf({ ...leaf, body: "yes", salt: newSalt() });
  const guesses = ["yes", "no"].map((body) => hashOfLeaf({ ...leaf, body }));
  expect(guesses.some((guess) => sameHash(guess, deleted))).toBe(false);
});

test("a pseudonym says who only to who has the key, and the leaf outlives the key", () => {
  const [key, other] = [newPseudonymKey(), newPseudonymKey()];
  const cy = pseudonym(key, "cy");
  expect(cy).toMatch(/^p_[A-Za-z0-9_-]{22}$/);
  expect(pseudonym(key, "cy")).toBe(cy);
  expect(pseudonym(other, "cy")).not.toBe(cy);
  expect(pseudonym(key, "cyd")).not.toBe(cy);
  expect(pseudonym("A".repeat(43), "cy")).toBe("p_QYDsmGEtTSkh16dqGl3Iog");
  for (const bad of ["", "A".repeat(42), `${"A".repeat(42)}B`, `${"A".repeat(43)}=`]) {
    expect(() => pseudonym(bad, "cy")).toThrow(RangeError);
  }
  const entry: LedgerEntry = {
    kind: "erasure",
    body: { at: 1, account: "acme", pseudonym: cy, positions: [[3, 4]], recorded_by: null },
  };
  const text = leafText({ ...entry, id: "ers_1", salt: newSalt() });
  expect(text).toContain(cy);
  expect(text).not.toContain('"cy"');
});
