import { expect, it } from "vitest";
import { epochMs, rfc3339Ms } from "../../../src/content/time.ts";
import { bytesOf } from "./read-body.ts";

const read = (text: string, up = false) => rfc3339Ms(bytesOf(`"${text}"`), 1, text.length + 1, up);

it.each([
  ["1970-01-01T00:00:00Z", 0],
  ["2026-11-21T10:00:00Z", Date.UTC(2026, 10, 21, 10)],
  ["2026-11-21T10:00:00.1Z", Date.UTC(2026, 10, 21, 10) + 100],
  ["2026-11-21T10:00:00.123Z", Date.UTC(2026, 10, 21, 10) + 123],
  ["2024-02-29T23:59:59Z", Date.UTC(2024, 1, 29, 23, 59, 59)],
  ["2000-02-29T00:00:00Z", Date.UTC(2000, 1, 29)],
  ["2026-11-21T10:00:00+05:30", Date.UTC(2026, 10, 21, 4, 30)],
  ["2026-11-21T10:00:00-05:00", Date.UTC(2026, 10, 21, 15)],
  ["2026-11-21T10:00:00-00:00", Date.UTC(2026, 10, 21, 10)],
  ["0000-01-01T00:00:00Z", -62_167_219_200_000],
  ["9999-12-31T23:59:59.999Z", 253_402_300_799_999],
])("reads %s", (text, ms) => {
  expect(read(text)).toBe(ms);
  expect(read(text, true)).toBe(ms);
});

it("cuts fractions of a millisecond off a beginning and rounds an end up", () => {
  const ms = Date.UTC(2026, 10, 21, 10);
  expect(read("2026-11-21T10:00:00.1239Z")).toBe(ms + 123);
  expect(read("2026-11-21T10:00:00.1230000001Z", true)).toBe(ms + 124);
  expect(read("2026-11-21T10:00:00.1230000000Z", true)).toBe(ms + 123);
  expect(read("2026-11-21T10:00:59.9999Z", true)).toBe(ms + 60_000);
});

it.each([
  "",
  "2026-11-21",
  "2026-11-21 10:00:00Z",
  "2026-11-21t10:00:00Z",
  "2026-11-21T10:00:00z",
  "2026-11-21T10:00:00",
  "2026-11-21T10:00Z",
  "2026-11-21T10:00:60Z",
  "2016-12-31T23:59:60Z",
  "2026-11-21T24:00:00Z",
  "2026-11-21T10:60:00Z",
  "2026-02-29T10:00:00Z",
  "1900-02-29T10:00:00Z",
  "2026-04-31T10:00:00Z",
  "2026-06-31T10:00:00Z",
  "2026-09-31T10:00:00Z",
  "2026-11-31T10:00:00Z",
  "2026-01-32T10:00:00Z",
  "2026-13-01T10:00:00Z",
  "2026-00-01T10:00:00Z",
  "2026-01-00T10:00:00Z",
  "2026-11-21T10:00:00.Z",
  "2026-11-21T10:00:00,5Z",
  "2026-11-21T10:00:00.5",
  "2026-11-21T10:00:00+24:00",
  "2026-11-21T10:00:00+05:60",
  "2026-11-21T10:00:00+0530",
  "2026-11-21T10:00:00+05",
  "2026-11-21T10:00:00ZZ",
  "2026-11-21T10:00:00Z ",
  " 2026-11-21T10:00:00Z",
  "+002026-11-21T10:00:00Z",
  "2026-11-21T10:00:00\\u005a",
])("does not take %j for an instant", (text) => {
  expect(read(text)).toBeNaN();
});

/** What a change of one character may make of it. */
function neighbours(text: string): string[] {
  const characters = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));
  return Array.from(text, (_, at) => [text.slice(0, at), text.slice(at + 1)] as const).flatMap(
    ([before, after]) => [
      before + after,
      `${before}00${after}`,
      ...characters.map((one) => before + one + after),
    ],
  );
}

it("reads what is one character away from an instant as Date does, or not at all", () => {
  const form = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3])(:[0-5]\d){2}(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;
  const isDay = (day: string) => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
  const msOf = (text: string) => {
    const real = form.test(text) && !Number.isNaN(Date.parse(text)) && isDay(text.slice(0, 10));
    return real ? Date.parse(text) : Number.NaN;
  };
  for (const text of [
    "2026-11-21T10:00:00Z",
    "2024-02-29T23:59:59.5Z",
    "2000-12-31T19:45:39.129+05:39",
    "1999-09-30T09:09:09-00:01",
    "2026-01-01T00:00:00+23:59",
  ]) {
    expect(msOf(text)).not.toBeNaN();
    for (const near of [text, ...neighbours(text)]) if (!Object.is(read(near), msOf(near))) expect.fail(near);
  }
});

it("takes no day for the one before it, near or far", () => {
  for (const day of [
    "2027-11-20",
    "2126-10-21",
    "2026-12-21",
    "2026-10-21",
    "2025-11-21",
    "2026-11-22",
    "2026-02-30",
  ]) {
    for (const one of ["2026-11-21", day]) {
      const ms = one === "2026-02-30" ? Number.NaN : Date.parse(`${one}T10:00:00Z`);
      expect([one, read(`${one}T10:00:00Z`)]).toEqual([one, ms]);
    }
  }
});

it("agrees with Date on every day of four centuries, and those around them", () => {
  for (let day = -1_000; day < 147_097; day++) {
    const ms = Date.UTC(1890, 0, 1) + day * 86_400_000;
    const text = new Date(ms).toISOString();
    if (read(text) !== ms) expect.fail(text);
  }
});

it("reads whole milliseconds since 1970, and nothing else", () => {
  const read = (text: string) => epochMs(bytesOf(text), 0, text.length);
  expect([read("0"), read("1760000000000"), read("8640000000000000")]).toEqual([0, 1760000000000, 8.64e15]);
  for (const text of ["-1", "-0", "1.0", "1e3", "8640000000000001", "99999999999999999"]) {
    expect(read(text), text).toBeNaN();
  }
  for (const near of neighbours("1760000000000")) {
    const ms = /^\d+$/.test(near) ? Number(near) : Number.NaN;
    if (!Object.is(read(near), ms)) expect.fail(near);
  }
});
