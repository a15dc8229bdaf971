#!/usr/bin/env node
// Runs the command from its source, with the Node that came with `npm ci` if this one is too old. A package that was built has its own.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const source = at("../scripts/tenfour.ts");
const own = at("../node_modules/node/bin/node");

if (process.features.typescript) {
  await import(source);
} else if (existsSync(own)) {
  const { status } = spawnSync(own, [source, ...process.argv.slice(2)], { stdio: "inherit" });
  process.exitCode = status ?? 2;
} else {
  process.stderr.write("Run `npm ci` first: it brings the Node this needs.\n");
  process.exitCode = 2;
}
