/**
 * `npm run build`: what others import of this package, as JavaScript and types for any Node from 20 on, and the command: a package of its own, in
 * dist/. Nothing in this repository needs it: the worker, the tests and the demo run from the source.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./bundle.ts";

/** The command, by the name it has in dist/. */
const COMMAND = { tenfour: "scripts/tenfour.ts" };
const TYPES = ".d.ts";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: object;
  /** What is imported, and the source of it. */
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** `out`: an empty folder, or none. */
export async function buildPackage(out: string): Promise<void> {
  const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const parts = Object.entries(manifest.exports).map(([name, source]) => [name.slice(2), source] as const);
  await build({
    entryPoints: { ...Object.fromEntries(parts), ...COMMAND },
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
    if (name.endsWith(TYPES)) nameAsBuilt(join(types, name));
  }
  for (const name of ["README.md", "LICENSE"]) cpSync(join(ROOT, name), join(out, name));
  const command = join(out, "tenfour.js");
  writeFileSync(command, `#!/usr/bin/env node\n${readFileSync(command, "utf8")}`);
  chmodSync(command, 0o755);
  writeFileSync(join(out, "package.json"), `${JSON.stringify(manifestOf(manifest, parts), null, 2)}\n`);
}

/** Only the types of `gateOnly` need Hono, and whoever uses it has it. */
function manifestOf(
  { name, version, description, license, engines, dependencies }: Manifest,
  parts: readonly (readonly [name: string, source: string])[],
): object {
  const exported = parts.map(([part, source]) => {
    const types = source.replace("./src/", "./types/").replace(/\.ts$/, TYPES);
    return [`./${part}`, { types, default: `./${part}.js` }];
  });
  return {
    ...{ name, version, description, license, type: "module", engines },
    bin: { tenfour: "tenfour.js" },
    exports: Object.fromEntries(exported),
    peerDependencies: { hono: `^${dependencies.hono}` },
    peerDependenciesMeta: { hono: { optional: true } },
  };
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
