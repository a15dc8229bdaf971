/** Works an answer out from what is on record until it is written as worked out. Knows nothing of what it writes. */
import type { Written } from "../consent/writer.ts";
import { refuse } from "./fault.ts";

/** Each further attempt means that another writer got through. */
const ATTEMPTS_MAX = 8;

/** `attempt` reads, works out and writes. Refuses with `write_contended` if others always come first. */
export async function untilWritten<T>(
  attempt: () => Promise<{ readonly written: Written; readonly result: T }>,
): Promise<T> {
  for (let attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
    const { written, result } = await attempt();
    if (written === "written") return result;
  }
  refuse({ code: "write_contended" });
}
