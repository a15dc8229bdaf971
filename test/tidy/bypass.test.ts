import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROWS } from "../catalogue/rows.ts";
import { bypassProblems, readBypassTable } from "./bypass.ts";
import { ROOT } from "./sources.ts";

const textOf = (path: string): string | undefined =>
  path !== "" && existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path), "utf8") : undefined;

test("docs/bypass-table.md lists each row that is tried, as it is tried, and no other as held", () => {
  const table = readBypassTable(readFileSync(join(ROOT, "docs/bypass-table.md"), "utf8"));
  expect(table.length).toBeGreaterThan(190);
  expect(bypassProblems(table, ROWS, textOf)).toEqual([]);
});

test("every row tries something", () => {
  expect(ROWS.filter(({ tries = [], run }) => tries.length === 0 && run === undefined)).toEqual([]);
});

test("self-test: what the table and the tests do not both say is found", () => {
  const line = (id: string, state: string, where: string) =>
    `| ${id} | a way | ${state} | because | ${where} |`;
  const problemsOf = (lines: string[], tried: { id: string; what: string }[]) =>
    bypassProblems(readBypassTable(lines.join("\n")), tried, (path) =>
      path === "test/catalogue/rows/a.ts"
        ? '"A01" "A02"'
        : path === "test/b.ts"
          ? 'test("it holds")'
          : undefined,
    );
  const inRows = "`test/catalogue/rows/a.ts`";
  const a01 = { id: "A01", what: "a way" };
  expect(
    problemsOf([line("A01", "held", inRows), line("B01", "held", "`test/b.ts`: it holds")], [a01]),
  ).toEqual([]);
  expect(problemsOf([line("M01", "not yet", "–"), line("T01", "remains", "–")], [])).toEqual([]);
  expect(problemsOf([line("A01", "held", inRows)], [])).toEqual(["A01 is held, and not tried"]);
  expect(problemsOf([], [a01])).toEqual(["A01 is tried and not in the table"]);
  expect(problemsOf([line("A01", "held", inRows)], [{ ...a01, what: "another" }])).toEqual([
    "A01 is another way in the table: a way",
  ]);
  expect(problemsOf([line("A03", "held", inRows)], [{ ...a01, id: "A03" }])).toEqual([
    "A03 is not in test/catalogue/rows/a.ts",
  ]);
  expect(problemsOf([line("A01", "not yet", "–")], [a01])).toEqual(["A01 is not yet, and tried"]);
  expect(problemsOf([line("A01", "perhaps", "–")], [])).toEqual(["A01 is perhaps"]);
  expect(problemsOf([line("A01", "remains", inRows)], [])).toEqual(["A01 is remains, and names a test"]);
  expect(problemsOf([line("B01", "held", "`test/c.ts`: it holds")], [])).toEqual([
    "B01 is held by `test/c.ts`: it holds, which is no file",
  ]);
  expect(problemsOf([line("B01", "held", "`test/b.ts`: it fails")], [])).toEqual([
    "B01 is held by no test of test/b.ts",
  ]);
  const twice = line("A01", "held", inRows);
  expect(problemsOf([twice, twice], [a01, a01])).toEqual(["A01 is in the table twice", "A01 is tried twice"]);
});
