/** `npm run demo -- --export DIR`, as anyone would run it: what it leaves is enough for a stranger, and nothing less than all of it is. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CONTENT } from "../../demo/story.ts";
import { ROOT } from "../../scripts/bundle.ts";
import { verifyFiles } from "../../src/ledger/verify-files.ts";

let dir: string;
let told: ReturnType<typeof spawnSync>;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "tenfour-test-"));
  told = spawnSync(process.execPath, [join(ROOT, "demo/run.ts"), "--export", dir], { encoding: "utf8" });
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const file = (name: string) => ({ name, text: readFileSync(join(dir, name), "utf8") });
const verified = (exported: string) =>
  verifyFiles({
    key: file("operator.pub"),
    checkpoints: [],
    receipts: [file("receipt.json")],
    exported: { name: "export.ndjson", chunks: new Blob([exported]).stream() },
  });

test("bo sees exactly the two exchanges, and the auditor's verification is printed", () => {
  expect([told.status, told.stderr]).toEqual([0, ""]);
  expect(told.stdout).toContain("What had already left: 2 exchanges.");
  expect(told.stdout).toContain("the whole log: nothing was left out");
  expect(told.stdout).toContain("receipt.json: objected by bo at ");
});

test("the export verifies with the public key alone, and not once a word of it is changed", async () => {
  const { text } = file("export.ndjson");
  expect(await verified(text)).toMatchObject({ ok: true });
  const changed = text.replace('"reason":"consented"', '"reason":"serve"');
  expect(changed).not.toBe(text);
  expect(await verified(changed)).toMatchObject({ ok: false });
  expect(text).not.toContain(CONTENT);
});
