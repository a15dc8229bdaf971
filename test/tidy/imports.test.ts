import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cycles, deadFiles, importsOf, readTable, tableProblems } from "./imports.ts";
import { isTypeScript, ROOT, readSources, type Source } from "./sources.ts";

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const exported: Record<string, string> = Object.fromEntries(
  Object.entries<string>(manifest.exports).map(([name, file]) => [
    `${manifest.name}${name.slice(1)}`,
    file.replace(/^\.\//, ""),
  ]),
);
const mutation = JSON.parse(readFileSync(join(ROOT, "stryker.config.json"), "utf8"));
const sources = readSources().filter(isTypeScript);
const imports = sources.flatMap((source) => importsOf(source, exported));
const table = readTable(readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8"));
const ruled = (path: string) => /^(src|schema)\//.test(path) || path === "tenfour.config.ts";

test("imports go one way, as ARCHITECTURE.md's table has it", () => {
  const files = sources.map(({ path }) => path).filter(ruled);
  expect(tableProblems(table, files, imports)).toEqual([]);
});

test("the table itself goes one way: gate and control apart, store and schema behind the worker alone", () => {
  const edges = table.flatMap(({ part, parts }) => parts.map((to) => ({ from: part, to })));
  const folded = edges.map(({ from, to }) => ({
    from,
    to: table.find(({ part }) => to.startsWith(part))?.part ?? to,
  }));
  expect(cycles(folded)).toEqual([]);
  const importersOf = (folder: string) =>
    table.filter(({ parts }) => parts.some((part) => part.startsWith(folder))).map(({ part }) => part);
  expect(importersOf("src/store/")).toEqual(["src/worker.ts"]);
  expect(importersOf("schema/")).toEqual(["src/store/"]);
  expect(importersOf("src/gate/")).toEqual(["src/worker.ts"]);
  expect(importersOf("src/control/")).toEqual(["src/worker.ts"]);
  const drizzle = table.filter(({ packages }) => packages.includes("drizzle-orm")).map(({ part }) => part);
  expect(drizzle.sort()).toEqual(["schema/", "src/store/"]);
});

test("no file imports itself by way of others", () => {
  expect(cycles(imports)).toEqual([]);
});

test("no file is dead", () => {
  const run = Object.values<string>(manifest.scripts).flatMap((line) => line.match(/[\w./-]+\.ts\b/g) ?? []);
  const plugins = mutation.plugins.map((path: string) => path.replace("./", ""));
  const entries = ["src/worker.ts", "vitest.config.ts", ...run, ...plugins, ...Object.values(exported)];
  const tests = sources.map(({ path }) => path).filter((path) => path.endsWith(".test.ts"));
  const ambient = sources.map(({ path }) => path).filter((path) => path.endsWith(".d.ts"));
  expect(deadFiles(sources, imports, [...new Set([...entries, ...tests, ...ambient])])).toEqual([]);
});

const file = (path: string, text: string): Source => ({ path, text });

test("self-test: the table is read, and what it does not allow is found", () => {
  const rows = readTable(
    [
      "# T",
      "| part | may import | packages |",
      "|---|---|---|",
      "| `a/` | `b/c.ts` | `hono` |",
      "| `b/` | – | – |",
      "",
    ].join("\n"),
  );
  expect(rows).toEqual([
    { part: "a/", parts: ["b/c.ts"], packages: ["hono"] },
    { part: "b/", parts: [], packages: [] },
  ]);
  expect(() => readTable("no table")).toThrow();
  const a = file(
    "a/x.ts",
    'import { y } from "./y.ts";\nimport type {\n  C,\n} from "../b/c.ts";\nimport d from "../b/d.ts";\nimport "hono/x";\nimport "honolulu";\nexport * from "own/config";\nconst z = await import("jose");\n',
  );
  const found = importsOf(a, { "own/config": "b/config.ts" });
  expect(found.map(({ to }) => to)).toEqual([
    "a/y.ts",
    "b/c.ts",
    "b/d.ts",
    "hono/x",
    "honolulu",
    "b/config.ts",
    "jose",
  ]);
  expect(tableProblems(rows, ["a/x.ts", "b/c.ts", "e/f.ts"], found)).toEqual([
    "e/f.ts is in no row of the import table",
    "a/x.ts may not import b/d.ts",
    "a/x.ts may not import honolulu",
    "a/x.ts may not import b/config.ts",
    "a/x.ts may not import jose",
  ]);
});

test("self-test: a cycle is found", () => {
  const edge = (from: string, to: string) => ({ from, to });
  expect(cycles([edge("a", "b"), edge("b", "c"), edge("a", "c")])).toEqual([]);
  expect(cycles([edge("a", "b"), edge("b", "c"), edge("c", "b")])).toEqual(["b -> c -> b"]);
  expect(cycles([edge("a", "a")])).toEqual(["a -> a"]);
});

test("self-test: a dead file and a missing entry are found", () => {
  const files = [
    file("a.ts", 'spawn("scripts/b.ts")'),
    file("scripts/b.ts", ""),
    file("c.ts", ""),
    file("d.ts", ""),
  ];
  expect(deadFiles(files, [{ from: "a.ts", to: "c.ts" }], ["a.ts", "gone.ts"])).toEqual([
    "gone.ts is an entry and is missing",
    "nothing leads to d.ts",
  ]);
});
