/** A pointer that cannot be followed is said to be so before anything starts, and never followed half way. */
import { expect, it } from "vitest";
import { childOf, compilePlan, keyHash, pointerProblem } from "../../../src/content/pointer.ts";
import { bytesOf } from "./read-body.ts";

it.each<[pointer: string, problem: string | null]>([
  ["/a", null],
  ["/", null],
  ["/a~0b~1c/*/d e", null],
  ["", "must start with /"],
  ["a", "must start with /"],
  ["a/b", "must start with /"],
  ["/é", "must be printable ASCII"],
  ["/a\n", "must be printable ASCII"],
  ["/\u001f", "must be printable ASCII"],
  ["/a\u007f", "must be printable ASCII"],
  ["/a~", "has a ~ that is not ~0 or ~1"],
  ["/a~2", "has a ~ that is not ~0 or ~1"],
  ["/~a~0", "has a ~ that is not ~0 or ~1"],
])("%j: %s", (pointer, problem) => {
  expect(pointerProblem(pointer)).toBe(problem);
  if (problem === null) expect(compilePlan([pointer]).slotOf(pointer)).toBe(0);
  else expect(() => compilePlan([pointer])).toThrow(`The pointer ${JSON.stringify(pointer)} ${problem}.`);
});

it("has one slot for each place, by whatever name, and for no other", () => {
  const plan = compilePlan(["/a", "/b/*/c", "/a", "/b"]);
  expect([plan.slotOf("/a"), plan.slotOf("/b/*/c"), plan.slotOf("/b")]).toEqual([0, 1, 2]);
  expect(plan.captures.first).toHaveLength(3);
  expect(() => plan.slotOf("/c")).toThrow('The pointer "/c" was not compiled.');
});

it("follows a key byte for byte, though its hash is deaf to case", () => {
  const { root } = compilePlan(["/Type", "/type/x", "/typ", "/a~1b", "/~01"]);
  const child = (key: string) => {
    const bytes = bytesOf(`#${key}#`);
    const end = bytes.length - 1;
    return childOf(root, keyHash(bytes, 1, end), bytes, 1, end);
  };
  expect(keyHash(bytesOf("TYPE"), 0, 4)).toBe(keyHash(bytesOf("type"), 0, 4));
  expect(child("Type")).toMatchObject({ slot: 0, children: [] });
  expect(child("type")).toMatchObject({ slot: -1, children: [{}] });
  expect(child("typ")?.slot).toBe(2);
  expect(child("a/b")?.slot).toBe(3);
  expect(child("~1")?.slot).toBe(4);
  for (const other of ["TYPE", "type2", "ty", "", "a~1b"])
    expect([other, child(other)]).toEqual([other, null]);
});
