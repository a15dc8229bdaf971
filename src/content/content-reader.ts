/**
 * What a record of content says about itself, as items to decide on. Reads only what the scan captured. Where a claim is
 * there but unreadable the stricter reading is taken; JSON's null is unreadable, only absence is absence.
 */
import type { ContentVariantConfig, Pointer, TimeConfig, TurnsConfig } from "../config/define.ts";
import { type ContentItem, type Instant, KINDS, type Kind, LABELS } from "../decision/model.ts";
import { type Captures, TOKEN, tokenAt } from "./captures.ts";
import { Embedded } from "./embedded.ts";
import type { IdReader } from "./ids.ts";
import { eachElement } from "./json/walk.ts";
import type { ClaimPointers, Plan } from "./pointer.ts";
import { Refusals, refusalPointers, stricter } from "./refusals.ts";
import { listOf, type Speaker, SpeakersReader, speakerPointers } from "./speakers.ts";
import { epochMs, rfc3339Ms } from "./time.ts";
import { Words } from "./words.ts";

type ContentRules = ContentVariantConfig["content"];
type Signal = ContentItem["signal"];

/** Stands for a recipient or label that is claimed but is none that anybody knows. */
const NOBODY = "";

/** Recipients or labels of one record; with more, one of them is nobody, so that the record is denied. */
const NAMES_MAX = 1_000;

const UNREADABLE = "unreadable";

const UNKNOWN_KIND: readonly null[] = [null];

const LABEL_WORDS = new Words(LABELS);

/** Kinds times speakers: each pair is decided on. With more, the record is of an unknown kind. */
const ITEMS_MAX = 100;

export function pointersOf(rules: ContentRules, turns: TurnsConfig | undefined): ClaimPointers {
  const known = (pointers: readonly (Pointer | undefined)[]) =>
    pointers.filter((pointer) => pointer !== undefined);
  const { kind, embedded, private_to = [] } = rules;
  const refusals = refusalPointers(rules.refused_by);
  return {
    read: known([
      rules.account,
      rules.conversation,
      ...speakerPointers(rules, turns),
      rules.labels,
      ...private_to,
      ...private_to.map(listOf),
      rules.public_when?.pointer,
      "pointer" in kind ? kind.pointer : undefined,
      embedded?.media_type,
      ...refusals.read,
    ]),
    times: known([rules.captured_at?.pointer, rules.captured_until?.pointer]),
    presence: known([
      ...(Object.keys(rules.also ?? {}) as Pointer[]),
      embedded?.pointer,
      embedded?.binary,
      ...refusals.presence,
    ]),
    within: refusals.within,
  };
}

/** A record that fits no shape, or claims to be service data and is not. */
export function unknownContent(signal: Signal): ContentItem {
  return {
    type: "content",
    account: null,
    conversation: null,
    speaker: null,
    privateTo: null,
    kind: null,
    capturedAt: null,
    capturedUntil: null,
    labels: [],
    signal,
  };
}

/** A single value that says all there is to say of when a record was captured, as long as there is nothing in another slot. */
export interface SingleTime {
  readonly slot: number;
  /** -1: there is no such slot. */
  readonly without: number;
  /** As `capturedAt`, of the value `bytes[start, end)`. */
  instantOf(bytes: Uint8Array, start: number, end: number): ContentItem["capturedAt"];
}

/** When a record was captured. To be asked while it is the one just scanned. */
export interface Times {
  capturedAt(bytes: Uint8Array): ContentItem["capturedAt"];
  capturedUntil(bytes: Uint8Array): ContentItem["capturedUntil"];
  /** null: there is none. */
  readonly single: SingleTime | null;
}

/** What a record of content says, without when it was captured. */
export interface Said {
  /** One for each distinct kind and speaker; all must be allowed for the whole record to go on. */
  readonly items: readonly ContentItem[];
  /** The speaker of each turn, where one turn may go without the others; else null. */
  readonly turns: readonly Speaker[] | null;
}

interface TimeSlot {
  readonly slot: number;
  readonly epoch: boolean;
}

export class ContentReader implements Times {
  readonly #captures: Captures;
  readonly #ids: IdReader;
  readonly #account: number;
  readonly #conversation: number;
  readonly #speakers: SpeakersReader;
  /** `list`: the array whose elements each name one; -1: there is none. */
  readonly #privateTo: readonly { readonly slot: number; readonly list: number }[];
  readonly #public: { readonly slot: number; readonly words: Words } | null;
  readonly #kindSlot: number;
  readonly #kindWords: Words;
  /** By the word that names them; of a record whose kind is fixed, the only ones. */
  readonly #kinds: readonly (readonly Kind[])[];
  readonly #also: readonly { readonly slot: number; readonly kind: Kind }[];
  readonly #capturedAt: TimeSlot | null;
  readonly #capturedUntil: TimeSlot | null;
  readonly single: SingleTime | null;
  readonly #labels: number;
  readonly #refusals: Refusals;
  /** null: nothing is of another type than the record. */
  readonly #embedded: Embedded | null;

  /** `plan` has been compiled from `pointersOf` of the same, among others. */
  constructor(rules: ContentRules, turns: TurnsConfig | undefined, plan: Plan, ids: IdReader) {
    const slot = (pointer: Pointer | undefined) => (pointer === undefined ? -1 : plan.slotOf(pointer));
    const time = (config: TimeConfig | undefined): TimeSlot | null =>
      config === undefined ? null : { slot: slot(config.pointer), epoch: config.format === "epoch_ms" };
    this.#captures = plan.captures;
    this.#ids = ids;
    this.#account = slot(rules.account);
    this.#conversation = slot(rules.conversation);
    this.#speakers = new SpeakersReader(rules, turns, plan, ids);
    this.#privateTo = (rules.private_to ?? []).map((at) => ({ slot: slot(at), list: slot(listOf(at)) }));
    const open = rules.public_when;
    this.#public = open === undefined ? null : { slot: slot(open.pointer), words: new Words(open.values) };
    this.#capturedAt = time(rules.captured_at);
    this.#capturedUntil = time(rules.captured_until);
    this.single = singleTime(this.#capturedAt, this.#capturedUntil);
    this.#labels = slot(rules.labels);
    this.#refusals = new Refusals(rules.refused_by ?? [], plan);
    this.#embedded =
      rules.embedded === undefined ? null : new Embedded(rules.embedded, pointersOf(rules, turns), plan);
    if ("fixed" in rules.kind) {
      this.#kindSlot = -1;
      this.#kindWords = new Words([]);
      this.#kinds = [[rules.kind.fixed]];
    } else {
      const map = new Map<string, Kind | readonly Kind[]>(
        rules.kind.map === undefined ? KINDS.map((kind) => [kind, kind]) : Object.entries(rules.kind.map),
      );
      this.#kindSlot = slot(rules.kind.pointer);
      this.#kindWords = new Words([...map.keys()]);
      this.#kinds = Array.from(map.values(), (kinds) =>
        typeof kinds === "string" ? [kinds] : [...new Set(kinds)],
      );
    }
    this.#also = Object.entries(rules.also ?? {}).map(([pointer, kind]) => ({ slot: slot(pointer), kind }));
  }

  read(bytes: Uint8Array, requested: Signal): Said {
    const said = this.#refusals.read(bytes);
    const signal = stricter(requested, said.signal);
    if (this.#embedded?.hides(bytes))
      return { items: [{ ...unknownContent(signal), labels: said.labels }], turns: null };
    const account = this.#id(bytes, this.#account);
    const conversation = this.#id(bytes, this.#conversation);
    const { all, turns } = this.#speakers.read(bytes);
    const privateTo = this.#recipients(bytes);
    const kinds = this.#withOthers(this.#kindSlot < 0 ? this.#kinds[0]! : this.#kindsOf(bytes));
    const first: ContentItem = {
      type: "content",
      account,
      conversation,
      speaker: all[0]!,
      privateTo,
      kind: kinds[0]!,
      capturedAt: null,
      capturedUntil: null,
      labels: [...this.#labelsOf(bytes), ...said.labels],
      signal,
    };
    const several = kinds.length * all.length;
    if (several === 1) return { items: [first], turns };
    if (several > ITEMS_MAX) return { items: [{ ...first, kind: null }], turns: null };
    return { items: all.flatMap((speaker) => kinds.map((kind) => ({ ...first, speaker, kind }))), turns };
  }

  capturedAt(bytes: Uint8Array): ContentItem["capturedAt"] {
    const at = this.#time(bytes, this.#capturedAt, false);
    return at === UNREADABLE ? null : at;
  }

  capturedUntil(bytes: Uint8Array): ContentItem["capturedUntil"] {
    return this.#time(bytes, this.#capturedUntil, true);
  }

  /** null: missing, unreadable, or there more than once. */
  #id(bytes: Uint8Array, slot: number): string | null {
    const value = this.#onlyString(slot);
    if (value < 0) return null;
    const { start, end, view } = this.#captures;
    return this.#ids.read(bytes, view, start[value]! + 1, end[value]! - 1);
  }

  #first(slot: number): number {
    return slot < 0 ? -1 : this.#captures.first[slot]!;
  }

  /** -1: there is none, or several, or it is no string. */
  #onlyString(slot: number): number {
    const value = this.#first(slot);
    const { next, token } = this.#captures;
    return value >= 0 && next[value] === -1 && token[value] === TOKEN.string ? value : -1;
  }

  #recipients(bytes: Uint8Array): readonly string[] | null {
    if (this.#public !== null && this.#isPublic(bytes, this.#public)) return null;
    let recipients: string[] | null = null;
    for (const { slot, list } of this.#privateTo) {
      let named = 0;
      for (let v = this.#captures.first[slot]!; v >= 0; v = this.#captures.next[v]!) {
        named++;
        recipients ??= [];
        this.#strings(
          bytes,
          v,
          recipients,
          (start, end) => this.#ids.read(bytes, this.#captures.view, start, end) ?? NOBODY,
        );
      }
      // Somebody it was for goes unnamed.
      if (list >= 0 && this.#lengthOf(bytes, list) !== named) recipients = [...(recipients ?? []), NOBODY];
    }
    return recipients ?? (this.#public === null ? null : [NOBODY]);
  }

  /** Of the array in a slot; 0: there is nothing; -1: it is no array. */
  #lengthOf(bytes: Uint8Array, slot: number): number {
    const { first, token, start } = this.#captures;
    const value = first[slot]!;
    if (value < 0) return 0;
    if (token[value] !== TOKEN.array) return -1;
    let length = 0;
    eachElement(bytes, start[value]!, () => length++);
    return length;
  }

  #isPublic(bytes: Uint8Array, rule: { readonly slot: number; readonly words: Words }): boolean {
    const value = this.#onlyString(rule.slot);
    if (value < 0) return false;
    const { start, end } = this.#captures;
    return rule.words.indexOf(bytes, start[value]! + 1, end[value]! - 1) >= 0;
  }

  #labelsOf(bytes: Uint8Array): readonly string[] {
    const labels: string[] = [];
    for (let v = this.#first(this.#labels); v >= 0; v = this.#captures.next[v]!) {
      this.#strings(
        bytes,
        v,
        labels,
        (start, end) => LABELS[LABEL_WORDS.indexOf(bytes, start, end)] ?? NOBODY,
      );
    }
    return labels;
  }

  /** Adds to `found` what `read` makes of the string, or of each string of the array, at `value`, each once. */
  #strings(
    bytes: Uint8Array,
    value: number,
    found: string[],
    read: (start: number, end: number) => string,
  ): void {
    const { token, start, end } = this.#captures;
    const add = (from: number, to: number) => {
      const text = bytes[from] === 0x22 ? read(from + 1, to - 1) : NOBODY;
      if (found.length > NAMES_MAX || found.includes(text)) return;
      found.push(found.length === NAMES_MAX ? NOBODY : text);
    };
    if (token[value] === TOKEN.array) eachElement(bytes, start[value]!, add);
    else add(start[value]!, end[value]!);
  }

  #kindsOf(bytes: Uint8Array): readonly (Kind | null)[] {
    const { first, next } = this.#captures;
    const value = first[this.#kindSlot]!;
    if (value < 0) return UNKNOWN_KIND;
    const kinds: (Kind | null)[] = [];
    for (let v = value; v >= 0; v = next[v]!) {
      for (const kind of this.#kindsAt(bytes, v)) if (!kinds.includes(kind)) kinds.push(kind);
    }
    return kinds;
  }

  #kindsAt(bytes: Uint8Array, value: number): readonly (Kind | null)[] {
    const { token, start, end } = this.#captures;
    if (token[value] !== TOKEN.string) return UNKNOWN_KIND;
    const word = this.#kindWords.indexOf(bytes, start[value]! + 1, end[value]! - 1);
    return word < 0 ? UNKNOWN_KIND : this.#kinds[word]!;
  }

  #withOthers(kinds: readonly (Kind | null)[]): readonly (Kind | null)[] {
    let all = kinds;
    for (const { slot, kind } of this.#also) {
      if (this.#captures.first[slot]! >= 0 && !all.includes(kind)) all = [...all, kind];
    }
    return all;
  }

  /** Where a record has several such times: the earliest beginning, the latest end. null: it has none. */
  #time(bytes: Uint8Array, time: TimeSlot | null, latest: boolean): Instant | null | typeof UNREADABLE {
    if (time === null) return null;
    const { first, next, token, start, end } = this.#captures;
    let chosen: Instant | null = null;
    for (let v = first[time.slot]!; v >= 0; v = next[v]!) {
      const ms = instantMs(bytes, time, token[v]!, start[v]!, end[v]!, latest);
      if (Number.isNaN(ms)) return UNREADABLE;
      if (chosen === null || (latest ? ms > chosen : ms < chosen)) chosen = ms;
    }
    return chosen;
  }
}

function singleTime(time: TimeSlot | null, until: TimeSlot | null): SingleTime | null {
  if (time === null) return null;
  return {
    slot: time.slot,
    without: until?.slot ?? -1,
    instantOf: (bytes, start, end) => {
      const ms = instantMs(bytes, time, tokenAt(bytes, start), start, end, false);
      return Number.isNaN(ms) ? null : ms;
    },
  };
}

/** NaN: it is none. */
function instantMs(
  bytes: Uint8Array,
  { epoch }: TimeSlot,
  token: number,
  start: number,
  end: number,
  latest: boolean,
): number {
  if (epoch) return token === TOKEN.number ? epochMs(bytes, start, end) : Number.NaN;
  return token === TOKEN.string ? rfc3339Ms(bytes, start + 1, end - 1, latest) : Number.NaN;
}
