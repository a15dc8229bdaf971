/**
 * Bundles a worker for workerd, with the configuration it is to run under. Reads files, starts nothing.
 * `wrangler deploy` bundles by itself: this is for running the worker on this machine.
 */
import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { TenfourConfig } from "../src/config/define.ts";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../..");

/** Where the configuration comes from: a module with a default export, or the value itself. */
export type ConfigSource = { readonly file: string } | { readonly value: TenfourConfig };

export const OWN_CONFIG_FILE = join(ROOT, "tenfour.config.ts");

/** The worker as one ES module. Rejects with esbuild's own message if `entry` or the configuration does not build. `plugins`: a test's own. */
export async function bundleWorker(
  entry: string,
  config: ConfigSource,
  plugins: readonly Plugin[] = [],
): Promise<string> {
  return bundle({
    entryPoints: [entry],
    conditions: ["workerd", "worker", "browser"],
    plugins: [configPlugin(config), tenfourImports, wasmImports, ...plugins],
  });
}

/** What a bundled worker imports beside it, by name: WebAssembly is compiled before it starts, never while it runs. */
export function wasmModules(): Record<string, { type: "wasm"; contents: Uint8Array<ArrayBuffer> }> {
  return {
    "skeletons.wasm": {
      type: "wasm",
      contents: new Uint8Array(readFileSync(join(ROOT, "wasm/skeletons.wasm"))),
    },
  };
}

const wasmImports: Plugin = {
  name: "tenfour-wasm",
  setup(build) {
    build.onResolve({ filter: /\.wasm$/ }, ({ path }) => ({ path: `./${basename(path)}`, external: true }));
  },
};

/** The default export of a configuration module, evaluated here. Rejects if it does not build, throws or exports none. */
export async function loadConfig(file: string): Promise<TenfourConfig> {
  const code = await bundle({ entryPoints: [file], plugins: [tenfourImports] });
  const module = await import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
  if (module.default === undefined) throw new Error("The configuration has no default export.");
  return module.default;
}

async function bundle(options: Parameters<typeof build>[0]): Promise<string> {
  const result = await build({
    ...options,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    external: ["node:*", "cloudflare:*"],
    logLevel: "silent",
    absWorkingDir: ROOT,
  });
  return result.outputFiles![0]!.text;
}

function configPlugin(config: ConfigSource): Plugin {
  return {
    name: "tenfour-config",
    setup(build) {
      build.onResolve({ filter: /\/tenfour\.config\.ts$/ }, () =>
        "file" in config ? { path: resolve(config.file) } : { path: "value", namespace: "tenfour-config" },
      );
      build.onLoad({ filter: /.*/, namespace: "tenfour-config" }, () => ({
        contents: "value" in config ? JSON.stringify(config.value) : "",
        loader: "json",
      }));
    },
  };
}

/** `tenfour/config` from wherever a configuration lies, without this package being installed there. */
const tenfourImports: Plugin = {
  name: "tenfour-imports",
  setup(build) {
    build.onResolve({ filter: /^tenfour\// }, ({ path }) => {
      const exports: Record<string, string> = JSON.parse(
        readFileSync(join(ROOT, "package.json"), "utf8"),
      ).exports;
      const target = exports[path.replace(/^tenfour/, ".")];
      return target === undefined
        ? { errors: [{ text: `tenfour exports no ${path}` }] }
        : { path: join(ROOT, target) };
    });
  },
};
