/** What the worker imports as a module that has been compiled. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;

export const SKELETONS = new Module(readFileSync(join(import.meta.dirname, "../../wasm/skeletons.wasm")));
