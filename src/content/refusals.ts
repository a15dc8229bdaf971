/**
 * What a record itself says against its use: consents of other systems and classifications. It tightens, never grants: a yes is not even read
 * as one. What is there and cannot be read counts as malformed, which denies.
 */
import type { Pointer, RefusalConfig, WordMeaning } from "../config/define.ts";
import type { ContentItem } from "../decision/model.ts";
import { CLOSE_OBJECT, COMMA, LOWER_F, LOWER_T, QUOTE } from "./ascii.ts";
import { type Captures, TOKEN } from "./captures.ts";
import { stringText } from "./json/string.ts";
import { eachElement, spaceEnd, stringTokenEnd, valueEnd } from "./json/walk.ts";
import type { ClaimPointers, Plan } from "./pointer.ts";

type Signal = ContentItem["signal"];

export interface Said {
  readonly signal: Signal;
  /** Those that words of the record stand for. */
  readonly labels: readonly string[];
}

const NOTHING: Said = { signal: "none", labels: [] };
const REFUSED: Said = { signal: "disallows", labels: [] };
const MALFORMED: Said = { signal: "malformed", labels: [] };

const STRENGTH: Readonly<Record<Signal, number>> = { none: 0, disallows: 1, malformed: 2 };

/** The one that denies more surely. */
export function stricter(a: Signal, b: Signal): Signal {
  return STRENGTH[a] < STRENGTH[b] ? b : a;
}

/** What is read of a record for these. */
export function refusalPointers(
  configs: readonly RefusalConfig[] = [],
): Pick<ClaimPointers, "read" | "presence" | "within"> {
  return {
    read: configs.map(({ pointer }) => pointer),
    presence: configs.flatMap(({ required_in }) => (required_in === undefined ? [] : [required_in])),
    within: configs.flatMap(namedIn),
  };
}

/** Members named in an object of booleans: looked into, so that no two keys there differ by case alone. */
function namedIn(config: RefusalConfig): readonly Pointer[] {
  if (!("unless_true" in config) || config.unless_true === "all") return [];
  return config.unless_true.map(
    (name) => `${config.pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
  );
}

interface Rule {
  readonly slot: number;
  /** Where this is there, the member must be. -1: it need not. */
  readonly requiredIn: number;
  readonly read: (bytes: Uint8Array, start: number, end: number, token: number) => Said;
}

export class Refusals {
  readonly #captures: Captures;
  readonly #rules: readonly Rule[];

  /** `plan` has been compiled from the pointers of `configs`, among others. */
  constructor(configs: readonly RefusalConfig[], plan: Plan) {
    this.#captures = plan.captures;
    this.#rules = configs.map((config) => ({
      slot: plan.slotOf(config.pointer),
      requiredIn: config.required_in === undefined ? -1 : plan.slotOf(config.required_in),
      read: readerOf(config),
    }));
  }

  read(bytes: Uint8Array): Said {
    let all = NOTHING;
    for (const rule of this.#rules) {
      const said = this.#said(bytes, rule);
      if (said === NOTHING) continue;
      all = { signal: stricter(all.signal, said.signal), labels: [...all.labels, ...said.labels] };
    }
    return all;
  }

  #said(bytes: Uint8Array, { slot, requiredIn, read }: Rule): Said {
    const { first, start, end, token } = this.#captures;
    const value = first[slot]!;
    if (value >= 0) return read(bytes, start[value]!, end[value]!, token[value]!);
    return requiredIn >= 0 && first[requiredIn]! >= 0 ? MALFORMED : NOTHING;
  }
}

function readerOf(config: RefusalConfig): Rule["read"] {
  if ("words" in config) return wordReader(config.words, config.listed ?? false);
  if ("if_listed" in config) return listReader(config.if_listed);
  return booleansReader(config.unless_true);
}

function booleansReader(needed: "all" | readonly string[]): Rule["read"] {
  return (bytes, start, _end, token) => {
    if (token !== TOKEN.object) return MALFORMED;
    const yes = new Set<string>();
    let no = false;
    let i = spaceEnd(bytes, start + 1);
    while (bytes[i] !== CLOSE_OBJECT) {
      const keyEnd = stringTokenEnd(bytes, i);
      const value = spaceEnd(bytes, spaceEnd(bytes, keyEnd) + 1);
      if (bytes[value] === LOWER_T) yes.add(stringText(bytes, i + 1, keyEnd - 1));
      else if (bytes[value] === LOWER_F) no = true;
      else return MALFORMED;
      i = spaceEnd(bytes, valueEnd(bytes, value));
      if (bytes[i] === COMMA) i = spaceEnd(bytes, i + 1);
    }
    const granted = needed === "all" ? !no && yes.size > 0 : needed.every((name) => yes.has(name));
    return granted ? NOTHING : REFUSED;
  };
}

function listReader(refusing: "any" | readonly string[]): Rule["read"] {
  return (bytes, start, _end, token) => {
    if (token !== TOKEN.array) return MALFORMED;
    let said = NOTHING;
    eachElement(bytes, start, (from, to) => {
      if (bytes[from] !== QUOTE) said = MALFORMED;
      else if (
        said === NOTHING &&
        (refusing === "any" || refusing.includes(stringText(bytes, from + 1, to - 1)))
      )
        said = REFUSED;
    });
    return said;
  };
}

function wordReader(words: Readonly<Record<string, WordMeaning>>, listed: boolean): Rule["read"] {
  const meanings = new Map(Object.entries(words));
  return (bytes, start, end, token) => {
    if (token !== TOKEN.string) return MALFORMED;
    const text = stringText(bytes, start + 1, end - 1);
    const labels: string[] = [];
    let signal: Signal = "none";
    for (const word of listed ? text.split(",") : [text]) {
      const meaning = meanings.get(listed ? word.trim() : word);
      if (meaning === undefined) signal = "malformed";
      else if (meaning === "refused") signal = stricter(signal, "disallows");
      else if (meaning !== "nothing" && !labels.includes(meaning)) labels.push(meaning);
    }
    return signal === "none" && labels.length === 0 ? NOTHING : { signal, labels };
  };
}
