/**
 * Verifies an export offline: against public keys, and against whatever of the log is already held. Names the first position that is not as it
 * was. Trusts nothing in the file that a key at hand did not sign. Pure: bytes come in; constant memory.
 */
import { type Checkpoint, openCheckpoint, type TrustedKey } from "./checkpoint.ts";
import {
  type EntryLine,
  hashOfEntry,
  parseEndText,
  positionClaimed,
  readEnd,
  readEntry,
  readHeader,
  type Scope,
} from "./export-format.ts";
import { type InputLine, inputLines } from "./export-input.ts";
import { type Finding, Found } from "./finding.ts";
import { sameHash } from "./hashing.ts";
import { type HeldCheckpoint, HeldCheckpoints, type HeldLeaf, HeldLeaves } from "./held.ts";
import { openNote } from "./note.ts";
import { ProvenNodes } from "./proven-nodes.ts";
import { WithheldBodies } from "./withheld.ts";

export interface Trust {
  /** The operator's, from a source other than the export. */
  readonly keys: readonly TrustedKey[];
  readonly checkpoints?: readonly HeldCheckpoint[];
  readonly leaves?: readonly HeldLeaf[];
}

export interface Summary {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly scope: Scope;
  /** Unix milliseconds, as the operator says. */
  readonly exportedAt: number;
  /** Entry lines; how many of each kind; how many without their body. */
  readonly entries: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly withheld: number;
}

export type Verdict =
  | { readonly ok: true; readonly summary: Summary }
  | { readonly ok: false; readonly finding: Finding };

/** Rejects only if `chunks` does. */
export async function verifyExport(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  trust: Trust,
): Promise<Verdict> {
  const lines = inputLines(chunks);
  try {
    return { ok: true, summary: await new Verification(trust, lines).run() };
  } catch (error) {
    if (error instanceof Found) return { ok: false, finding: error.finding };
    throw error;
  } finally {
    await lines.return(undefined);
  }
}

class Verification {
  readonly #trust: Trust;
  readonly #lines: AsyncGenerator<InputLine>;
  readonly #kinds = new Map<string, number>();
  readonly #withheld = new WithheldBodies();
  #entries = 0;
  /** The position of the last entry. */
  #last = -1;
  /** The last line read. */
  #latest: InputLine | null = null;

  constructor(trust: Trust, lines: AsyncGenerator<InputLine>) {
    this.#trust = trust;
    this.#lines = lines;
  }

  async run(): Promise<Summary> {
    const first = (await this.#lines.next()).value as InputLine | undefined;
    const header = readHeader(first?.text ?? "");
    if (first?.ended === false) throw this.#truncated(null, first);
    if (header === null) throw notAnExport(first);
    const opened = await openCheckpoint(header.checkpoint, this.#trust.keys);
    if (!opened.ok) throw untrusted("The checkpoint of the export", opened.fault, 1);
    const { checkpoint } = opened;
    const reach = reachOf(header.scope, checkpoint.size);
    if (reach !== null && reach.end > checkpoint.size) {
      throw new Found("changed", "The header asks for more than the log has.", { line: 1 });
    }
    const whole = reach !== null && reach.first === 0 && reach.end === checkpoint.size;
    const held = new HeldCheckpoints(this.#trust.checkpoints ?? [], checkpoint, whole);
    const leaves = new HeldLeaves(this.#trust.leaves ?? []);
    const tree = new ProvenNodes(checkpoint.size, checkpoint.root);
    if (reach !== null) this.#last = reach.first - 1;
    const end = await this.#readEntries(tree, reach, checkpoint.size, (entry) => {
      held.leaf(entry.hash);
      leaves.meet(entry.position, entry.hash);
    });
    await this.#checkEnd(end, checkpoint, reach);
    held.end(header.consistency);
    if (whole) this.#withheld.check();
    if (whole) leaves.end();
    return {
      ...checkpoint,
      scope: header.scope,
      exportedAt: header.exportedAt,
      entries: this.#entries,
      kinds: Object.fromEntries(this.#kinds),
      withheld: this.#withheld.count,
    };
  }

  /** Returns the last line. */
  async #readEntries(
    tree: ProvenNodes,
    reach: Reach | null,
    size: number,
    met: (entry: EntryLine) => void,
  ): Promise<InputLine> {
    for (let line = await this.#next(); ; line = await this.#next()) {
      if (line === null || !line.ended) throw this.#truncated(reach, line);
      if (readEnd(line.text ?? "") !== null) return line;
      const entry = readEntry(line.text ?? "");
      if (entry === null) throw await this.#unlike(tree, reach, line);
      const { position } = entry;
      const at = { position, line: line.number };
      if (position >= size || position <= this.#last) {
        if (isProven(tree, entry, this.#last + 1)) throw this.#misplaced(entry, line);
        const why = position >= size ? "is not in the log" : "is there again, or out of its order";
        throw new Found("added", `Position ${position} ${why}.`, at);
      }
      const before = entry.after ?? position - 1;
      if (before !== this.#last || (reach !== null && before !== position - 1)) {
        throw await this.#gap(tree, entry, line, reach !== null ? this.#last + 1 : before);
      }
      if (!isProven(tree, entry, position)) throw await this.#unlike(tree, reach, line, entry);
      met(entry);
      this.#count(entry);
    }
  }

  #count({ position, entry }: EntryLine): void {
    this.#entries++;
    this.#last = position;
    if ("withheld" in entry) {
      this.#withheld.gone(position);
      return;
    }
    this.#kinds.set(entry.kind, (this.#kinds.get(entry.kind) ?? 0) + 1);
    if (entry.kind === "retention" || entry.kind === "erasure") this.#withheld.recorded(entry.body);
  }

  async #checkEnd(line: InputLine, { origin, size }: Checkpoint, reach: Reach | null): Promise<void> {
    const digest = line.digestBefore();
    const at = { line: line.number };
    const opened = await openNote(
      readEnd(line.text ?? "") ?? "",
      this.#trust.keys
        .filter(({ sizeMax }) => sizeMax === null || size <= sizeMax)
        .map(({ verifier }) => verifier),
    );
    if (!opened.ok) throw new Found("changed", `The end of the export ${SIGNED[opened.fault]}.`, at);
    const end = parseEndText(opened.text);
    if (end === null || end.origin !== origin || end.size !== size) {
      throw new Found("changed", "The end is that of another export.", at);
    }
    const missing = { position: this.#last + 1, line: line.number };
    if (end.entries > this.#entries || (reach !== null && this.#last + 1 < reach.end)) {
      throw new Found("lost", `After position ${this.#last}, entries are missing at the end.`, missing);
    }
    if (end.entries < this.#entries)
      throw new Found("added", "There are more entries than were exported.", at);
    if (!sameHash(end.digest, digest)) {
      throw new Found("changed", "The header, or the order of proofs, is not what was exported.", {
        line: 1,
      });
    }
    const more = await this.#next();
    if (more !== null) throw new Found("added", "There is something after the end.", { line: more.number });
  }

  /** Another position than the one that is next. `missing`: the one that should have been here. */
  async #gap(tree: ProvenNodes, entry: EntryLine, line: InputLine, missing: number): Promise<Found> {
    const { position } = entry;
    const at = { position, line: line.number };
    const next = this.#last + 1;
    if (position !== next && entry.after === null && isProven(tree, entry, next)) {
      return new Found("changed", `The entry of position ${next} says ${position}.`, {
        ...at,
        position: next,
      });
    }
    const proven = isProven(tree, entry, position);
    const later = await this.#findLater((text) => positionClaimed(text) === missing);
    if (later !== null) {
      return new Found("reordered", `Position ${missing} comes later, in line ${later}.`, {
        ...at,
        position: missing,
      });
    }
    if (missing < next || (proven && (await this.#nothingLost()))) {
      return new Found("changed", `Position ${position} says that it came after ${missing}.`, at);
    }
    return new Found("lost", `Position ${missing} is missing.`, { ...at, position: missing });
  }

  /** The next entry, under another position. */
  #misplaced(entry: EntryLine, line: InputLine): Found {
    const position = this.#last + 1;
    return new Found("changed", `The entry of position ${position} says ${entry.position}.`, {
      position,
      line: line.number,
    });
  }

  /** Whether there are as many entries as were exported, now that every line was read. */
  async #nothingLost(): Promise<boolean> {
    const note = readEnd(this.#latest?.text ?? "");
    if (note === null) return false;
    const opened = await openNote(
      note,
      this.#trust.keys.map(({ verifier }) => verifier),
    );
    return opened.ok && parseEndText(opened.text)?.entries === this.#latest!.number - 2;
  }

  /** A line that is not what the log has at its position. */
  async #unlike(tree: ProvenNodes, reach: Reach | null, line: InputLine, entry?: EntryLine): Promise<Found> {
    const position = entry?.position ?? positionClaimed(line.text ?? "") ?? this.#last + 1;
    const at = { position, line: line.number };
    const later = await this.#findLater((text) => {
      const other = readEntry(text);
      if (other === null || (other.after ?? other.position - 1) !== this.#last) return false;
      return isProven(tree, other, other.position);
    });
    const beyond = entry === undefined && reach !== null && this.#last + 1 >= reach.end;
    if (later !== null || beyond) return new Found("added", `Line ${line.number} is not of the log.`, at);
    return new Found("changed", `Position ${position} is not what the log has there.`, at);
  }

  #truncated(reach: Reach | null, line: InputLine | null): Found {
    const position = reach === null || this.#last + 1 < reach.end ? this.#last + 1 : null;
    return new Found("truncated", `The export ends after position ${this.#last}, without its end.`, {
      position,
      line: line?.number ?? null,
    });
  }

  async #findLater(is: (text: string) => boolean): Promise<number | null> {
    for (let line = await this.#next(); line !== null; line = await this.#next()) {
      if (line.text !== null && is(line.text)) return line.number;
    }
    return null;
  }

  async #next(): Promise<InputLine | null> {
    const { done, value } = await this.#lines.next();
    if (done) return null;
    this.#latest = value;
    return value;
  }
}

/** Positions that must all be there: from `first` to before `end`. */
interface Reach {
  readonly first: number;
  readonly end: number;
}

/** null: any selection. */
function reachOf(scope: Scope, size: number): Reach | null {
  if (scope === "whole") return { first: 0, end: size };
  if ("match" in scope) return null;
  const [first, last] = scope.positions;
  return { first, end: last + 1 };
}

function isProven(tree: ProvenNodes, { hash, entry, proof }: EntryLine, position: number): boolean {
  const own = hashOfEntry(entry);
  if (!("withheld" in entry) && (own === null || !sameHash(own, hash))) return false;
  return tree.prove(position, hash, proof);
}

function notAnExport(first: InputLine | undefined): Found {
  return new Found("unreadable", "The first line is not the header of an export.", {
    line: first === undefined ? null : 1,
  });
}

const SIGNED = {
  malformed: "is no signed note",
  unknown_key: "is not signed by a key at hand",
  bad_signature: "does not fit its signature",
  retired_key: "is signed by a key that was retired before",
  origin: "is signed by the key of another log",
};

/** For what should be signed by a key at hand and is not. */
export function untrusted(what: string, fault: keyof typeof SIGNED, line: number | null = null): Found {
  return new Found("untrusted", `${what} ${SIGNED[fault]}.`, { line });
}
