/**
 * Proves a body to be one vCon in the unsigned form, and finds what it is made of. Reads no content; what it cannot tell
 * apart for sure is a fault. Names: draft-ietf-vcon-vcon-core-04, and older ones that are still written.
 */
import type { VconConfig } from "../../config/documents.ts";
import { LIMITS } from "../../config/limits.ts";
import { TOKEN } from "../captures.ts";
import type { ContentFaultCode } from "../fault.ts";
import { readId } from "../ids.ts";
import { proveObject } from "../json-document.ts";
import { stringText } from "../json-string.ts";
import { compilePlan, type Plan } from "../pointer.ts";
import { elementsOf, type Member, membersOf, type Part, readValue } from "./json-parts.ts";

/** What one element of an array says of itself, besides its content. */
export interface Element extends Part {
  readonly members: readonly Member[];
}

export const ARRAYS = ["parties", "dialog", "analysis", "attachments"] as const;
export type ArrayName = (typeof ARRAYS)[number];

export interface Layout {
  readonly arrays: Readonly<Record<ArrayName, readonly Element[]>>;
  /** The members of the vCon that are none of those arrays. */
  readonly others: readonly Member[];
  /** All members, for removing some. */
  readonly members: readonly Member[];
  /** What the configured pointers lead to; null: nowhere, or to no id; undefined: none is configured. */
  readonly account: string | null | undefined;
  readonly conversation: string | null | undefined;
}

/** Members of the signed and encrypted forms (JWS and JWE, General and Flattened). */
const SEALS = ["payload", "signatures", "signature", "ciphertext", "recipients", "encrypted_key"];

/** Wherever a decision looks, keys must be unambiguous for readers that are deaf to case, too. */
const LOOKED_AT = ["/parties/*/uuid", "/dialog/*/type", "/analysis/*/type", "/attachments/*/type"];

export function compileLayout(config: VconConfig): (bytes: Uint8Array) => Layout | ContentFaultCode {
  const { account, conversation } = config;
  const claimed = [account, conversation].filter((pointer) => pointer !== undefined);
  const plan = compilePlan([...LOOKED_AT, ...claimed]);
  return (bytes) => {
    const whole = proveObject(bytes, plan);
    if (typeof whole === "string") return whole;
    const claims = {
      account: account === undefined ? undefined : captured(bytes, plan, account),
      conversation: conversation === undefined ? undefined : captured(bytes, plan, conversation),
    };
    const members = membersOf(bytes, whole);
    if (members.some(({ key }) => SEALS.includes(key.toLowerCase()))) return "vcon_sealed";
    const arrays = readArrays(bytes, members);
    if (arrays === null || isCritical(bytes, members)) return "vcon_invalid";
    const others = members.filter(({ key }) => !isArrayName(key));
    return { arrays, others, members, ...claims };
  };
}

function captured(bytes: Uint8Array, { captures, slotOf }: Plan, pointer: string): string | null {
  const value = captures.first[slotOf(pointer)]!;
  if (value < 0 || captures.next[value]! >= 0 || captures.token[value] !== TOKEN.string) return null;
  return readId(stringText(bytes, captures.start[value]! + 1, captures.end[value]! - 1));
}

/** null: one of them is no array of objects, or there are too many parties. */
function readArrays(bytes: Uint8Array, members: readonly Member[]): Layout["arrays"] | null {
  const arrays: Record<ArrayName, readonly Element[]> = {
    parties: [],
    dialog: [],
    analysis: [],
    attachments: [],
  };
  for (const { key, value } of members) {
    if (!isArrayName(key)) continue;
    const elements = elementsOf(bytes, value);
    if (elements?.every(({ start }) => bytes[start] === 0x7b) !== true) return null;
    arrays[key] = elements.map((part) => ({ ...part, members: membersOf(bytes, part) }));
  }
  return arrays.parties.length > LIMITS.vcon_parties_max ? null : arrays;
}

function isArrayName(key: string): key is ArrayName {
  return ARRAYS.some((name) => name === key);
}

/** Whether it says that it means something else to whoever does not know its extensions. */
function isCritical(bytes: Uint8Array, members: readonly Member[]): boolean {
  const critical = members.find(({ key }) => key === "critical" || key === "must_support");
  if (critical === undefined) return false;
  const said = readValue(bytes, critical.value);
  return said !== null && !(Array.isArray(said) && said.length === 0);
}
