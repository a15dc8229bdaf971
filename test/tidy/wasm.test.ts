/** What runs is what can be read. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("wasm/skeletons.wasm is what `npm run wasm` makes of its source", () => {
  const folder = mkdtempSync(join(tmpdir(), "tenfour-wasm-"));
  try {
    const made = join(folder, "made.wasm");
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8"));
    const [command, ...args] = scripts.wasm.replace("wasm/skeletons.wasm", made).split(" ");
    execFileSync(join("node_modules/.bin", command), args);
    expect(readFileSync(made).equals(readFileSync("wasm/skeletons.wasm"))).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
