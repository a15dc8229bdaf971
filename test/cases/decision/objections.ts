/** T15: objections, and the time each stands. */
import { AT, type Case, END, minute, NOW, START } from "./story.ts";

const until = AT + minute(5);

export const OBJECTIONS: readonly Case[] = [
  {
    rule: "T15",
    name: "objects",
    people: { ben: { objected: [[AT, null]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "objects to every service",
    people: { ben: { objected: [[AT, null, null]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "objects to another service",
    people: { ben: { objected: [[AT, null, "compose"]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "objected just now: for content before it too",
    people: { ben: { objected: [[NOW, null]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "will object in 1 ms",
    people: { ben: { objected: [[NOW + 1, null]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "withdraws in 1 ms",
    people: { ben: { objected: [[END, NOW + 1]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "withdrew now, and it began after the item",
    people: { ben: { objected: [[END, NOW]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "stood at captured_at, since withdrawn",
    people: { ben: { objected: [[START, END]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "withdrawn at captured_at",
    people: { ben: { objected: [[START, AT]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "withdrawn 1 ms after captured_at",
    people: { ben: { objected: [[START, AT + 1]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "began 1 ms after an item of an instant",
    people: { ben: { objected: [[AT + 1, END]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "an item that ends when it starts is the instant",
    item: { capturedUntil: AT },
    people: { ben: { objected: [[AT, AT + 1]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "began 1 ms before the item ended",
    item: { capturedUntil: until },
    people: { ben: { objected: [[until - 1, END]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "began as the item ended",
    item: { capturedUntil: until },
    people: { ben: { objected: [[until, END]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "made and withdrawn within it",
    item: { capturedUntil: until },
    people: { ben: { objected: [[AT + 1, AT + 2]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "the second of two stands",
    people: {
      ben: {
        objected: [
          [0, 1],
          [END, null],
        ],
      },
    },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "an objection wins under notice too",
    account: { rule: "notice" },
    people: { ben: { objected: [[AT, null]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "the consenting host may object",
    item: { speaker: "ana" },
    people: { ana: { objected: [[AT, null]] } },
    expect: "participant_objected",
  },
  {
    rule: "T15",
    name: "of those not checked, no objection counts",
    people: { cy: { objected: [[0, null]] } },
    expect: "consented",
  },
  {
    rule: "T15",
    name: "of those a private message was for, it counts",
    item: { privateTo: ["cy"] },
    people: { cy: { objected: [[0, null]] } },
    expect: "participant_objected",
  },
];
