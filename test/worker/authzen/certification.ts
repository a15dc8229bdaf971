/**
 * The certification scenario of AuthZEN Authorization API 1.0 as data: its requests, by the number of the paragraph that has them, and what
 * it demands. Levels Basic, Batch and Discovery. null: the decision is not part of the fixture, only that there is one.
 */

interface Entity {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly name?: unknown;
  readonly properties?: object;
}

const user = (id: string, properties?: object): Entity => ({
  type: "user",
  id,
  ...(properties === undefined ? {} : { properties }),
});
const record = (n: 1 | 2, properties?: object): Entity => ({
  type: "record",
  id: `record-${n}`,
  ...(properties === undefined ? {} : { properties }),
});
const action = (name: string, properties?: object): Entity => ({
  name,
  ...(properties === undefined ? {} : { properties }),
});

const alice = user("alice");
const bob = user("bob");
const admin = user("bob", { role: "admin" });
const archived = record(2, { status: "archived" });
const active = record(1, { status: "active" });

/** The fixture's request of rule 1. */
export const PERMITTED = { subject: alice, action: action("read"), resource: record(1) };

/** Rules 1 to 8 of the required policy. */
export const RULES: readonly (readonly [rule: number, request: object, decision: boolean])[] = [
  [1, PERMITTED, true],
  [2, { subject: alice, action: action("write"), resource: record(1) }, true],
  [3, { subject: bob, action: action("read"), resource: record(1) }, true],
  [4, { subject: bob, action: action("write"), resource: record(1) }, false],
  [5, { subject: alice, action: action("write"), resource: archived }, false],
  [6, { subject: admin, action: action("write"), resource: archived }, true],
  [7, { subject: alice, action: action("delete", { soft: true }), resource: record(1) }, true],
  [8, { subject: alice, action: action("delete", { soft: false }), resource: record(1) }, false],
];

export const BASIC: readonly (readonly [test: string, request: object, decision: boolean])[] = [
  ["c-2-2-1", RULES[0]![1], true],
  ["c-2-2-2", RULES[3]![1], false],
  ["c-2-2-3", { ...PERMITTED, context: { time: "2025-06-27T18:03-07:00", ip: "192.168.1.1" } }, true],
  ["c-2-2-4", RULES[4]![1], false],
  ["c-2-2-5", RULES[5]![1], true],
  ["c-2-2-6", RULES[6]![1], true],
  ["c-2-2-7", RULES[7]![1], false],
  [
    "c-2-2-8",
    {
      subject: user("alice", { department: "Sales", role: "manager" }),
      action: action("read", { method: "GET" }),
      resource: record(1, { status: "active", owner: "bob" }),
    },
    true,
  ],
  ["c-2-2-9", { ...PERMITTED, foo: "bar", futureField: { nested: true } }, true],
];

/** c-2-4: each is answered 400, at both endpoints. */
export const BAD: readonly (readonly [test: string, request: object])[] = [
  ["c-2-4-1 no subject", without("subject")],
  ["c-2-4-1 no action", without("action")],
  ["c-2-4-1 no resource", without("resource")],
  ["c-2-4-2 no subject.type", { ...PERMITTED, subject: { id: "alice" } }],
  ["c-2-4-2 no subject.id", { ...PERMITTED, subject: { type: "user" } }],
  ["c-2-4-2 no action.name", { ...PERMITTED, action: {} }],
  ["c-2-4-2 no resource.type", { ...PERMITTED, resource: { id: "record-1" } }],
  ["c-2-4-2 no resource.id", { ...PERMITTED, resource: { type: "record" } }],
  ["c-2-4-6 subject is a string", { ...PERMITTED, subject: "alice" }],
  ["c-2-4-6 action.name is a number", { ...PERMITTED, action: { name: 123 } }],
  ["subject is null", { ...PERMITTED, subject: null }],
  ["subject is an array", { ...PERMITTED, subject: [alice] }],
  ["subject.type is null", { ...PERMITTED, subject: { type: null, id: "alice" } }],
  ["resource.id is an object", { ...PERMITTED, resource: { type: "record", id: {} } }],
  ["properties is a string", { ...PERMITTED, resource: { ...record(1), properties: "active" } }],
  ["context is a string", { ...PERMITTED, context: "now" }],
  ["context is null", { ...PERMITTED, context: null }],
];

export interface BatchCase {
  readonly test: string;
  readonly request: object;
  readonly decisions: readonly (boolean | null)[];
}

export const BATCH: readonly BatchCase[] = [
  {
    test: "c-3-2-1",
    request: {
      subject: alice,
      action: action("read"),
      evaluations: [{ resource: record(1) }, { resource: record(2) }],
    },
    decisions: [null, null],
  },
  {
    test: "c-3-2-2",
    request: {
      subject: bob,
      resource: record(1),
      evaluations: [{ action: action("read") }, { action: action("write") }],
    },
    decisions: [true, false],
  },
  {
    test: "c-3-2-3",
    request: {
      subject: alice,
      action: action("write"),
      evaluations: [{ resource: active }, { resource: archived }],
    },
    decisions: [true, false],
  },
  {
    test: "c-3-2-4",
    request: {
      action: action("write"),
      resource: archived,
      evaluations: [{ subject: alice }, { subject: admin }],
    },
    decisions: [false, true],
  },
  { test: "c-3-2-5", request: { evaluations: [RULES[0]![1], RULES[3]![1]] }, decisions: [true, false] },
  {
    test: "c-3-2-6",
    request: {
      subject: alice,
      action: action("read"),
      context: { time: "2025-06-27T18:03-07:00" },
      evaluations: [
        { resource: record(1) },
        { resource: record(2), context: { time: "2025-06-27T19:00-07:00", source: "batch-override" } },
      ],
    },
    decisions: [null, null],
  },
  {
    test: "c-3-2-7",
    request: {
      subject: alice,
      action: action("write"),
      resource: { type: "record" },
      evaluations: [
        { resource: { id: "record-1", properties: { status: "active" } } },
        { resource: archived },
      ],
    },
    decisions: [true, false],
  },
  {
    test: "c-3-4-1",
    request: { subject: alice, action: action("read"), evaluations: [{ resource: record(1) }, {}] },
    decisions: [true, false],
  },
];

function without(name: keyof typeof PERMITTED): object {
  const { [name]: _left, ...rest } = PERMITTED;
  return rest;
}
