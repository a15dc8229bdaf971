/** The pages of docs/formats, carried out line by line against a gate that has been told the demo's story: every answer is as the page says. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoConfig } from "../../../demo/configuration.ts";
import { type DemoUpstream, startDemoUpstream } from "../../../demo/upstream.ts";
import { tellWorld } from "../../../demo/world.ts";
import { ROOT } from "../../../scripts/bundle.ts";
import { issueKey } from "../../../scripts/issue-key.ts";
import { publishedKeys } from "../../../scripts/ledger-key.ts";
import { operatorOf } from "../../../scripts/operator.ts";
import { type RunningGate, runGate } from "../../../scripts/run-gate.ts";
import { carryOut, stepsOf } from "../../support/shell-page.ts";

const PAGES = join(ROOT, "docs/formats");
const STEPS = readdirSync(PAGES).flatMap((page) =>
  stepsOf(readFileSync(join(PAGES, page), "utf8")).map((step, n) => ({ ...step, page, n })),
);

let stateDir: string;
let upstream: DemoUpstream;
let gate: RunningGate;
let variables: Map<string, string>;
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "tenfour-test-"));
  upstream = await startDemoUpstream(0);
  const config = await demoConfig(upstream.url);
  gate = await runGate({ config: { value: config }, stateDir });
  await upstream.trust(await publishedKeys(gate.secrets.TENFOUR_LEDGER_KEY), config);
  const operator = operatorOf(gate);
  const toldAt = await tellWorld(operator);
  const routes = config.routes.map(({ id }) => id);
  const { key } = await issueKey(operator, "pages", ["acme"], routes);
  variables = new Map([
    ["GATE", gate.url],
    ["PRODUCER_KEY", key],
  ]);
  // The pages' instants are whole seconds: the next of them must come after what people answered.
  await new Promise((resolve) => setTimeout(resolve, Date.parse(toldAt) + 1_001 - Date.now()));
});
afterAll(async () => {
  await gate?.dispose();
  await upstream?.close();
  rmSync(stateDir, { recursive: true, force: true });
});

test.each(STEPS)("$page, block $n", async ({ lines, expected }) => {
  const token = () => expect.unreachable("no page needs a person's token");
  const answered = await carryOut(lines, { variables, token, files: new Map() });
  const [name, value] = expected!.text.split(": ") as [string, string];
  expect([answered?.status, answered?.headers.get(name)]).toEqual([expected!.status, value]);
});

test("every page but that of what is not read has such lines", () => {
  const without = readdirSync(PAGES).filter((page) => !STEPS.some((step) => step.page === page));
  expect(without).toEqual(["README.md", "opaque.md"]);
});
