/** What is remembered of the orders of keys, how much of it at most, and what is taken for a key that is known. */
import { expect, test, vi } from "vitest";
import { createFraming } from "../../../../src/content/create-framing.ts";
import { OpenKeys } from "../../../../src/content/json/keys.ts";
import { Layout, Step } from "../../../../src/content/json/layout.ts";
import { compilePlan, type PlanNode } from "../../../../src/content/pointer.ts";
import { bytesOf } from "../read-body.ts";

const KEYS_MAX = 48;
const KEY_BYTES_MAX = 64;
const WAYS_MAX = 4;
const STEPS_MAX = 512;

const nodeOf = (): PlanNode => compilePlan(["/a/b"]).root;

/** Remembers `key` after `before`, and forgets the bytes it came in. */
function learn(layout: Layout, before: Step, key: string, node: PlanNode | null = null): Step | null {
  const bytes = bytesOf(`:"${key}":`);
  const step = layout.learn(before, bytes, 2, bytes.length - 2, key.length, node);
  bytes.fill(0x2d);
  return step;
}

function textOf(step: Step | null): string | null {
  return step && new TextDecoder().decode(step.key);
}

/** Which of the keys a, bc, bcd and `,` stands at `|`; the bytes end at `$`, or with the text. */
test.each<[text: string, key: string | null]>([
  ['|"a":1', '"a"'],
  ['{"a":1,|"bc":1', '"bc"'],
  ['|"bcd"', '"bcd"'],
  ['|"bcd"$', '"bcd"'],
  ['|","', '","'],
  ['|"b"', null],
  ['|"bcde"', null],
  ['|"bd"', null],
  ['|"xa"', null],
  ['|"A"', null],
  ['|"a', null],
  ['|"a$"', null],
  ['|"a:"', null],
  ['{"x":"y",|"z":1', null],
  ['{"x":"y",|"zz":1', null],
  ['"cb"|"z":1', null],
  ["|", null],
])("%s", (text, key) => {
  const layout = new Layout(nodeOf());
  const before = new Step(new Uint8Array(0), 0, null, 0);
  for (const known of ["a", "bc", "bcd", ","]) expect(learn(layout, before, known)).not.toBeNull();
  const from = text.indexOf("|");
  const to = text.replace("|", "").indexOf("$");
  const bytes = bytesOf(text.replace("|", "").replace("$", ""));
  expect(textOf(before.at(bytes, from, to < 0 ? bytes.length : to))).toBe(key);
});

test("a step says what is known of its key", () => {
  const layout = new Layout(nodeOf());
  const node = nodeOf();
  const first = learn(layout, layout.outside, "one", node)!;
  const second = learn(layout, first, "two")!;
  expect([textOf(first), first.hash, first.node, first.count]).toEqual(['"one"', 3, node, 1]);
  expect([second.node, second.count]).toEqual([null, 2]);
});

test("an object begins as another did in the same value, at the same place of the plan, from the second record on", () => {
  const root = nodeOf();
  const child = root.children[0]!.node;
  const layout = new Layout(root);
  const { outside } = layout;
  expect(outside.node).toBe(root);
  expect(layout.beginning(outside, root)).toBeNull();
  layout.recordEnds();
  expect(layout.beginning(null, root)).toBeNull();
  const beginning = layout.beginning(outside, root)!;
  expect([textOf(beginning), beginning.node, beginning.count]).toEqual(["", root, 0]);
  expect(layout.beginning(outside, root)).toBe(beginning);
  expect(layout.beginning(outside, child)).toBeNull();
  expect(layout.beginning(outside, null)).toBeNull();
  const member = learn(layout, beginning, "a", child)!;
  const inner = layout.beginning(member, child)!;
  expect(inner).not.toBe(beginning);
  expect(layout.beginning(outside, root)).toBe(beginning);
});

test("no more is remembered of an object than its first keys, and none that is long", () => {
  const layout = new Layout(nodeOf());
  let step = layout.outside;
  for (let k = 0; k < KEYS_MAX; k++) step = learn(layout, step, `k${k}`)!;
  expect(step.count).toBe(KEYS_MAX);
  expect(learn(layout, step, "more")).toBeNull();
  expect(learn(layout, layout.outside, "k".repeat(KEY_BYTES_MAX))).not.toBeNull();
  expect(learn(layout, layout.outside, "k".repeat(KEY_BYTES_MAX + 1))).toBeNull();
});

test("no more than a few different keys are remembered after the same ones", () => {
  const layout = new Layout(nodeOf());
  const ways = ["a", "b", "c", "d", "e"].map((key) => textOf(learn(layout, layout.outside, key)));
  expect(ways).toEqual(['"a"', '"b"', '"c"', '"d"', null]);
  expect(ways.filter((way) => way !== null)).toHaveLength(WAYS_MAX);
});

test("no more is remembered of a body than there is room for, and what was refused takes none of it", () => {
  const layout = new Layout(nodeOf());
  let remembered = 0;
  for (let chain = 0; chain < 2 * STEPS_MAX; chain++) {
    let step: Step | null = new Step(new Uint8Array(0), 0, null, 0);
    expect(learn(layout, step, "k".repeat(KEY_BYTES_MAX + 1))).toBeNull();
    step = learn(layout, step, "a");
    if (step !== null) remembered++;
  }
  expect(remembered).toBe(STEPS_MAX);
});

test("from the third record of one layout on, no key is proven anew", () => {
  const proven = vi.spyOn(OpenKeys.prototype, "add");
  const framing = createFraming("ndjson", compilePlan(["/a", "/l/*/p"]), { recordBytesMax: 1_000 });
  const line = bytesOf('{"a":1,"b":{"c":2,"d":{}},"l":[{"p":1,"q":[1]},{"p":2,"q":3}],"e":{"f":4}}\n');
  const counts = Array.from({ length: 4 }, () => {
    proven.mockClear();
    framing.cut(line, 0, line.length, false, () => true);
    return proven.mock.calls.length;
  });
  proven.mockRestore();
  // The second of a list's objects has the layout of the first already.
  expect(counts).toEqual([11, 9, 0, 0]);
});
