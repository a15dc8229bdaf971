/** The same core in workerd as in Node: to the byte. */

import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { expect, test } from "vitest";
import { sampleLog, verify } from "../../unit/ledger/sample-log.ts";

test("workerd signs, exports, verifies and attests as Node does", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "ledger-worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["node:*"],
    logLevel: "silent",
  });
  const workerd = new Miniflare({
    cf: false,
    workers: [
      {
        config: {
          name: "ledger",
          compatibilityDate: "2026-10-20",
          compatibilityFlags: ["nodejs_compat"],
          manifest: {
            mainModule: "worker.mjs",
            modulesRoot: import.meta.dirname,
            modules: { "worker.mjs": { type: "esm", contents: outputFiles[0]!.text } },
          },
        },
      },
    ],
  });
  try {
    const said = JSON.parse(await (await workerd.dispatchFetch("http://127.0.0.1/")).text());
    const sample = await sampleLog(600);
    sample.retain(3, 5);
    expect(said.text).toBe((await sample.export()).join(""));
    expect((await verify(said.text)).ok).toBe(true);
    expect(said).toMatchObject({
      whole: true,
      changed: { ok: false, finding: { code: "changed", position: 8 } },
      first: true,
      second: { ok: false, code: "replayed" },
    });
  } finally {
    await workerd.dispose();
  }
});
