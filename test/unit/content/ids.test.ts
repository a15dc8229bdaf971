import { expect, it } from "vitest";
import { IdReader, readId } from "../../../src/content/ids.ts";
import { bytesOf } from "./read-body.ts";

/** Reads `source` as it lies in a larger buffer, at an odd offset. */
function read(ids: IdReader, source: string): string | null {
  const held = bytesOf(`##"${source}"##`).subarray(1);
  return ids.read(held, new DataView(held.buffer, held.byteOffset, held.length), 2, held.length - 3);
}

/** The same where only the view has the bytes: an id that is remembered is recognised by them; null: it would have to be read. */
function recognised(ids: IdReader, source: string): string | null {
  const held = bytesOf(`##"${source}"##`).subarray(1);
  const view = new DataView(held.buffer, held.byteOffset, held.length);
  return ids.read(new Uint8Array(held.length), view, 2, held.length - 3);
}

it("recognises what it has read, of a length worth it, and nothing else", () => {
  const ids = new IdReader();
  for (let length = 1; length <= 70; length++) {
    const id = "abcdefghij".repeat(7).slice(-length);
    expect(recognised(ids, id)).toBeNull();
    read(ids, id);
    expect(recognised(ids, id)).toBe(length >= 4 && length <= 64 ? id : null);
    expect(recognised(ids, `${id}!`)).toBeNull();
  }
  read(ids, "\\u0061cct");
  expect([recognised(ids, "\\u0061cct"), recognised(ids, "acct")]).toEqual([null, null]);
});

it("recognises most of those that fit, and each in its turn of those that do not", () => {
  const ids = new IdReader();
  const all = Array.from({ length: 1_000 }, (_, i) => `${i}@${"example".repeat(1 + (i % 3))}`);
  for (const id of all) read(ids, id);
  const again = all.map((id) => recognised(ids, id));
  expect(again.filter((id, i) => id !== null && id !== all[i])).toEqual([]);
  expect(again.filter((id) => id !== null).length).toBeGreaterThan(950);
});

it("reads ids of every length, and again what it has read", () => {
  const ids = new IdReader();
  for (let round = 0; round < 3; round++) {
    for (let length = 1; length <= 256; length++) {
      const id = "x".repeat(length);
      expect(read(ids, id)).toBe(id);
    }
  }
  expect(read(ids, "")).toBeNull();
  expect(read(ids, "x".repeat(257))).toBeNull();
});

it("never takes one id for another that differs in a single character", () => {
  const ids = new IdReader();
  for (const length of [4, 5, 7, 8, 9, 31, 63, 64, 65]) {
    const id = "abcdefgh".repeat(9).slice(0, length);
    for (let round = 0; round < 2; round++) {
      expect(read(ids, id)).toBe(id);
      for (let at = 0; at < length; at++) {
        for (const other of ["A", "z", "!", "~"]) {
          const twin = id.slice(0, at) + other + id.slice(at + 1);
          expect(read(ids, twin)).toBe(twin);
        }
        for (const never of [" ", "\u007f", "é", "\t"]) {
          expect(read(ids, id.slice(0, at) + never + id.slice(at + 1))).toBeNull();
        }
      }
    }
  }
});

it("reads far more ids than it remembers, in each other's way or not", () => {
  const ids = new IdReader();
  const wrong: string[] = [];
  for (let round = 0; round < 2; round++) {
    for (let i = 10_000; i < 30_000; i++) {
      const id = `${i}@example`;
      if (read(ids, id) !== id) wrong.push(id);
    }
  }
  expect(wrong).toEqual([]);
});

it("reads ids as long as they may be, escaped or not, and none that is longer", () => {
  const ids = new IdReader();
  for (const one of ["a", "\\u0061"]) {
    expect(read(ids, one.repeat(256))).toBe("a".repeat(256));
    expect(read(ids, one.repeat(257))).toBeNull();
    expect(read(ids, one.repeat(2_000))).toBeNull();
  }
  expect([readId("a".repeat(256)), readId("a".repeat(257)), readId("")]).toEqual([
    "a".repeat(256),
    null,
    null,
  ]);
});

it("reads an escaped id as what it stands for, whatever it has read before", () => {
  const ids = new IdReader();
  for (let round = 0; round < 3; round++) {
    expect(read(ids, "acct/1")).toBe("acct/1");
    expect(read(ids, "acct\\/1")).toBe("acct/1");
    expect(read(ids, "\\u0061cct/1")).toBe("acct/1");
    expect(read(ids, "acct\\u00201")).toBeNull();
  }
});
