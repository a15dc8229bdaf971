/** `tenfour verify` as it is run: what it prints, and the status it ends with. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { formatKeyFile } from "../../../src/ledger/key-file.ts";
import { keyPair } from "./keys.ts";
import { sampleLog } from "./sample-log.ts";

const folder = mkdtempSync(join(tmpdir(), "tenfour-verify-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const sample = await sampleLog(30);
const lines = await sample.export();
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const key = file("operator.pub", formatKeyFile([sample.key.trusted]));

/** Status, then what it printed. */
function run(...args: string[]): Promise<[number, string]> {
  return new Promise((resolve) => {
    execFile(process.execPath, ["bin/tenfour.js", ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve([typeof error?.code === "number" ? error.code : 0, `${stdout}${stderr}`]);
    });
  });
}

test("an export that fits", async () => {
  const checkpoint = file("kept.txt", await sample.checkpoint(11));
  const [status, said] = await run(
    "verify",
    file("export.ndjson", lines.join("")),
    "--key",
    key,
    "--checkpoint",
    checkpoint,
  );
  expect(said).toMatch(/^ok\nexport.ndjson: 30 entries of the log gate.example\/ledger, as of 2026-/);
  expect(said).toContain("kept.txt: the first 11 entries are the same");
  expect(said).toContain("the whole log: nothing was left out");
  expect(status).toBe(0);
});

test("exports that do not fit are named, with status 1", async () => {
  const changed = file("changed.ndjson", lines.join("").replace('"ans_8"', '"ans_9"'));
  expect(await run("verify", changed, "--key", key)).toEqual([
    1,
    "changed at position 8, line 10: changed.ndjson\nPosition 8 is not what the log has there.\n",
  ]);
  const cut = file("cut.ndjson", lines.slice(0, 8).join(""));
  expect((await run("verify", cut, "--key", key))[1]).toMatch(/^truncated at position 7/);
  const other = file("other.pub", formatKeyFile([(await keyPair(2)).trusted]));
  const whole = file("export.ndjson", lines.join(""));
  expect(await run("verify", whole, "--key", other)).toEqual([
    1,
    expect.stringMatching(/^untrusted at line 1/),
  ]);
  const late = file("late.txt", await (await sampleLog(31)).checkpoint());
  expect(await run("verify", whole, "--key", key, "--checkpoint", late)).toEqual([
    1,
    expect.stringMatching(/^rolled_back at position 30: export.ndjson/),
  ]);
  const junk = file("junk.txt", "junk");
  expect(await run("verify", whole, "--key", key, "--checkpoint", junk)).toEqual([
    1,
    "untrusted: junk.txt\njunk.txt is no signed note.\n",
  ]);
  expect(await run("verify", whole, "--key", junk)).toEqual([
    1,
    expect.stringMatching(/^unreadable at line 1/),
  ]);
  expect(await run("verify", junk, "--key", key, "--receipt", junk)).toEqual([
    1,
    "unreadable: junk.txt\njunk.txt is no receipt.\n",
  ]);
});

test("called wrongly, with status 2", async () => {
  for (const args of [
    [],
    ["verify"],
    ["verify", "x"],
    ["check", "x", "--key", key],
    ["verify", "x", "--key", key, "--no"],
  ]) {
    expect(await run(...args)).toEqual([2, expect.stringContaining("Usage: tenfour verify FILE")]);
  }
  const [status, said] = await run("verify", join(folder, "missing"), "--key", key);
  expect([status, said]).toEqual([2, expect.stringContaining("ENOENT")]);
});
