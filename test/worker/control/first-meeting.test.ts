/** docs/first-meeting.md, carried out line by line against a gate that knows nobody: every answer is as the page says. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { demoConfig } from "../../../demo/configuration.ts";
import { type DemoUpstream, startDemoUpstream } from "../../../demo/upstream.ts";
import { ROOT } from "../../../scripts/bundle.ts";
import { developmentIssuerIn } from "../../../scripts/development-issuer.ts";
import { publishedKeys } from "../../../scripts/ledger-key.ts";
import { type RunningGate, runGate } from "../../../scripts/run-gate.ts";
import { escapeHtml } from "../../../src/control/openapi/markdown.ts";
import page from "../../../src/control/openapi/page.json" with { type: "json" };
import { type Answered, carryOut, type Step, stepsOf, wordsOf } from "../../support/shell-page.ts";

const markdown = readFileSync(join(ROOT, "docs/first-meeting.md"), "utf8");
/** The first starts the gate, and the second says where it is: here both are done. */
const [start, where, ...steps] = stepsOf(markdown) as [Step, Step, ...Step[]];

let stateDir: string;
let upstream: DemoUpstream;
let gate: RunningGate;
let variables: Map<string, string>;
beforeAll(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "tenfour-test-"));
  upstream = await startDemoUpstream(0);
  const config = await demoConfig(upstream.url);
  gate = await runGate({
    config: { value: config },
    stateDir,
    bindings: { TENFOUR_DEV_JWKS: developmentIssuerIn(stateDir).jwks },
  });
  await upstream.trust(await publishedKeys(gate.secrets.TENFOUR_LEDGER_KEY), config);
  variables = new Map([
    ["GATE", gate.url],
    ["UPSTREAM", upstream.url],
    ["OPERATOR", gate.secrets.TENFOUR_OPERATOR_TOKEN],
  ]);
});
afterAll(async () => {
  await gate?.dispose();
  await upstream?.close();
  rmSync(stateDir, { recursive: true, force: true });
});

/** The page's own command, on this test's state. */
function token(args: readonly string[]): string {
  expect(args.slice(0, 2)).toEqual(["--state", ".tenfour/own"]);
  const own = [join(ROOT, "scripts/token.ts"), "--state", stateDir, ...args.slice(2)];
  return execFileSync(process.execPath, own, { encoding: "utf8" }).trim();
}

/** Lists as long as the page shows them; where it shows an empty one, it is empty. */
function shortened(value: unknown, shown: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(shown)) {
    const part = shown.length === 0 ? value : value.slice(0, shown.length);
    return part.map((one, index) => shortened(one, shown[index]));
  }
  if (typeof value !== "object" || value === null || typeof shown !== "object") return value;
  const members = Object.entries(value).map(([name, member]) => {
    return [name, shortened(member, (shown as Record<string, unknown> | null)?.[name])];
  });
  return Object.fromEntries(members);
}

function check(
  line: string,
  answered: Answered,
  { kind, status, text }: NonNullable<Step["expected"]>,
): void {
  expect([line, answered.status, answered.text]).toEqual([line, status, answered.text]);
  if (kind === "json") {
    const shown = JSON.parse(text);
    expect([line, shortened(JSON.parse(answered.text), shown)]).toMatchObject([line, shown]);
    return;
  }
  for (const line of text.split("\n")) {
    const [, name, value] = /^([\w-]+): (.*)$/.exec(line)!;
    expect([name, answered.headers.get(name!)]).toEqual([name, value]);
  }
}

test("the page starts a gate as the launcher does, and says where it is", () => {
  expect(start.lines).toEqual(["npm ci && npm start -- --config tenfour.config.ts --port 8787"]);
  expect(where.lines.slice(0, 2)).toEqual(["GATE=http://127.0.0.1:8787", "UPSTREAM=http://127.0.0.1:8788"]);
});

test("every line of the page does what the page says", async () => {
  expect(steps.length).toBeGreaterThan(15);
  for (const { lines, expected } of steps) {
    const answered = await carryOut(lines, { variables, token, files: new Map() });
    expect([lines.at(-1), answered !== null]).toEqual([lines.at(-1), expected !== null]);
    if (answered !== null && expected !== null) check(lines.at(-1)!, answered, expected);
  }
});

test("upstream: Ana's record as it was sent, once, and never Cy or a word of his", async () => {
  const received = (await (await fetch(`${upstream.url}/received`)).json()) as {
    body: string;
    verified: boolean;
  }[];
  const [ana] = JSON.parse(variables.get("RECORDS")!);
  expect(received.map(({ verified }) => verified)).toEqual([true, true]);
  expect(received[0]!.body).toContain(JSON.stringify(ana));
  const all = received.map(({ body }) => body).join();
  expect(all).not.toMatch(/rather not|"cy"/);
  expect(all.match(/We ship on Friday/g)).toHaveLength(1);
});

test("the page at /docs holds all of it", () => {
  for (const { lines } of steps) {
    const written = lines.at(-1)!.split(" ").slice(0, 4).join(" ");
    expect(page.html).toContain(escapeHtml(written));
  }
});

test("self-test: words are cut as a shell cuts them, and what is not known is not passed over", async () => {
  const known = new Map([["A", "one two"]]);
  expect(wordsOf(`x -d '{"a":"'"$A"'"}' '$A' b$A`, known)).toEqual([
    "x",
    "-d",
    '{"a":"one two"}',
    "$A",
    "bone two",
  ]);
  expect(() => wordsOf("$B", known)).toThrow("$B is not set");
  for (const line of ["rm x", "A=$(rm x)", "curl -k http://x"]) {
    await expect(carryOut([line], { variables: known, token, files: new Map() })).rejects.toThrow();
  }
});
