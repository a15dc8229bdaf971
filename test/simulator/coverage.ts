/** What a run of seeds has come to: how many of them met each outcome, each fault, each answer. */
import type { Report } from "./simulate.ts";

export class Coverage {
  seeds = 0;
  readonly #hits = new Map<string, number>();

  add({ hits }: Pick<Report, "hits">): void {
    this.seeds += 1;
    for (const hit of hits) this.#hits.set(hit, (this.#hits.get(hit) ?? 0) + 1);
  }

  /** How many seeds have met it. */
  of(hit: string): number {
    return this.#hits.get(hit) ?? 0;
  }

  summary(): string {
    const sorted = [...this.#hits].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([hit, seeds]) => `${String(seeds).padStart(6)}  ${hit}`).join("\n");
  }
}
