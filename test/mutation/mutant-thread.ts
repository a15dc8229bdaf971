/**
 * Runs tests against mutants in the thread it is loaded in. Mutants share the modules' memory, which one may spoil for those after it, so a
 * kill counts only if the test that killed it passes without it; where it does not, everything is loaded anew and the mutant run again.
 */
import { globSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import type {
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestResult,
} from "@stryker-mutator/api/test-runner";
import {
  DryRunStatus,
  determineHitLimitReached,
  MutantRunStatus,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import { allModules, dependentsOf, refresh, watchModules } from "./modules.ts";
import { ENVIRONMENT, TESTS } from "./tests.ts";
import { type Ask, cpuMs, type Said, type ThreadData } from "./thread-talk.ts";
import { type Executor, loadVitest, type StartTests, type Task, type TestFile } from "./vitest-in-process.ts";

/** What one test may take of CPU, ms, beside so many times what it takes without a mutant; and loading the tests. */
const TEST_CPU_MS = 2_000;
const TEST_CPU_FACTOR = 3;
const LOAD_CPU_MS = 10_000;

/** What the instrumented code reads and writes. */
interface Instrumented {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: { static: Record<string, number>; perTest: Record<string, Record<string, number>> };
}

/** Of the sandbox: known once the runner starts. */
let root = "";
const instrumented: Instrumented = {};
const { mutated, files: reaching, costs: known, clock } = workerData as ThreadData;
/** CPU of each test, ms, as long as no mutant is active. */
const costs = new Map(known);

/** From now on `ms` of CPU may pass before whoever watches gives this thread up. */
function allow(ms: number): void {
  clock[0] = cpuMs();
  clock[1] = ms;
}

class Tests {
  #costly = false;
  #startTests!: StartTests;
  #config!: object;
  /** Of the test files that reach a mutated one. */
  #paths: readonly string[] = reaching;
  #files = new Map<string, TestFile>();
  #ids = new Map<Task, string>();

  async init(): Promise<void> {
    root = process.cwd();
    Object.assign(process.env, ENVIRONMENT);
    Object.assign(globalThis, { __stryker__: instrumented });
    ({ startTests: this.#startTests, config: this.#config } = await loadVitest());
    watchModules(root);
    if (this.#paths.length === 0) await this.#loadAll();
  }

  get files(): readonly string[] {
    return this.#paths;
  }

  async dryRun(): Promise<DryRunResult> {
    const files = [...this.#files.values()];
    const broken = files.filter((file) => file.result?.state === "fail");
    if (broken.length > 0) {
      const errorMessage = broken
        .map((file) => `${file.filepath}: ${file.result?.errors?.[0]?.message}`)
        .join("\n");
      return { status: DryRunStatus.Error, errorMessage };
    }
    this.#costly = true;
    const tests = await this.#run(files, () => true, false);
    this.#costly = false;
    const { mutantCoverage } = instrumented;
    return { status: DryRunStatus.Complete, tests, ...(mutantCoverage && { mutantCoverage }) };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const first = await this.#once(options);
    if (first.status !== MutantRunStatus.Killed || options.mutantActivation === "static") return first;
    instrumented.activeMutant = undefined;
    const [again] = await this.#run([...this.#files.values()], (id) => first.killedBy.includes(id), false);
    if (again?.status === TestStatus.Success) return first;
    refresh(allModules());
    this.#files.clear();
    return this.#once(options);
  }

  async #once({
    activeMutant,
    hitLimit,
    mutantActivation,
    sandboxFileName,
    testFilter,
  }: MutantRunOptions): Promise<MutantRunResult> {
    instrumented.hitCount = 0;
    instrumented.hitLimit = hitLimit;
    instrumented.activeMutant = activeMutant.id;
    try {
      const tests =
        mutantActivation === "static"
          ? await this.#runAnew(sandboxFileName)
          : await this.#runInOrder(sandboxFileName, testFilter);
      const tooOften = determineHitLimitReached(instrumented.hitCount, hitLimit);
      return toMutantRunResult(tooOften ?? { status: DryRunStatus.Complete, tests });
    } catch (error) {
      // Nothing is known of the mutant: neither that it was found nor that it was not.
      return { status: MutantRunStatus.Error, errorMessage: String(error) };
    } finally {
      instrumented.activeMutant = undefined;
      instrumented.hitLimit = undefined;
      instrumented.hitCount = undefined;
    }
  }

  /** Collects the test files, without running any, and keeps those that reach a mutated file. */
  async #loadAll(): Promise<void> {
    const paths = TESTS.flatMap((pattern) => globSync(pattern).sort()).map((path) => join(root, path));
    const files = await this.#collect(paths);
    const reached = new Set(mutated.flatMap((path) => [...dependentsOf(path)]));
    for (const file of files) if (reached.has(file.filepath)) this.#files.set(file.filepath, file);
    this.#paths = [...this.#files.keys()];
  }

  /** Loads it, if it is not yet loaded, as if no mutant were active. */
  async #fileAt(path: string): Promise<TestFile> {
    const loaded = this.#files.get(path);
    if (loaded !== undefined) return loaded;
    const { activeMutant, hitCount, hitLimit } = instrumented;
    Object.assign(instrumented, { activeMutant: undefined, hitCount: undefined, hitLimit: undefined });
    allow(LOAD_CPU_MS);
    const [file] = await this.#collect([path]);
    Object.assign(instrumented, { activeMutant, hitCount, hitLimit });
    if (file!.result?.state === "fail")
      throw new Error(`${path} does not load: ${file!.result.errors?.[0]?.message}`);
    this.#files.set(path, file!);
    return file!;
  }

  /** Those of `ids`, without them all, until one fails. */
  async #runInOrder(mutated: string, ids: readonly string[] | undefined): Promise<TestResult[]> {
    const wanted = ids && new Set(ids);
    const paths = wanted && new Set(Array.from(wanted, pathOf));
    const results: TestResult[] = [];
    for (const path of this.#inOrder(mutated)) {
      if (paths?.has(path) === false) continue;
      results.push(...(await this.#run([await this.#fileAt(path)], (id) => wanted?.has(id) ?? true, true)));
      if (results.at(-1)?.status === TestStatus.Failed) break;
    }
    return results;
  }

  async #collect(paths: readonly string[]): Promise<readonly TestFile[]> {
    let files: readonly TestFile[] = [];
    await this.#startTests(paths, {
      ...this.#executor(() => {}),
      onCollected: (found) => {
        files = found.splice(0);
      },
    });
    for (const file of files) for (const test of testsOf(file)) this.#ids.set(test, idOf(file, test));
    return files;
  }

  /** A mutant that acts while modules load: those it may reach are loaded again under it, file by file until one fails. */
  async #runAnew(mutated: string): Promise<TestResult[]> {
    // Who depends on whom is known of what is loaded.
    for (const path of this.#paths) await this.#fileAt(path);
    const reached = dependentsOf(mutated);
    const restore = refresh(reached);
    const results: TestResult[] = [];
    try {
      for (const filepath of this.#inOrder(mutated)) {
        if (!reached.has(filepath)) continue;
        const [file] = await this.#collect([filepath]);
        if (file!.result?.state === "fail") {
          const failureMessage = file!.result.errors?.[0]?.message ?? "it does not load";
          return [
            ...results,
            { id: filepath, name: filepath, timeSpentMs: 0, status: TestStatus.Failed, failureMessage },
          ];
        }
        results.push(...(await this.#run([file!], () => true, true)));
        if (results.at(-1)?.status === TestStatus.Failed) return results;
      }
      return results;
    } finally {
      restore();
    }
  }

  /** `bail`: none after the first that fails. */
  async #run(
    files: readonly TestFile[],
    wanted: (id: string) => boolean,
    bail: boolean,
  ): Promise<TestResult[]> {
    const results: TestResult[] = [];
    const chosen = files.filter((file) => {
      const tests = [...testsOf(file)];
      for (const test of tests) test.mode = wanted(this.#ids.get(test)!) ? "run" : "skip";
      for (const task of allOf(file)) delete task.result;
      return tests.some(({ mode }) => mode === "run");
    });
    let failed = false;
    const executor = this.#executor((test) => {
      const { state, errors, duration } = test.result ?? {};
      if (state !== "pass" && state !== "fail") return;
      const id = this.#ids.get(test)!;
      const about = { id, name: id, timeSpentMs: duration ?? 0 };
      if (state === "pass") results.push({ ...about, status: TestStatus.Success });
      else
        results.push({
          ...about,
          status: TestStatus.Failed,
          failureMessage: errors?.[0]?.message ?? "it failed",
        });
      failed ||= state === "fail";
    });
    await this.#startTests([], {
      ...executor,
      onCollected: (list) => void list.push(...chosen),
      onBeforeRunTask: (test) => {
        if (bail && failed) test.mode = "skip";
        executor.onBeforeRunTask(test);
      },
    });
    return results;
  }

  /** Those named like the mutated file first, then those that cost least; in its folder they count as a tenth of it. */
  #inOrder(mutated: string): string[] {
    const name = basename(mutated).replace(".ts", ".test.ts");
    const folder = `${sep}${basename(dirname(mutated))}${sep}`;
    const ranks = new Map(this.#paths.map((path) => [path, 0]));
    for (const [id, ms] of costs) {
      const path = pathOf(id);
      const share = basename(path) === name ? 0 : path.includes(folder) ? 0.1 : 1;
      ranks.set(path, (ranks.get(path) ?? 0) + ms * share);
    }
    return this.#paths.toSorted((a, b) => ranks.get(a)! - ranks.get(b)!);
  }

  #executor(done: (test: Task) => void): Executor {
    return {
      config: this.#config,
      importFile: async (path) => {
        await import(pathToFileURL(path).href);
      },
      onCollected: () => {},
      onBeforeRunTask: (test) => {
        const id = this.#ids.get(test)!;
        instrumented.currentTestId = id;
        allow(this.#costly ? Number.POSITIVE_INFINITY : TEST_CPU_MS + TEST_CPU_FACTOR * (costs.get(id) ?? 0));
      },
      onAfterRunTask: (test) => {
        instrumented.currentTestId = undefined;
        if (this.#costly) costs.set(this.#ids.get(test)!, cpuMs() - clock[0]!);
        allow(this.#costly ? Number.POSITIVE_INFINITY : LOAD_CPU_MS);
        done(test);
      },
    };
  }
}

function* allOf(task: Task): Iterable<Task> {
  yield task;
  for (const one of task.tasks ?? []) yield* allOf(one);
}

function* testsOf(file: TestFile): Iterable<Task> {
  for (const task of allOf(file)) if (task.type === "test") yield task;
}

function idOf(file: TestFile, test: Task): string {
  const names: string[] = [];
  const walk = (task: Task, trail: readonly string[]): boolean => {
    if (task === test) names.push(...trail, task.name);
    return task === test || (task.tasks ?? []).some((one) => walk(one, [...trail, task.name]));
  };
  for (const task of file.tasks ?? []) walk(task, []);
  return `${file.filepath.slice(root.length + 1)}#${names.join(" > ")}`;
}

function pathOf(id: string): string {
  return join(root, id.slice(0, id.indexOf("#")));
}

const tests = new Tests();
const loaded = tests.init();
parentPort!.on("message", async (ask: Ask) => {
  await loaded;
  allow(ask.type === "dry" ? Number.POSITIVE_INFINITY : LOAD_CPU_MS);
  const result = ask.type === "dry" ? await tests.dryRun() : await tests.mutantRun(ask.options);
  allow(Number.POSITIVE_INFINITY);
  parentPort!.postMessage({ result, files: tests.files, costs: [...costs] } satisfies Said);
});
