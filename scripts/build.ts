/**
 * `npm run build`: what others import of this package, as JavaScript and types for any Node from 20 on, and the command, in dist/. Nothing in
 * this repository needs them: the worker, the tests and the demo run from the source.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./bundle.ts";

/** By the name each has in dist/. */
const ENTRIES = {
  config: "src/config/index.ts",
  upstream: "src/attestation/upstream.ts",
  verify: "src/ledger/verify-files.ts",
  tenfour: "scripts/tenfour.ts",
};

/** `out`: an empty folder, or none. */
export async function buildPackage(out: string): Promise<void> {
  await build({
    entryPoints: ENTRIES,
    absWorkingDir: ROOT,
    outdir: out,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "warning",
  });
  const types = join(out, "types");
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json", "--outDir", types], {
    cwd: ROOT,
    stdio: "inherit",
  });
  for (const name of readdirSync(types, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".d.ts")) nameAsBuilt(join(types, name));
  }
}

/** Types name their neighbours as the source does, and stand beside none of it. */
function nameAsBuilt(file: string): void {
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replace(/(from |import\()"(\.{1,2}\/[^"]+)\.ts"/g, '$1"$2.js"'));
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) {
  rmSync(join(ROOT, "dist"), { recursive: true, force: true });
  await buildPackage(join(ROOT, "dist"));
}
