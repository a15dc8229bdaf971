#!/usr/bin/env node
// Runs the command: as built, in a published package; from its source, in a clone, with the Node that came with `npm ci` if this one is too old.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = at("../scripts/tenfour.ts");
const built = at("../dist/tenfour.js");
const own = at("../node_modules/node/bin/node");

if (!existsSync(source)) {
  await import(built);
} else if (process.features.typescript) {
  await import(source);
} else if (existsSync(own)) {
  const { status } = spawnSync(own, [source, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 2;
} else {
  process.stderr.write("Run `npm ci` first: it brings the Node this needs.\n");
  process.exitCode = 2;
}
