/**
 * What the contract says of an item at an instant, from the reference decision and the whole state as it then was. Asked of every instant at
 * which anything may have changed, so that "at some time" and "at all times" can be answered exactly.
 */
import type { Instant, Item, State } from "../../src/decision/model.ts";
import type { ItemOutcome } from "../../src/evidence/entries.ts";
import { referenceDecision } from "../spec/reference.ts";
import { type Tables, wholeState } from "./consent-tables.ts";
import { type SentRecord, UNKNOWN } from "./records.ts";
import type { Sending } from "./sender.ts";
import type { VirtualTime } from "./virtual-time.ts";

interface Version {
  readonly from: number;
  readonly tables: Tables;
  readonly state: State;
}

/** Denials that are never stripped, always dropped: contract, section 6. */
const NEVER_STRIPPED = ["T2", "T4", "T6", "T7"];

export class Expectation {
  readonly #time: VirtualTime;
  readonly #versions: Version[] = [];
  readonly #known = new Map<string, ItemOutcome>();
  readonly #asked = new Map<string, readonly number[]>();

  constructor(time: VirtualTime, tables: Tables) {
    this.#time = time;
    this.change(tables);
  }

  get tables(): Tables {
    return this.#versions.at(-1)!.tables;
  }

  change(tables: Tables): void {
    this.#versions.push({ from: this.#time.elapsed, tables, state: wholeState(tables) });
  }

  /** What may be done with the record in [from, to], ms since the seed began. */
  outcomes(
    sending: Sending,
    keyId: string,
    index: number,
    from: number,
    to: number,
  ): ReadonlySet<ItemOutcome> {
    const outcomes = new Set<ItemOutcome>();
    for (const at of this.#instants(from, to)) outcomes.add(this.#outcome(sending, keyId, index, at));
    return outcomes;
  }

  /**
   * Whether the record might be handed on, as it came, at `at`: state up to `ageMs` old may be what decides, but none from before `since`. A cache
   * is as old as the gate's clock says.
   */
  allowed(
    sending: Sending,
    keyId: string,
    index: number,
    at: number,
    { since, ageMs, cached }: { readonly since: number; readonly ageMs: number; readonly cached: boolean },
  ): boolean {
    const recent = (instant: number): boolean => {
      const age = this.#wall(at) - this.#wall(instant);
      return at - instant <= ageMs || (cached && age >= 0 && age <= ageMs);
    };
    return this.#instants(since, at).some(
      (instant) => recent(instant) && this.#outcome(sending, keyId, index, instant) === "forwarded",
    );
  }

  /** When the key was revoked, ms since the seed began; null: by the gate's clock at `at` it is not. */
  revokedSince(keyId: string, at: number): number | null {
    if (!this.#isRevoked(keyId, at)) return null;
    const since = this.#instants(0, at).find((instant) => this.#isRevoked(keyId, instant));
    return since ?? null;
  }

  /** Every instant of [from, to] at which an answer may change, the one before it, and enough between for bounds that lie between. */
  #instants(from: number, to: number): readonly number[] {
    const key = `${from} ${to} ${this.#versions.length} ${this.#time.segments.length} ${this.#itemWalls.length}`;
    let instants = this.#asked.get(key);
    if (instants === undefined) {
      instants = this.#instantsBetween(from, to);
      this.#asked.set(key, instants);
    }
    return instants;
  }

  #instantsBetween(from: number, to: number): number[] {
    const walls = this.#walls();
    const bounds = [
      ...this.#versions.map((version) => version.from),
      ...this.#time.segments.flatMap(({ from: start, offset }) => [
        start,
        ...walls.map((wall) => wall - offset),
      ]),
    ];
    const inside = bounds.flatMap((bound) => [bound - 1, bound]).filter((at) => at > from && at < to);
    const recent = Array.from({ length: 11 }, (_, i) => to - 100 * i).filter((at) => at > from && at < to);
    const instants = [...new Set([from, ...inside, ...recent, to])].sort((a, b) => a - b);
    return instants.filter((at) => Number.isFinite(this.#wall(at)));
  }

  /** Instants, by the gate's clock, at which something ends or begins by itself. */
  #walls(): number[] {
    const { tables } = this.#versions.at(-1)!;
    const walls = [
      ...tables.notices.map((row) => row[5]),
      ...tables.consents.flatMap((row) => [row[8], row[11]]),
      ...tables.settings.map((row) => row[4]),
      ...tables.keys.values(),
      ...this.#itemWalls,
    ];
    return [...new Set(walls.filter((wall) => wall !== null))];
  }

  #itemWalls: Instant[] = [];

  /** Instants that matter to the items of a body. */
  note(sending: Sending): void {
    for (const { item } of sending.records) {
      if (item.type !== "content") continue;
      for (const at of [item.capturedAt, item.capturedUntil]) {
        if (typeof at === "number") this.#itemWalls.push(at + 60_000, at - 300_000, at);
      }
    }
    this.#itemWalls = [...new Set(this.#itemWalls)];
  }

  #wall(at: number): number {
    return at + this.#time.segments.findLast(({ from }) => from <= at)!.offset;
  }

  #version(at: number): Version {
    return this.#versions.findLast(({ from }) => from <= at)!;
  }

  #isRevoked(keyId: string, at: number): boolean {
    const revokedAt = this.#version(at).tables.keys.get(keyId) ?? null;
    return revokedAt !== null && revokedAt <= this.#wall(at);
  }

  #outcome(sending: Sending, keyId: string, index: number, at: number): ItemOutcome {
    const record = sending.records[index]!;
    const { excess, onDeny } = sending.route;
    if (record.excess && excess === "refuse") return this.#denied(sending, record, UNKNOWN, at);
    if (record.item.type === "service_data") return record.reduced === null ? "forwarded" : "stripped";
    if (this.#isRevoked(keyId, at)) return onDeny === "reject" ? "rejected" : "dropped";
    const signal = sending.usage === null || sending.usage === "train-ai=y" ? "none" : "disallows";
    return this.#denied(sending, record, { ...record.item, signal } as Item, at);
  }

  #denied(sending: Sending, record: SentRecord, item: Item, at: number): ItemOutcome {
    const { terms, onDeny, id } = sending.route;
    const version = this.#version(at);
    const key = `${id} ${version.from} ${this.#wall(at)} ${JSON.stringify(item)} ${record.stripped === null}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const [first] = referenceDecision(
      item,
      terms,
      { accounts: ["*"] },
      version.state,
      this.#wall(at),
    ).verdicts;
    const stripped = onDeny === "strip" && record.stripped !== null && !NEVER_STRIPPED.includes(first!.rule);
    const outcome = first!.allow
      ? "forwarded"
      : onDeny === "reject"
        ? "rejected"
        : stripped
          ? "stripped"
          : "dropped";
    this.#known.set(key, outcome);
    return outcome;
  }
}
