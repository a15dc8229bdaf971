import { expect, it } from "vitest";
import { plainEnd, stringEnd, stringText } from "../../../src/content/json/string.ts";
import { NEED_MORE } from "../../../src/content/scan-result.ts";

/** Those whose bits lie next to a special byte's, and the special ones. */
const NEAR = [0x00, 0x0a, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x5b, 0x5c, 0x5d, 0x7f, 0x80, 0x9f, 0xa2, 0xdc, 0xff];

const special = (byte: number) => byte < 0x20 || byte === 0x22 || byte === 0x5c;

it("finds the first special byte among any neighbours, at any place in a word", () => {
  const buffer = new ArrayBuffer(32);
  const words = new Int32Array(buffer);
  const wrong: number[][] = [];
  for (const base of [0, 1, 2, 3]) {
    const bytes = new Uint8Array(buffer, base);
    for (const a of NEAR) {
      for (const b of NEAR) {
        for (const c of NEAR) {
          for (let at = 0; at < 6; at++) {
            bytes.fill(0x61);
            bytes.set([a, b, c], at);
            for (const to of [at, at + 2, 12, bytes.length]) {
              const first = bytes.subarray(0, to).findIndex(special);
              if (plainEnd(bytes, words, base, 0, to) !== (first < 0 ? to : first))
                wrong.push([base, at, to, a, b, c]);
            }
          }
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

it("does not look beyond its bytes: what is cut off within a string is nothing but unfinished", () => {
  const wrong: string[] = [];
  for (const text of ["abcdefgh", "\\n\\\\x", "\\u12aFx", "\\ud83d\\uDE00", "\\/\\u00e9\\t"]) {
    for (const base of [0, 1, 2, 3]) {
      for (let to = 1; to < text.length + 2; to++) {
        for (const stale of ['"', "\\", "u", "x", "0", "dc00", "\n"]) {
          const bytes = new Uint8Array(new ArrayBuffer(40), base);
          const whole = `"${text}"`;
          bytes.set(new TextEncoder().encode(to === whole.length ? whole : whole.slice(0, to) + stale));
          const end = stringEnd(bytes, new Int32Array(bytes.buffer), base, 1, to);
          if (end !== (to === whole.length ? to - 1 : NEED_MORE))
            wrong.push(`${whole.slice(0, to)}|${stale}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

it("takes nothing from a text, not even a byte order mark, and reads what is no UTF-8 all the same", () => {
  const textOf = (bytes: readonly number[]) =>
    stringText(Uint8Array.from([0x22, ...bytes, 0x22]), 1, 1 + bytes.length);
  expect(textOf([0xef, 0xbb, 0xbf, 0x61])).toBe("\ufeffa");
  expect(textOf([0x61, 0xff])).toBe("a\ufffd");
  expect(textOf([0x5c, 0x6e])).toBe("\n");
});
