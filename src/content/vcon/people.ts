/** Who the parties of a vCon are, and which of them its parts point at. Pure. */
import type { VconConfig } from "../../config/documents.ts";
import { readId } from "../ids.ts";
import { Names, type Part, type Values, valuesOf } from "./json-parts.ts";
import { NOBODY } from "./voices.ts";

const PERSON = ["uuid", "mailto", "tel"];

/** The draft leaves it open whether these begin with the scheme of the URL they are. */
const SCHEMES: Readonly<Record<string, string>> = { mailto: "mailto:", tel: "tel:", sip: "sip:" };

/** What is looked at of a party. */
export function partyMembers({ person = PERSON, everybody = {} }: VconConfig): Names {
  return new Names([...person, ...Object.keys(everybody)]);
}

export type ReadParty = (bytes: Uint8Array, party: Part) => string | null;

/** The person a party is; null: it stands for everybody present. */
export function compileParty(config: VconConfig): ReadParty {
  const person = config.person ?? PERSON;
  const everybody = Object.entries(config.everybody ?? {});
  const names = partyMembers(config);
  return (bytes, party) => {
    const said = valuesOf(bytes, party, names);
    for (const member of person) {
      const value = said[member];
      if (value === undefined || value === null || value === "") continue;
      return typeof value === "string" ? (readId(bare(member, value)) ?? NOBODY) : NOBODY;
    }
    const stands = everybody.some(([member, words]) => words.some((word) => word === said[member]));
    return stands ? null : NOBODY;
  };
}

function bare(member: string, value: string): string {
  const scheme = SCHEMES[member];
  return scheme !== undefined && value.startsWith(scheme) ? value.slice(scheme.length) : value;
}

/** Places in an array of `length` that `value` points at, nested as it may be, each once; -1 among them: it points elsewhere. */
export function placesOf(value: unknown, length: number, into = new Set<number>()): Set<number> {
  if (value === undefined || value === null) return into;
  if (Array.isArray(value)) for (const one of value) placesOf(one, length, into);
  else into.add(isPlace(value, length) ? value : -1);
  return into;
}

function isPlace(value: unknown, length: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < length;
}

/** The members of a dialog that point at parties. */
const POINTING = ["parties", "originator", "transferee", "transferor", "transfer_target"];

export const PARTY_MEMBERS: readonly string[] = [...POINTING, "party_history"];

/** The parties a dialog names; -1 among them: it names somebody who is none of them. */
export function partiesOf(said: Values, length: number): ReadonlySet<number> {
  const places = new Set<number>();
  for (const member of POINTING) placesOf(said[member], length, places);
  const history = said.party_history ?? [];
  if (!Array.isArray(history)) places.add(-1);
  else {
    for (const event of history) {
      const party: unknown = event?.party;
      placesOf(party ?? -1, length, places);
    }
  }
  return places;
}
