/** When each part of a vCon was captured. */
import { describe, expect, test } from "vitest";
import type { Document } from "../../../../src/content/document.ts";
import { CALL, CHAT, type Json } from "../../../support/vcons.ts";
import { contents, document, one, TEXT } from "./reading.ts";

describe("when each part was captured", () => {
  const at = (hours: number, minutes: number, s = 0) => Date.UTC(2026, 0, 5, hours, minutes, s);
  const times = (found: Document, part: number) =>
    contents(found)[part]!.map(({ speaker, capturedAt, capturedUntil }) => [
      speaker,
      capturedAt,
      capturedUntil,
    ]);

  test("a dialog: from its start for as long as it says", () => {
    const found = document(CHAT);
    expect([times(found, 0), times(found, 2)]).toEqual([
      [["ana", at(9, 0), null]],
      [["cy", at(9, 2), at(9, 2) + 1500]],
    ]);
    expect(times(document(CALL), 0)[0]!.slice(1)).toEqual([Date.UTC(2026, 0, 5, 14, 51, 12, 775), null]);
  });

  test("an analysis: of each speaker, from the first to the last of what it is about", () => {
    const found = document({
      ...CHAT,
      dialog: CHAT.dialog.map((one) => ({ ...one, parties: [0], originator: 0 })),
    });
    expect([times(found, 5), times(found, 7).slice(0, 1)]).toEqual([
      [["ana", at(9, 0), at(9, 1) + 1]],
      [["ana", at(9, 0), at(9, 4) + 1]],
    ]);
    expect(times(document(CHAT), 7)).toEqual([
      ["ana", at(9, 0), at(9, 4) + 1],
      ["bo", at(9, 1), at(9, 4) + 1],
      ["cy", at(9, 2), at(9, 4) + 1],
      ["dee", at(9, 0), null],
      [null, at(9, 0), null],
    ]);
  });

  test("an attachment: when it was sent, else while its sender was heard", () => {
    const found = document(CHAT);
    expect(times(found, 9)).toEqual([["ana", at(9, 0), at(9, 0, 30) + 1]]);
    expect(times(found, 10)).toEqual([["cy", at(9, 2), at(9, 4) + 1]]);
  });

  test.each<[string, Json, (number | string | null)[], Record<string, string>?]>([
    ["no start", { start: undefined }, [null, null]],
    [
      "no start, and one in a header",
      { start: undefined },
      [at(8, 0), at(8, 30)],
      {
        "tenfour-captured-at": "2026-01-05T08:00:00Z",
        "tenfour-captured-until": "2026-01-05T08:30:00Z",
      },
    ],
    [
      "a start, and another in a header",
      {},
      [at(9, 0), null],
      { "tenfour-captured-at": "2026-01-05T08:00:00Z" },
    ],
    [
      "a start that is none",
      { start: "yesterday" },
      [null, null],
      { "tenfour-captured-at": "2026-01-05T08:00:00Z" },
    ],
    ["a start that is a number", { start: 1767603600 }, [null, null]],
    ["a duration that is none", { duration: "1 h" }, [at(9, 0), "unreadable"]],
    ["a duration below nothing", { duration: -1 }, [at(9, 0), "unreadable"]],
    ["a duration beyond time", { duration: 1e300 }, [at(9, 0), "unreadable"]],
    ["a duration without a start", { start: null, duration: 5 }, [null, "unreadable"]],
    ["a duration between milliseconds", { duration: 0.0001 }, [at(9, 0), at(9, 0) + 1]],
  ])("%s", (_, change, expected, headers = {}) => {
    const found = document(one({ ...TEXT, ...change }), { headers });
    expect(times(found, 0)).toEqual([["ana", ...expected]]);
  });

  test("what nobody heard: from the beginning of the whole, without end", () => {
    const headers = {
      "tenfour-captured-at": "2026-01-05T08:00:00Z",
      "tenfour-captured-until": "2026-01-05T08:30:00Z",
    };
    const found = document({ parties: [{ uuid: "ana" }], subject: "tea" }, { headers });
    expect([times(found, 0), times(found, 1)]).toEqual([[["ana", at(8, 0), null]], [[null, at(8, 0), null]]]);
  });

  test("what is unknown of one dialog is unknown of what was made of it", () => {
    const broken = (change: Json) => ({
      ...CHAT,
      dialog: CHAT.dialog.map((one, i) => ({
        ...one,
        parties: [0],
        originator: 0,
        ...(i === 1 ? change : {}),
      })),
    });
    expect(times(document(broken({ start: "soon" })), 5)).toEqual([["ana", null, at(9, 0) + 1]]);
    expect(times(document(broken({ duration: "long" })), 5)).toEqual([["ana", at(9, 0), "unreadable"]]);
  });
});
