/**
 * A Stryker test runner that keeps one thread for all mutants. What never ends is told from what is only slow by the CPU it takes, never by the
 * clock: on a busy machine no mutant is taken for killed because it had to wait.
 */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import type {
  DryRunOptions,
  DryRunResult,
  MutantRunOptions,
  MutantRunResult,
  TestRunner,
} from "@stryker-mutator/api/test-runner";
import { MutantRunStatus } from "@stryker-mutator/api/test-runner";
import { type Ask, cpuMs, type Said, type ThreadData } from "./thread-talk.ts";

/** Watching takes CPU too: far less, at this pace, than a thread that is not still. */
const WATCH_MS = 1_000;
/** A thread that waits without taking any CPU to speak of for so long waits for ever. */
const STILL_MS = 10_000;
const STILL_CPU_MS = 50;

class OneThreadRunner implements TestRunner {
  readonly #clock = new Float64Array(new SharedArrayBuffer(16));
  #mutated: readonly string[] = [];
  #files: ThreadData["files"] = [];
  #costs: ThreadData["costs"] = [];
  #thread: Worker | null = null;

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun({ files = [] }: DryRunOptions): Promise<DryRunResult> {
    this.#mutated = files;
    const said = await this.#ask({ type: "dry" });
    if (said === null) throw new Error("the tests never end, though nothing is mutated");
    this.#files = said.files;
    this.#costs = said.costs;
    return said.result as DryRunResult;
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const said = await this.#ask({ type: "mutant", options });
    return said === null ? { status: MutantRunStatus.Timeout } : (said.result as MutantRunResult);
  }

  async dispose(): Promise<void> {
    await this.#thread?.terminate();
  }

  /** null: it never ended, and the thread has been given up. */
  async #ask(ask: Ask): Promise<Said | null> {
    this.#clock[1] = Number.POSITIVE_INFINITY;
    if (this.#thread === null) {
      const data: ThreadData = {
        mutated: this.#mutated,
        files: this.#files,
        costs: this.#costs,
        clock: this.#clock,
      };
      this.#thread = new Worker(join(import.meta.dirname, "mutant-thread.ts"), { workerData: data });
    }
    const thread = this.#thread;
    thread.postMessage(ask);
    const ended = new AbortController();
    try {
      const said = once(thread, "message", { signal: ended.signal }).then(([message]) => message as Said);
      return await Promise.race([said, this.#stuck(ended.signal)]);
    } catch (error) {
      // A thread that died of a mutant, for want of memory say.
      this.#thread = null;
      if (ask.type === "dry") throw error;
      return null;
    } finally {
      ended.abort();
    }
  }

  async #stuck(signal: AbortSignal): Promise<null> {
    let [stillSince, cpuThen] = [Date.now(), cpuMs()];
    while (!signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, WATCH_MS));
      const cpu = cpuMs();
      if (cpu - cpuThen > STILL_CPU_MS) [stillSince, cpuThen] = [Date.now(), cpu];
      if (cpu - this.#clock[0]! > this.#clock[1]! || Date.now() - stillSince > STILL_MS) break;
    }
    if (!signal.aborted) {
      await this.#thread?.terminate();
      this.#thread = null;
    }
    return null;
  }
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, "one-thread", () => new OneThreadRunner()),
];
