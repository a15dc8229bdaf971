/**
 * Vitest's own collector and executor in this very process, without its server and workers: a run costs what its tests cost, which for most
 * mutants is a millisecond. The one place that knows which internals of vitest that takes; a version that moves them fails here at once.
 */
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

/** What of a vitest task is read and set here. */
export interface Task {
  readonly type: "test" | "suite";
  readonly name: string;
  readonly tasks?: readonly Task[];
  mode: "run" | "skip";
  result?: {
    readonly state?: string;
    readonly errors?: readonly { readonly message: string }[];
    readonly duration?: number;
  };
}

export interface TestFile extends Task {
  readonly filepath: string;
}

export interface Executor {
  readonly config: object;
  readonly importFile: (path: string) => Promise<void>;
  readonly onCollected: (files: TestFile[]) => void;
  readonly onBeforeRunTask: (test: Task) => void;
  readonly onAfterRunTask: (test: Task) => void;
}

/** Collects each file by `importFile`, and runs what `onCollected` leaves in its list. */
export type StartTests = (paths: readonly string[], executor: Executor) => Promise<readonly TestFile[]>;

const CONFIG = {
  root: process.cwd(),
  name: "",
  tags: [],
  setupFiles: [],
  sequence: { shuffle: false, concurrent: false, hooks: "stack", setupFiles: "list" },
  maxConcurrency: 1,
  testTimeout: 300_000,
  hookTimeout: 300_000,
  expect: {},
  snapshotOptions: {},
  passWithNoTests: true,
};

/** `expect` and the rest look for the worker they run in. */
export async function loadVitest(): Promise<{ startTests: StartTests; config: object }> {
  Object.assign(globalThis, {
    __vitest_worker__: { config: CONFIG, environment: { name: "node" }, filepath: "", ctx: {} },
  });
  const dist = dirname(createRequire(join(process.cwd(), "package.json")).resolve("vitest/package.json"));
  const chunks = join(dist, "dist", "chunks");
  const exported = async (name: string): Promise<unknown> => {
    for (const file of readdirSync(chunks).filter(
      (one) => one.endsWith(".js") && /^(run|source-map)\./.test(one),
    )) {
      const module: Record<string, unknown> = await import(pathToFileURL(join(chunks, file)).href);
      const found = Object.values(module).find((one) => typeof one === "function" && one.name === name);
      if (found !== undefined) return found;
    }
    throw new Error(`this version of vitest keeps ${name} elsewhere`);
  };
  // A test that turns the clock must not turn that of the executor.
  ((await exported("setSafeTimers")) as () => void)();
  return { startTests: (await exported("startTests")) as StartTests, config: CONFIG };
}
