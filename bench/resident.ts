/** Resident memory of the workerd processes this process has started, read from `/proc`. Null where there is none. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

const SAMPLE_MS = 25;

export interface Watch {
  /** Highest seen above what it was when the watch began, bytes; null: this system does not tell. */
  stop(): number | null;
}

export function watchResident(): Watch {
  if (!existsSync("/proc/self/status")) return { stop: () => null };
  const pids = workerdChildren();
  const baseline = residentOf(pids);
  let peak = baseline;
  const sample = () => {
    peak = Math.max(peak, residentOf(pids));
  };
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peak - baseline;
    },
  };
}

function workerdChildren(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const stat = read(`/proc/${pid}/stat`);
      const [, name, , parent] = /^\d+ \((.*)\) (\S) (\d+)/.exec(stat) ?? [];
      return name === "workerd" && Number(parent) === process.pid;
    });
}

function residentOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const [, kibibytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`)) ?? [];
    return sum + Number(kibibytes) * 1024;
  }, 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
