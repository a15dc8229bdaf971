/** The allow-list of one route, compiled: which attributes may stay, and what each may hold. Pure. */
import type { ValueRule } from "../../config/define.ts";
import { LIMITS } from "../../config/limits.ts";
import { rfc3339Ms } from "../time.ts";
import { ATTRIBUTES, type ShippedRule } from "./attribute-list.ts";
import { textHolds } from "./text-rules.ts";

/** What an AnyValue may be. Bytes and key-value lists never pass, nor lists within lists. */
export interface AttributeRule {
  readonly number: boolean;
  readonly boolean: boolean;
  /** Of a string that says something; null: no string passes. */
  readonly text: ((text: string) => boolean) | null;
  /** Whether a short list of such values passes: a list of ids could be a sentence. */
  readonly list: boolean;
}

/** A list of numbers any longer may be a vector that stands for what was said. */
export const LIST_VALUES_MAX = 16;

/** Of a log's body. */
export const BODY_RULE: AttributeRule = { number: true, boolean: true, text: () => false, list: false };

/** `added` are the configuration's: they count where both have a key. */
export function compileAttributes(
  added: Readonly<Record<string, ValueRule>> = {},
): ReadonlyMap<string, AttributeRule> {
  return new Map([...ATTRIBUTES, ...Object.entries(added)].map(([key, rule]) => [key, compileRule(rule)]));
}

function compileRule(rule: ShippedRule): AttributeRule {
  const none = { number: false, boolean: false, text: null, list: false };
  if (typeof rule === "object") {
    const words = new Set(rule.words);
    return { ...none, text: (text) => words.has(text), list: true };
  }
  switch (rule) {
    case "number":
      return { ...none, number: true, list: true };
    case "boolean":
      return { ...none, boolean: true, list: true };
    case "id":
      return { ...none, text: (text) => textHolds("id", text) };
    case "template":
      return { ...none, text: (text) => textHolds("template", text) };
    case "timestamp":
      return { ...none, text: isTimestamp };
  }
}

function isTimestamp(text: string): boolean {
  const bytes = new TextEncoder().encode(text);
  return (
    bytes.length <= LIMITS.service_id_chars_max && !Number.isNaN(rfc3339Ms(bytes, 0, bytes.length, false))
  );
}
