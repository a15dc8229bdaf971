import { expect, test } from "vitest";
import type { AnswerRow, StateRow } from "../../../src/consent/rows.ts";
import { foldState } from "../../../src/consent/state.ts";
import type { Participant } from "../../../src/decision/model.ts";

let seq = 0;

interface Said {
  readonly at: number;
  readonly service?: string;
  readonly standing?: boolean;
  readonly since?: number;
  readonly seq?: number;
}

function said(
  answer: AnswerRow[4],
  id: string,
  { at, service = "s", standing = false, since, ...more }: Said,
) {
  const version = answer === "accepted" ? "v1" : "";
  const order = more.seq ?? ++seq;
  return [
    "answer",
    "c",
    "p",
    service,
    answer,
    id,
    version,
    at,
    since ?? at,
    order,
    standing ? 1 : 0,
  ] as const;
}

const accepted = (id: string, more: Said) => said("accepted", id, more);
const objected = (id: string, more: Said) => said("objected", id, more);
const withdrawn = (id: string, more: Said) => said("objection_withdrawn", id, more);

const CONVERSATION: StateRow = ["conversation", "c", "a", "meeting", "[]", 1, null, 1];

function person(...answers: AnswerRow[]): Participant {
  return foldState([CONVERSATION, ...answers])
    .conversations.get("c")!
    .people.get("p")!;
}

const spans = ({ objections }: Participant) => objections.map(({ id, from, to }) => [id, from, to]);

test("an objection stands until the next withdrawal of exactly its scope", () => {
  const found = person(
    objected("one", { at: 10 }),
    objected("standing", { at: 11, standing: true }),
    objected("all", { at: 12, service: "" }),
    withdrawn("w-standing-all", { at: 15, standing: true, service: "" }),
    withdrawn("w-one", { at: 20 }),
    objected("again", { at: 30 }),
    withdrawn("w-all", { at: 40, service: "" }),
  );
  expect(spans(found)).toEqual([
    ["one", 10, 20],
    ["standing", 11, null],
    ["all", 12, 40],
    ["again", 30, null],
  ]);
  expect(found.objections.map((one) => one.service)).toEqual(["s", "s", null, "s"]);
});

test("one withdrawal ends every objection of its scope made before it, none made after", () => {
  const found = person(
    objected("a", { at: 10 }),
    objected("b", { at: 11 }),
    withdrawn("w", { at: 12 }),
    objected("c", { at: 13 }),
  );
  expect(spans(found)).toEqual([
    ["a", 10, 12],
    ["b", 11, 12],
    ["c", 13, null],
  ]);
});

test("at one instant, the order of recording says whether a withdrawal ends an objection", () => {
  expect(spans(person(withdrawn("w", { at: 10, seq: 1 }), objected("o", { at: 10, seq: 2 })))).toEqual([
    ["o", 10, null],
  ]);
  expect(spans(person(withdrawn("w", { at: 10, seq: 2 }), objected("o", { at: 10, seq: 1 })))).toEqual([
    ["o", 10, 10],
  ]);
});

test("an acceptance counts until an objection covers its service", () => {
  const inForce = (...answers: AnswerRow[]) => person(...answers).acceptances.get("s")?.id;
  const before = accepted("yes", { at: 10 });
  expect(inForce(before)).toBe("yes");
  expect(inForce(before, objected("other", { at: 11, service: "t" }))).toBe("yes");
  expect(inForce(before, objected("own", { at: 11 }))).toBeUndefined();
  expect(inForce(before, objected("all", { at: 11, service: "" }))).toBeUndefined();
  expect(inForce(before, objected("standing", { at: 11, standing: true }))).toBeUndefined();
  expect(inForce(before, objected("tie", { at: 10, seq: 0 }))).toBeUndefined();
  expect(inForce(objected("earlier", { at: 9 }), before)).toBe("yes");
});

test("a withdrawn objection does not restore an acceptance; only a new one counts", () => {
  const past = [accepted("old", { at: 10 }), objected("no", { at: 20 }), withdrawn("w", { at: 30 })];
  expect(person(...past).acceptances.size).toBe(0);
  expect(person(...past, accepted("new", { at: 40 })).acceptances.get("s")).toEqual({
    id: "new",
    noticeVersion: "v1",
    since: 40,
  });
});

test("a run keeps its start, but never begins before an objection it followed", () => {
  const start = (...answers: AnswerRow[]) => person(...answers).acceptances.get("s")?.since;
  expect(start(accepted("a", { at: 10 }), accepted("b", { at: 50, since: 10 }))).toBe(10);
  expect(
    start(accepted("a", { at: 10 }), objected("no", { at: 20 }), accepted("b", { at: 50, since: 10 })),
  ).toBe(50);
  expect(
    start(
      accepted("a", { at: 10 }),
      objected("no", { at: 20 }),
      accepted("b", { at: 30, since: 10 }),
      accepted("c", { at: 50, since: 10 }),
    ),
  ).toBe(30);
});

test("of two acceptances at one instant the one recorded last counts", () => {
  const found = person(accepted("second", { at: 10, seq: 2 }), accepted("first", { at: 10, seq: 1 }));
  expect(found.acceptances.get("s")?.id).toBe("second");
});

test("rows make the same state in any order", () => {
  const rows: StateRow[] = [
    ["notice", "s", "v2", 2, 1, 200],
    ["notice", "s", "v1", 1, 0, 100],
    ["account", "a", '["education_records"]', "everyone"],
    ["setting", "a", "s", 1, 900],
    ["consent", "a", "", "s", "ca", "given", "owner", "owner", 5, "v1", '{"chat":4}', null],
    ["consent", "a", "c", "s", "ch", "refused", "host", "host", 6, "v1", "{}", null],
    CONVERSATION,
    ["presence", "c", "p", 30, null],
    ["presence", "c", "p", 10, 20],
    ["showing", "c", "p", "s", "late", "v2", 15],
    ["showing", "c", "p", "s", "early", "v1", 12],
    accepted("yes", { at: 13 }),
  ];
  const state = foldState(rows);
  expect(foldState(rows.toReversed())).toEqual(state);
  expect(state.notices.get("s")?.map((notice) => notice.version)).toEqual(["v1", "v2"]);
  expect(state.accounts.get("a")).toEqual({
    labels: ["education_records"],
    rule: "everyone",
    services: new Map([["s", { enabled: true, trialEndsAt: 900 }]]),
    consents: new Map([
      [
        "s",
        {
          id: "ca",
          answer: "given",
          person: "owner",
          role: "owner",
          at: 5,
          noticeVersion: "v1",
          covers: new Map([["chat", 4]]),
          expiresAt: null,
        },
      ],
    ]),
  });
  const conversation = state.conversations.get("c")!;
  expect(conversation.hostConsents.get("s")?.id).toBe("ch");
  expect(conversation.peopleComplete).toBe(true);
  expect(conversation.people.get("p")?.presence).toEqual([
    { from: 10, to: 20 },
    { from: 30, to: null },
  ]);
  expect(conversation.people.get("p")?.shown.map((showing) => showing.id)).toEqual(["early", "late"]);
});

test("nothing known is nothing said", () => {
  const state = foldState([CONVERSATION, ["account", "a", "[]", "speaker"]]);
  expect(state.conversations.get("c")?.people.size).toBe(0);
  expect(state.accounts.get("a")?.consents.size).toBe(0);
});
