import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { CONTENT_FAULTS } from "../../src/content/fault.ts";
import { ALLOW_REASONS, DENY_REASONS } from "../../src/decision/model.ts";
import { GATE_FAULTS } from "../../src/gate/fault.ts";
import { bindingProblems, reasonProblems } from "./documents.ts";
import { ROOT } from "./sources.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

test("docs/reasons.md explains every reason and every fault, and nothing else", () => {
  const codes = [...ALLOW_REASONS, ...DENY_REASONS, ...GATE_FAULTS, ...CONTENT_FAULTS];
  expect(reasonProblems(codes, read("docs/reasons.md"))).toEqual([]);
});

test("wrangler.toml and Env name the same bindings and secrets", () => {
  expect(bindingProblems(read("wrangler.toml"), read("src/worker.ts"))).toEqual([]);
});

test("continuous integration runs the command the README gives", () => {
  const command = "npm ci && npm test";
  expect(read(".ci/run").trim().split("\n").at(-1)).toBe(command);
  expect(read("README.md")).toContain(command);
});

test("self-test: a reason without a paragraph is found", () => {
  const markdown = "# R\n## `a`\nThree words here.\n### `b`\n\n## `c`\nThree words here.\n## Prose\nmore";
  expect(reasonProblems(["a", "b", "d"], markdown)).toEqual([
    "d has no heading",
    "b has no paragraph",
    "c is no code",
  ]);
  expect(reasonProblems(["a", "c"], markdown.replace("### `b`\n\n", ""))).toEqual([]);
});

test("self-test: a binding that one side lacks is found", () => {
  const worker = "export interface Env {\n  readonly DB: D1Database;\n  readonly EXTRA: string;\n}\n";
  const toml = '[[d1_databases]]\nbinding = "DB"\n#   A_SECRET   signs\n';
  expect(bindingProblems(toml, worker)).toEqual(["A_SECRET is not in Env", "EXTRA is not in wrangler.toml"]);
  expect(bindingProblems('binding = "DB"\n#   EXTRA  x\n', worker)).toEqual([]);
  expect(bindingProblems(toml, "")).toEqual(["there is no interface Env"]);
});
