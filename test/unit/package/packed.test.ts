/** The package as others get it: packed, unpacked elsewhere, imported and run there, with nothing of this repository but what was packed. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPackage } from "../../../scripts/build.ts";
import { ROOT } from "../../../scripts/bundle.ts";
import { formatKeyFile } from "../../../src/ledger/key-file.ts";
import { sampleLog } from "../ledger/sample-log.ts";

const folder = mkdtempSync(join(tmpdir(), "tenfour-packed-"));
const consumer = join(folder, "consumer");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  const staged = join(folder, "staged");
  await buildPackage(staged);
  execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    cwd: staged,
  });
  const modules = join(consumer, "node_modules");
  mkdirSync(join(modules, "tenfour"), { recursive: true });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
  execFileSync("tar", [
    "-xzf",
    join(folder, tarball),
    "-C",
    join(modules, "tenfour"),
    "--strip-components=1",
  ]);
  // What npm would install beside it.
  for (const name of ["hono", "@types"]) symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  writeFileSync(join(consumer, "package.json"), '{"type":"module"}');
});

function run(...args: string[]): [status: number | null, said: string] {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: consumer, encoding: "utf8" });
  return [status, `${stdout}${stderr}`];
}

test("holds the command, the built parts and their types, and no source", () => {
  const held = readdirSync(join(consumer, "node_modules/tenfour"), { recursive: true, encoding: "utf8" });
  const types = held.filter((name) => name.startsWith("types/") && /\.\w+$/.test(name));
  const others = held.filter((name) => !name.startsWith("types")).sort();
  expect(others).toEqual([
    "LICENSE",
    "README.md",
    "config.js",
    "package.json",
    "tenfour.js",
    "upstream.js",
    "verify.js",
  ]);
  expect(types.every((name) => name.endsWith(".d.ts"))).toBe(true);
  expect(types).toContain("types/attestation/upstream.d.ts");
});

test("an endpoint imports the verifier of what the gate sends", () => {
  writeFileSync(
    join(consumer, "upstream.js"),
    `import { gateOnly, MemoryReplayStore, readGateKeys, verifyRequest } from "tenfour/upstream";
    import { defineConfig } from "tenfour/config";
    import { verifyExport } from "tenfour/verify";
    const policy = { keys: [], target: "https://train.example/ingest", routes: ["train"], replay: new MemoryReplayStore() };
    const said = await verifyRequest(new Request(policy.target, { method: "POST", body: "x" }), policy);
    console.log(said.ok, said.code, typeof gateOnly, typeof readGateKeys, typeof defineConfig, typeof verifyExport);`,
  );
  expect(run("upstream.js")).toEqual([0, "false not_attested function function function function\n"]);
});

test("its command verifies an export", async () => {
  const sample = await sampleLog(30);
  writeFileSync(join(consumer, "operator.pub"), formatKeyFile([sample.key.trusted]));
  const lines = await sample.export();
  writeFileSync(join(consumer, "export.ndjson"), lines.join(""));
  const command = "node_modules/tenfour/tenfour.js";
  const [status, said] = run(command, "verify", "export.ndjson", "--key", "operator.pub");
  // As `npx tenfour` runs it.
  const text = readFileSync(join(consumer, command), "utf8");
  expect(text.startsWith("#!/usr/bin/env node\n")).toBe(true);
  expect(said).toMatch(/^ok\nexport\.ndjson: 30 entries/);
  expect(status).toBe(0);
  writeFileSync(join(consumer, "cut.ndjson"), lines.slice(0, -1).join(""));
  expect(run(command, "verify", "cut.ndjson", "--key", "operator.pub")[0]).toBe(1);
});

test("its types are those of what it exports", () => {
  const policy = `{ keys: await readGateKeys("k"), target: "t", routes: ["r"], replay: new MemoryReplayStore() }`;
  writeFileSync(
    join(consumer, "good.mts"),
    `import { MemoryReplayStore, readGateKeys, verifyRequest } from "tenfour/upstream";
    import { verifyExport } from "tenfour/verify";
    const said = await verifyRequest(new Request("https://t.example"), ${policy});
    export const route: string | null = said.ok ? said.attestation.route : null;
    export const verdict = (await verifyExport([], { keys: [] })).ok satisfies boolean;`,
  );
  writeFileSync(
    join(consumer, "bad.mts"),
    `import { verifyRequest } from "tenfour/upstream";
    export const said = await verifyRequest("a string", { keys: [] });`,
  );
  const options = ["--noEmit", "--strict", "--target", "es2024", "--module", "nodenext", "--types", "node"];
  const check = (file: string) => run(join(ROOT, "node_modules/typescript/bin/tsc"), ...options, file);
  expect(check("good.mts")).toEqual([0, ""]);
  expect(check("bad.mts")[1]).toContain("TS2345");
});
