/** The evidence database in memory: appends as the port has it, all or nothing, a repeated entry changes nothing; and when each became durable. */
import type { Entry } from "../../src/evidence/entries.ts";
import type { EvidenceIntake } from "../../src/evidence/port.ts";

export interface Durable {
  readonly entry: Entry;
  /** Its place among all that happened. */
  readonly order: number;
}

export class EvidenceLog {
  readonly #byExchange = new Map<string, Durable[]>();

  apply(entries: readonly Entry[], order: number): void {
    const fresh = entries.filter((entry) => {
      const there = this.of(entry.exchange).find((one) => one.entry.position === entry.position)?.entry;
      if (there === undefined) return true;
      if (JSON.stringify(there) !== JSON.stringify(entry))
        throw new Error("D1_ERROR: UNIQUE constraint failed");
      return false;
    });
    for (const entry of fresh) {
      // As the database has it: what was handed over is copied.
      const durable = { entry: JSON.parse(JSON.stringify(entry)) as Entry, order };
      this.#byExchange.set(entry.exchange, [...this.of(entry.exchange), durable]);
    }
  }

  of(exchange: string): readonly Durable[] {
    return this.#byExchange.get(exchange) ?? [];
  }

  get exchanges(): readonly string[] {
    return [...this.#byExchange.keys()];
  }

  intake(
    call: (apply: () => void, entries: readonly Entry[]) => Promise<void>,
    order: () => number,
  ): EvidenceIntake {
    return {
      append: (entries) => {
        const copied = entries.slice();
        return call(() => this.apply(copied, order()), copied);
      },
    };
  }
}
