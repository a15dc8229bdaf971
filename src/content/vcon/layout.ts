/**
 * Proves a body to be one vCon in the unsigned form, and finds what it is made of. Reads no content; what it cannot tell
 * apart for sure is a fault. Names: draft-ietf-vcon-vcon-core-04, and older ones that are still written.
 */
import type { VconConfig } from "../../config/documents.ts";
import { LIMITS } from "../../config/limits.ts";
import { TOKEN } from "../captures.ts";
import type { ContentFaultCode } from "../fault.ts";
import { readId } from "../ids.ts";
import { proveObject } from "../json/document.ts";
import { stringText } from "../json/string.ts";
import { compilePlan, type Plan } from "../pointer.ts";
import { isEmpty, type Member, membersOf, objectsOf, type Part } from "./json-parts.ts";

export const ARRAYS = ["parties", "dialog", "analysis", "attachments"] as const;
export type ArrayName = (typeof ARRAYS)[number];

export interface Layout {
  readonly arrays: Readonly<Record<ArrayName, readonly Part[]>>;
  /** The members of the vCon that are none of those arrays. */
  readonly others: readonly Member[];
  /** All members, for removing some. */
  readonly members: readonly Member[];
  /** What the configured pointers lead to; null: nowhere, or to no id; undefined: none is configured. */
  readonly account: string | null | undefined;
  readonly conversation: string | null | undefined;
}

/** Members that name extensions without which the vCon means something else. */
export const CRITICAL_MEMBERS: readonly string[] = ["critical", "must_support"];

/** Members of the signed and encrypted forms (JWS and JWE, General and Flattened). */
const SEALS = ["payload", "signatures", "signature", "ciphertext", "recipients", "encrypted_key"];

/** Wherever a decision looks, keys must be unambiguous for readers that are deaf to case, too. */
const LOOKED_AT = [
  "/parties/*/uuid",
  "/dialog/*/type",
  "/dialog/*/party_history/*/party",
  "/analysis/*/type",
  "/attachments/*/type",
];

/** Throws on a pointer that cannot be compiled. */
export function compileLayout(config: VconConfig): (bytes: Uint8Array) => Layout | ContentFaultCode {
  const { account, conversation } = config;
  const pointers = [...LOOKED_AT, ...[account, conversation].filter((pointer) => pointer !== undefined)];
  compilePlan(pointers);
  return (bytes) => {
    // Its scratch is as large as what it reads, so each body has its own.
    const plan = compilePlan(pointers);
    const whole = proveObject(bytes, plan);
    if (typeof whole === "string") return whole;
    const claims = {
      account: account === undefined ? undefined : captured(bytes, plan, account),
      conversation: conversation === undefined ? undefined : captured(bytes, plan, conversation),
    };
    const members = membersOf(bytes, whole, LIMITS.vcon_members_max);
    if (members === null) return "vcon_invalid";
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
  const start = captures.start[value]! + 1;
  const end = captures.end[value]! - 1;
  // Each character may be an escape of six.
  return end - start > LIMITS.id_chars_max * 6 ? null : readId(stringText(bytes, start, end));
}

/** null: one of them is no array of objects, or there are too many. */
function readArrays(bytes: Uint8Array, members: readonly Member[]): Layout["arrays"] | null {
  const arrays: Record<ArrayName, readonly Part[]> = {
    parties: [],
    dialog: [],
    analysis: [],
    attachments: [],
  };
  for (const { key, value } of members) {
    if (!isArrayName(key)) continue;
    const max = key === "parties" ? LIMITS.vcon_parties_max : LIMITS.vcon_parts_max;
    const objects = objectsOf(bytes, value, max);
    if (objects === null) return null;
    arrays[key] = objects;
  }
  return arrays;
}

function isArrayName(key: string): key is ArrayName {
  return ARRAYS.some((name) => name === key);
}

/** Whether it says that it means something else to whoever does not know its extensions. */
function isCritical(bytes: Uint8Array, members: readonly Member[]): boolean {
  return members.some(({ key, value }) => CRITICAL_MEMBERS.includes(key) && !isEmpty(bytes, value));
}
