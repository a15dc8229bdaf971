/** What `npm run deploy` would upload builds, and binds what the worker asks for. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

test("wrangler deploy --dry-run", () => {
  const outdir = mkdtempSync(join(tmpdir(), "tenfour-deploy-"));
  try {
    const said = execFileSync(
      process.execPath,
      [join("node_modules", "wrangler", "bin", "wrangler.js"), "deploy", "--dry-run", "--outdir", outdir],
      {
        encoding: "utf8",
        timeout: 120_000,
        env: { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true", CI: "true" },
      },
    );
    expect(said).toContain("env.CONSENT");
    expect(said).toContain("env.EVIDENCE");
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
});
