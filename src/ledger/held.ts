/**
 * What a verifier already holds of a log, and whether an export is of the same log: checkpoints from another day, and leaves that a receipt
 * promised. Pure.
 */
import { toBase64 } from "../base/base64.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { CompactRange } from "./compact-range.ts";
import type { Consistency } from "./export-format.ts";
import { Found } from "./finding.ts";
import { type Hash, sameHash } from "./hashing.ts";
import { isConsistent } from "./verify-proof.ts";

export interface HeldCheckpoint {
  /** How to call it: the name of a file. */
  readonly name: string;
  readonly checkpoint: Checkpoint;
}

export interface HeldLeaf {
  readonly name: string;
  readonly hash: Hash;
  /** null: it was promised, not yet placed. */
  readonly position: number | null;
}

/** Throws a `Found` at the first checkpoint that the log of `now` cannot have come from. */
export class HeldCheckpoints {
  readonly #now: Checkpoint;
  readonly #older: readonly HeldCheckpoint[];
  /** Still to be met on the way through the leaves, the smallest last. */
  readonly #ahead: HeldCheckpoint[];
  readonly #range = new CompactRange();

  /** `everyLeaf`: all leaves will be shown; else the proofs given at the end have to do. */
  constructor(held: readonly HeldCheckpoint[], now: Checkpoint, everyLeaf: boolean) {
    this.#now = now;
    for (const one of held) sameLog(one, now);
    const older = held.filter(({ checkpoint }) => checkpoint.size < now.size);
    for (const one of held) if (!older.includes(one)) notSmaller(one, now);
    this.#older = everyLeaf ? [] : older;
    this.#ahead = everyLeaf ? older.toSorted((a, b) => b.checkpoint.size - a.checkpoint.size) : [];
    this.#meet();
  }

  /** Once it is known that the proofs are those that were exported. */
  end(proofs: readonly Consistency[]): void {
    for (const one of this.#older) connected(one, this.#now, proofs);
  }

  /** Shows the next leaf. */
  leaf(hash: Hash): void {
    if (this.#ahead.length === 0) return;
    this.#range.push(hash);
    this.#meet();
  }

  #meet(): void {
    for (
      let next = this.#ahead.at(-1);
      next?.checkpoint.size === this.#range.size;
      next = this.#ahead.at(-1)
    ) {
      if (!sameHash(next.checkpoint.root, this.#range.root())) throw forked(next, this.#now);
      this.#ahead.pop();
    }
  }
}

function sameLog({ name, checkpoint }: HeldCheckpoint, now: Checkpoint): void {
  if (checkpoint.origin === now.origin) return;
  throw new Found("another_log", `${name} is of the log ${checkpoint.origin}, the export of ${now.origin}.`);
}

function notSmaller(held: HeldCheckpoint, now: Checkpoint): void {
  const { name, checkpoint } = held;
  if (checkpoint.size > now.size) {
    throw new Found(
      "rolled_back",
      `${name} is of a log of ${checkpoint.size} entries, the export of one of ${now.size}: if the export was made later, entries from position ${now.size} on are gone.`,
      { position: now.size },
    );
  }
  if (!sameHash(checkpoint.root, now.root)) throw forked(held, now);
}

function connected(held: HeldCheckpoint, now: Checkpoint, proofs: readonly Consistency[]): void {
  const { name, checkpoint } = held;
  const found = proofs.find(({ size }) => size === checkpoint.size);
  if (found === undefined) {
    throw new Found(
      "unconnected",
      `The export is not of the whole log and brings no proof from ${name}: ask for one since ${checkpoint.size}.`,
    );
  }
  if (isConsistent(checkpoint.size, checkpoint.root, now.size, now.root, found.proof)) return;
  throw forked(held, now);
}

function forked({ name, checkpoint }: HeldCheckpoint, now: Checkpoint): Found {
  return new Found(
    "forked",
    `${name} and the export tell two histories: the log of ${now.size} entries does not begin with the ${checkpoint.size} that were signed with root ${toBase64(checkpoint.root)}. Keep both files.`,
  );
}

/** Leaves to be met. */
export class HeldLeaves {
  readonly #placed = new Map<number, HeldLeaf[]>();
  readonly #promised: Map<string, HeldLeaf>;

  constructor(held: readonly HeldLeaf[]) {
    for (const one of held) {
      if (one.position === null) continue;
      this.#placed.set(one.position, [...(this.#placed.get(one.position) ?? []), one]);
    }
    this.#promised = new Map(
      held.filter(({ position }) => position === null).map((one) => [toBase64(one.hash), one]),
    );
  }

  /** Throws a `Found` if another leaf was promised here. */
  meet(position: number, hash: Hash): void {
    for (const { name, hash: promised } of this.#placed.get(position) ?? []) {
      if (sameHash(promised, hash)) continue;
      throw new Found("forked", `${name} has another entry at position ${position} than the export.`, {
        position,
      });
    }
    this.#placed.delete(position);
    this.#promised.delete(toBase64(hash));
  }

  /** Once every leaf was met: throws a `Found` if one was not. */
  end(): void {
    for (const { name } of this.#promised.values()) {
      throw new Found("lost", `The entry that ${name} promises is not in the log.`);
    }
  }
}
