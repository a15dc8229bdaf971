/**
 * `lawful_basis` attachments (draft-howe-vcon-lawful-basis): where one does not grant a purpose, nothing goes on that the purpose needs. A
 * grant is the sender's word and opens nothing; one that cannot be read denies. Pure.
 */
import type { VconConfig } from "../../config/documents.ts";
import type { Kind } from "../../decision/model.ts";
import { JsonScanner } from "../json/scan.ts";
import { compilePlan } from "../pointer.ts";
import type { Signal } from "../shape.ts";
import { Names, type Part, type Values, valuesOf } from "./json-parts.ts";
import { placesOf } from "./people.ts";
import type { Voices } from "./voices.ts";

/** What is refused: everything, because of words that cannot be read or of words that can; or these kinds. */
type Refused = "malformed" | "all" | ReadonlySet<Kind>;

const GRANTS: Readonly<Record<string, readonly Kind[]>> = {
  recording: ["audio", "video", "screen"],
  transcription: ["transcript"],
};

const HEAD = new Names(["type", "purpose"]);
const REST = new Names(["party", "dialog", "body"]);

export interface Counts {
  readonly parties: number;
  readonly dialogs: number;
}

/** What the attachments of one vCon refuse, and of whom. */
export class Refusals {
  #all: Refused = new Set();
  /** By place. */
  readonly #parties = new Map<number, Refused>();
  readonly #dialogs = new Map<number, Refused>();

  add(refused: Refused, parties: ReadonlySet<number>, dialogs: ReadonlySet<number>): void {
    const everywhere = parties.size + dialogs.size === 0 || parties.has(-1) || dialogs.has(-1);
    if (everywhere) this.#all = both(this.#all, refused);
    for (const party of parties) this.#parties.set(party, both(this.#parties.get(party), refused));
    for (const dialog of dialogs) this.#dialogs.set(dialog, both(this.#dialogs.get(dialog), refused));
  }

  /** What they say of something of this kind in which these voices are heard. */
  signal(voices: Voices, kind: Kind | null): Signal {
    let refused = this.#all;
    if (this.#parties.size > 0)
      for (const party of voices.parties) refused = both(this.#parties.get(party), refused);
    if (this.#dialogs.size > 0)
      for (const dialog of voices.dialogs) refused = both(this.#dialogs.get(dialog), refused);
    if (refused === "malformed") return "malformed";
    return refused === "all" || (kind !== null && refused.has(kind)) ? "disallows" : "none";
  }
}

function both(a: Refused | undefined, b: Refused): Refused {
  if (a === undefined || a === b) return b;
  if (a === "malformed" || b === "malformed") return "malformed";
  return a === "all" || b === "all" ? "all" : new Set([...a, ...b]);
}

/** Adds what an attachment refuses, if it is one that may. */
export type ReadBasis = (bytes: Uint8Array, attachment: Part, counts: Counts, into: Refusals) => void;

export function compileLawfulBasis(config: VconConfig): ReadBasis {
  const grants = new Map(Object.entries({ ...GRANTS, ...config.grants }));
  return (bytes, attachment, counts, into) => {
    if (!isLawfulBasis(valuesOf(bytes, attachment, HEAD))) return;
    const said = valuesOf(bytes, attachment, REST);
    const refused = refusedBy(bodyOf(said.body), grants);
    into.add(refused, placesOf(said.party, counts.parties), placesOf(said.dialog, counts.dialogs));
  };
}

function isLawfulBasis(said: Values): boolean {
  return [said.type, said.purpose].some(
    (word) => typeof word === "string" && /^lawful[_-]?basis$/i.test(word),
  );
}

/** JSON, or the text of some, which nobody has proven yet. undefined: neither. */
function bodyOf(body: unknown): unknown {
  if (typeof body !== "string") return body;
  const bytes = new TextEncoder().encode(body);
  const scanner = new JsonScanner(compilePlan(["/purpose_grants/*/purpose"]), false);
  return scanner.scan(bytes, 0, bytes.length) === bytes.length ? JSON.parse(body) : undefined;
}

function refusedBy(body: unknown, grants: ReadonlyMap<string, readonly Kind[]>): Refused {
  if (!isPlain(body) || !Array.isArray(body.purpose_grants)) return "malformed";
  const kinds = new Set<Kind>();
  let all = false;
  for (const grant of body.purpose_grants) {
    if (!isPlain(grant)) return "malformed";
    const { purpose, granted } = grant;
    if (typeof purpose !== "string" || typeof granted !== "boolean") return "malformed";
    if (granted) continue;
    const forbidden = grants.get(purpose);
    if (forbidden === undefined) all = true;
    else for (const kind of forbidden) kinds.add(kind);
  }
  return all ? "all" : kinds;
}

/** An object none of whose keys two readers would take for the same. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const keys = Object.keys(value);
  return new Set(keys.map((key) => key.toLowerCase())).size === keys.length;
}
