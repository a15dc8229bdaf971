/** Times of a part of a vCon, joined with those of others: from the earlier beginning to the later end, and what is unknown of one is unknown. */
import { expect, test } from "vitest";
import { spanOf } from "../../../../src/content/vcon/times.ts";
import { type Span, Voices } from "../../../../src/content/vcon/voices.ts";

const START = "2026-01-05T09:00:00Z";
const AT = Date.parse(START);
const STATED: Span = { at: 5, until: 9 };

test.each<[object, Span]>([
  [{}, STATED],
  [{ start: null, duration: null }, STATED],
  [{ duration: 0 }, STATED],
  [{ duration: 2 }, { at: 5, until: 2_005 }],
  [{ start: START }, { at: AT, until: null }],
  [
    { start: START, duration: null },
    { at: AT, until: null },
  ],
  [
    { start: START, duration: 0 },
    { at: AT, until: null },
  ],
  [
    { start: START, duration: 1.5 },
    { at: AT, until: AT + 1_500 },
  ],
  [
    { start: START, duration: 0.0001 },
    { at: AT, until: AT + 1 },
  ],
  [
    { start: START, duration: -0.001 },
    { at: AT, until: "unreadable" },
  ],
  [
    { start: START, duration: "2" },
    { at: AT, until: "unreadable" },
  ],
  [
    { start: START, duration: (8.64e15 - AT) / 1_000 },
    { at: AT, until: 8.64e15 },
  ],
  [
    { start: START, duration: 8.64e12 },
    { at: AT, until: "unreadable" },
  ],
  [{ start: "2026-01-05T09:00:00.0009Z" }, { at: AT, until: null }],
  [{ start: "soon" }, { at: null, until: null }],
  [
    { start: "soon", duration: 2 },
    { at: null, until: "unreadable" },
  ],
  [{ start: 7 }, { at: null, until: null }],
  [{ start: [START] }, { at: null, until: null }],
])("%j", (said, expected) => {
  expect(spanOf(said as Record<string, unknown>, STATED)).toEqual(expected);
});

const span = (at: Span["at"], until: Span["until"]): Span => ({ at, until });
test.each<[Span, Span, Span, Span?]>([
  [span(1, 5), span(1, 5), span(1, 5)],
  [span(1, 5), span(3, 9), span(1, 9)],
  [span(3, 4), span(1, 9), span(1, 9)],
  [span(1, 9), span(1, 5), span(1, 9)],
  [span(1, 5), span(2, 5), span(1, 5)],
  [span(1, 5), span(7, null), span(1, 8), span(1, null)],
  [span(7, null), span(1, null), span(1, 8), span(1, null)],
  [span(2, null), span(1, 9), span(1, 9), span(1, null)],
  [span(1, null), span(1, null), span(1, null)],
  [span(null, 5), span(1, 9), span(null, 9)],
  [span(1, 5), span(null, 9), span(null, 9)],
  [span(null, null), span(-9, -5), span(null, 1), span(null, null)],
  [span(1, "unreadable"), span(0, 9), span(0, "unreadable")],
  [span(1, 5), span(3, "unreadable"), span(1, "unreadable")],
  [span(1, null), span(3, "unreadable"), span(1, "unreadable")],
])("%j and %j", (a, b, ofOne, ofAll = ofOne) => {
  for (const [first, second] of [
    [a, b],
    [b, a],
  ] as const) {
    const voices = new Voices();
    for (const one of [first, second]) for (const speaker of ["ana", null]) voices.add(speaker, one);
    expect(Object.fromEntries(voices.spans)).toEqual({ ana: ofOne, null: ofAll });
  }
});

test("voices together are all of them, and astray only those that went", () => {
  const [a, b, c] = [new Voices(), new Voices(), new Voices()];
  a.add("ana", span(1, 5), 0);
  a.dialogs.add(3);
  b.goAstray(span(2, 6));
  b.add("ana", span(0, 2), 1);
  for (const one of [a, b]) c.addAll(one);
  expect([[...c.spans], [...c.parties], [...c.dialogs]]).toEqual([
    [
      ["ana", span(0, 5)],
      ["", span(2, 6)],
    ],
    [0, 1],
    [3],
  ]);
  expect([a.astray, b.astray, [...b.parties]]).toEqual([false, true, [1]]);
});
