/** A number ends where something else begins, and is not known to be whole before. */
import { expect, test } from "vitest";
import { numberEnd } from "../../../../src/content/json/number.ts";
import { NEED_MORE, NUMBER, SYNTAX } from "../../../../src/content/scan-result.ts";
import { bytesOf } from "../read-body.ts";

const DIGITS = "123456789".repeat(40);

test.each([
  ...["0", "-0", "7", "-10", "0.0", "-1.05", "1e5", "0E-0", "1.5e+10", "-9e-400", "1.7976931348623157e308"],
  DIGITS.slice(0, 300),
  `-${DIGITS.slice(0, 305)}`,
  `0.${DIGITS}`,
])("%s", (number) => {
  for (const after of [",", "]", "}", " ", "\n", "x", "-", "+", '"']) {
    const bytes = bytesOf(`[${number}${after}`);
    expect(numberEnd(bytes, 1, bytes.length)).toBe(1 + number.length);
    for (let to = 2; to < bytes.length; to++) {
      const stale = bytes.with(to, after.charCodeAt(0));
      expect([to, numberEnd(bytes, 1, to), numberEnd(stale, 1, to)]).toEqual([to, NEED_MORE, NEED_MORE]);
    }
  }
});

test.each([
  ...["-,", "-x", "-.5,", "1.,", "1.e1,", "1e,", "1e+,", "1e-x", "0.e,", "+1,", ".5,"].map((text) => [
    text,
    SYNTAX,
  ]),
  ...["1e309,", "-1e400,", `${DIGITS},`, `-${DIGITS}.5,`].map((text) => [text, NUMBER]),
  ...["01,", "-00,"].map((text) => [text, text.length - 1]),
])("%s is none, or none of all of it", (text, said) => {
  const bytes = bytesOf(`[${text}`);
  expect(numberEnd(bytes, 1, bytes.length)).toBe(said);
});
