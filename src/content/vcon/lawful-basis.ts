/**
 * `lawful_basis` attachments (draft-howe-vcon-lawful-basis): where one does not grant a purpose, nothing goes on that the purpose needs. A
 * grant is the sender's word and opens nothing; one that cannot be read denies. Pure.
 */
import type { VconConfig } from "../../config/documents.ts";
import type { Kind } from "../../decision/model.ts";
import { JsonScanner } from "../json-scan.ts";
import { compilePlan } from "../pointer.ts";
import type { Signal } from "../shape.ts";
import { type Values, valuesOf } from "./json-parts.ts";
import type { Element } from "./layout.ts";
import { placesOf } from "./people.ts";
import type { Voices } from "./voices.ts";

/** What one attachment says no to, and of whom. */
export interface LawfulBasis {
  readonly refuses: "malformed" | "all" | ReadonlySet<Kind>;
  /** Places; null: of the whole vCon. */
  readonly parties: readonly number[] | null;
  readonly dialogs: readonly number[] | null;
}

const GRANTS: Readonly<Record<string, readonly Kind[]>> = {
  recording: ["audio", "video", "screen"],
  transcription: ["transcript"],
};

const HEAD = new Set(["type", "purpose"]);
const REST = new Set(["party", "dialog", "encoding", "body"]);

export interface Counts {
  readonly parties: number;
  readonly dialogs: number;
}

/** null: the attachment is another thing. */
export type ReadBasis = (bytes: Uint8Array, attachment: Element, counts: Counts) => LawfulBasis | null;

export function compileLawfulBasis(config: VconConfig): ReadBasis {
  const grants = new Map(Object.entries({ ...GRANTS, ...config.grants }));
  return (bytes, attachment, counts) => {
    if (!isLawfulBasis(valuesOf(bytes, attachment.members, HEAD))) return null;
    const said = valuesOf(bytes, attachment.members, REST);
    const parties = placesOf(said.party, counts.parties);
    const dialogs = placesOf(said.dialog, counts.dialogs);
    const refuses = refusedBy(bodyOf(said.body), grants);
    const astray = parties.includes(-1) || dialogs.includes(-1);
    if (astray && !(refuses instanceof Set && refuses.size === 0)) {
      return { refuses, parties: null, dialogs: null };
    }
    const everywhere = parties.length === 0 && dialogs.length === 0;
    return everywhere ? { refuses, parties: null, dialogs: null } : { refuses, parties, dialogs };
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

function refusedBy(body: unknown, grants: ReadonlyMap<string, readonly Kind[]>): LawfulBasis["refuses"] {
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

/** What they say of something of this kind in which these voices are heard. */
export function signalOf(bases: readonly LawfulBasis[], voices: Voices, kind: Kind | null): Signal {
  let signal: Signal = "none";
  for (const { refuses, parties, dialogs } of bases) {
    const concerns =
      parties === null ||
      parties.some((party) => voices.parties.has(party)) ||
      dialogs!.some((dialog) => voices.dialogs.has(dialog));
    if (!concerns) continue;
    if (refuses === "malformed") return "malformed";
    if (refuses === "all" || (kind !== null && refuses.has(kind))) signal = "disallows";
  }
  return signal;
}
